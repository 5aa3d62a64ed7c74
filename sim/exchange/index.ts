export type * from './messages.ts';
export type * from './exchange.ts';
