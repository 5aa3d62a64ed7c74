/**
 * Invariants over whole runs, as functions of what the runs left behind:
 *
 * I13 no look-ahead: with the market after a moment replaced by another, the commands up to that moment stay the same.
 * I19 a journal stepped again gives the same commands and the same state; so does a snapshot with the tail behind it.
 * I20 the same seed gives the same bytes: again, in another thread, in a fresh one.
 * I21 a crash without any other fault changes the trades only by entries left out while down.
 */
import type { Command, Ms } from '../../engine/index.ts';
import type { Invariant, Violation } from './violation.ts';

/** A command as it left, told apart from others by its whole text. */
export interface SentCommand { readonly at: Ms; readonly command: Command }

/** What is left of a run when it is over. */
export interface RunDigest { readonly commands: string; readonly state: string }

export interface TradeSpan { readonly leg: number; readonly openedAt: Ms; readonly closedAt: Ms; readonly lots: number; readonly net: bigint }
export interface Downtime { readonly from: Ms; readonly to: Ms }

/** I13. `changedFrom` is the first instant whose market differs; commands before it are compared. */
export function lookAheadOf(honest: readonly SentCommand[], corrupted: readonly SentCommand[], changedFrom: Ms): Violation[] {
  const before = (sent: readonly SentCommand[]): string[] => sent.filter(({ at }) => at < changedFrom).map(({ at, command }) => `${at} ${JSON.stringify(command)}`);
  const [expected, found] = [before(honest), before(corrupted)];
  const length = Math.max(expected.length, found.length);
  for (let i = 0; i < length; i++) {
    if (expected[i] === found[i]) continue;
    const at = honest[i]?.at ?? corrupted[i]?.at ?? changedFrom;
    return [{ invariant: 'I13', at, leg: -1, text: `knew of ${changedFrom}: ${expected[i] ?? 'nothing'} became ${found[i] ?? 'nothing'}` }];
  }
  return [];
}

/** I19 and I20: both are the question whether two runs left the same behind. */
export function differenceOf(invariant: Extract<Invariant, 'I19' | 'I20'>, at: Ms, one: RunDigest, other: RunDigest): Violation[] {
  return (['commands', 'state'] as const).flatMap((part) => (one[part] === other[part] ? []
    : [{ invariant, at, leg: -1, text: `${part} ${one[part]} became ${other[part]}` }]));
}

/** I21. A trade may be missing only if it was opened while the engine was down, or after a trade so missed. */
export function crashEffectOf(whole: readonly TradeSpan[], crashed: readonly TradeSpan[], down: readonly Downtime[]): Violation[] {
  const name = ({ leg, openedAt, closedAt, lots, net }: TradeSpan): string => `${leg} ${openedAt}-${closedAt} ${lots} ${net}`;
  const found = new Set(crashed.map(name));
  const isDown = (at: Ms): boolean => down.some(({ from, to }) => at >= from && at <= to);
  const violations: Violation[] = [];
  for (const trade of whole) {
    if (found.has(name(trade))) continue;
    if (isDown(trade.openedAt)) break; // from here on the two runs live in different worlds
    violations.push({ invariant: 'I21', at: trade.openedAt, leg: trade.leg, text: `trade ${name(trade)} became another` });
    break;
  }
  return violations;
}
