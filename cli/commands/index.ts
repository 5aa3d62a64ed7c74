/** The commands by what they are for, each with its options. */
export { addDownload, addTrades } from './data.ts';
export { collect, example, oneOf, positive, seconds, whole } from './options.ts';
export type { End } from './options.ts';
export { addExchange, addLive, addOperator } from './trading.ts';
