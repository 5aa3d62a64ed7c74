/** The simulator: the matching core, the market it plays and the run. Pure: no file, clock or chance. */
export * from './exchange/index.ts';
export { CaseFileError, casesIn, formatCase, runCase, runCases } from './cases/index.ts';
export type { CaseOutcome } from './cases/index.ts';
export type * from './market.ts';
export type * from './result.ts';
export { familyNames, namedPlan, PlanError, planNames, readPlan } from './faults/index.ts';
export type { FaultPlan } from './faults/index.ts';
export { run } from './run.ts';
export { Clock, MarketError } from './clock.ts';
export { averageTicks, SimulatedVenue } from './venue.ts';
export type { Gauge, Hardship, RunRequest } from './play.ts';
export { EquityRecord, TradingRecord } from './record/index.ts';
