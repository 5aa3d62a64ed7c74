/** The numbers of the result card: two columns of cells, and the way from gross to net. */
import type { FinishedRun } from './finished.ts';
import type { Metric } from './metric.ts';
import {
  absence, counted, duration, fitting, grouped, moneyDecimals, percent, share, signed, signedPercent,
} from './words.ts';

export interface Cell {
  readonly label: string;
  /** The same number from long to short, or null when there is none and the notes say why. */
  readonly value: readonly string[] | null;
  readonly tone: 'plain' | 'gain' | 'loss';
  /** Unit, sample or comparison, from long to short. */
  readonly notes: readonly string[];
}

export interface MoneyWords {
  readonly settle: string;
  readonly plain: (value: number) => string;
  readonly signed: (value: number) => string;
}

/** Money of this run's settle coin in words. */
export function moneyOf({ result }: FinishedRun): MoneyWords {
  const { settle } = result.ledger;
  const decimals = moneyDecimals(settle);
  return { settle, plain: (value) => grouped(value, decimals), signed: (value) => signed(value, decimals) };
}

/** Left: what became of the money and how rough it was. Right: the trades. */
export function numberRows(run: FinishedRun): readonly (readonly [Cell, Cell])[] {
  const { metrics } = run;
  const { end } = run.result.equity;
  const money = moneyOf(run);
  const days = (n: number): readonly string[] => [`n = ${counted(n, 'day')}`, counted(n, 'day')];
  const trades = (n: number): readonly string[] => [`n = ${grouped(n, 0)}`];
  const two = (value: number): readonly string[] => [grouped(value, 2), grouped(value, 0)];
  const times = (value: number): readonly string[] => [`${grouped(value, 1)} x`, `${grouped(value, 0)} x`];
  const fall = (value: number): readonly string[] => [value === 0 ? '0 %' : `-${share(value)}`];
  const underWater = (metric: Metric): readonly string[] =>
    metric.tag === 'value' && metric.value > 0 ? [`${duration(metric.value)} long`, duration(metric.value)] : [];
  const amount = (value: number): readonly string[] => [money.signed(value), signed(value, 2), signed(value, 0)];
  const rated = (value: number): readonly string[] => [signedPercent(value, 1), signedPercent(value, 0)];
  return [
    [
      plain('Equity at end', [money.plain(end), grouped(end, 0), end.toExponential(3)], [`${money.settle} at mark`, money.settle]),
      plain('Closed trades', [grouped(metrics.trades.n, 0)], split(run)),
    ],
    [of('CAGR', metrics.cagr, rated, days, sign), of('Win rate', metrics.winRate, (value) => [percent(value, 1)], trades)],
    [of('Sharpe', metrics.sharpe, two, days), of('Profit factor', metrics.profitFactor, two, trades)],
    [of('Sortino', metrics.sortino, two, days), of('Payoff', metrics.payoff, two, trades)],
    [
      of('Calmar', metrics.calmar, two, days),
      of('Expectancy', metrics.expectancyR, (value) => [`${signed(value, 2)} R`], trades, sign),
    ],
    [
      of('Max drawdown', metrics.maxDrawdown, fall, () => underWater(metrics.maxDrawdownDuration)),
      of('  per trade', metrics.expectancy, amount, () => [money.settle], sign),
    ],
    [
      of('  daily', metrics.maxDrawdownDaily, fall, () => underWater(metrics.maxDrawdownDailyDuration)),
      of('SQN', metrics.sqn, two, trades),
    ],
    [
      of('Exposure', metrics.exposure, (value) => [share(value)], (n) => [`of ${grouped(n, 0)} bars`, 'of bars']),
      of('Turnover', metrics.turnover, times, () => ['mean equity', 'equity']),
    ],
  ];
}

/** Gross - fees + funding - slippage = net, where gross is what the wanted prices would have given. */
export function costLines(run: FinishedRun, columns: number): readonly string[] {
  const { result, metrics } = run;
  const money = moneyOf(run);
  const fees = Number(result.ledger.fees);
  const funding = Number(result.ledger.funding);
  const net = result.equity.end - result.equity.start;
  const gross = net + fees - funding + result.slippageCost;
  const width = Math.min(14, Math.floor((columns - 14) / 5));
  const row = (label: string, cells: readonly string[]): string =>
    label.padEnd(14) + cells.map((cell) => cell.padStart(width)).join('');
  const amount = (value: number): string =>
    fitting(width - 1, [money.signed(value), signed(value, 2), signed(value, 0), value.toExponential(2)]);
  const { costRate } = metrics;
  const traded = `${grouped(result.tradedValue, moneyDecimals(money.settle) > 2 ? 4 : 0)} ${money.settle}`;
  const rates = costRate.tag === 'value'
    ? costWords(grouped(costRate.value * 10_000, 1), traded, costRate.n)
    : [`Costs n/a: ${costRate.why}`];
  return [
    row(money.settle, ['Gross', 'Fees', 'Funding', 'Slippage', 'Net']),
    row('', [gross, -fees, funding, -result.slippageCost, net].map(amount)),
    ''.padEnd(14) + fitting(columns - 14, rates),
  ];
}

const costWords = (bps: string, traded: string, n: number): readonly string[] => [
  `Costs are ${bps} bps of ${traded} traded (n = ${counted(n, 'execution')})`,
  `Costs are ${bps} bps of ${traded} traded, n = ${grouped(n, 0)}`,
  `Costs are ${bps} bps of traded value`,
];

function split({ metrics }: FinishedRun): readonly string[] {
  const rate = metrics.winRate.tag === 'value' ? Math.round(metrics.winRate.value * metrics.winRate.n) : null;
  return rate === null ? [] : [`${grouped(rate, 0)} won`];
}

const sign = (value: number): Cell['tone'] => value > 0 ? 'gain' : value < 0 ? 'loss' : 'plain';
const plain = (label: string, value: readonly string[], notes: readonly string[]): Cell =>
  ({ label, value, tone: 'plain', notes });

function of(
  label: string, metric: Metric,
  words: (value: number) => readonly string[], notes: (n: number) => readonly string[],
  tone: (value: number) => Cell['tone'] = () => 'plain',
): Cell {
  if (metric.tag === 'value') return { label, value: words(metric.value), tone: tone(metric.value), notes: notes(metric.n) };
  return { label, value: null, tone: 'plain', notes: [60, 20, 12, 3].map((width) => absence(metric, width)) };
}
