/** Market data that needs no files: the built-in market and the bench workload. */
export { builtinEndsAt, builtinStartsAt, builtinSymbol, builtinSymbols } from './market.ts';
export type { BuiltinSymbol } from './market.ts';
export { w1Series } from './w1.ts';
