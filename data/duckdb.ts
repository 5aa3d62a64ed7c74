/**
 * The one door to DuckDB: the only file that imports its package, loaded on first use (the import alone costs 0.3 s).
 *
 * 1. A file is always opened through the instance cache: two separate instances of one file in one process
 *    both accept writes and the last one closed wins.
 * 2. Bulk goes in and out by columns: never row objects for bars, never decimals read as values.
 */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { Column, Table } from '../engine/index.ts';

export type Connection = DuckDBConnection;
/** Decimal text, numbers and booleans are safe for every column; times go in as ms through SQL `make_timestamp_ms`. */
export type SqlParameter = string | number | bigint | boolean | null;
export type Row = Readonly<Record<string, unknown>>;

export interface Database {
  /** File path, or ':memory:'. */
  readonly path: string;
  readonly instance: DuckDBInstance;
}

/** Numbers as doubles (NaN for NULL, booleans 0 and 1), times as ms, anything else as text (null for NULL). */
export type QueriedColumn =
  | { readonly name: string; readonly type: 'number'; readonly values: Float64Array }
  | { readonly name: string; readonly type: 'text'; readonly values: readonly (string | null)[] };
export interface QueriedColumns { readonly rows: number; readonly columns: readonly QueriedColumn[] }

type Package = typeof import('@duckdb/node-api');
let loaded: Promise<Package> | undefined;
const duckdb = (): Promise<Package> => (loaded ??= import('@duckdb/node-api'));

/** Extensions are never fetched: everything used here is built in. */
const settings = { autoinstall_known_extensions: 'false' };

/** Opens (or shares) the database of a file; ':memory:' is a fresh one each time. Throws when another process owns it. */
export async function openDatabase(
  path: string, access: 'read-write' | 'read-only' = 'read-write',
): Promise<Database> {
  const { DuckDBInstance: Instance } = await duckdb();
  const mode = access === 'read-only' ? { access_mode: 'READ_ONLY' } : {};
  return { path, instance: await Instance.fromCache(path, { ...settings, ...mode }) };
}

export function closeDatabase(database: Database): void {
  database.instance.closeSync();
}

/** Runs `work` on an own connection, which is closed afterwards whatever happens. */
export async function withConnection<T>(database: Database, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await database.instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.disconnectSync();
  }
}

/** Opens, works, closes: for a file used once. */
export async function withDatabase<T>(path: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const database = await openDatabase(path);
  try {
    return await withConnection(database, work);
  } finally {
    closeDatabase(database);
  }
}

/** Runs one or more statements without reading a result. */
export async function execute(connection: Connection, sql: string, parameters?: readonly SqlParameter[]): Promise<void> {
  await (parameters === undefined ? connection.run(sql) : connection.run(sql, [...parameters]));
}

/** Rows as plain objects, for small results: integers as numbers when exact (else text), times as Date. */
export async function queryRows(
  connection: Connection, sql: string, parameters: readonly SqlParameter[] = [],
): Promise<readonly Row[]> {
  const reader = await connection.runAndReadAll(sql, [...parameters]);
  return reader.getRowObjectsJS().map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])));
}

function plain(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}

/** A whole result by columns, streamed: the fast way in for bars (13 M doubles a second). Cast to DOUBLE in SQL. */
export async function queryColumns(
  connection: Connection, sql: string, parameters: readonly SqlParameter[] = [],
): Promise<QueriedColumns> {
  const result = await connection.stream(sql, [...parameters]);
  const types = result.columnTypes();
  const { DuckDBTypeId } = await duckdb();
  const sinks = result.columnNames().map((name, k) =>
    isNumeric(types[k], DuckDBTypeId) ? numberSink(name) : textSink(name));
  let rows = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (let k = 0; k < sinks.length; k++) sinks[k]?.take(chunk, k, rows);
    rows += chunk.rowCount;
  }
  return { rows, columns: sinks.map((sink) => sink.done(rows)) };
}

/**
 * Copies a DOUBLE vector. The vector's own array is not in the package's public types, so its presence is tested
 * (1.4 times faster) and the public visitor is the way without it. NULL becomes NaN.
 */
function copyDoubles(chunk: DuckDBDataChunk, column: number, into: Float64Array, at: number): void { // hot
  const vector = chunk.getColumnVector(column);
  const items: unknown = Reflect.get(vector, 'items');
  const validity: unknown = Reflect.get(vector, 'validity');
  const allValid = typeof validity === 'object' && validity !== null && Reflect.get(validity, 'data') === null;
  if (items instanceof Float64Array && allValid) {
    into.set(items, at);
    return;
  }
  chunk.visitColumnValues(column, (value, row) => { into[at + row] = numberOf(value); });
}

/** Times of every precision end as ms. */
function numberOf(value: DuckDBValue): number {
  if (value === null) return Number.NaN;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  if (typeof value === 'object' && 'micros' in value) return Number(value.micros) / 1_000;
  if (typeof value === 'object' && 'millis' in value) return Number(value.millis);
  if (typeof value === 'object' && 'nanos' in value) return Number(value.nanos) / 1_000_000;
  if (typeof value === 'object' && 'seconds' in value) return Number(value.seconds) * 1_000;
  return Number(value.toString());
}

interface Sink { take(chunk: DuckDBDataChunk, column: number, at: number): void; done(rows: number): QueriedColumn }

function numberSink(name: string): Sink {
  let values = new Float64Array(8_192);
  return {
    take(chunk, column, at) {
      if (at + chunk.rowCount > values.length) {
        const larger = new Float64Array(Math.max(values.length * 2, at + chunk.rowCount));
        larger.set(values);
        values = larger;
      }
      copyDoubles(chunk, column, values, at);
    },
    done: (rows) => ({ name, type: 'number', values: values.slice(0, rows) }),
  };
}

function textSink(name: string): Sink {
  const values: (string | null)[] = [];
  return {
    take(chunk, column) {
      chunk.visitColumnValues(column, (value) => { values.push(value === null ? null : String(value)); });
    },
    done: () => ({ name, type: 'text', values }),
  };
}

function isNumeric(type: DuckDBType | undefined, id: Package['DuckDBTypeId']): boolean {
  if (type === undefined) return false;
  const numeric = [
    id.BOOLEAN, id.TINYINT, id.SMALLINT, id.INTEGER, id.BIGINT, id.UTINYINT, id.USMALLINT, id.UINTEGER, id.UBIGINT,
    id.FLOAT, id.DOUBLE, id.HUGEINT, id.DECIMAL,
    id.TIMESTAMP, id.TIMESTAMP_S, id.TIMESTAMP_MS, id.TIMESTAMP_NS, id.TIMESTAMP_TZ,
  ];
  return numeric.includes(type.typeId);
}

const sqlTypes = { double: 'DOUBLE', integer: 'INTEGER', time: 'TIMESTAMP', boolean: 'BOOLEAN', text: 'VARCHAR' } as const;

/** Double quotes for names, single quotes for text: nothing reaches SQL unquoted. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The CREATE TABLE that `appendTable` can fill from this table. */
export function createTableSql(name: string, columns: readonly Pick<Column, 'name' | 'type'>[]): string {
  const body = columns.map((column) => `${quoteName(column.name)} ${sqlTypes[column.type]}`).join(', ');
  return `CREATE TABLE IF NOT EXISTS ${quoteName(name)} (${body})`;
}

const chunkRows = 2_048;

/**
 * Appends a whole table in bulk, by data chunks, inside the caller's transaction if there is one.
 * The database's table must exist; columns are matched by name, and those absent from `table` become NULL.
 */
export async function appendTable(connection: Connection, name: string, table: Table): Promise<void> {
  if (table.rows === 0) return;
  const { DuckDBDataChunk: Chunk } = await duckdb();
  const described = await queryRows(connection, `DESCRIBE ${quoteName(name)}`);
  const order = described.map((row) => String(row['column_name']));
  const unknown = table.columns.filter((column) => !order.includes(column.name)).map((column) => column.name);
  if (unknown.length > 0) throw new RangeError(`table ${name} has no column ${unknown.join(', ')}`);
  const columns = order.map((wanted) => table.columns.find((column) => column.name === wanted) ?? null);
  const appender = await connection.createAppender(name);
  try {
    const types = order.map((_, k) => appender.columnType(k));
    const chunk = Chunk.create(types);
    for (let start = 0; start < table.rows; start += chunkRows) {
      const rows = Math.min(chunkRows, table.rows - start);
      chunk.reset();
      chunk.rowCount = rows;
      for (let k = 0; k < columns.length; k++) await fillColumn(chunk, k, columns[k] ?? null, start, rows);
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

async function fillColumn(
  chunk: DuckDBDataChunk, k: number, column: Column | null, start: number, rows: number,
): Promise<void> {
  const items: unknown = Reflect.get(chunk.getColumnVector(k), 'items');
  const dense = column !== null && (column.type === 'double' || column.type === 'integer')
    && hasNoNull(column.values, start, rows);
  if (dense && sameKind(items, column.values)) {
    items.set(column.values.subarray(start, start + rows));
    chunk.getColumnVector(k).flush();
    return;
  }
  chunk.setColumnValues(k, await valuesOf(column, start, rows));
}

const sameKind = (items: unknown, values: Float64Array | Int32Array): items is Float64Array | Int32Array =>
  (items instanceof Float64Array && values instanceof Float64Array)
  || (items instanceof Int32Array && values instanceof Int32Array);

function hasNoNull(values: Float64Array | Int32Array, start: number, rows: number): boolean { // hot
  for (let i = start; i < start + rows; i++) if (Number.isNaN(values[i])) return false;
  return true;
}

async function valuesOf(column: Column | null, start: number, rows: number): Promise<DuckDBValue[]> {
  const out: DuckDBValue[] = new Array<DuckDBValue>(rows).fill(null);
  if (column === null) return out;
  const { DuckDBTimestampValue: Timestamp } = await duckdb();
  for (let i = 0; i < rows; i++) {
    if (column.type === 'text') {
      const code = column.codes[start + i] ?? -1;
      out[i] = code < 0 ? null : column.dictionary[code] ?? null;
      continue;
    }
    const value = column.values[start + i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    if (column.type === 'boolean') out[i] = value !== 0;
    else if (column.type === 'time') out[i] = new Timestamp(BigInt(Math.round(value * 1_000)));
    else out[i] = value;
  }
  return out;
}
