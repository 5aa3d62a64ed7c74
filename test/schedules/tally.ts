/** What many schedules came to: counts that add up over parts, and the failures with their seeds. */
import type { Violation } from '../../sim/invariants/index.ts';
import { addCounts } from './coverage.ts';
import type { Coverage } from './coverage.ts';
import type { Outcome } from './loop.ts';

export interface Failure { readonly seed: number; readonly violations: readonly Violation[]; readonly counts: Readonly<Partial<Record<string, number>>> }

export interface Tally {
  schedules: number;
  events: number;
  executions: number;
  restarts: number;
  halts: Record<string, number>;
  fired: Record<string, number>;
  coverage: Coverage;
  failures: Failure[];
  /** Schedules per violated invariant. */
  violated: Record<string, number>;
  unprotected: { aliveMs: number; deadMs: number; unawareMs: number; waivedMs: number; longestMs: number };
  /** Slowest schedule, ms and seed. */
  slowestMs: number;
  slowestSeed: number;
}

/** Failures kept with their text. */
const keptFailures = 200;
/** A schedule that takes longer than this hangs. */
export const slowMs = 10_000;

export const emptyTally = (): Tally => ({
  schedules: 0, events: 0, executions: 0, restarts: 0, halts: {}, fired: {}, coverage: {}, failures: [], violated: {},
  unprotected: { aliveMs: 0, deadMs: 0, unawareMs: 0, waivedMs: 0, longestMs: 0 }, slowestMs: 0, slowestSeed: 0,
});

export function count(tally: Tally, { seed, events, executions, fired, coverage, report, tookMs }: Outcome): void {
  tally.schedules += 1;
  tally.events += events;
  tally.executions += executions;
  tally.restarts += report.restarts;
  for (const { cause } of report.halts) tally.halts[cause] = (tally.halts[cause] ?? 0) + 1;
  addCounts(tally.fired, fired);
  addCounts(tally.coverage, coverage);
  addTime(tally, report.unprotected);
  if (tookMs > tally.slowestMs) [tally.slowestMs, tally.slowestSeed] = [tookMs, seed];
  const counts: Record<string, number> = { ...report.counts, ...(tookMs > slowMs ? { slow: 1 } : {}) };
  for (const name of Object.keys(counts)) tally.violated[name] = (tally.violated[name] ?? 0) + 1;
  if (Object.keys(counts).length > 0 && tally.failures.length < keptFailures) {
    tally.failures.push({ seed, violations: report.violations.slice(0, 3), counts });
  }
}

function addTime({ unprotected }: Tally, more: Tally['unprotected']): void {
  unprotected.aliveMs += more.aliveMs;
  unprotected.deadMs += more.deadMs;
  unprotected.unawareMs += more.unawareMs;
  unprotected.waivedMs += more.waivedMs;
  if (more.longestMs > unprotected.longestMs) unprotected.longestMs = more.longestMs;
}

export function addTally(into: Tally, more: Tally): void {
  into.schedules += more.schedules;
  into.events += more.events;
  into.executions += more.executions;
  into.restarts += more.restarts;
  addCounts(into.halts, more.halts);
  addCounts(into.fired, more.fired);
  addCounts(into.coverage, more.coverage);
  addCounts(into.violated, more.violated);
  addTime(into, more.unprotected);
  into.failures.push(...more.failures.slice(0, keptFailures - into.failures.length));
  if (more.slowestMs > into.slowestMs) [into.slowestMs, into.slowestSeed] = [more.slowestMs, more.slowestSeed];
}
