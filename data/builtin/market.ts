/**
 * The market that needs no file: BTCUSDT, ETHUSDT and SOLUSDT, 120 days to the end of 2025, made from a seed.
 *
 * 1. One-minute bars are drawn, longer timeframes and the hourly mark are aggregated from them: they always agree.
 * 2. Regimes of trend and chop take turns; one common draw moves all symbols, one own draw each of them.
 * 3. On 10 October, 21:10 to 21:22 UTC, everything falls and half recovers within the hour; the mark does not follow the
 *    last price all the way down. On 18 November the exchange is out for 55 minutes: no bars, then a gap.
 * 4. Arithmetic and square roots only, prices on ticks: the same bars on every machine.
 */
import type { Candles, FundingStamps } from '../candles.ts';
import { blankCandles } from '../candles.ts';
import { chanceFrom } from './random.ts';
import type { Chance } from './random.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const days = 120;
/** Midnight UTC at which the market ends; its last bar closes here. */
export const builtinEndsAt = Date.UTC(2026, 0, 1);
export const builtinStartsAt = builtinEndsAt - days * day;
const minutes = (days * day) / minute;

interface Coin {
  readonly symbol: string;
  /** Ticks per unit of price, and price at the start. */
  readonly perTick: number;
  readonly startsAt: number;
  /** Answer to the common draw, size of the own draw: fractions per minute. */
  readonly beta: number;
  readonly own: number;
  readonly crashDepth: number;
  /** Base traded per minute in quiet times, and lots per base. */
  readonly volume: number;
  readonly perLot: number;
  readonly seed: number;
}
const coins: readonly Coin[] = [
  {
    symbol: 'BTCUSDT', perTick: 10, startsAt: 111_000, beta: 1, own: 0.00012,
    crashDepth: 0.13, volume: 28, perLot: 1_000, seed: 11,
  },
  {
    symbol: 'ETHUSDT', perTick: 100, startsAt: 4_300, beta: 1.25, own: 0.0003,
    crashDepth: 0.19, volume: 640, perLot: 100, seed: 22,
  },
  {
    symbol: 'SOLUSDT', perTick: 100, startsAt: 205, beta: 1.4, own: 0.00042,
    crashDepth: 0.24, volume: 5_200, perLot: 10, seed: 33,
  },
];
export const builtinSymbols: readonly string[] = coins.map((coin) => coin.symbol);

const crashFrom = Date.UTC(2025, 9, 10, 21, 10);
const crashMinutes = 12;
const recoveryMinutes = 48;
const outageFrom = Date.UTC(2025, 10, 18, 11, 40);
const outageMinutes = 55;

/** Per minute: common move (fraction) and volatility factor of the regime. */
interface Weather { readonly move: Float64Array; readonly swing: Float64Array }

let drawn: Weather | undefined;
/** Drawn once: every symbol and run meets the same. */
const weather = (): Weather => (drawn ??= drawWeather());

function drawWeather(): Weather {
  const chance = chanceFrom(42);
  const move = new Float64Array(minutes);
  const swing = new Float64Array(minutes);
  let left = 0;
  let drift = 0;
  let level = 1;
  let target = 1;
  let pull = 0;
  let away = 0;
  for (let i = 0; i < minutes; i++) {
    if (left === 0) {
      left = 1_440 + Math.floor(chance.uniform() * 5_760);
      const isTrend = chance.uniform() < 0.55;
      drift = isTrend ? (chance.uniform() < 0.5 ? -1 : 1) * (4e-6 + 8e-6 * chance.uniform()) : 0;
      pull = isTrend ? 0 : 0.0015;
      target = isTrend ? 0.8 + 0.5 * chance.uniform() : 0.6 + 0.6 * chance.uniform();
      away = 0;
    }
    left -= 1;
    level += 0.002 * (target - level) + 0.01 * level * chance.bell();
    level = Math.min(3, Math.max(0.35, level));
    const step = drift + 0.0004 * level * chance.bell() - pull * away;
    away += step;
    move[i] = step;
    swing[i] = level;
  }
  return { move, swing };
}

/** Fraction of a coin's crash depth that minute `i` of the crash adds (negative) or gives back. */
function crashMove(at: number, chance: Chance): number {
  const since = Math.round((at - crashFrom) / minute);
  if (since < 0 || since >= crashMinutes + recoveryMinutes) return 0;
  const share = since < crashMinutes
    ? -(1.2 - 0.4 * Math.abs(since - 6) / 6) / crashMinutes
    : 0.55 / recoveryMinutes;
  return share * (0.7 + 0.6 * chance.uniform());
}

interface Minutes { readonly last: Candles; readonly mark: Candles }

/** Both series of a coin, minute by minute, in ticks. The outage's minutes are missing from both. */
function minutesOf(coin: Coin, { move, swing }: Weather): Minutes {
  const chance = chanceFrom(coin.seed);
  const outageStart = (outageFrom - builtinStartsAt) / minute;
  const rows = minutes - outageMinutes;
  const last = blankCandles(rows);
  const mark = blankCandles(rows);
  let fair = coin.startsAt * coin.perTick;
  let price = Math.round(fair);
  let smooth = fair;
  let row = 0;
  for (let i = 0; i < minutes; i++) {
    const at = builtinStartsAt + i * minute;
    const crash = crashMove(at, chance) * coin.crashDepth;
    const own = coin.own * (swing[i] ?? 1) * chance.bell();
    const step = coin.beta * (move[i] ?? 0) + own + crash;
    const isOut = i >= outageStart && i < outageStart + outageMinutes;
    const before = price;
    let top = before;
    let bottom = before;
    const noise = Math.abs(step) * 0.6 + coin.own;
    for (let k = 1; k <= 4; k++) {
      // in panic the last price overshoots the fair value; the mark below does not
      const overshoot = crash < 0 ? 0.25 * crash : 0;
      const wobble = k < 4 ? noise * chance.bell() : 0;
      price = Math.max(1, Math.round(fair * (1 + (step * k) / 4 + overshoot + wobble)));
      if (price > top) top = price;
      if (price < bottom) bottom = price;
    }
    fair *= 1 + step;
    const smoothBefore = smooth;
    smooth += 0.5 * (fair - smooth);
    const size = coin.volume * (swing[i] ?? 1) * (0.4 + 1.2 * chance.uniform()) * (1 + 400 * Math.abs(step));
    if (isOut) continue;
    const isReopening = i === outageStart + outageMinutes;
    const opened = isReopening ? price : before;
    put(last, row, at, opened, isReopening ? price : top, isReopening ? price : bottom, price);
    last.volume[row] = Math.max(1, Math.round(size * coin.perLot)) / coin.perLot;
    const from = Math.round(smoothBefore);
    const to = Math.round(smooth);
    put(mark, row, at, from, from > to ? from : to, from < to ? from : to, to);
    row += 1;
  }
  return { last: toQuote(last, coin.perTick), mark: toQuote(mark, coin.perTick) };
}

function put(out: Candles, row: number, at: number, open: number, high: number, low: number, close: number): void { // hot
  out.openedAt[row] = at;
  out.open[row] = open;
  out.high[row] = high;
  out.low[row] = low;
  out.close[row] = close;
}

/** Ticks become quote prices: the nearest double of ticks / perTick. */
function toQuote(bars: Candles, perTick: number): Candles {
  for (const column of [bars.open, bars.high, bars.low, bars.close]) {
    for (let i = 0; i < column.length; i++) column[i] = column[i]! / perTick; // hot
  }
  return bars;
}

/** Bars of a longer timeframe; a bucket with any minute in it is a bar. Volume is rounded to `perLot` lots per unit. */
function aggregated(bars: Candles, intervalMs: number, perLot: number): Candles {
  if (intervalMs === minute) return bars;
  let buckets = 0;
  for (let i = 0, ends = 0; i < bars.length; i++) {
    const at = bars.openedAt[i]!;
    if (at >= ends) { buckets += 1; ends = at - (at % intervalMs) + intervalMs; }
  }
  const out = blankCandles(buckets);
  let row = -1;
  let ends = 0;
  for (let i = 0; i < bars.length; i++) { // hot
    const at = bars.openedAt[i]!;
    if (at >= ends) {
      row += 1;
      ends = at - (at % intervalMs) + intervalMs;
      put(out, row, ends - intervalMs, bars.open[i]!, bars.high[i]!, bars.low[i]!, bars.close[i]!);
    }
    if (bars.high[i]! > out.high[row]!) out.high[row] = bars.high[i]!;
    if (bars.low[i]! < out.low[row]!) out.low[row] = bars.low[i]!;
    out.close[row] = bars.close[i]!;
    out.volume[row] = Math.round((out.volume[row]! + bars.volume[i]!) * perLot) / perLot;
  }
  return out;
}

/** Settlements at 00, 08 and 16 UTC: the basis of the eight hours before, within +-0.1 %, to a millionth. */
function fundingOf(bars: Minutes): FundingStamps {
  const eight = 8 * hour;
  const count = (builtinEndsAt - builtinStartsAt) / eight;
  const settledAt = Float64Array.from({ length: count }, (_, k) => builtinStartsAt + (k + 1) * eight);
  const sums = new Float64Array(count);
  const bars8 = new Float64Array(count);
  for (let i = 0; i < bars.last.length; i++) {
    const k = Math.floor((bars.last.openedAt[i]! - builtinStartsAt) / eight);
    sums[k] = sums[k]! + bars.last.close[i]! / bars.mark.close[i]! - 1;
    bars8[k] = bars8[k]! + 1;
  }
  const rate = sums.map((sum, k) => {
    const basis = bars8[k]! > 0 ? sum / bars8[k]! : 0;
    return Math.round(Math.min(0.001, Math.max(-0.001, 0.00008 + 4 * basis)) * 1e6) / 1e6;
  });
  return { length: count, settledAt, rate };
}

export interface BuiltinSymbol {
  readonly last: Candles;
  readonly mark: Candles;
  readonly markIntervalMs: number;
  readonly funding: FundingStamps;
}

/** One symbol in quote prices: last bars of the asked length, mark at 1h, funding every 8 h; null for a foreign symbol. */
export function builtinSymbol(symbol: string, intervalMs: number): BuiltinSymbol | null {
  const coin = coins.find((candidate) => candidate.symbol === symbol);
  if (coin === undefined) return null;
  const bars = minutesOf(coin, weather());
  const { openedAt, open, high, low, close } = aggregated(bars.mark, hour, 1);
  return {
    last: aggregated(bars.last, intervalMs, coin.perLot),
    mark: { length: openedAt.length, openedAt, open, high, low, close, volume: new Float64Array(0) },
    markIntervalMs: hour,
    funding: fundingOf(bars),
  };
}
