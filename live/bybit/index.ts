/** The connector of Bybit V5: the SDK, its traps and the wire stay in this folder. */
export { classify, knownCodes } from './codes.ts';
export type { Operation, Verdict } from './codes.ts';
export { connectBybit } from './connection.ts';
