/** What is wrong, odd or missing in candle files and in the lake. */
export { besideLake, checkFiles, checkLake, checkSeries, judgePart } from './check.ts';
export type { CheckReport, LakeFilter } from './check.ts';
export { fundingHoles } from './candles.ts';
export type { Finding, FindingCode, Severity } from './finding.ts';
