/**
 * Opens a candle file (Parquet, CSV, CSV.gz) and reads the columns it needs as doubles. Nothing is repaired: what is
 * not a number becomes NaN and is reported with its own text by `rawValue`.
 */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Table } from '../../engine/index.ts';
import type { Connection, QueriedColumns } from '../duckdb.ts';
import { appendTable, createTableSql, execute, queryColumns, queryRows, quoteName, quoteText } from '../duckdb.ts';
import { DataError } from '../error.ts';
import type { ArchiveName } from './archive-name.ts';
import { eachPiece, headOf } from './bytes.ts';
import type { Packing } from './bytes.ts';
import { layoutOf, notCandles } from './columns.ts';
import type { FileColumn, Layout } from './columns.ts';
import { featherRows } from './feather.ts';
import { jsonRows } from './json.ts';

export type FileFormat = 'parquet' | 'csv' | 'csv.gz' | 'zip' | 'json' | 'json.gz' | 'feather';
export type StampUnit = 's' | 'ms' | 'us' | 'ns' | 'text' | 'timestamp';

export interface Source {
  readonly file: string;
  readonly format: FileFormat;
  readonly layout: Layout;
  readonly stampUnit: StampUnit;
  /** SQL that yields the file's rows in order; may have to unpack them first. */
  readonly relation: () => Promise<string>;
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

export async function openSource(connection: Connection, file: string, name: ArchiveName | null): Promise<Source> {
  const format = formatOf(file);
  const { relation, columns, isHeaderless, text } = await opened(connection, file, { format, name });
  const layout = layoutOf(file, columns, isHeaderless);
  const stamp = columns.find((column) => column.name === nameOf(layout, 'ts'));
  const written = text?.firstRow[columns.findIndex((column) => column === stamp)];
  const stampUnit = written === undefined ? await stampUnitOf(connection, { file, relation, stamp }) : unitOf(written);
  return { file, format, layout, stampUnit, relation, text };
}

const nameOf = (layout: Layout, role: string): string => layout.picked.find((column) => column.role === role)?.name ?? '';

async function opened(
  connection: Connection, file: string, { format, name }: { readonly format: FileFormat; readonly name: ArchiveName | null },
): Promise<Opened> {
  if (format === 'parquet') return openParquet(connection, file);
  if (format === 'json' || format === 'json.gz') return tableOf(connection, file, fundingOf(jsonRows(file), name));
  if (format === 'feather') return tableOf(connection, file, fundingOf(featherRows(file), name));
  return openText(connection, file, { packing: packings[format] ?? 'plain', name });
}

const packings: Readonly<Record<string, Packing>> = { csv: 'plain', 'csv.gz': 'gzip', zip: 'zip' };
const formats: readonly FileFormat[] = ['csv.gz', 'json.gz', 'parquet', 'csv', 'zip', 'json', 'feather'];

function formatOf(file: string): FileFormat {
  const size = sizeOf(file);
  const lower = file.toLowerCase();
  if (/\.jsonl(\.gz)?$/.test(lower)) throw notCandles(file, 'JSON messages (depth or REST answers)');
  const format = formats.find((ending) => lower.endsWith(`.${ending}`));
  if (format === undefined) {
    throw new DataError({
      reason: 'unknown-format', what: 'unknown file format', file,
      expected: 'a .parquet, .csv, .csv.gz, .zip (of one CSV), .json, .json.gz or .feather file',
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

/** freqtrade keeps funding rates as candles: the rate stands under `open`, the rest is empty. */
function fundingOf(rows: Table, name: ArchiveName | null): Table {
  if (name?.by !== 'freqtrade' || name.kind !== 'funding') return rows;
  const [stamps, rates] = rows.columns;
  return stamps === undefined || rates === undefined ? rows : { ...rows, columns: [stamps, { ...rates, name: 'funding_rate' }] };
}

/** Rows in memory as a table of the connection. */
async function tableOf(connection: Connection, file: string, rows: Table): Promise<Opened> {
  if (rows.rows === 0) throw emptyFile(file);
  const name = `rows of ${file}`;
  await execute(connection, `DROP TABLE IF EXISTS ${quoteName(name)}; ${createTableSql(name, rows.columns)}`);
  await appendTable(connection, name, rows);
  const columns = rows.columns.map((column) => ({ name: column.name, type: 'DOUBLE' }));
  return { relation: () => Promise.resolve(quoteName(name)), columns, isHeaderless: false, text: null };
}

interface Opened {
  readonly relation: () => Promise<string>;
  readonly columns: readonly FileColumn[];
  readonly isHeaderless: boolean;
  readonly text: TextLayout | null;
}

async function openParquet(connection: Connection, file: string): Promise<Opened> {
  const relation = `read_parquet(${quoteText(file)})`;
  const rows = await reading(file, () => queryRows(connection, `DESCRIBE SELECT * FROM ${relation}`));
  const columns = rows.map((row) => ({ name: String(row['column_name']), type: String(row['column_type']) }));
  return { relation: () => Promise.resolve(relation), columns, isHeaderless: false, text: null };
}

/** A CSV is read as text throughout, so that every bad value can be shown as it stands in the file. */
async function openText(
  connection: Connection, file: string, { packing, name }: { readonly packing: Packing; readonly name: ArchiveName | null },
): Promise<Opened> {
  const { lines: [first = '', second = ''], hasQuotes } = firstLines(file, packing);
  const delimiter = [',', ';', '\t', '|'].find((mark) => first.includes(mark)) ?? ',';
  const cells = cellsOf(first, delimiter);
  const isBare = cells.length > 1 && cells.every((cell) => cell !== '' && (Number.isFinite(Number(cell)) || /^(true|false)$/i.test(cell)));
  const known = isBare ? name?.columns?.slice(0, cells.length) ?? [] : [];
  const isHeaderless = isBare && known.length < cells.length;
  const labels = !isBare ? cells : isHeaderless ? cells.map((_, k) => `column ${k + 1}`) : known;
  if (new Set(labels).size < labels.length || labels.some((label) => label === '')) {
    throw new DataError({
      reason: 'unreadable', what: 'unreadable header', file, value: first.slice(0, 200),
      expected: 'one distinct name per column', fix: 'name the columns ts,open,high,low,close,volume',
    });
  }
  const struct = labels.map((label) => `${quoteText(label)}: 'VARCHAR'`).join(', ');
  const from = (path: string): string => `read_csv(${quoteText(path)}, auto_detect = false, header = ${!isBare}, `
    + `delim = ${quoteText(delimiter)}, quote = '"', columns = {${struct}})`;
  const text = {
    packing, delimiter, hasHeader: !isBare, columns: labels, hasQuotes, firstRow: isBare ? cells : cellsOf(second, delimiter),
  };
  return { relation: packing === 'zip' ? unpackedTable(connection, file, from) : () => Promise.resolve(from(file)),
    columns: labels.map((label) => ({ name: label, type: 'VARCHAR' })), isHeaderless, text };
}

/** The rows of a zip as a table of the connection, made when they are first asked for: the database reads no zip. */
function unpackedTable(connection: Connection, file: string, from: (path: string) => string): () => Promise<string> {
  let table: Promise<string> | undefined;
  const fill = async (): Promise<string> => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-unzip-'));
    try {
      const plain = join(folder, 'rows.csv');
      const handle = openSync(plain, 'wx');
      try {
        await eachPiece(file, 'zip', (piece) => { for (let done = 0; done < piece.length;) done += writeSync(handle, piece, done); });
      } finally {
        closeSync(handle);
      }
      const name = quoteName(`rows of ${file}`);
      await reading(file, () => execute(connection, `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT * FROM ${from(plain)}`));
      return name;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  return () => (table ??= fill());
}

const cellsOf = (line: string, delimiter: string): readonly string[] =>
  line.split(delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));

/** Header and first row, or the first two rows. */
function firstLines(file: string, packing: Packing): { readonly lines: readonly string[]; readonly hasQuotes: boolean } {
  const text = headOf(file, packing).toString('utf8').replace(/^\uFEFF/, '');
  const [first = '', ...others] = text.split(/\r?\n/, 4);
  if (first.trim() === '') throw emptyFile(file);
  return { lines: [first, others.find((line) => line !== '') ?? ''], hasQuotes: text.includes('"') };
}

/** Numbers are told apart by their size: seconds to 5138, ms, microseconds, nanoseconds. */
async function stampUnitOf(
  connection: Connection, from: { file: string; relation: () => Promise<string>; stamp: FileColumn | undefined },
): Promise<StampUnit> {
  const type = from.stamp?.type ?? '';
  if (/^(TIMESTAMP|DATE)/.test(type)) return 'timestamp';
  const relation = await from.relation();
  const [row] = await reading(from.file, () => queryRows(connection,
    `SELECT ${quoteName(from.stamp?.name ?? '')}::VARCHAR AS stamp FROM ${relation} LIMIT 1`));
  if (row === undefined) throw emptyFile(from.file);
  return unitOf(typeof row['stamp'] === 'string' ? row['stamp'] : '');
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
  const relation = await source.relation();
  const result = await reading(source.file, () => queryColumns(connection, `SELECT ${select.join(', ')} FROM ${relation}`));
  if (result.rows === 0) throw emptyFile(source.file);
  return result;
}

/** The text of one cell as it stands in the file. `row` is 0-based. */
export async function rawValue(connection: Connection, source: Source, column: string, row: number): Promise<string> {
  const [found] = await queryRows(connection,
    `SELECT ${quoteName(column)}::VARCHAR AS cell FROM ${await source.relation()} LIMIT 1 OFFSET ${Math.trunc(row)}`);
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
