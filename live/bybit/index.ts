/** The connector of Bybit V5: the SDK, its traps and the wire stay in this folder. */
export { connectBybit } from './connection.ts';
