/** Reading the recorded columns of a run: whole columns by table and name; an absent table has no rows. */
import type { RunResult } from '../../sim/index.ts';
import type { Column } from '../../engine/index.ts';

export function rowsIn(result: RunResult, table: string): number {
  return result.tables.find((one) => one.name === table)?.rows ?? 0;
}

/** Numbers, times and flags of a column; NaN means NULL. */
export function numbersIn(result: RunResult, table: string, column: string): readonly number[] {
  const found = columnOf(result, table, column);
  if (found === null) return [];
  if (found.type === 'text') throw new RangeError(`column ${table}.${column} was text, expected numbers`);
  return Array.from(found.values);
}

/** Words of a column; null means NULL. */
export function textsIn(result: RunResult, table: string, column: string): readonly (string | null)[] {
  const found = columnOf(result, table, column);
  if (found === null) return [];
  if (found.type !== 'text') throw new RangeError(`column ${table}.${column} was ${found.type}, expected text`);
  return Array.from(found.codes, (code) => code < 0 ? null : found.dictionary[code] ?? null);
}

function columnOf(result: RunResult, table: string, column: string): Column | null {
  const rows = result.tables.find((one) => one.name === table);
  if (rows === undefined || rows.rows === 0) return null;
  const found = rows.columns.find((one) => one.name === column);
  if (found === undefined) throw new RangeError(`table ${table} has no column ${column}`);
  return found;
}
