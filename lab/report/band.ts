/**
 * The same strategy on three paths through every bar, side by side: what hurts first, what helps first, and the
 * nearer extreme first. One sentence says whether the answer depends on the order inside a bar, which no bar can tell.
 */
import { moneyOf } from './card-numbers.ts';
import { closedCount } from './finished.ts';
import type { FinishedRun } from './finished.ts';
import { toJson } from './json.ts';
import type { RunJson } from './json.ts';
import { blank, columnsFor, line, paint, rule, toneOf, wrapped } from './lines.ts';
import type { CardStyle, Line, Tone } from './lines.ts';
import { numbersIn, textsIn } from './rows.ts';
import { absence, counted, fitting, grouped, percent, share, signed, signedPercent } from './words.ts';
import type { Metric } from './metric.ts';

/** In the order they run and are shown. */
export const bandPaths = ['adverse', 'favourable', 'adaptive'] as const;
export type BandPath = typeof bandPaths[number];
export type Band = Readonly<Record<BandPath, FinishedRun>>;

/** The band of runs that differ by their path alone; null when they are not all there. */
export function bandFrom(runs: readonly FinishedRun[]): Band | null {
  const [adverse, favourable, adaptive] = bandPaths.map((path) => runs.find(({ manifest }) => manifest.path === path));
  if (adverse === undefined || favourable === undefined || adaptive === undefined) return null;
  return { adverse, favourable, adaptive };
}

export interface BandJson {
  /** Every run with the keys it has alone. */
  readonly band: Readonly<Record<BandPath, RunJson>>;
  /** `agree`: the three runs have the same fills at the same prices. */
  readonly bandVerdict: { readonly agree: boolean; readonly text: string };
}

export function bandJson(band: Band): BandJson {
  const { adverse, favourable, adaptive } = band;
  return {
    band: { adverse: toJson(adverse), favourable: toJson(favourable), adaptive: toJson(adaptive) },
    bandVerdict: verdictOf(band),
  };
}

/** The sentence and the table. `main` is the run whose card stands above it. */
export function renderBand(band: Band, main: FinishedRun, { colour, width }: CardStyle): string {
  const columns = columnsFor(width);
  const lines: readonly Line[] = [
    rule(columns), ...wrapped(verdictOf(band).text, columns).map((text) => line(text, 'strong')), blank,
    ...tableLines(band, main.manifest.path, columns),
  ];
  return lines.map((one) => paint(one, colour)).join('\n');
}

const runsOf = (band: Band): readonly FinishedRun[] => bandPaths.map((path) => band[path]);
const netOf = ({ result }: FinishedRun): number => result.equity.end - result.equity.start;

/** What the three results mean together. */
function verdictOf(band: Band): BandJson['bandVerdict'] {
  const runs = runsOf(band);
  const { signed: money, plain, settle } = moneyOf(band.adverse);
  if (new Set(runs.map(fillsOf)).size === 1) return { agree: true, text: agreement(band.adverse) };
  const byNet = [...bandPaths].sort((a, b) => netOf(band[a]) - netOf(band[b]));
  const [least, , most] = byNet as [BandPath, BandPath, BandPath];
  const [low, high] = [netOf(band[least]), netOf(band[most])];
  const [from, to] = [`${money(low)} ${settle}`, `${money(high)} ${settle}`];
  const differs = (text: string): BandJson['bandVerdict'] => ({ agree: false, text: `${text}.${uncounted(runs)}` });
  if (from === to) return differs(`All three paths end with the same net of ${to}, by other fills`);
  const span = `from ${from} (${least}) to ${to} (${most})`;
  if (low <= 0 && high >= 0) return differs(`The answer depends on what a bar cannot tell: ${span}`);
  const apart = `what a bar cannot tell makes a difference of ${plain(high - low)} ${settle}`;
  return differs(`${low > 0 ? 'Gains' : 'Loses'} on all three paths, ${span}: ${apart}`);
}

/** Every fill in order, and the ledger: what a run amounts to, whatever the times inside its bars. */
function fillsOf({ result }: FinishedRun): string {
  const texts = ['symbol', 'cause', 'side', 'liquidity'].map((name) => textsIn(result, 'executions', name));
  const numbers = ['qty', 'price'].map((name) => numbersIn(result, 'executions', name));
  return JSON.stringify([result.ledger, texts, numbers]);
}

/** Where all three agree although a bar is ambiguous, they had no side to take: the adverse path is then the adaptive one. */
function agreement({ result: { ambiguousBars }, metrics }: FinishedRun): string {
  const same = closedCount(metrics) === 0 ? 'All three paths agree' : 'All three paths agree: the same fills at the same prices';
  if (ambiguousBars === 0) return `${same}. Nothing here depends on what a bar cannot tell.`;
  const stay = `${counted(ambiguousBars, 'bar')} ${ambiguousBars === 1 ? 'stays' : 'stay'} ambiguous`;
  return `${same}. Yet ${stay}: flat, with orders on both sides, where each path goes to the nearer extreme first.`;
}

/** What makes runs differ beside the bars that are ambiguous by themselves. */
function uncounted(runs: readonly FinishedRun[]): string {
  if (runs.some(({ result }) => result.ambiguousBars > 0)) return '';
  const { markInterval, barInterval } = runs[0]!.manifest;
  if (markInterval !== null && markInterval !== barInterval) {
    return ` No ${barInterval} bar is ambiguous by itself: the path of the ${markInterval} mark bars decides, or orders sent on a fill inside a bar.`;
  }
  return ` No ${barInterval} bar is ambiguous by itself: orders sent on a fill inside a bar decide.`;
}

interface Row {
  readonly label: string;
  readonly cells: readonly { readonly texts: readonly string[]; readonly tone: Tone }[];
  /** Unit or sample, from long to short. */
  readonly notes: readonly string[];
}

const labelWidth = 17;
const noteWidth = 18;

function tableLines(band: Band, main: string, columns: number): readonly Line[] {
  const cellWidth = Math.min(16, Math.floor((columns - labelWidth - noteWidth) / bandPaths.length));
  const room = columns - labelWidth - bandPaths.length * cellWidth - 2;
  return rowsOf(band, main).map(({ label, cells, notes }, k) => ({
    parts: [
      { text: label.padEnd(labelWidth), tone: k === 0 ? 'quiet' : 'plain' },
      ...cells.map(({ texts, tone }) => ({ text: fitting(cellWidth - 1, texts).padStart(cellWidth), tone })),
      { text: `  ${fitting(room, notes)}`, tone: 'quiet' },
    ],
  }));
}

type Of<T> = (run: FinishedRun) => T;

function rowsOf(band: Band, main: string): readonly Row[] {
  const runs = runsOf(band);
  const { result, metrics: { sharpe } } = band.adverse;
  const { settle, signed: money, plain } = moneyOf(band.adverse);
  const row = (label: string, of: Of<readonly string[]>, notes: readonly string[], tone: Of<Tone> = () => 'plain'): Row =>
    ({ label, cells: runs.map((run) => ({ texts: of(run), tone: tone(run) })), notes });
  const metric = (label: string, of: Of<Metric>, words: (value: number) => string, note: string): Row => {
    const first = of(band.adverse);
    return row(label, (run) => measuredWords(of(run), words), [first.tag === 'value' ? note : absence(first, noteWidth)]);
  };
  const amount = (value: number): readonly string[] => [money(value), signed(value, 2), signed(value, 0), value.toExponential(2)];
  const netTone: Of<Tone> = (run) => toneOf(netOf(run));
  const returnOf: Of<number> = (run) => netOf(run) / result.equity.start;
  const ending = (value: number): readonly string[] => [plain(value), grouped(value, 0), value.toExponential(3)];
  const fall = (value: number): string => value === 0 ? '0 %' : `-${share(value)}`;
  const two = (value: number): string => grouped(value, 2);
  return [
    { label: 'Path', cells: bandPaths.map((path) => ({ texts: [path], tone: 'quiet' })), notes: [`card: ${main}`] },
    row('Closed trades', ({ metrics }) => [grouped(closedCount(metrics), 0)], []),
    row('Net', (run) => amount(netOf(run)), [settle], netTone),
    row('Equity at end', (run) => ending(run.result.equity.end), [`${settle} at mark`, settle]),
    row('Return', (run) => [signedPercent(returnOf(run), 2), signedPercent(returnOf(run), 0)], ['of the start'], netTone),
    metric('Max drawdown', ({ metrics }) => metrics.maxDrawdown, fall, 'at bar closes'),
    metric('Sharpe', ({ metrics }) => metrics.sharpe, two, `n = ${counted(sharpe.n, 'day')}`),
    metric('Profit factor', ({ metrics }) => metrics.profitFactor, two, 'of the trades'),
    metric('Win rate', ({ metrics }) => metrics.winRate, (value) => percent(value, 1), 'of the trades'),
    row('Ambiguous bars', (run) => [grouped(run.result.ambiguousBars, 0)], [`of ${grouped(result.bars, 0)}`]),
    row('Ambiguous trades', (run) => [grouped(run.result.ambiguousTrades, 0)], ['of the trades']),
    row('Digest', (run) => [run.result.digest.slice(0, 10)], []),
  ];
}

const measuredWords = (metric: Metric, words: (value: number) => string): readonly string[] =>
  [metric.tag === 'value' ? words(metric.value) : 'n/a'];
