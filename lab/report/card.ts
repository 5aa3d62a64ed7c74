/**
 * The result card of the terminal: at most 24 lines, two aligned columns, from 72 columns on.
 *
 * Order of attention: was anything unprotected by choice; did the run stop trading before its end; the verdict in words;
 * numbers, each with its unit and its sample; what it cost; what could not be known; how to tell this run from another, and
 * where to look further.
 * Signs carry the meaning, colour only repeats it; without colour the text is the same.
 */
import { costLines, moneyOf, numberRows } from './card-numbers.ts';
import type { Cell } from './card-numbers.ts';
import { known } from './card-unknown.ts';
import { closedCount } from './finished.ts';
import type { FinishedRun } from './finished.ts';
import { blank, columnsFor, line, paint, rule } from './lines.ts';
import type { CardStyle, Line } from './lines.ts';
import { minima } from './metrics.ts';
import { numbersIn, textsIn } from './rows.ts';
import { counted, dayOf, fitting, grouped, signedPercent } from './words.ts';

export const maxLines = 24;

/** How to draw on this stream: no colour into a pipe, with `NO_COLOR` or on a dumb terminal; 80 columns when unknown. */
export function cardStyle(
  stream: { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): CardStyle {
  const refused = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return { colour: stream.isTTY === true && !refused, width: stream.columns ?? 80 };
}

const gap = { text: '  ', tone: 'plain' as const };

export function renderCard(run: FinishedRun, { colour, width }: CardStyle): string {
  const columns = columnsFor(width);
  const head = [...waivedLines(run, columns), ...endedLines(run, columns), ...favouredLines(run, columns), line(verdict(run, columns), 'strong'), line(subject(run, columns), 'quiet')];
  const numbers = numberRows(run).map(([left, right]) => ({ parts: [...cellParts(left, columns), gap, ...cellParts(right, columns)] }));
  const costs = costLines(run, columns).map((text, k) => line(text, k === 0 ? 'quiet' : 'plain'));
  const room = maxLines - head.length - 1 - numbers.length - costs.length - footerLines;
  const { lines, untold } = known(run, columns, room);
  const sections: readonly (readonly Line[])[] = [
    head, numbers, costs, lines.map((text) => line(text)),
    footer(run, columns, untold).filter((_, k) => k !== tookLine || lines.length <= room).map((text) => line(text, 'quiet')),
  ];
  return joined(sections, columns).map((one) => paint(one, colour)).join('\n');
}

/** Which section gets a blank line above it first, when 24 lines do not allow all: unknown, footer, costs. */
const airFirst: readonly number[] = [3, 4, 2];

/** A thin rule under the head, blank lines between the rest as far as 24 lines allow. */
function joined(sections: readonly (readonly Line[])[], columns: number): readonly Line[] {
  const used = sections.reduce((sum, section) => sum + section.length, 1);
  const airy = airFirst.slice(0, Math.max(0, maxLines - used));
  return sections.flatMap((section, k) => {
    if (k === 1) return [rule(columns), ...section];
    return airy.includes(k) ? [blank, ...section] : section;
  });
}

/** Label, number right-aligned, sample: `Sharpe               1.31  n = 90 days`. */
function cellParts(cell: Cell, columns: number): Line['parts'] {
  const width = Math.floor((columns - 2) / 2);
  const label = 14;
  const number = 11;
  const rest = width - label;
  const head = { text: cell.label.padEnd(label), tone: 'plain' as const };
  if (cell.value === null) return [head, { text: fitting(rest, cell.notes).padEnd(rest), tone: 'quiet' }];
  const value = fitting(number, cell.value);
  const note = fitting(rest - number - 2, cell.notes);
  return [head, { text: value.padStart(number), tone: cell.tone }, { text: `  ${note}`.padEnd(rest - number), tone: 'quiet' }];
}

function waivedLines({ result }: FinishedRun, columns: number): readonly Line[] {
  const changes = textsIn(result, 'stops', 'change');
  const symbols = textsIn(result, 'stops', 'symbol');
  const waived = changes.flatMap((change, row) => change === 'waived' ? [symbols[row] ?? ''] : []);
  if (waived.length === 0) return [];
  const names = [...new Set(waived)].join(', ');
  const held = `Unprotected by choice: ${counted(waived.length, 'position')} held without a stop`;
  return [line(fitting(columns, [`${held} (noStop) in ${names}.`, `${held} (noStop).`]), 'danger')];
}

/** A run that ended halted or reducing took no entry from then on: its numbers are those of a part of the time it names. */
function endedLines({ result }: FinishedRun, columns: number): readonly Line[] {
  const mode = textsIn(result, 'modes', 'mode').at(-1);
  const at = numbersIn(result, 'modes', 'time').at(-1);
  if ((mode !== 'halted' && mode !== 'reducing') || at === undefined) return [];
  const since = `${mode === 'halted' ? 'Halted' : 'Reducing only'} since ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const cause = textsIn(result, 'modes', 'cause').at(-1) ?? '';
  const evidence = textsIn(result, 'modes', 'evidence').at(-1) ?? '';
  return [line(fitting(columns, [
    `${since}, no entry after it: ${evidence}.`, `${since}, no entry after it: ${cause}.`, `${since}: ${cause}.`,
  ]), 'danger')];
}

/** A gain that comes from made-up mark paths stands above the result it is part of. */
function favouredLines({ warnings }: FinishedRun, columns: number): readonly Line[] {
  const found = warnings.find((one) => one.code === 'STOPS_FAVOURED');
  if (found === undefined) return [];
  const [stops = ''] = found.text.split(':');
  const size = /[+-][\d.]+ \S+(?= in all)/.exec(found.text)?.[0] ?? '';
  return [line(fitting(columns, [
    `Not to be expected: ${stops}.`, `Not to be expected: ${size} from ${found.count} stops on coarse mark bars; use stopBy 'last'.`,
    `Not to be expected: ${size} from stops on coarse mark bars.`,
  ]), 'danger')];
}

/** What happened, in one sentence. */
function verdict(run: FinishedRun, columns: number): string {
  const { result, metrics } = run;
  const { start, end } = result.equity;
  const net = end - start;
  const money = moneyOf(run);
  const trades = closedCount(metrics);
  const span = counted(Math.max(0, Math.round((result.to - result.from) / 86_400_000)), 'day');
  const liquidated = liquidatedWords(run);
  const left = result.open.length === 0 ? 'nothing left open' : `${counted(result.open.length, 'position')} left open`;
  const moved = net === 0 ? 'Ended where it began' : `${net > 0 ? 'Gained' : 'Lost'} ${money.plain(Math.abs(net))} ${money.settle}`;
  const size = net === 0 || start <= 0 ? '' : ` (${signedPercent(net / start, 2)})`;
  if (trades === 0 && net === 0 && result.open.length === 0) {
    const refused = Object.values(result.refusals).reduce((sum, count) => sum + count, 0);
    return `No trade in ${span}${refused === 0 ? '' : `: ${counted(refused, 'intent')} refused`}; ${left}.`;
  }
  const few = trades < minima.trades ? ', too few to judge' : '';
  return fitting(columns, [
    `${moved}${size} in ${span} with ${counted(trades, 'trade')}${few}${liquidated}; ${left}.`,
    `${moved}${size} in ${span}, ${counted(trades, 'trade')}${few}${liquidated}; ${left}.`,
    `${moved}${size}, ${counted(trades, 'trade')}${liquidated}; ${left}.`,
    `${moved}${size}${liquidated}; ${left}.`,
  ]);
}

/** A liquidation stands in the first sentence: nothing else a run can say costs as much. */
function liquidatedWords({ warnings }: FinishedRun): string {
  const count = warnings.reduce((sum, one) => one.code === 'LIQUIDATED' ? sum + one.count : sum, 0);
  return count === 0 ? '' : `, ${grouped(count, 0)} liquidated`;
}

function subject({ manifest, result }: FinishedRun, columns: number): string {
  const range = `${dayOf(result.from)} to ${dayOf(result.to)} UTC`;
  const names = manifest.symbols.join(', ');
  const many = counted(manifest.symbols.length, 'symbol');
  const { strategy, timeframe, market } = manifest;
  // The market is never left out: made-up, mixed and real prices must not look alike.
  const choices = [
    [strategy, names, timeframe, market, range], [strategy, many, timeframe, market, range],
    [strategy, timeframe, market, range], [timeframe, market, range], [market, range],
  ];
  return fitting(columns, choices.map((words) => words.join(' · ')));
}

const footerLines = 3;
/** The one that goes when there are too many lines. */
const tookLine = 1;

/** `untold` warnings are what there is to look at. */
function footer({ manifest, result, timing, isStored = true }: FinishedRun, columns: number, untold: number): readonly string[] {
  const seconds = (ms: number): string => `${grouped(ms / 1_000, 2)} s`;
  const rate = timing.runMs > 0 ? result.bars / timing.runMs / 1_000 : 0;
  const speed = rate >= 0.1 ? ` (${grouped(rate, 1)} M bars/s)` : '';
  const label = (name: string): string => name.padEnd(14);
  const where = `WHERE run='${manifest.run}'`;
  const table = untold > 0 ? 'warnings' : 'trades';
  return [
    fitting(columns, [`${label('Run')}${manifest.run} · digest ${result.digest.slice(0, 16)}`, `${label('Run')}${manifest.run}`]),
    fitting(columns, [
      `${label('Took')}load ${seconds(timing.loadMs)}, run ${seconds(timing.runMs)}${speed}, store ${seconds(timing.storeMs)}`,
      `${label('Took')}load ${seconds(timing.loadMs)}, run ${seconds(timing.runMs)}, store ${seconds(timing.storeMs)}`,
    ]),
    isStored ? fitting(columns, [
      `${label('Look further')}holdfast query "SELECT * FROM ${table} ${where}"`,
      `${label('Look further')}holdfast query "FROM ${table} ${where}"`,
      `holdfast query "FROM ${table} ${where}"`,
      `${label('Look further')}holdfast query "SELECT * FROM ${table}"`,
    ]) : `${label('Not stored')}by --no-store; ${untold > 0 ? '--json tells every warning' : "without it, 'holdfast query' looks further"}`,
  ];
}
