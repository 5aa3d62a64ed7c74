/**
 * Opens a candle file (Parquet, CSV, CSV.gz) and reads the columns it needs as doubles. Nothing is repaired: what is
 * not a number becomes NaN and is reported with its own text by `rawValue`.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import type { Connection, QueriedColumns } from '../duckdb.ts';
import { queryColumns, queryRows, quoteName, quoteText } from '../duckdb.ts';
import { DataError } from '../error.ts';
import type { Packing } from './bytes.ts';
import { layoutOf, notCandles } from './columns.ts';
import type { FileColumn, Layout } from './columns.ts';

export type FileFormat = 'parquet' | 'csv' | 'csv.gz';
export type StampUnit = 's' | 'ms' | 'us' | 'ns' | 'text' | 'timestamp';

export interface Source {
  readonly file: string;
  readonly format: FileFormat;
  readonly layout: Layout;
  readonly stampUnit: StampUnit;
  /** SQL that yields the file's rows in order. */
  readonly relation: string;
  /** How its text is to be cut; null for a file that is none. */
  readonly text: TextLayout | null;
}

export interface TextLayout {
  readonly packing: Packing;
  readonly delimiter: string;
  readonly hasHeader: boolean;
  /** Names of all columns, as they stand. */
  readonly columns: readonly string[];
  /** The first lines hold quotation marks. */
  readonly hasQuotes: boolean;
  /** Cells of the first row below the header. */
  readonly firstRow: readonly string[];
}

export async function openSource(connection: Connection, file: string): Promise<Source> {
  const format = formatOf(file);
  const { relation, columns, isHeaderless, text } = format === 'parquet'
    ? await openParquet(connection, file) : openText(file, format);
  const layout = layoutOf(file, columns, isHeaderless);
  const stamp = columns.find((column) => column.name === nameOf(layout, 'ts'));
  const written = text?.firstRow[columns.findIndex((column) => column === stamp)];
  const stampUnit = written === undefined ? await stampUnitOf(connection, { file, relation, stamp }) : unitOf(written);
  return { file, format, layout, stampUnit, relation, text };
}

const nameOf = (layout: Layout, role: string): string => layout.picked.find((column) => column.role === role)?.name ?? '';

function formatOf(file: string): FileFormat {
  const size = sizeOf(file);
  const lower = file.toLowerCase();
  if (/\.jsonl?(\.gz)?$/.test(lower)) throw notCandles(file, 'JSON messages (depth or REST answers)');
  const format = lower.endsWith('.parquet') ? 'parquet' : lower.endsWith('.csv') ? 'csv'
    : lower.endsWith('.csv.gz') ? 'csv.gz' : null;
  if (format === null) {
    throw new DataError({
      reason: 'unknown-format', what: 'unknown file format', file, expected: 'a .parquet, .csv or .csv.gz file',
      fix: 'convert the file, or give it its proper ending',
    });
  }
  if (size === 0) throw emptyFile(file);
  return format;
}

function sizeOf(file: string): number {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) {
    throw new DataError({
      reason: 'missing-file', what: stat === undefined ? 'no such file' : 'not a file', file,
      fix: 'check the path; a folder is given as FOLDER/*.parquet',
    });
  }
  return stat.size;
}

const emptyFile = (file: string): DataError => new DataError({
  reason: 'empty-file', what: 'the file holds no rows', file, expected: 'at least two bars', fix: 'download it again',
});

interface Opened {
  readonly relation: string;
  readonly columns: readonly FileColumn[];
  readonly isHeaderless: boolean;
  readonly text: TextLayout | null;
}

async function openParquet(connection: Connection, file: string): Promise<Opened> {
  const relation = `read_parquet(${quoteText(file)})`;
  const rows = await reading(file, () => queryRows(connection, `DESCRIBE SELECT * FROM ${relation}`));
  const columns = rows.map((row) => ({ name: String(row['column_name']), type: String(row['column_type']) }));
  return { relation, columns, isHeaderless: false, text: null };
}

/** A CSV is read as text throughout, so that every bad value can be shown as it stands in the file. */
function openText(file: string, format: FileFormat): Opened {
  const { lines: [first = '', second = ''], hasQuotes } = firstLines(file, format);
  const delimiter = [',', ';', '\t', '|'].find((mark) => first.includes(mark)) ?? ',';
  const cells = cellsOf(first, delimiter);
  const isHeaderless = cells.length > 1 && cells.every((cell) => cell !== '' && Number.isFinite(Number(cell)));
  const labels = isHeaderless ? cells.map((_, k) => `column ${k + 1}`) : cells;
  if (new Set(labels).size < labels.length || labels.some((label) => label === '')) {
    throw new DataError({
      reason: 'unreadable', what: 'unreadable header', file, value: first.slice(0, 200),
      expected: 'one distinct name per column', fix: 'name the columns ts,open,high,low,close,volume',
    });
  }
  const struct = labels.map((label) => `${quoteText(label)}: 'VARCHAR'`).join(', ');
  const relation = `read_csv(${quoteText(file)}, auto_detect = false, header = ${!isHeaderless}, `
    + `delim = ${quoteText(delimiter)}, quote = '"', columns = {${struct}})`;
  const text = {
    packing: format === 'csv' ? 'plain' : 'gzip', delimiter, hasHeader: !isHeaderless, columns: labels, hasQuotes,
    firstRow: isHeaderless ? cells : cellsOf(second, delimiter),
  } as const;
  return { relation, columns: labels.map((name) => ({ name, type: 'VARCHAR' })), isHeaderless, text };
}

const headBytes = 65_536;

const cellsOf = (line: string, delimiter: string): readonly string[] =>
  line.split(delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));

/** Header and first row, or the first two rows. */
function firstLines(file: string, format: FileFormat): { readonly lines: readonly string[]; readonly hasQuotes: boolean } {
  const head = Buffer.alloc(headBytes);
  const handle = openSync(file, 'r');
  const got = readSync(handle, head, 0, headBytes, 0);
  closeSync(handle);
  const bytes = format === 'csv' ? head.subarray(0, got) : inflated(file, head.subarray(0, got));
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const [first = '', ...others] = text.split(/\r?\n/, 4);
  if (first.trim() === '') throw emptyFile(file);
  return { lines: [first, others.find((line) => line !== '') ?? ''], hasQuotes: text.includes('"') };
}

function inflated(file: string, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Numbers are told apart by their size: seconds to 5138, ms, microseconds, nanoseconds. */
async function stampUnitOf(
  connection: Connection, from: { file: string; relation: string; stamp: FileColumn | undefined },
): Promise<StampUnit> {
  const type = from.stamp?.type ?? '';
  if (/^(TIMESTAMP|DATE)/.test(type)) return 'timestamp';
  const [row] = await reading(from.file, () => queryRows(connection,
    `SELECT ${quoteName(from.stamp?.name ?? '')}::VARCHAR AS stamp FROM ${from.relation} LIMIT 1`));
  if (row === undefined) throw emptyFile(from.file);
  return unitOf(String(row['stamp'] ?? ''));
}

function unitOf(stamp: string): StampUnit {
  const value = Number(stamp);
  if (stamp === '' || !Number.isFinite(value)) return 'text';
  return value < 1e11 ? 's' : value < 1e14 ? 'ms' : value < 1e17 ? 'us' : 'ns';
}

const perMs: Readonly<Record<string, string>> = { s: '* 1000.0', ms: '', us: '/ 1000.0', ns: '/ 1000000.0' };

function stampSql(source: Source): string {
  const column = quoteName(nameOf(source.layout, 'ts'));
  if (source.stampUnit === 'timestamp') return `epoch_us(${column}::TIMESTAMP) / 1000.0`;
  if (source.stampUnit === 'text') return `epoch_us(TRY_CAST(${column} AS TIMESTAMPTZ)) / 1000.0`;
  return `round(TRY_CAST(${column} AS DOUBLE) ${perMs[source.stampUnit] ?? ''}, 4)`;
}

/** All picked columns but the id in the layout's order: `symbol` as text, everything else as doubles, stamps in ms. */
export async function readSource(connection: Connection, source: Source): Promise<QueriedColumns> {
  const select = source.layout.picked.filter(({ role }) => role !== 'id').map(({ role, name }) =>
    role === 'symbol' ? `${quoteName(name)}::VARCHAR`
      : `(${role === 'ts' ? stampSql(source) : `TRY_CAST(${quoteName(name)} AS DOUBLE)`})::DOUBLE`);
  const result = await reading(source.file, () =>
    queryColumns(connection, `SELECT ${select.join(', ')} FROM ${source.relation}`));
  if (result.rows === 0) throw emptyFile(source.file);
  return result;
}

/** The text of one cell as it stands in the file. `row` is 0-based. */
export async function rawValue(connection: Connection, source: Source, column: string, row: number): Promise<string> {
  const [found] = await queryRows(connection,
    `SELECT ${quoteName(column)}::VARCHAR AS cell FROM ${source.relation} LIMIT 1 OFFSET ${Math.trunc(row)}`);
  const cell = found?.['cell'];
  return typeof cell === 'string' ? cell : '';
}

async function reading<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): DataError {
  const text = error instanceof Error ? error.message : String(error);
  const line = /Line: (\d+)/.exec(text)?.[1];
  const [first] = text.split('\n');
  return new DataError({
    reason: 'unreadable', what: `unreadable file (${(first ?? '').slice(0, 160)})`, file,
    ...(line === undefined ? {} : { row: Math.max(1, Number(line) - 1) }),
    expected: 'every row complete', fix: 'repair or download the file again',
  }, error);
}
