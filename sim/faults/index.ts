/** Disasters: plans of faults, the venue they happen at, and what is true behind it. */
export { namedPlan, PlanError, planNames, readPlan } from './plan.ts';
export type { FaultPlan } from './plan.ts';
export { families, familyNames } from './families.ts';
export type { Family } from './families.ts';
export { Meter } from './meter.ts';
export { restartsOf } from './restarts.ts';
export type { Restart } from './restarts.ts';
export type { Spell } from './spells.ts';
export { FaultyVenue } from './venue.ts';
export type { Truth } from './truth.ts';
