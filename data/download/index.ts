/** Downloading history from an exchange into the candle lake. */
export { allowedPlaces, windowMs } from './allowance.ts';
export type { Clock } from './allowance.ts';
export { downloadArchive } from './archive.ts';
export type { ArchiveOptions, ArchiveResult } from './archive.ts';
export type { Trouble } from './ask.ts';
export { download, downloadKinds } from './download.ts';
export type { DownloadKind, DownloadOptions, DownloadResult, DownloadedSeries } from './download.ts';
export type { DownloadedRules } from './rules.ts';
export { hostAt, Outage } from './host.ts';
export type { Answer, Host } from './host.ts';
