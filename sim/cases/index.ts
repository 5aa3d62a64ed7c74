/** The case door: plays `fill-case/1` files against the matching core and compares the result. */
export { CaseFileError } from './field.ts';
export { casesIn, formatCase, runCase, runCases } from './outcome.ts';
export type { CaseOutcome } from './outcome.ts';
export type { Difference } from './compare.ts';
