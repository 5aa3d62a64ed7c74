export type * from './exchange/index.ts';
export type * from './market.ts';
export type * from './result.ts';
