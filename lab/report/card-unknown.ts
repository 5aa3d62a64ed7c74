/** What a run could not know or did not do: left open, ambiguous bars, detail, mark data, guessed rules, warnings, refusals. */
import { moneyOf } from './card-numbers.ts';
import { closedCount } from './finished.ts';
import type { FinishedRun } from './finished.ts';
import type { DetailTotals } from '../../sim/index.ts';
import { counted, fitting, grouped, share } from './words.ts';

const label = 14;

/** At most six lines of `Label  text`; one line that says so when there is nothing to say. */
export function knownLines(run: FinishedRun, columns: number): readonly string[] {
  const others = [...open(run), ...mark(run), ...inferred(run), ...warnings(run), ...refused(run)];
  const isSure = others.length === 0 && run.result.ambiguousBars === 0 && run.result.detail === null;
  const lines = isSure ? [] : [...open(run), ...(run.result.detail === null ? ambiguous(run) : detailed(run, run.result.detail)), ...mark(run), ...inferred(run), ...warnings(run), ...refused(run)];
  const shown: readonly (readonly [string, readonly string[]])[] = lines.length > 0 ? lines
    : [['Not known', ['nothing: no ambiguous bar, gap, guessed rule or refusal']]];
  return shown.map(([name, texts]) => name.padEnd(label) + fitting(columns - label, texts));
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

function inferred({ manifest }: FinishedRun): Named {
  if (manifest.inferredRules.length === 0) return [];
  const names = manifest.inferredRules.join(', ');
  const many = `rules of ${counted(manifest.inferredRules.length, 'symbol')}`;
  return [['Inferred', [`tick and step of ${names}, from the data's scale`, `tick and step of ${names}`, many]]];
}

function warnings({ warnings: all }: FinishedRun): Named {
  if (all.length === 0) return [];
  const [first] = all;
  const only = all.length === 1 && first !== undefined ? [first.symbol === null || first.text.startsWith(first.symbol) ? first.text : `${first.symbol} ${first.text}`] : [];
  const named = all.map((one) => [one.symbol === null ? one.code : `${one.code} ${one.symbol}`, one.count] as const);
  return [['Warnings', [...only, ...tally(named)]]];
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
function tally(counts: readonly (readonly [string, number])[]): readonly string[] {
  const sorted = [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([name, count]) => `${name} ${grouped(count, 0)}`);
  return sorted.map((_, k) => {
    const kept = sorted.slice(0, sorted.length - k);
    return k === 0 ? kept.join(', ') : `${kept.join(', ')} and ${k} more`;
  });
}
