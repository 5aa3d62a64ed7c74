/** `holdfast query SQL`: one SELECT over all stored runs, as a table, CSV or JSON. */
import { candlesFolder } from '../data/index.ts';
import { queryRuns } from '../data/store/index.ts';
import { printJson, printLine, printTable } from './output.ts';
import type { CommonOptions } from './output.ts';
import { Failure } from './failure.ts';

export interface QueryOptions extends CommonOptions { readonly csv?: boolean; readonly limit: number }

export async function query(sql: string, { dataDir, json, csv, limit }: QueryOptions): Promise<number> {
  if (json === true && csv === true) throw new Failure(2, 'arguments: holdfast query: was --json and --csv, expected one. Fix: leave one out');
  const answer = await queryRuns(candlesFolder(dataDir), sql, { limit });
  const names = answer.columns.map((column) => column.name);
  const cells = answer.rows.map((row) => names.map((name) => plain(row[name])));
  if (json === true) printJson(answer);
  else if (csv === true) printCsv(names, cells);
  else printTable(names, cells);
  if (answer.isCut && json !== true) process.stderr.write(`query: only the first ${limit} rows are shown. Fix: --limit ${limit * 10}\n`);
  return 0;
}

function plain(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  return JSON.stringify(value);
}

function printCsv(names: readonly string[], rows: readonly (readonly (string | number | null)[])[]): void {
  const quoted = (value: string | number | null): string => {
    const text = value === null ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  for (const row of [names, ...rows]) printLine(row.map(quoted).join(','));
}
