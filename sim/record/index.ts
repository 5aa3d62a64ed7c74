export { Doubles, Integers, integerColumn, textColumn, Texts, timeColumn } from './columns.ts';
export { EquityRecord } from './equity.ts';
export { EventRecord } from './events.ts';
export { TradingRecord } from './trading.ts';
export { faultTable } from './faults.ts';
