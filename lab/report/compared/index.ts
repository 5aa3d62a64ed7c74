/** Two stored runs held against each other, with what the samples can and cannot say. */
export { compareRuns } from './compare.ts';
export type { Comparison } from './compare.ts';
export { renderComparison } from './render.ts';
