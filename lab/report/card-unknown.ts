/**
 * What a run could not know or did not do: left open, ambiguous bars, detail, mark data, instrument rules, warnings, refusals.
 * Every warning is named as far as the lines reach; where they do not, the last of them says so, and the card's last line
 * asks for all.
 */
import { moneyOf } from './card-numbers.ts';
import { closedCount } from './finished.ts';
import type { FinishedRun } from './finished.ts';
import type { DetailTotals } from '../../sim/index.ts';
import { rulesWords } from './rules-words.ts';
import { counted, fitting, grouped, share } from './words.ts';
import type { ReportWarning } from './finished.ts';

const label = 14;

export interface Known {
  readonly lines: readonly string[];
  /** Warnings that are not named on them. */
  readonly untold: number;
}

/** Lines of `Label  text`, at most `most` of them and at least six; one that says so when there is nothing to say. */
export function known(run: FinishedRun, columns: number, most: number): Known {
  const before = [...open(run), ...(run.result.detail === null ? ambiguous(run) : detailed(run, run.result.detail)), ...mark(run), ...rules(run)];
  const after = refused(run);
  const told = warned(run.warnings, columns - label, Math.max(1, most - before.length - after.length));
  const isSure = told.lines.length === 0 && before.length === 2 && after.length === 0 && run.result.ambiguousBars === 0
    && run.result.detail === null && run.manifest.rules.every(({ origin }) => origin !== 'data');
  const shown: Named = isSure ? [['Not known', ['nothing: no ambiguous bar, gap, guessed rule or refusal']], ...rules(run)]
    : [...before, ...told.lines.map((text, k) => [k === 0 ? 'Warnings' : '', [text]] as const), ...after];
  return { lines: shown.map(([name, texts]) => name.padEnd(label) + fitting(columns - label, texts)), untold: told.untold };
}

type Named = readonly (readonly [label: string, texts: readonly string[]])[];

function open(run: FinishedRun): Named {
  const { result } = run;
  if (result.open.length === 0) return [];
  const money = moneyOf(run);
  const unrealised = result.open.reduce((sum, position) => sum + position.unrealised, 0);
  const total = `unrealised ${money.signed(unrealised)} ${money.settle}`;
  const each = result.open.map(({ side, qty, symbol, entryPrice }) => `${side} ${qty} ${symbol} at ${grouped(entryPrice, 2)}`);
  return [['Left open', [`${each.join(', ')}; ${total}`, `${counted(result.open.length, 'position')}; ${total}`]]];
}

/** How many bars were settled by what is inside them, how many had nothing, and how many are ambiguous still. */
function detailed({ manifest, result, metrics }: FinishedRun, detail: DetailTotals): Named {
  const { timeframe, bars, children, withoutDetail, withHoles, ambiguousBars } = detail;
  const inside = timeframe === 'trades' ? counted(children, 'trade') : `${grouped(children, 0)} of ${timeframe}`;
  const lack = [withoutDetail > 0 ? `${grouped(withoutDetail, 0)} had none` : '', withHoles > 0 ? `${grouped(withHoles, 0)} lack some` : '']
    .filter((part) => part !== '').map((part) => `${part}, `).join('');
  const on = `${counted(bars, 'bar')} on ${inside}; ${lack}`;
  if (ambiguousBars === 0) return [['Detail', [`${on}none still ambiguous`, `${timeframe}; ${lack}none still ambiguous`]]];
  const still = `${grouped(ambiguousBars, 0)} still ambiguous`;
  const trades = `${still}, ${grouped(result.ambiguousTrades, 0)} of ${counted(closedCount(metrics), 'trade')}`;
  const decided = `'${manifest.path}' decided`;
  return [['Detail', [`${on}${trades}; ${decided}`, `${on}${trades}`, `${on}${still}`, `${timeframe}; ${lack}${trades}`, `${timeframe}; ${lack}${still}`]]];
}

function ambiguous({ result, manifest, metrics }: FinishedRun): Named {
  const { ambiguousBars, ambiguousTrades, bars } = result;
  if (ambiguousBars === 0) return [['Ambiguous', [`none of ${counted(bars, 'bar')}: no fill found that the path inside a bar decides`, `none of ${counted(bars, 'bar')}`]]];
  const trades = closedCount(metrics);
  const part = share(ambiguousBars / Math.max(1, bars));
  const ofBars = `${counted(ambiguousBars, 'bar')} of ${grouped(bars, 0)} (${part})`;
  const ofTrades = `${grouped(ambiguousTrades, 0)} of ${counted(trades, 'trade')}`;
  const decided = `'${manifest.path}' decided`;
  return [['Ambiguous', [
    `${ofBars} and ${ofTrades} could go either way; path ${decided}`, `${ofBars} and ${ofTrades} could go either way; ${decided}`,
    `${ofBars}, ${ofTrades}; path ${decided}`, `${ofBars}, ${ofTrades}; ${decided}`, `${ofBars}, ${ofTrades}`,
    `${counted(ambiguousBars, 'bar')}, ${ofTrades}`,
  ]]];
}

function mark({ manifest }: FinishedRun): Named {
  if (manifest.markInterval !== null && minutesOf(manifest.markInterval) <= minutesOf(manifest.barInterval)) return [];
  if (manifest.markInterval === null) return [['Mark price', ['not in the data; the last price stood in for it']]];
  const beside = `${manifest.markInterval} bars beside ${manifest.barInterval}`;
  return [['Mark price', [`${beside}; between them its path is not known`, beside]]];
}

/** Minutes of an interval such as `5m`, `1h`, `1d`. */
function minutesOf(interval: string): number {
  const minutes = { m: 1, h: 60, d: 1_440, w: 10_080 }[interval.slice(-1)];
  return Number.parseInt(interval, 10) * (minutes ?? Number.NaN);
}

const rules = ({ manifest }: FinishedRun): Named => [['Rules', rulesWords(manifest.rules)]];

/** The words of an only warning, else each with its symbols, else each kind once, over as many lines as there are. */
function warned(all: readonly ReportWarning[], width: number, most: number): Known {
  const [first] = all;
  if (first === undefined) return { lines: [], untold: 0 };
  const only = first.symbol === null || first.text.startsWith(first.symbol) ? first.text : `${first.symbol} ${first.text}`;
  if (all.length === 1 && only.length <= width) return { lines: [only], untold: 0 };
  const named = sorted(all.map((one) => [one.symbol === null ? one.code : `${one.code} ${one.symbol}`, one.count]));
  const byCode = new Map<string, number>();
  for (const { code, count } of all) byCode.set(code, (byCode.get(code) ?? 0) + count);
  const kinds = sorted([...byCode]);
  for (const items of [named, kinds]) {
    const lines = inLines(items, width);
    if (lines.length <= most) return { lines, untold: 0 };
  }
  return cut(kinds, width, most);
}

/** As many as the lines hold, then how many are left. */
function cut(items: readonly string[], width: number, most: number): Known {
  for (let kept = items.length - 1; kept > 0; kept--) {
    const lines = inLines([...items.slice(0, kept), `and ${items.length - kept} more, see below`], width);
    if (lines.length <= most) return { lines, untold: items.length - kept };
  }
  return { lines: [`${items.length} kinds, see below`], untold: items.length };
}

/** Items with commas between them on lines of this width; none is broken. */
function inLines(items: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const [i, item] of items.entries()) {
    const text = i === items.length - 1 ? item : `${item},`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= width) lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(text);
  }
  return lines;
}

/** Wants that changed nothing because what holds is already as wanted, or tighter. */
const heldReasons: ReadonlySet<string> = new Set(['looser', 'already-in', 'entry-working', 'exit-working', 'nothing-open']);

function refused({ result }: FinishedRun): Named {
  const reasons = Object.entries(result.refusals).filter(([reason]) => !heldReasons.has(reason));
  if (reasons.length === 0) return [];
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  return [['Refused', tally(reasons).map((text) => `${counted(total, 'intent')}: ${text}`)]];
}

/** `tick 12, gap 3`, most frequent first, with fewer and fewer of them and a count of the rest. */
function tally(counts: readonly Count[]): readonly string[] {
  const items = sorted(counts);
  return items.map((_, k) => (k === 0 ? items.join(', ') : `${items.slice(0, items.length - k).join(', ')} and ${k} more`));
}

type Count = readonly [name: string, count: number];

const sorted = (counts: readonly Count[]): readonly string[] => [...counts]
  .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  .map(([name, count]) => `${name} ${grouped(count, 0)}`);
