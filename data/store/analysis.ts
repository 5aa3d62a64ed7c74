/**
 * Views over the stored runs for the questions people ask, in one schema for backtest, paper and live. Each has `run` first;
 * money is the settle coin, prices quote, times UTC, fractions fractions. Rates of fewer than ten trades are NULL: they
 * would only look like knowledge. Estimated exits (`quality = 'estimated'`) count nowhere here but in `costs`.
 */

export interface AnalysisView {
  readonly name: string;
  /** What one row is, and what it is asked for. */
  readonly meaning: string;
  readonly columns: readonly { readonly name: string; readonly meaning: string }[];
  /** The SELECT behind it. */
  readonly sql: string;
}

const described = (text: string): AnalysisView['columns'] => text.trim().split('\n').map((line) => {
  const [name = '', ...rest] = line.trim().split(' ');
  return { name, meaning: rest.join(' ') };
});

const dailyEquity: AnalysisView = {
  name: 'daily_equity', meaning: 'equity at each 00:00 UTC: what Sharpe, volatility and monthly results are made of',
  columns: described(`
    run run id
    day the day that ends at this 00:00
    equity equity at mark at its end
    return change against the day before, NULL on the first day
    peak highest daily equity so far
    drawdown equity / peak - 1, at or below 0`),
  sql: `WITH ends AS (SELECT run, date_trunc('day', "time" - INTERVAL 1 MICROSECOND) AS day, arg_max(equity, "time") AS equity FROM equity GROUP BY ALL),
    peaks AS (SELECT *, max(equity) OVER (PARTITION BY run ORDER BY day) AS peak FROM ends)
    SELECT run, CAST(day AS DATE) AS day, equity, equity / nullif(lag(equity) OVER (PARTITION BY run ORDER BY day), 0) - 1 AS "return", peak,
      equity / nullif(peak, 0) - 1 AS drawdown FROM peaks`,
};

const drawdowns: AnalysisView = {
  name: 'drawdowns', meaning: 'each time equity fell below an earlier peak until it was back, the deepest and the longest among them',
  columns: described(`
    run run id
    began_at when the peak was left
    trough_at when equity was lowest
    ended_at when the peak was reached again, NULL when it never was
    peak equity that was left
    depth lowest equity / peak - 1
    days length in days, to the end of the data when it did not end`),
  sql: `WITH marked AS (SELECT run, "time", equity, max(equity) OVER (PARTITION BY run ORDER BY "time" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM equity),
    numbered AS (SELECT *, sum(CASE WHEN before IS NULL OR equity >= before THEN 1 ELSE 0 END) OVER (PARTITION BY run ORDER BY "time") AS spell FROM marked),
    spells AS (SELECT run, spell, min("time") AS began_at, max(equity) AS peak, min(equity) AS low, arg_min("time", equity) AS trough_at, max("time") AS last_at, count(*) AS n
      FROM numbered GROUP BY run, spell)
    SELECT run, began_at, trough_at, ended_at, peak, low / nullif(peak, 0) - 1 AS depth, epoch_ms(coalesce(ended_at, last_at) - began_at) / 86400000.0 AS days
    FROM (SELECT *, lead(began_at) OVER (PARTITION BY run ORDER BY spell) AS ended_at FROM spells) WHERE n > 1 AND low < peak`,
};

const tradeResults: AnalysisView = {
  name: 'trade_results', meaning: 'closed trades with what they can be grouped by',
  columns: described(`
    run run id
    trade trade id within the run
    symbol symbol
    side long or short
    opened_at opening fill
    closed_at closing fill
    hour hour of the day it was opened, UTC, 0 to 23
    weekday day of the week it was opened, 1 = Monday
    hours how long it was held
    net net of fees and funding
    r net / risk at the first stop, NULL without one
    stop_distance risk at the first stop as a fraction of the entry price, NULL without one
    mae furthest against it, fraction of the entry price
    mfe furthest for it, fraction of the entry price
    regime calm, normal or wild: how far the price ranged per root of time held, in thirds within run and symbol
    entry_reason why it was entered
    exit_reason what ended it`),
  sql: `SELECT run, trade, symbol, side, opened_at, closed_at, hour(opened_at) AS hour, isodow(opened_at) AS weekday, epoch_ms(closed_at - opened_at) / 3600000.0 AS hours,
      net, r, risk / nullif(qty * entry_price, 0) AS stop_distance, mae, mfe,
      CASE ntile(3) OVER (PARTITION BY run, symbol ORDER BY (mae + mfe) / sqrt(greatest(epoch_ms(closed_at - opened_at), 60000)), trade)
        WHEN 1 THEN 'calm' WHEN 2 THEN 'normal' ELSE 'wild' END AS regime, entry_reason, exit_reason
    FROM trades WHERE quality IS DISTINCT FROM 'estimated'`,
};

/** The same columns for every way to group trades. */
const grouped = (name: string, key: string, meaning: string): AnalysisView => ({
  name, meaning: `closed trades by ${meaning}`,
  columns: described(`
    run run id
    ${key} ${meaning}
    trades how many
    won how many with net above 0
    net sum
    mean_net mean per trade
    mean_r mean of net / risk, over those with a stop
    win_rate won / trades, NULL below 10 trades
    profit_factor sum won / sum lost, NULL below 10 trades or without a loss
    median_hours how long they were held`),
  sql: `SELECT run, ${key}, count(*) AS trades, count(*) FILTER (WHERE net > 0) AS won, sum(net) AS net, avg(net) AS mean_net, avg(r) AS mean_r,
      CASE WHEN count(*) >= 10 THEN count(*) FILTER (WHERE net > 0) / count(*) END AS win_rate,
      CASE WHEN count(*) >= 10 THEN sum(net) FILTER (WHERE net > 0) / nullif(-sum(net) FILTER (WHERE net < 0), 0) END AS profit_factor,
      median(hours) AS median_hours FROM trade_results GROUP BY run, ${key}`,
});

const rDistribution: AnalysisView = {
  name: 'r_distribution', meaning: 'how results in R are spread, in steps of half an R',
  columns: described(`
    run run id
    r_from results from here
    r_to to below here
    trades how many
    net sum of what they brought`),
  sql: `SELECT run, floor(r * 2) / 2 AS r_from, floor(r * 2) / 2 + 0.5 AS r_to, count(*) AS trades, sum(net) AS net FROM trade_results WHERE r IS NOT NULL GROUP BY ALL`,
};

const excursions: AnalysisView = {
  name: 'excursions', meaning: 'how far each trade went against and for its position, in R of its first stop; NULL without one',
  columns: described(`
    run run id
    trade trade id
    symbol symbol
    side long or short
    r result
    mae_r furthest against, in R
    mfe_r furthest for, in R
    kept share of the furthest gain that was kept, NULL without a gain`),
  sql: `SELECT run, trade, symbol, side, r, mae / nullif(stop_distance, 0) AS mae_r, mfe / nullif(stop_distance, 0) AS mfe_r,
      CASE WHEN mfe > 0 AND stop_distance > 0 THEN r / (mfe / stop_distance) END AS kept FROM trade_results`,
};

const stopSlippage: AnalysisView = {
  name: 'stop_slippage', meaning: 'each fill of a stop: what it paid beyond its trigger, beside how far the trade\'s first stop stood away',
  columns: described(`
    run run id
    time exchange time
    symbol symbol
    cause stop or trailing
    trigger level that fired
    price price paid
    slippage_bps worse is positive
    cost settle coin, worse is positive
    distance_bps distance of the trade's first stop, NULL without one
    share slippage as a share of that distance`),
  sql: `SELECT e.run AS run, e."time" AS "time", e.symbol AS symbol, e.cause AS cause, e.reference AS "trigger", e.price AS price, e.slippage_bps AS slippage_bps,
      e.slippage_bps * e.value / 10000 AS cost, t.stop_distance * 10000 AS distance_bps, e.slippage_bps / nullif(t.stop_distance * 10000, 0) AS "share"
    FROM executions e LEFT JOIN trade_results t ON t.run = e.run AND t.symbol = e.symbol AND t.closed_at = e."time"
    WHERE e.cause IN ('stop', 'trailing') AND e.slippage_bps IS NOT NULL`,
};

const costs: AnalysisView = {
  name: 'costs', meaning: 'one row per run: from what the prices wanted would have given to what was kept',
  columns: described(`
    run run id
    without_costs net before slippage, fees and funding
    slippage lost against the prices wanted
    fees paid
    funding received, negative = paid
    net equity at the end - start
    traded value bought and sold
    cost_bps (slippage + fees - funding) per value traded`),
  sql: `SELECT r.run AS run, r.net + r.fees - r.funding + coalesce(e.slippage, 0) AS without_costs, coalesce(e.slippage, 0) AS slippage, r.fees AS fees, r.funding AS funding,
      r.net AS net, coalesce(e.traded, 0) AS traded, 10000 * (coalesce(e.slippage, 0) + r.fees - r.funding) / nullif(e.traded, 0) AS cost_bps
    FROM runs r LEFT JOIN (SELECT run, sum(slippage_bps * value / 10000) AS slippage, sum(value) AS traded FROM executions GROUP BY run) e ON e.run = r.run`,
};

const unprotected: AnalysisView = {
  name: 'unprotected', meaning: 'each time a position stood without a stop, by what the engine knew; a faulted run\'s own measure at the exchange is in its manifest',
  columns: described(`
    run run id
    symbol symbol
    from_at since
    until_at until a stop stood, it was waived or the position was gone; NULL = to the end
    ms how long, NULL = to the end
    why in words`),
  sql: `WITH ends AS (SELECT run, symbol, "time" AS from_at, change, cause, min(CASE WHEN change IN ('armed', 'waived', 'fired') THEN "time" END)
      OVER (PARTITION BY run, symbol ORDER BY "time" ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS stood FROM stops),
    closed AS (SELECT e.*, (SELECT min(t.closed_at) FROM trades t WHERE t.run = e.run AND t.symbol = e.symbol AND t.opened_at <= e.from_at AND t.closed_at >= e.from_at) AS gone
      FROM ends e WHERE change IN ('unprotected', 'breached'))
    SELECT run, symbol, from_at, least(stood, gone) AS until_at, epoch_ms(least(stood, gone) - from_at) AS ms, coalesce(cause, change) AS why FROM closed`,
};

const refusals: AnalysisView = {
  name: 'refusals', meaning: 'why there was no trade: every want that was refused or changed, with the mode the engine was in',
  columns: described(`
    run run id
    time close at which it was wanted
    symbol symbol
    intent what was wanted
    outcome refused or changed
    reason the first gate that failed
    inputs what the rules saw, NULL without rules
    mode mode then; trading when it never changed`),
  sql: `SELECT d.run AS run, d."time" AS "time", d.symbol AS symbol, d.intent AS intent, d.outcome AS outcome, d.reason AS reason, d.inputs AS inputs, coalesce(m.mode, 'trading') AS mode
    FROM decisions d ASOF LEFT JOIN modes m ON m.run = d.run AND m."time" <= d."time" WHERE d.outcome IN ('refused', 'changed')`,
};

const parity: AnalysisView = {
  name: 'parity', meaning: 'orders of a live or paper run beside those of a backtest of the same strategy over the same time, paired by the engine\'s order id',
  columns: described(`
    run the live or paper run
    backtest the backtest
    symbol symbol
    order order id, the same in both when both decided the same
    kind both, live only or backtest only
    late_ms live fill later than the backtest's
    price_bps live price worse than the backtest's
    qty_ratio live quantity / the backtest's`),
  sql: `WITH fills AS (SELECT e.run, e.symbol, e."order" AS id, min(e."time") AS "time", sum(CASE WHEN e.side = 'buy' THEN e.qty ELSE -e.qty END) AS qty,
        sum(e.price * e.qty) / sum(e.qty) AS price FROM executions e WHERE e."order" >= 0 GROUP BY ALL),
    pairs AS (SELECT l.run AS run, b.run AS backtest, greatest(l.from_at, b.from_at) AS from_at, least(l.to_at, b.to_at) AS to_at FROM runs l JOIN runs b
      ON b.strategy_hash = l.strategy_hash AND b.symbols = l.symbols AND b.mode = 'backtest' AND l.mode <> 'backtest' AND b.from_at < l.to_at AND l.from_at < b.to_at),
    lived AS (SELECT p.backtest, f.* FROM pairs p JOIN fills f ON f.run = p.run AND f."time" BETWEEN p.from_at AND p.to_at),
    played AS (SELECT p.run AS lived_as, f.* FROM pairs p JOIN fills f ON f.run = p.backtest AND f."time" BETWEEN p.from_at AND p.to_at)
    SELECT coalesce(l.run, b.lived_as) AS run, coalesce(l.backtest, b.run) AS backtest, coalesce(l.symbol, b.symbol) AS symbol, coalesce(l.id, b.id) AS "order",
      CASE WHEN l.id IS NULL THEN 'backtest only' WHEN b.id IS NULL THEN 'live only' ELSE 'both' END AS kind,
      epoch_ms(l."time" - b."time") AS late_ms, CASE WHEN b.qty > 0 THEN 1 ELSE -1 END * (l.price / b.price - 1) * 10000 AS price_bps, l.qty / b.qty AS qty_ratio
    FROM lived l FULL JOIN played b ON b.lived_as = l.run AND b.run = l.backtest AND b.symbol = l.symbol AND b.id = l.id`,
};

/** In the order in which they are made: some stand on others. */
export const analysisViews: readonly AnalysisView[] = [
  dailyEquity, drawdowns, tradeResults,
  grouped('by_symbol', 'symbol', 'symbol'), grouped('by_side', 'side', 'side'), grouped('by_hour', 'hour', 'hour of the day they were opened, UTC'),
  grouped('by_weekday', 'weekday', 'day of the week they were opened, 1 = Monday'), grouped('by_exit_reason', 'exit_reason', 'what ended them'),
  grouped('by_regime', 'regime', 'how far the price ranged while they were held: calm, normal, wild'),
  rDistribution, excursions, stopSlippage, costs, unprotected, refusals, parity,
];

/** CREATE VIEW of one of them. */
export const analysisSql = ({ name, sql }: AnalysisView): string => `CREATE OR REPLACE VIEW ${name} AS ${sql}`;
