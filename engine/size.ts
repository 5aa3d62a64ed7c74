/**
 * How many lots an entry may have. One integer stop distance sizes the order, rides on it and is installed.
 *
 * 1. Loss at the stop's trigger, with both fees and the configured slippage, never exceeds the risk asked.
 * 2. Lots round down: towards less risk.
 */
import type { RunConfig } from './config.ts';
import { parseDecimal } from './decimal.ts';
import { feeOf, gainNumber, valueAt, valueNumber } from './instrument.ts';
import type { Instrument } from './instrument.ts';
import type { Direction, Money } from './units.ts';

export interface RiskQuestion {
  readonly instrument: Instrument;
  readonly config: RunConfig;
  readonly side: Direction;
  /** Price at which the entry is expected: decision close, limit or trigger. */
  readonly entryTicks: number;
  readonly stopTicks: number;
  readonly entry: EntryKind;
}

/** At market: spread, slippage, taker fee. At a limit: never worse than it, taker fee at worst. As maker: its fee. */
export type EntryKind = 'market' | 'limit' | 'maker';

/** Ticks a taker may pay beyond the price: half spread plus the slippage model, rounded against the taker. */
export function slippageTicks(config: RunConfig, priceTicks: number): number {
  const { slippage, halfSpreadTicks } = config;
  switch (slippage.kind) {
    case 'none': return halfSpreadTicks;
    case 'ticks': return halfSpreadTicks + slippage.n;
    case 'bps': return upwards(halfSpreadTicks + (priceTicks * slippage.b) / 10_000);
    case 'volshare': return upwards(halfSpreadTicks + priceTicks * slippage.k * slippage.cap ** 2);
    default: return halfSpreadTicks;
  }
}

/** Next whole tick, as the venue rounds: 4.000000000000001 is 4. */
function upwards(ticks: number): number {
  return Math.ceil(ticks - 1e-9);
}

/** Settle coin lost per lot when the stop fills at its trigger: distance, slippage both ways and both fees. */
export function lossPerLot(question: RiskQuestion): number {
  const { instrument, entry } = question;
  const paid = paidTicks(question);
  const { takerRate, makerRate } = instrument;
  const entryRate = entry === 'market' ? takerRate : Math.max(makerRate, entry === 'limit' ? takerRate : 0);
  return lossFromHere(question, paid) + valueNumber(instrument, paid, 1) * entryRate;
}

function paidTicks({ config, side, entryTicks, entry }: RiskQuestion): number {
  return entry === 'market' ? Math.max(1, entryTicks + side * slippageTicks(config, entryTicks)) : entryTicks;
}

/** The same from a price at which the lot is already held: distance, slippage and fee of the way out. */
export function lossFromHere(question: Omit<RiskQuestion, 'entry' | 'entryTicks'>, fromTicks: number): number {
  const { instrument, config, side, stopTicks } = question;
  const got = Math.max(1, stopTicks - side * slippageTicks(config, stopTicks));
  const exitValue = valueNumber(instrument, got, 1);
  return -gainNumber(instrument, side, valueNumber(instrument, fromTicks, 1), exitValue) + exitValue * instrument.takerRate;
}

/** Largest whole number of lots whose loss at the stop is not above `budget` (settle coin). */
export function lotsForRisk(question: RiskQuestion, budget: number): number {
  const each = lossPerLot(question);
  if (!(each > 0) || !(budget > 0)) return 0;
  let lots = Math.floor(budget / each);
  if (!Number.isSafeInteger(lots)) return lots;
  const most = parseDecimal(String(budget), question.instrument.moneyScale);
  while (lots > 0 && exactLoss(question, lots) > most) lots -= 1;
  return lots;
}

/** The same loss to the last money unit, each fill and fee rounded as it will be booked. */
function exactLoss(question: RiskQuestion, lots: number): Money {
  const { instrument, config, side, stopTicks, entry } = question;
  const opened = valueAt(instrument, paidTicks(question), lots);
  const closed = valueAt(instrument, Math.max(1, stopTicks - side * slippageTicks(config, stopTicks)), lots);
  const gained = (instrument.kind === 'linear') === (side === 1) ? closed - opened : opened - closed;
  const { makerPico, takerPico } = instrument;
  const least = entry === 'limit' ? takerPico : 0n;
  const rate = entry === 'market' ? takerPico : makerPico > least ? makerPico : least;
  return feeOf(opened, rate) + feeOf(closed, takerPico) - gained;
}

/** Largest whole number of lots whose value at the price is not above `value` (quote when linear, contracts' quote when inverse). */
export function lotsForNotional(instrument: Instrument, priceTicks: number, notional: number): number {
  const { lot, tick } = instrument;
  const price = (priceTicks * tick.num) / tick.den;
  const quantity = instrument.kind === 'linear' ? notional / price : notional;
  return Math.floor((quantity * lot.den) / lot.num + 1e-9);
}
