/** Indicators as incremental kernels over one array of doubles per leg. */
export type { Ind, Kernels, Source, Values } from './kernels.ts';
