/** The invariants I1 to I21 as code: one auditor beside a run, and functions over whole runs. */
export { Auditor } from './auditor.ts';
export type { AuditReport, AuditWish } from './auditor.ts';
export type { Truth } from './truth.ts';
export type { Violation } from './violation.ts';
export { crashEffectOf, differenceOf, lookAheadOf } from './runs.ts';
