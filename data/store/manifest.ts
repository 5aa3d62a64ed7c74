/**
 * What is known of a run besides its tables: the manifest (everything that went in, enough to run it again) and the
 * summary (the totals that came out). Both are plain JSON beside the Parquet files, and together one row of `runs`.
 */
import { conformTable, runsTable } from './schema.ts';
import type { Column, Table } from '../../engine/index.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface RunManifest {
  /** Unique in its folder; letters, digits, dot, dash, underscore. */
  readonly run: string;
  /** Wall time in ms UTC, given by the caller. */
  readonly createdAt: number;
  readonly mode: 'backtest' | 'live' | 'paper';
  /** Version of the engine. */
  readonly engine: string;
  readonly strategy: string;
  readonly strategyHash: string;
  readonly params: Json;
  readonly config: Json;
  readonly configHash: string;
  /** Hash by data set, for example `BTCUSDT last 5m`. */
  readonly dataHashes: Readonly<Record<string, string>>;
  /** `venue:category`. */
  readonly market: string;
  readonly symbols: readonly string[];
  readonly timeframe: string;
  /** Ms UTC: open of the first bar, close of the last. */
  readonly from: number;
  readonly to: number;
  readonly warmupBars: number;
  /** null when nothing is drawn by chance. */
  readonly seed: number | null;
}

export interface RunSummary {
  readonly bars: number;
  readonly decisions: number;
  /** Closed trades. */
  readonly trades: number;
  readonly equityStart: number;
  readonly equityEnd: number;
  /** Settle coin, positive = paid. */
  readonly fees: number;
  /** Settle coin, positive = received. */
  readonly funding: number;
  /** Fraction of the peak, per bar. */
  readonly maxDrawdown: number;
  /** null when there is too little to say it. */
  readonly sharpe: number | null;
  /** Bars that could have filled either way first, and closed trades with a fill in one. */
  readonly ambiguousBars: number;
  readonly ambiguousTrades: number;
  readonly digest: string;
}

/** The run's row of `runs`, as a table of one row. */
export function runRow(manifest: RunManifest, summary: RunSummary): Table {
  const text = (name: string, value: string): Column =>
    ({ name, type: 'text', codes: Int32Array.of(0), dictionary: [value] });
  const json = (name: string, value: Json): Column => text(name, JSON.stringify(value));
  const number = (name: string, value: number | null): Column =>
    ({ name, type: 'double', values: Float64Array.of(value ?? Number.NaN) });
  const time = (name: string, value: number): Column => ({ name, type: 'time', values: Float64Array.of(value) });
  const columns = [
    time('created_at', manifest.createdAt), text('mode', manifest.mode), text('engine', manifest.engine),
    text('strategy', manifest.strategy), text('strategy_hash', manifest.strategyHash), json('params', manifest.params),
    json('config', manifest.config), text('config_hash', manifest.configHash), json('data_hashes', manifest.dataHashes),
    text('market', manifest.market), text('symbols', manifest.symbols.join(',')), text('timeframe', manifest.timeframe),
    time('from_at', manifest.from), time('to_at', manifest.to), number('warmup_bars', manifest.warmupBars),
    number('seed', manifest.seed), number('bars', summary.bars), number('decisions', summary.decisions),
    number('trades', summary.trades), number('equity_start', summary.equityStart),
    number('equity_end', summary.equityEnd), number('net', summary.equityEnd - summary.equityStart),
    number('fees', summary.fees), number('funding', summary.funding),
    number('max_drawdown', summary.maxDrawdown), number('sharpe', summary.sharpe),
    number('ambiguous_bars', summary.ambiguousBars), number('ambiguous_trades', summary.ambiguousTrades),
    text('digest', summary.digest),
  ];
  return conformTable(runsTable, manifest.run, { name: 'runs', rows: 1, columns });
}
