/** The part of the story about protection: times without a stop, faults, restarts, halts, what stops paid beyond their triggers. */
import type { Gathered } from './gathered.ts';
import { numberIn, textIn } from './read.ts';
import type { Row } from './read.ts';
import type { BareSpan, FaultStory, Safety, TradeColumns } from '../story.ts';

export function safetyOf({ stored, rows }: Gathered, trades: TradeColumns): Safety {
  const bare = rows.bare.map((row) => spanOf(row, trades, stored.manifest.to)).filter(({ from, to }) => to > from);
  const faults = faultsOf(stored.manifest['faults'], rows.fired, rows.faults);
  const modes = rows.modes.map((row) => ({ at: numberIn(row, 'moment'), mode: textIn(row, 'mode'), cause: textIn(row, 'cause') }));
  return {
    bare, modes, faults, waived: numberIn(rows.waived, 'n'),
    bareMs: faults === null ? bare.reduce((sum, { from, to }) => sum + to - from, 0) : faults.unprotectedMs + faults.downMs,
    halts: rows.modes.filter((row) => textIn(row, 'mode') === 'halted')
      .map((row) => ({ at: numberIn(row, 'moment'), cause: textIn(row, 'cause'), evidence: textIn(row, 'evidence') })),
    stops: {
      count: numberIn(rows.stopSlippage, 'n'), meanBps: finite(numberIn(rows.stopSlippage, 'mean')),
      worstBps: finite(numberIn(rows.stopSlippage, 'worst')), cost: numberIn(rows.stopSlippage, 'cost') || 0,
    },
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Until the stop stood, the position was closed, or the data ended. */
function spanOf(row: Row, trades: TradeColumns, end: number): BareSpan {
  const symbol = textIn(row, 'symbol');
  const from = numberIn(row, 'moment');
  let to = numberIn(row, 'until');
  if (Number.isNaN(to)) to = end;
  for (const [i, closedAt] of trades.closedAt.entries()) {
    if (trades.symbol[i] === symbol && trades.openedAt[i]! <= from && closedAt >= from && closedAt < to) to = closedAt;
  }
  return { from, to, symbol, why: textIn(row, 'cause') || textIn(row, 'change') };
}

function faultsOf(stored: unknown, fired: readonly Row[], at: readonly Row[]): FaultStory | null {
  if (typeof stored !== 'object' || stored === null) return null;
  const given = stored as Readonly<Record<string, unknown>>;
  const number = (name: string): number => (typeof given[name] === 'number' ? given[name] : 0);
  const plan = given['plan'];
  const named = typeof plan === 'object' && plan !== null && 'name' in plan ? plan.name : plan;
  return {
    plan: typeof named === 'string' ? named : 'a plan of its own', seed: number('seed'), restarts: number('restarts'), violations: number('broken'),
    unprotectedMs: number('unprotectedMs'), longestMs: number('unprotectedLongestMs'), downMs: number('downUnprotectedMs'),
    mode: typeof given['mode'] === 'string' ? given['mode'] : '', agrees: given['agrees'] === true,
    fired: fired.map((row) => ({ family: textIn(row, 'family'), count: numberIn(row, 'n') })),
    at: at.map((row) => ({ at: numberIn(row, 'moment'), family: textIn(row, 'family') })),
  };
}
