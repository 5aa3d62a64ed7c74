/**
 * A run on bad days beside the same run without them: what struck, how the engine took it, and what it cost. Positions
 * without a stop and broken invariants come before money.
 */
import { moneyOf } from './card-numbers.ts';
import { closedCount } from './finished.ts';
import type { FinishedRun } from './finished.ts';
import { columnsFor, line, paint, rule, toneOf } from './lines.ts';
import type { CardStyle, Line, Tone } from './lines.ts';
import { computeMetrics } from './metrics.ts';
import { numbersIn, textsIn } from './rows.ts';
import { counted, fitting, grouped, share, signed } from './words.ts';
import type { FaultTotals, RunResult } from '../../sim/index.ts';

/** The part of a run that is set beside that of another. Money in the settle coin. */
export interface FaultSide {
  readonly trades: number;
  readonly net: number;
  readonly equityEnd: number;
  /** Fraction of the peak. */
  readonly maxDrawdown: number;
  /** What stops paid beyond their triggers; positive = lost. */
  readonly stopSlippage: number;
}

export interface FaultsJson extends FaultTotals {
  readonly with: FaultSide;
  /** The same run with nothing to go wrong; null when it was not played. */
  readonly without: FaultSide | null;
}

export function faultsJson({ result }: FinishedRun, plain: RunResult | null): FaultsJson | null {
  if (result.faults === null) return null;
  return { ...result.faults, with: sideOf(result), without: plain === null ? null : sideOf(plain) };
}

function sideOf(result: RunResult): FaultSide {
  const { equity, barDrawdown } = result;
  return {
    trades: closedCount(computeMetrics(result)), net: equity.end - equity.start, equityEnd: equity.end,
    maxDrawdown: barDrawdown.fraction, stopSlippage: stopSlippageOf(result),
  };
}

/** Sum over the fills of stops and trailing stops that had a trigger to be measured against. */
function stopSlippageOf(result: RunResult): number {
  const causes = textsIn(result, 'executions', 'cause');
  const bps = numbersIn(result, 'executions', 'slippage_bps');
  const values = numbersIn(result, 'executions', 'value');
  let lost = 0;
  for (const [row, cause] of causes.entries()) {
    const off = bps[row] ?? Number.NaN;
    if ((cause === 'stop' || cause === 'trailing') && !Number.isNaN(off)) lost += (off / 10_000) * (values[row] ?? 0);
  }
  return lost;
}

const label = 14;

/** The block below the card. */
export function renderFaults(run: FinishedRun, plain: RunResult | null, { colour, width }: CardStyle): string {
  const { faults } = run.result;
  if (faults === null) return '';
  const columns = columnsFor(width);
  const named = (name: string, texts: readonly string[], tone: Tone = 'plain'): Line =>
    line(name.padEnd(label) + fitting(columns - label, texts), tone);
  const lines: readonly Line[] = [
    rule(columns), line(fitting(columns, verdictsOf(faults)), isBroken(faults) ? 'danger' : 'strong'),
    ...(plain === null ? [] : besideLines(run, plain, columns)),
    named('Unprotected', bareWords(faults)), named('Halts', haltWords(faults)), named('Invariants', invariantWords(faults), isBroken(faults) ? 'danger' : 'plain'),
    named('Struck', struckWords(faults)), named('At the end', endWords(faults)),
  ];
  return lines.map((one) => paint(one, colour)).join('\n');
}

const isBroken = ({ broken, agrees }: FaultTotals): boolean => broken > 0 || !agrees;
const struckIn = ({ fired }: FaultTotals): number => Object.values(fired).reduce((sum, count) => sum + count, 0);
const seconds = (ms: number): string => `${grouped(ms / 1_000, 1)} s`;

function verdictsOf(faults: FaultTotals): readonly string[] {
  const { plan, seed, restarts, broken, halts } = faults;
  const families = counted(Object.keys(faults.fired).length, 'family').replace('familys', 'families');
  const kills = restarts === 0 ? '' : `, ${counted(restarts, 'kill')}`;
  const took = broken > 0 ? `broke an invariant ${counted(broken, 'time')}` : halts.length > 0 ? 'halted' : 'went on';
  const head = `Bad days '${plan}', seed ${seed}: ${counted(struckIn(faults), 'fault')}`;
  return [`${head} of ${families}${kills}; the engine ${took}.`, `${head}${kills}; the engine ${took}.`, `${head}${kills}.`];
}

/** One row per number, without and with. */
function besideLines(run: FinishedRun, plain: RunResult, columns: number): readonly Line[] {
  const money = moneyOf(run);
  const [without, beside] = [sideOf(plain), sideOf(run.result)];
  const cell = Math.min(16, Math.floor((columns - label - 24) / 2));
  const row = (name: string, of: (side: FaultSide) => readonly string[], note: string, tone: (side: FaultSide) => Tone = () => 'plain'): Line => ({
    parts: [
      { text: name.padEnd(label), tone: 'plain' },
      ...[without, beside].map((side) => ({ text: fitting(cell - 1, of(side)).padStart(cell), tone: tone(side) })),
      { text: `  ${note}`, tone: 'quiet' },
    ],
  });
  const amount = (value: number): readonly string[] => [money.signed(value), signed(value, 2), signed(value, 0), value.toExponential(2)];
  return [
    { parts: [{ text: ''.padEnd(label) + 'without'.padStart(cell) + 'with'.padStart(cell), tone: 'quiet' }] },
    row('Closed trades', ({ trades }) => [grouped(trades, 0)], ''),
    row('Net', ({ net }) => amount(net), money.settle, ({ net }) => toneOf(net)),
    row('Max drawdown', ({ maxDrawdown }) => [maxDrawdown === 0 ? '0 %' : `-${share(maxDrawdown)}`], 'at bar closes'),
    row('Stop slippage', ({ stopSlippage }) => amount(stopSlippage === 0 ? 0 : -stopSlippage), `${money.settle} beyond triggers`, ({ stopSlippage }) => toneOf(-stopSlippage)),
  ];
}

function bareWords({ unprotectedMs, unprotectedLongestMs, downUnprotectedMs }: FaultTotals): readonly string[] {
  const down = `${seconds(downUnprotectedMs)} while killed, asleep or stalled`;
  if (unprotectedMs === 0) return [`never while the engine ran; ${down}`, 'never while the engine ran'];
  const ran = `${seconds(unprotectedMs)} while the engine ran, at most ${seconds(unprotectedLongestMs)} at a time`;
  return [`${ran}; ${down}`, ran];
}

function haltWords({ halts }: FaultTotals): readonly string[] {
  const [first] = halts;
  if (first === undefined) return ['none'];
  const at = new Date(first.at).toISOString().slice(0, 16).replace('T', ' ');
  const more = halts.length === 1 ? '' : ` and ${halts.length - 1} more`;
  return [`${first.cause} at ${at} UTC${more}: ${first.evidence}`, `${first.cause} at ${at} UTC${more}`];
}

function invariantWords({ violations }: FaultTotals): readonly string[] {
  const [first] = violations;
  if (first === undefined) return ['all held'];
  const names = [...new Set(violations.map(({ invariant }) => invariant))].join(', ');
  return [`broken: ${names}; first ${first.invariant} at ${new Date(first.at).toISOString()}: ${first.text}`, `broken: ${names}`];
}

/** Families by how often they struck. */
function struckWords({ fired }: FaultTotals): readonly string[] {
  const sorted = Object.entries(fired).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name, count]) => `${name} ${grouped(count, 0)}`);
  if (sorted.length === 0) return ['nothing'];
  return sorted.map((_, k) => (k === 0 ? sorted.join(', ') : `${sorted.slice(0, sorted.length - k).join(', ')} and ${k} more`));
}

function endWords({ mode, agrees, venueWallet }: FaultTotals): readonly string[] {
  return agrees ? [`${mode}; position and wallet are those of the venue`, mode]
    : [`${mode}; position or wallet differ from the venue, whose wallet is ${venueWallet}`, `${mode}; differs from the venue`];
}
