/**
 * What the exchange says no with. Codes and texts: protocol sheet section 7 and the catalogue of known messages. Prices in
 * the texts are scaled by 10,000, as the exchange writes them.
 */
import type { Instrument } from '../../../engine/index.ts';
import type { Answer, Row } from '../world.ts';

export const done = (result: Row = {}): Answer => ({ code: 0, message: 'OK', result });
export const refused = (code: number, message: string, result: Row = {}): Answer => ({ code, message, result });

export const scaled = (instrument: Instrument, ticks: number): string =>
  String(Math.round((ticks * instrument.tick.num * 10_000) / instrument.tick.den));

export const orderGone = (verb: 'cancel' | 'replace'): Answer => refused(110001, `order not exists or too late to ${verb}`);
export const duplicateLink = refused(110072, 'OrderLinkedID is duplicate');
export const tooManyActive = refused(110020, 'Not allowed to have more than 500 active orders');
export const tooManyConditional = refused(110009, 'The number of stop orders exceeds the maximum allowable limit');
export const noPosition = refused(10001, 'can not set tp/sl/ts for zero position');
export const notModified = refused(34040, 'not modified');
export const belowMinimum = refused(10001, 'The number of contracts exceeds minimum limit allowed');
export const aboveMaximum = refused(10001, 'The number of contracts exceeds maximum limit allowed');
export const positionIsZero = refused(110017, 'current position is zero, cannot fix reduce-only order qty');
export const marketIsOver = refused(110066, 'Trading is currently not allowed');
export const invalid = (what: string): Answer => refused(10001, `${what} invalid`);
