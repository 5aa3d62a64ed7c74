/** The store's tables as SQL over the Parquet files of all finished runs, for queries and the database file. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { quoteText } from '../duckdb.ts';
import { columnSql } from './schema.ts';
import type { StoreTable } from './schema.ts';

/** The files of one table in every run below `home`, an absolute runs folder. */
export const filesOf = (table: StoreTable, home: string): string =>
  quoteText(join(home, '*', `${table.name}.parquet`));

/** The files of one table in these folders, as a list; null = none. */
export function filesIn(table: StoreTable, folders: readonly string[]): string | null {
  const files = folders.map((folder) => join(folder, `${table.name}.parquet`)).filter((file) => existsSync(file));
  return files.length === 0 ? null : `[${files.map(quoteText).join(', ')}]`;
}

/** CREATE VIEW of one table: typed and empty without files; with them, columns that older runs lack are NULL. */
export function viewSql(table: StoreTable, files: string | null): string {
  const shape = table.columns.map((column) => `NULL::${columnSql(column)} AS "${column.name}"`).join(', ');
  const rows = files === null ? '' : ` UNION ALL BY NAME SELECT * FROM read_parquet(${files}, union_by_name = true)`;
  return `CREATE OR REPLACE VIEW ${table.name} AS SELECT ${shape} WHERE false${rows}`;
}
