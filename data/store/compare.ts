/**
 * A stored run beside the same run played again. Tables are compared as the bytes of their files; where these differ,
 * row by row, so that the first row that came out otherwise can be shown.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Column, Table } from '../../engine/index.ts';
import { queryColumns, quoteText, withDatabase } from '../duckdb.ts';
import type { QueriedColumns } from '../duckdb.ts';
import { isMissing, runFolder } from './folder.ts';
import { parquetParts } from './parquet.ts';
import { conformTable, recordTables } from './schema.ts';

/** Numbers, times in ms and flags as numbers; null where the store has NULL. */
export type Cells = Readonly<Record<string, number | string | null>>;

export interface RowDifference {
  /** From 0. */
  readonly row: number;
  /** Columns that differ; none when one side has no such row. */
  readonly columns: readonly string[];
  /** Null = no such row. */
  readonly stored: Cells | null;
  readonly replayed: Cells | null;
}

export interface TableComparison {
  readonly table: string;
  /** Rows replayed. */
  readonly rows: number;
  /** The first one; null when there is none. */
  readonly difference: RowDifference | null;
}

/** Every table of the run. One that the stored run was written without is not compared. */
export async function compareRun(
  { folder, run, tables }: { readonly folder: string; readonly run: string; readonly tables: readonly Table[] },
): Promise<readonly TableComparison[]> {
  const comparisons: TableComparison[] = [];
  for (const schema of recordTables) {
    const file = join(runFolder(folder, run), `${schema.name}.parquet`);
    const table = conformTable(schema, run, tables.find(({ name }) => name === schema.name));
    const stored = await readFile(file).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (stored === null) continue;
    const isSame = areBytes(stored, parquetParts(table));
    comparisons.push({ table: schema.name, rows: table.rows, difference: isSame ? null : firstDifference(await readTable(file), table) });
  }
  return comparisons;
}

function areBytes(stored: Uint8Array, parts: readonly Uint8Array[]): boolean {
  let at = 0;
  for (const part of parts) {
    if (Buffer.compare(stored.subarray(at, at + part.length), part) !== 0) return false;
    at += part.length;
  }
  return at === stored.length;
}

const readTable = async (file: string): Promise<QueriedColumns> =>
  await withDatabase(':memory:', async (connection) => await queryColumns(connection, `SELECT * FROM read_parquet(${quoteText(file)})`));

/** Null when the files differ in how they are written, and no row does. */
function firstDifference(stored: QueriedColumns, replayed: Table): RowDifference | null {
  const rows = Math.max(stored.rows, replayed.rows);
  const columns = replayed.columns.flatMap((column) => {
    const found = stored.columns.find(({ name }) => name === column.name);
    return found === undefined ? [] : [{ name: column.name, stored: (row: number) => cell(found.values[row]), replayed: (row: number) => cellOf(column, row) }];
  });
  for (let row = 0; row < rows; row++) {
    const hasBoth = row < stored.rows && row < replayed.rows;
    const differing = hasBoth ? columns.filter((column) => !Object.is(column.stored(row), column.replayed(row))) : [];
    if (hasBoth && differing.length === 0) continue;
    return {
      row, columns: differing.map(({ name }) => name),
      stored: row < stored.rows ? Object.fromEntries(columns.map((column) => [column.name, column.stored(row)])) : null,
      replayed: row < replayed.rows ? Object.fromEntries(columns.map((column) => [column.name, column.replayed(row)])) : null,
    };
  }
  return null;
}

const cell = (value: number | string | null | undefined): number | string | null =>
  (value === undefined || Number.isNaN(value) ? null : value);

function cellOf(column: Column, row: number): number | string | null {
  if (column.type === 'text') return cell(column.dictionary[column.codes[row]!] ?? null);
  return cell(column.values[row]);
}
