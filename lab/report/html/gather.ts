/** From a stored run's rows, manifest and candles to the story that a report tells. Pure: the same rows, the same story. */
import type { LoadedMarket, StoredRun } from '../../../data/index.ts';
import { figuresOf } from './figures.ts';
import type { Gathered } from './gathered.ts';
import { equityBuckets, numberIn, textIn } from './read.ts';
import type { Row } from './read.ts';
import { rulesTold } from './rules.ts';
import { safetyOf } from './safety.ts';
import { bucketFor, candlesOf, decimalsOf, equityOf, stopSteps } from './strips.ts';
import type { CandleStrip, Costs, Month, Story, TradeColumns, Unknown } from '../story.ts';
import { alarmsOf, verdictOf } from './verdict.ts';

const dayMs = 86_400_000;
/** Candles of all symbols together at most: enough for every pixel of a screen, few enough for a small file. */
const candlesMost = 6_000;

/** Length of one candle of a run. */
export function candleMs({ manifest }: StoredRun, intervalMs: number): number {
  return bucketFor(manifest.to - manifest.from, intervalMs, Math.max(200, Math.floor(candlesMost / Math.max(1, manifest.symbols.length))));
}

export function storyOf(gathered: Gathered): Story {
  const { stored, rows, market, marketMissing } = gathered;
  const { manifest, summary, run } = stored;
  const settle = textOf(manifest['settle']) || settleOf(manifest.market);
  const trades = tradesOf(rows.trades);
  const costs = costsOf(gathered, settle);
  const safety = safetyOf(gathered, trades);
  const counted = trades.net.map((_, i) => i).filter((i) => trades.isEstimated[i] !== true);
  return {
    schema: 'report/1', run, title: `${manifest.strategy} · ${manifest.symbols.join(', ')} · ${manifest.timeframe}`,
    verdict: verdictOf(stored, costs, numberIn(rows.tradeTotals, 'n')), alarms: alarmsOf(safety, rows.warnings),
    mode: manifest.mode, strategy: manifest.strategy, market: manifest.market, timeframe: manifest.timeframe, symbols: manifest.symbols,
    settle, from: manifest.from, to: manifest.to, createdAt: manifest.createdAt,
    figures: figuresOf({
      from: manifest.from, to: manifest.to, equityStart: summary.equityStart, equityEnd: summary.equityEnd, maxDrawdown: summary.maxDrawdown,
      daily: dailyOf(gathered), nets: counted.map((i) => trades.net[i]!), rs: counted.flatMap((i) => (trades.r[i] === null ? [] : [trades.r[i]!])),
      bars: summary.bars,
    }),
    candles: market === null ? [] : stripsOf(gathered, market), candlesMissing: marketMissing,
    equity: equityOf(rows.equity.map(extremesIn), manifest.from, Math.max(1, Math.ceil((manifest.to - manifest.from) / equityBuckets)), equityBuckets),
    months: monthsOf(gathered), trades, tradeCount: numberIn(rows.tradeTotals, 'n'), costs, unknown: unknownOf(gathered), safety,
    refusals: rows.refusals.map((row) => ({ reason: textIn(row, 'reason') || 'no reason stored', count: numberIn(row, 'n') })),
    rules: rulesTold(stored.manifest), settings: settingsOf(stored), hashes: hashesOf(stored),
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const settleOf = (market: string): string => (market.includes('inverse') ? 'coin' : 'USDT');

const extremesIn = (row: Row) => ({
  bucket: numberIn(row, 'bucket'), low: numberIn(row, 'low'), lowAt: numberIn(row, 'low_at'), high: numberIn(row, 'high'), highAt: numberIn(row, 'high_at'),
});

/** Equity at each 00:00 UTC: the last value of the day before, the first sample where a day begins with one. */
function dailyOf({ stored, rows }: Gathered): readonly number[] {
  const { equityStart, equityEnd } = stored.summary;
  const { from, to } = stored.manifest;
  const known = new Map(rows.daily.map((row) => [numberIn(row, 'day'), row]));
  const daily = [equityStart];
  let last = equityStart;
  for (let day = Math.floor(from / dayMs) * dayMs; day < to; day += dayMs) {
    const row = known.get(day);
    if (day > from) daily.push(row !== undefined && numberIn(row, 'first_at') === day ? numberIn(row, 'first') : last);
    if (row !== undefined) last = numberIn(row, 'last');
  }
  daily.push(equityEnd);
  return daily;
}

function monthsOf({ stored, rows }: Gathered): readonly Month[] {
  const { from, to } = stored.manifest;
  const ends = new Map<string, number>();
  for (const row of rows.daily) ends.set(new Date(numberIn(row, 'day')).toISOString().slice(0, 7), numberIn(row, 'last'));
  let before = stored.summary.equityStart;
  return [...ends].map(([name, end], i, list) => {
    const [year = 0, month = 0] = name.split('-').map(Number);
    const last = i === list.length - 1 ? stored.summary.equityEnd : end;
    const value = before > 0 ? last / before - 1 : Number.NaN;
    before = last;
    return { year, month, value, isPart: Date.UTC(year, month - 1, 1) < from || Date.UTC(year, month, 1) > to };
  });
}

function tradesOf(rows: readonly Row[]): TradeColumns {
  const numbers = (name: string): number[] => rows.map((row) => short(numberIn(row, name)));
  const texts = (name: string): string[] => rows.map((row) => textIn(row, name));
  return {
    symbol: texts('symbol'), side: rows.map((row) => (textIn(row, 'side') === 'short' ? 'short' : 'long')),
    openedAt: rows.map((row) => numberIn(row, 'opened')), closedAt: rows.map((row) => numberIn(row, 'closed')),
    qty: numbers('qty'), entry: numbers('entry_price'), exit: numbers('exit_price'), net: numbers('net'),
    r: rows.map((row) => { const r = numberIn(row, 'r'); return Number.isNaN(r) ? null : Number(r.toFixed(3)); }),
    mae: rows.map((row) => Number(numberIn(row, 'mae').toFixed(5))), mfe: rows.map((row) => Number(numberIn(row, 'mfe').toFixed(5))),
    entryReason: texts('entry_reason'), exitReason: texts('exit_reason'),
    trigger: rows.map((row) => { const level = numberIn(row, 'trigger'); return level > 0 ? short(level) : null; }),
    isEstimated: rows.map((row) => textIn(row, 'quality') === 'estimated'),
  };
}

/** Eight digits that count. */
const short = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(8)) : 0);

function stripsOf({ rows, bucketMs, stored }: Gathered, market: LoadedMarket): readonly CandleStrip[] {
  return market.symbols.map(({ instrument, last }, i) => {
    const symbol = stored.manifest.symbols[i] ?? instrument.rules.symbol;
    const strip = candlesOf(last, { symbol, bucketMs, tick: instrument.tick });
    const changes = rows.stops.filter((row) => textIn(row, 'symbol') === symbol)
      .map((row) => ({ at: numberIn(row, 'moment'), trigger: numberIn(row, 'level') || 0 }));
    const closes = rows.trades.filter((row) => textIn(row, 'symbol') === symbol).map((row) => ({ at: numberIn(row, 'closed'), trigger: 0 }));
    const ordered = [...closes, ...changes].toSorted((a, b) => a.at - b.at);
    return { ...strip, stops: stopSteps(ordered, strip.from, bucketMs, decimalsOf(instrument.tick)) };
  });
}

function costsOf({ rows, stored }: Gathered, settle: string): Costs {
  const { summary } = stored;
  const slippage = numberIn(rows.executions, 'slippage') || 0;
  const net = summary.equityEnd - summary.equityStart;
  const closed = numberIn(rows.tradeTotals, 'net') || 0;
  const gross = net + summary.fees - summary.funding;
  return {
    settle, ideal: gross + slippage, slippage, fees: summary.fees, funding: summary.funding, unrealised: net - closed, net,
    tradedValue: numberIn(rows.executions, 'value') || 0, executions: numberIn(rows.executions, 'n'),
  };
}

function unknownOf({ stored, rows, siblings }: Gathered): Unknown {
  const { summary, manifest } = stored;
  const path = textOf(manifest['path']);
  const all = siblings.length === 0 ? [] : [stored, ...siblings];
  const count = (name: string): number => { const value = summary[name]; return typeof value === 'number' ? value : 0; };
  return {
    ambiguousBars: count('ambiguousBars'), ambiguousTrades: count('ambiguousTrades'), path,
    band: all.map((one) => ({
      path: textOf(one.manifest['path']), run: one.run, net: one.summary.equityEnd - one.summary.equityStart, trades: one.summary.trades,
      maxDrawdown: one.summary.maxDrawdown,
    })).toSorted((a, b) => a.net - b.net),
    warnings: rows.warnings.map((row) => ({ code: textIn(row, 'code'), symbol: textIn(row, 'symbol'), count: numberIn(row, 'n'), text: textIn(row, 'text') })),
  };
}

function settingsOf({ manifest }: StoredRun): Story['settings'] {
  const flat = (prefix: string, value: unknown): { name: string; value: string }[] => {
    if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return [];
    if (typeof value === 'string') return [{ name: prefix, value }];
    if (typeof value !== 'object' || Array.isArray(value)) return [{ name: prefix, value: JSON.stringify(value) }];
    return Object.entries(value).flatMap(([name, inner]) => flat(prefix === '' ? name : `${prefix}.${name}`, inner));
  };
  return [...flat('params', manifest['params']), ...flat('', manifest['config'])];
}

function hashesOf({ manifest, summary, run }: StoredRun): Story['hashes'] {
  return [
    { name: 'Run', value: run }, { name: 'Engine', value: manifest.engine }, { name: 'Digest', value: summary.digest },
    { name: 'Strategy', value: manifest.strategyHash }, { name: 'Configuration', value: manifest.configHash },
    ...Object.entries(manifest.dataHashes).map(([name, value]) => ({ name, value })),
  ];
}
