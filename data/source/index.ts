/** Reading candle and funding files of other people's making. */
export { defectError, keyOf, readParts } from './part.ts';
export type { Part, SourceOptions } from './part.ts';
export type { FileFormat, StampUnit } from './source.ts';
export type { PickedColumn } from './columns.ts';
