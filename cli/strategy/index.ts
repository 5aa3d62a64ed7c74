/** Loading a strategy file: bundle it (any thread), take impurities away, evaluate it (its own thread), read its params. */
export { bundleStrategy } from './bundle.ts';
export type { StrategyBundle, StrategyFile } from './bundle.ts';
export { evaluateStrategy } from './evaluate.ts';
export { parseParams } from './params.ts';
export type { GivenParam, ParsedParams } from './params.ts';
export { forbidImpurities } from './purity.ts';
export { locator } from './source-line.ts';
export type { Locate } from './source-line.ts';
