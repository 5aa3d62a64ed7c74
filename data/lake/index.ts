/** The candle lake: Parquet months per series, and a manifest that says which of them count. */
export { lakeFolder, levels, manifestIn, monthPath, newPlace, syncPath } from './layout.ts';
export { gapsOf, manifestOfText, quietOf, readManifest } from './manifest.ts';
export type { Manifest, MonthEntry } from './manifest.ts';
export {
  candlesOf, changedFiles, columnNames, everything, filesOfLake, firstAtOrAfter, listLake, monthsIn, printsOf, readColumns, stampsOf,
} from './read.ts';
export type { Range } from './read.ts';
export { commitSeries, isAlive, withLakeLock } from './write.ts';
export type { SeriesUpdate } from './write.ts';
export { lakeViewSql, lakeViews, monthAddresses, namesLake } from './views.ts';
export type { LakeView, SeriesFiles, ViewedSeries } from './views.ts';
