/** The matching core and its words. */
export type * from './messages.ts';
export type * from './exchange.ts';
export { createExchange } from './core.ts';
export { quotientText } from './quotient.ts';
