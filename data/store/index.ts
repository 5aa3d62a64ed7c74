/** The run store: save a finished run, list the stored ones, ask them anything. */
export { saveRun } from './save.ts';
export type { RunToSave, SavedRun } from './save.ts';
export { copyStore, rebuildStore } from './database.ts';
export type { DatabaseState } from './database.ts';
export { defaultRowLimit, queryRuns, withRuns } from './query.ts';
export type { Answer, AskRuns, PlainValue, QueryLimit } from './query.ts';
export { compareRun } from './compare.ts';
export type { Cells, RowDifference, TableComparison } from './compare.ts';
export { findRun, listRuns } from './runs.ts';
export type { StoredRun } from './runs.ts';
export type { Json, RunManifest, RunSummary } from './manifest.ts';
export { storeTables } from './schema.ts';
export type { StoreColumn, StoreTable } from './schema.ts';
export { StoreError } from './folder.ts';
export type { StoreProblem } from './folder.ts';
export { analysisViews } from './analysis.ts';
export type { AnalysisView } from './analysis.ts';
