/** The rows a report is made of, read from the run store: each question one SELECT, and no more rows than can be shown. */
import { withRuns } from '../../../data/index.ts';
import type { AskRuns, PlainValue } from '../../../data/index.ts';

export type Row = Readonly<Record<string, PlainValue>>;

/** Most trades a report lists and draws; the newest of more are shown and all are counted. */
export const tradesMost = 6_000;
/** Buckets of the equity curve, two slots each. */
export const equityBuckets = 1_200;

export interface RunRows {
  readonly trades: readonly Row[];
  readonly tradeTotals: Row;
  readonly equity: readonly Row[];
  readonly daily: readonly Row[];
  readonly stops: readonly Row[];
  /** Every change that begins or ends a time without a stop. */
  readonly bare: readonly Row[];
  readonly stopSlippage: Row;
  readonly executions: Row;
  readonly modes: readonly Row[];
  readonly faults: readonly Row[];
  readonly fired: readonly Row[];
  readonly refusals: readonly Row[];
  readonly warnings: readonly Row[];
  readonly waived: Row;
}

export interface Span { readonly from: number; readonly to: number }

/** `bucketMs` is the length of a candle and of a step of the stop's line. */
export async function readRows(folder: string, run: string, span: Span, bucketMs: number): Promise<RunRows> {
  return await withRuns(folder, async (askRuns) => await readAll(askRuns, run, span, bucketMs));
}

async function readAll(askRuns: AskRuns, run: string, span: Span, bucketMs: number): Promise<RunRows> {
  const own = `run = '${run.replaceAll("'", "''")}'`;
  const all = async (sql: string, limit = 200_000): Promise<readonly Row[]> => (await askRuns(sql, { limit })).rows;
  const one = async (sql: string): Promise<Row> => (await all(sql))[0] ?? {};
  const equityMs = Math.max(1, Math.ceil((span.to - span.from) / equityBuckets));
  const ms = (column: string): string => `epoch_ms("${column}")`;
  return {
    trades: (await all(`SELECT t.symbol AS symbol, t.side AS side, ${ms('opened_at')} AS opened, ${ms('closed_at')} AS closed, t.qty AS qty, entry_price, exit_price, net,
      r, mae, mfe, entry_reason, exit_reason, quality, e.reference AS "trigger" FROM trades t LEFT JOIN (SELECT symbol, "time", max(reference) AS reference
      FROM executions WHERE ${own} AND cause IN ('stop', 'trailing') GROUP BY ALL) e ON e.symbol = t.symbol AND e."time" = t.closed_at
      WHERE ${own} ORDER BY closed_at DESC, trade DESC LIMIT ${tradesMost}`)).toReversed(),
    tradeTotals: await one(`SELECT count(*) AS n, count(*) FILTER (quality = 'estimated') AS estimated, count(*) FILTER (net > 0) AS won,
      sum(net) AS net, sum(gross) AS gross, sum(slippage) AS slippage FROM trades WHERE ${own}`),
    equity: await all(`SELECT CAST(floor((${ms('time')} - ${span.from}) / ${equityMs}) AS INTEGER) AS bucket, min(equity) AS low,
      max(equity) AS high, arg_min(${ms('time')}, equity) AS low_at, arg_max(${ms('time')}, equity) AS high_at
      FROM equity WHERE ${own} GROUP BY bucket ORDER BY bucket`),
    daily: await all(`SELECT epoch_ms(date_trunc('day', "time")) AS day, arg_min(equity, "time") AS first, arg_max(equity, "time") AS last,
      min(${ms('time')}) AS first_at FROM equity WHERE ${own} GROUP BY day ORDER BY day`),
    stops: await all(`SELECT symbol, max(${ms('time')}) AS moment, arg_max(CASE WHEN change IN ('requested', 'armed') THEN "trigger" ELSE 0 END, "time") AS level
      FROM stops WHERE ${own} AND change IN ('requested', 'armed', 'fired', 'unprotected', 'waived', 'breached')
      GROUP BY symbol, floor(${ms('time')} / ${bucketMs}) ORDER BY symbol, moment`),
    bare: await all(`SELECT symbol, moment, change, cause, until FROM (SELECT symbol, ${ms('time')} AS moment, change, cause,
      min(CASE WHEN change IN ('armed', 'waived', 'fired') THEN ${ms('time')} END) OVER (PARTITION BY symbol ORDER BY "time"
      ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS until FROM stops WHERE ${own}) WHERE change IN ('unprotected', 'breached') ORDER BY moment`, 20_000),
    stopSlippage: await one(`SELECT count(*) AS n, avg(slippage_bps) AS mean, max(slippage_bps) AS worst, sum(slippage_bps * value / 10000) AS cost
      FROM executions WHERE ${own} AND cause IN ('stop', 'trailing') AND slippage_bps IS NOT NULL`),
    executions: await one(`SELECT count(*) AS n, sum(value) AS value, sum(slippage_bps * value / 10000) AS slippage FROM executions WHERE ${own}`),
    modes: await all(`SELECT ${ms('time')} AS moment, mode, cause, evidence FROM modes WHERE ${own} ORDER BY "time"`, 2_000),
    faults: await all(`SELECT ${ms('time')} AS moment, family FROM faults WHERE ${own} ORDER BY "time"`, 4_000),
    fired: await all(`SELECT family, count(*) AS n FROM faults WHERE ${own} GROUP BY family ORDER BY n DESC, family`),
    refusals: await all(`SELECT reason, count(*) AS n FROM decisions WHERE ${own} AND outcome IN ('refused', 'changed') GROUP BY reason ORDER BY n DESC, reason LIMIT 20`),
    warnings: await all(`SELECT code, coalesce(symbol, '') AS symbol, "count" AS n, text FROM warnings WHERE ${own} ORDER BY code, symbol`, 200),
    waived: await one(`SELECT count(*) AS n FROM stops WHERE ${own} AND change = 'waived'`),
  };
}

export const numberIn = (row: Row, name: string): number => {
  const value = row[name];
  return typeof value === 'number' ? value : value === null || value === undefined ? Number.NaN : Number(value);
};
export const textIn = (row: Row, name: string): string => {
  const value = row[name];
  return typeof value === 'string' ? value : '';
};
