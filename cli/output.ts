/** What goes to stdout: lines for people, or one JSON object for programs. */

/** Every command knows these two. */
export interface CommonOptions { readonly dataDir?: string; readonly json?: boolean }

export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** One object on one line; bigints as text, doubles that JSON cannot say as null. */
export function printJson(value: unknown): void {
  const plain = (_: string, inner: unknown): unknown => (typeof inner === 'bigint' ? inner.toString() : inner);
  process.stdout.write(`${JSON.stringify(value, plain)}\n`);
}

/** Rows as aligned columns, numbers right, texts left; two blanks between columns, a thin rule under the header. */
export function printTable(headers: readonly string[], rows: readonly (readonly (string | number | null)[])[]): void {
  const cells = rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
  const isNumber = headers.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number' || row[column] === null));
  const widths = headers.map((header, column) => Math.max(header.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => row
    .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
    .join('  ').trimEnd();
  printLine(line(headers));
  printLine(widths.map((width) => '─'.repeat(width)).join('  '));
  for (const row of cells) printLine(line(row));
}

/** Resolves when everything written to stdout has left the process. */
export function drained(): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.writableEnded || process.stdout.destroyed) resolve();
    else process.stdout.write('', () => resolve());
  });
}
