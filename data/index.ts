/** Market data: the candle lake, imports, checks, instrument rules, loading, and the built-in market. */
export { DataError } from './error.ts';
export type { DataFault, DataReason } from './error.ts';
export { dataFolder } from './folder.ts';
export { marketOf, marketText, seriesText, timeText, timeframeLength, timeframeName, timeframeNames } from './candles.ts';
export type { Candles, FundingStamps, Gap, MarketId, Prints, QuietRun, SeriesKey, SeriesKind } from './candles.ts';
export { importFiles } from './import.ts';
export type { ImportOptions, ImportResult, ImportedFile, ImportedSeries } from './import.ts';
export type { FileFormat, PickedColumn, SourceOptions, StampUnit } from './source/index.ts';
export { checkFiles, checkLake, checkSeries } from './check/index.ts';
export type { CheckReport, Finding, FindingCode, LakeFilter, Severity } from './check/index.ts';
export { gapsOf, listLake, quietOf } from './lake/index.ts';
export type { Manifest, MonthEntry } from './lake/index.ts';
export { inferRules, packagedRules, parseRules, readInstrumentFile, rulesFor } from './instruments.ts';
export { loadMarket } from './load.ts';
export type { DataHash, LoadOptions, LoadWarning, LoadWarningCode, LoadedMarket, LoadedSeries, LoadedSymbol } from './load.ts';
export { builtinEndsAt, builtinStartsAt, builtinSymbols, w1Series } from './builtin/index.ts';
export * from './store/index.ts';
export * from './journal/index.ts';
