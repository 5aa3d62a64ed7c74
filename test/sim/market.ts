/**
 * Small markets for tests: bars as rows of whole ticks, one minute apart unless said otherwise, and seeded walks. The
 * instruments have round numbers, so that what a test expects can be worked out by hand.
 */
import { instrumentOf } from '../../engine/index.ts';
import type { Instrument, InstrumentRules } from '../../engine/index.ts';
import type { Detail, FundingSeries, Prints, Series, SymbolMarket } from '../../sim/index.ts';

export const minute = 60_000;
/** 14 November 2023, 00:00 UTC. */
export const start = 1_699_920_000_000;

const rules: InstrumentRules = {
  symbol: 'AAAUSDT', kind: 'linear', base: 'AAA', quote: 'USDT', settle: 'USDT',
  tick: '1', qtyStep: '1', minQty: '1', minNotional: '0', takerRate: '0.001', makerRate: '0.0005', maxLeverage: '100',
  tiers: [{ limit: '1000000000', mmr: '0.005', deduction: '0' }], source: 'test',
};

/** Tick 1, lot 1, taker 0.1 %, maker 0.05 %, settled in quote. */
export function linear(own: Partial<InstrumentRules> = {}): Instrument {
  return instrumentOf({ ...rules, ...own });
}

/** Contracts of one quote unit, tick 0.5, settled in the base coin. */
export function inverse(own: Partial<InstrumentRules> = {}): Instrument {
  return instrumentOf({ ...rules, symbol: 'AAAUSD', kind: 'inverse', quote: 'USD', settle: 'AAA', tick: '0.5', ...own });
}

/** open, high, low, close in ticks, and perhaps a volume; null = no bar at that place. */
export type Row = readonly [number, number, number, number] | readonly [number, number, number, number, number] | null;

/** A bar in which nothing moves. */
export const flat = (ticks: number): Row => [ticks, ticks, ticks, ticks];

export function series(rows: readonly Row[], intervalMs = minute, from = start): Series {
  const kept = rows.flatMap((row, i) => (row === null ? [] : [{ row, openedAt: from + i * intervalMs }]));
  const column = (of: (bar: (typeof kept)[number]) => number): Float64Array => Float64Array.from(kept, of);
  return {
    intervalMs, length: kept.length, openedAt: column((b) => b.openedAt), open: column((b) => b.row[0]), high: column((b) => b.row[1]),
    low: column((b) => b.row[2]), close: column((b) => b.row[3]), volume: column((b) => b.row[4] ?? 1_000_000),
  };
}

/** Time in ms after `from`, price in ticks, and perhaps a quantity. */
export function printsOf(rows: readonly (readonly [afterMs: number, ticks: number, quantity?: number])[], from = start): Prints {
  return {
    length: rows.length, at: Float64Array.from(rows, (row) => from + row[0]), price: Float64Array.from(rows, (row) => row[1]),
    quantity: Float64Array.from(rows, (row) => row[2] ?? 1_000),
  };
}

export function fundingOf(stamps: readonly (readonly [at: number, rate: number])[]): FundingSeries {
  return { length: stamps.length, settledAt: Float64Array.from(stamps, (s) => s[0]), rate: Float64Array.from(stamps, (s) => s[1]) };
}

export interface MarketWish {
  readonly bars: readonly Row[];
  readonly instrument?: Instrument;
  readonly intervalMs?: number;
  readonly mark?: Series | null;
  readonly funding?: FundingSeries | null;
  readonly detail?: Detail;
}

export function marketOf({ bars, instrument = linear(), intervalMs = minute, mark = null, funding = null, detail }: MarketWish): SymbolMarket {
  return { instrument, last: series(bars, intervalMs), mark, funding, ...(detail === undefined ? {} : { detail }) };
}

/** Uniform numbers in [0, 1), the same for the same seed on any machine. */
export function chance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface WalkWish {
  readonly seed: number;
  readonly bars: number;
  readonly from?: number;
  /** Largest move of one leg of a bar, ticks. */
  readonly stepTicks?: number;
  /** Chance of a gap at an open, of a missing bar, of a bar without volume. */
  readonly gaps?: number;
  readonly holes?: number;
  readonly quiet?: number;
}

/** A random walk of whole ticks that stays above half its first price. */
export function walk({ seed, bars, from = 10_000, stepTicks = 40, gaps = 0.05, holes = 0, quiet = 0 }: WalkWish): Row[] {
  const next = chance(seed);
  const rows: Row[] = [];
  let price = from;
  const move = (size: number): number => Math.max(from / 2, price + Math.round((next() - 0.5) * 2 * size));
  for (let i = 0; i < bars; i++) {
    if (i > 0 && next() < holes) {
      rows.push(null);
      continue;
    }
    if (next() < gaps) price = move(6 * stepTicks);
    const open = price;
    const points = [open, move(stepTicks), move(stepTicks), move(stepTicks)];
    price = points[3]!;
    rows.push([open, Math.max(...points), Math.min(...points), price, next() < quiet ? 0 : Math.round(next() * 1_000) + 1]);
  }
  return rows;
}

/** The same market with everything left out that is not known at `at`; mark bars under way stay, their path is one. */
export function cutAt(market: SymbolMarket, at: number): SymbolMarket {
  const bars = count(market.last.openedAt, (openedAt) => openedAt + market.last.intervalMs <= at);
  const { mark, funding } = market;
  return {
    instrument: market.instrument, last: first(market.last, bars),
    mark: mark === null ? null : first(mark, count(mark.openedAt, (openedAt) => openedAt < at)),
    funding: funding === null ? null : prefix(funding, count(funding.settledAt, (settledAt) => settledAt < at)),
  };
}

const count = (times: Float64Array, keeps: (time: number) => boolean): number => times.filter((time) => keeps(time)).length;

function first(from: Series, length: number): Series {
  const cut = (column: Float64Array): Float64Array => column.slice(0, length);
  return {
    intervalMs: from.intervalMs, length, openedAt: cut(from.openedAt), open: cut(from.open), high: cut(from.high), low: cut(from.low),
    close: cut(from.close), volume: cut(from.volume),
  };
}

function prefix(from: FundingSeries, length: number): FundingSeries {
  return { length, settledAt: from.settledAt.slice(0, length), rate: from.rate.slice(0, length) };
}
