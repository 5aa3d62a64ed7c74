/** Everything a run must be read with: what the data says of itself, then what happened, as one list and one stored table. */
import type { LoadWarning } from '../data/index.ts';
import type { Column, Table } from '../engine/index.ts';
import type { ReportWarning } from '../lab/report/index.ts';

export interface JoinedWarnings {
  readonly warnings: readonly ReportWarning[];
  /** The run's tables, with all warnings in `warnings`. */
  readonly tables: readonly Table[];
}

/** `firstAt` in ms. */
export interface WarningRow extends ReportWarning { readonly firstAt: number }

/** `from`: time given to what is true of the whole run, ms. Holes are counted by the run alone. */
export function joinWarnings(loaded: readonly LoadWarning[], tables: readonly Table[], from: number): JoinedWarnings {
  const table = tables.find(({ name }) => name === 'warnings');
  const happened = table === undefined ? [] : rowsOf(table);
  const hasHoles = new Set(happened.filter(({ code }) => code === 'DATA_GAP').map(({ symbol }) => symbol));
  const told = loaded.filter(({ code, symbol }) => code !== 'gaps' || !hasHoles.has(symbol)).map((warning) => ({ ...warning, firstAt: from }));
  const rows: readonly WarningRow[] = [...told, ...happened];
  return {
    warnings: rows.map(({ code, symbol, count, text }) => ({ code, symbol, count, text })),
    tables: [...tables.filter((one) => one !== table), warningTable(rows)],
  };
}

function rowsOf(table: Table): WarningRow[] {
  const column = (name: string): Column | undefined => table.columns.find((one) => one.name === name);
  const text = (name: string, row: number): string | null => {
    const found = column(name);
    return found?.type === 'text' ? found.dictionary[found.codes[row] ?? -1] ?? null : null;
  };
  const number = (name: string, row: number): number => {
    const found = column(name);
    return found === undefined || found.type === 'text' ? Number.NaN : found.values[row] ?? Number.NaN;
  };
  return Array.from({ length: table.rows }, (_, row) => ({
    code: text('code', row) ?? '', symbol: text('symbol', row), count: number('count', row), firstAt: number('first_at', row),
    text: text('text', row) ?? '',
  }));
}

export function warningTable(rows: readonly WarningRow[]): Table {
  const words = (name: string, values: readonly (string | null)[]): Column => {
    const dictionary = [...new Set(values.filter((value) => value !== null))];
    return { name, type: 'text', codes: Int32Array.from(values, (value) => (value === null ? -1 : dictionary.indexOf(value))), dictionary };
  };
  return {
    name: 'warnings', rows: rows.length,
    columns: [
      words('code', rows.map(({ code }) => code)), words('symbol', rows.map(({ symbol }) => symbol)),
      { name: 'count', type: 'integer', values: Int32Array.from(rows, ({ count }) => count) },
      { name: 'first_at', type: 'time', values: Float64Array.from(rows, ({ firstAt }) => firstAt) },
      words('text', rows.map(({ text }) => text)),
    ],
  };
}
