export { EquityRecord } from './equity.ts';
export { EventRecord } from './events.ts';
export { createTradingRecord } from './trading.ts';
export type { TradingRecord } from './trading.ts';
