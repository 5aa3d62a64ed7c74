/** The store's tables as SQL over the Parquet files of all finished runs, for queries and the database file. */
import { join } from 'node:path';
import { quoteText } from '../duckdb.ts';
import { columnSql } from './schema.ts';
import type { StoreTable } from './schema.ts';

/** The files of one table in every run below `home`, an absolute runs folder. */
export const filesOf = (table: StoreTable, home: string): string =>
  quoteText(join(home, '*', `${table.name}.parquet`));

/** CREATE VIEW of one table: typed and empty without runs; with them, columns that older runs lack are NULL. */
export function viewSql(table: StoreTable, home: string, hasRuns: boolean): string {
  const shape = table.columns.map((column) => `NULL::${columnSql(column)} AS "${column.name}"`).join(', ');
  const files = `read_parquet(${filesOf(table, home)}, union_by_name = true)`;
  const rows = hasRuns ? ` UNION ALL BY NAME SELECT * FROM ${files}` : '';
  return `CREATE OR REPLACE VIEW ${table.name} AS SELECT ${shape} WHERE false${rows}`;
}
