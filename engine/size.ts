/**
 * How many lots an entry may have. One integer stop distance sizes the order, rides on it and is installed.
 *
 * 1. Loss at the stop's trigger, with both fees and the configured slippage, never exceeds the risk asked.
 * 2. Lots round down: towards less risk.
 */
import type { RunConfig } from './config.ts';
import { gainNumber, valueNumber } from './instrument.ts';
import type { Instrument } from './instrument.ts';
import type { Direction } from './units.ts';

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
    case 'bps': return Math.ceil(halfSpreadTicks + (priceTicks * slippage.b) / 10_000);
    case 'volshare': return Math.ceil(halfSpreadTicks + priceTicks * slippage.k * slippage.cap ** 2);
    default: return halfSpreadTicks;
  }
}

/** Settle coin lost per lot when the stop fills at its trigger: distance, slippage both ways and both fees. */
export function lossPerLot(question: RiskQuestion): number {
  const { instrument, config, side, entryTicks, entry } = question;
  const paid = entry === 'market' ? entryTicks + side * slippageTicks(config, entryTicks) : entryTicks;
  const { takerRate, makerRate } = instrument;
  const entryRate = entry === 'maker' ? Math.max(makerRate, 0) : Math.max(makerRate, takerRate);
  return lossFromHere(question, paid) + valueNumber(instrument, paid, 1) * entryRate;
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
  while (lots > 0 && lots * each > budget) lots -= 1;
  return lots;
}

/** Largest whole number of lots whose value at the price is not above `value` (quote when linear, contracts' quote when inverse). */
export function lotsForNotional(instrument: Instrument, priceTicks: number, notional: number): number {
  const { lot, tick } = instrument;
  const price = (priceTicks * tick.num) / tick.den;
  const quantity = instrument.kind === 'linear' ? notional / price : notional;
  return Math.floor((quantity * lot.den) / lot.num + 1e-9);
}
