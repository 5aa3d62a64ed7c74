/**
 * Does what an operator wants through a running shell: tells the engine, waits for what it leads to, and reads the venue to see
 * whether it came to that.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { ManualOrder, Ms, Operator } from '../engine/index.ts';
import type { Brain, Status } from './brain.ts';
import type { Clock } from './clock.ts';
import type { Connection, LegFacts } from './connection.ts';
import type { OperatorOrder } from './door.ts';
import type { EventQueue } from './queue.ts';

/** A position takes so long to be closed at most before the answer says that it is not. Wall time, ms. */
const outcomeMostMs = 20_000;
const lookEveryMs = 100;

export interface Shell {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly queue: EventQueue;
  readonly brain: Brain;
  readonly symbols: readonly string[];
}

/** Resolves with what the venue shows afterwards. Throws a RangeError when the order names no symbol of the run. */
export async function operate({ connection, clock, queue, brain, symbols }: Shell, order: OperatorOrder): Promise<readonly LegFacts[]> {
  eventOf(order, symbols, clock.now()); // what names nothing of the run is refused before anything is waited for
  const until = performance.now() + outcomeMostMs;
  // An order is for an engine that knows what it holds: after a start that takes two readings.
  while (order.verb === 'order' && performance.now() < until && (await brain.status()).mode.tag === 'recovering') await wait(lookEveryMs);
  const before = (await brain.status()).operated;
  queue.push(eventOf(order, symbols, clock.now()));
  for (;;) {
    const status = await brain.status();
    if (status.operated > before && isReached(status, order)) break;
    if (performance.now() >= until) break;
    await wait(lookEveryMs);
  }
  return await connection.legs();
}

function eventOf(order: OperatorOrder, symbols: readonly string[], at: Ms): Operator | ManualOrder {
  const { verb, symbol, manual } = order;
  if (verb !== 'order') return { tag: 'operator', at, verb: verbOf(order, symbols) };
  if (manual === null) throw new RangeError('order: was without an order, expected side, size and what it is for');
  const { side, ...rest } = manual;
  return { tag: 'manual-order', at, leg: legOf(verb, symbol, symbols), side: side === 'buy' ? 1 : -1, ...rest };
}

function legOf(verb: string, symbol: string | null, symbols: readonly string[]): number {
  const leg = symbols.indexOf(symbol ?? '');
  if (leg < 0) throw new RangeError(`${verb}: was ${symbol ?? 'no symbol'}, expected one of ${symbols.join(', ')}`);
  return leg;
}

function verbOf({ verb, symbol }: OperatorOrder, symbols: readonly string[]): Operator['verb'] {
  if (verb === 'stop' || verb === 'order') throw new RangeError('stop is not for the engine');
  if (verb !== 'close') return verb;
  return `close-${legOf(verb, symbol, symbols)}`;
}

/** Whether the engine is where the order wants it; a halt and a resume are there at once, an order of one's own once it was judged and left nothing on its way. */
function isReached({ legs, answered }: Status, { verb, symbol, manual }: OperatorOrder): boolean {
  if (manual !== null) {
    const answer = answered[manual.name];
    const isSettled = legs.every((leg) => leg.symbol !== symbol || leg.orders.every(({ state, role }) => state !== 'sent' && state !== 'unknown' && role !== 'exit'));
    return answer !== undefined && (answer !== '' || isSettled);
  }
  if (verb !== 'flatten' && verb !== 'close') return true;
  return legs.every((leg) => (verb === 'close' && leg.symbol !== symbol) || (leg.side === 'flat' && leg.orders.length === 0));
}

/** What the engine counts, as a venue would show it: for an account that only the journal knows. */
export function legsOf({ legs }: Status): readonly LegFacts[] {
  return legs.map(({ symbol, side, qty, entryPrice, stop, orders }) => ({
    symbol, side: side === 'flat' ? 0 : side === 'long' ? 1 : -1, size: String(qty), entryPrice: String(entryPrice ?? 0),
    stopLoss: stop === null ? null : String(stop), leverage: '', mode: 'one-way', reduceOnly: false,
    orders: orders.filter(({ state }) => state === 'working' || state === 'cancelling').map(({ order }) => ({ id: String(order), link: '' })),
  }));
}

/** What engine and venue say differently of one symbol, in words; none = they agree. */
export function disagreements(status: Status, legs: readonly LegFacts[]): readonly string[] {
  return status.legs.flatMap((own) => {
    const there = legs.find(({ symbol }) => symbol === own.symbol);
    if (there === undefined) return [`${own.symbol}: the venue shows nothing of it`];
    const side = there.side === 0 ? 'flat' : there.side === 1 ? 'long' : 'short';
    const said: string[] = [];
    if (side !== own.side || Math.abs(Number(there.size) - own.qty) > 1e-9) said.push(`${own.symbol}: ${own.side} ${own.qty} counted, ${side} ${there.size} at the venue`);
    if (own.side !== 'flat' && Number(there.stopLoss ?? 0) !== (own.stop ?? 0)) said.push(`${own.symbol}: stop ${own.stop ?? 'none'} (${own.protection}) counted, ${there.stopLoss ?? 'none'} at the venue`);
    const standing = own.orders.filter(({ state }) => state === 'working' || state === 'cancelling').length;
    if (standing !== there.orders.length) said.push(`${own.symbol}: ${standing} orders counted, ${there.orders.length} at the venue`);
    return said;
  });
}
