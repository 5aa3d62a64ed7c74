/** Puts a lake back into the folders of the first layout: lake/bybit/linear/BTCUSDT/last/5m/2024-03.parquet. */
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Every file below a folder, by its path from there, in order. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
}

export function intoFirstLayout(folder: string): void {
  const lake = join(folder, 'lake');
  for (const file of filesBelow(lake)) {
    const parts = file.split(sep);
    const values = parts.slice(0, 5).map((part) => part.slice(part.indexOf('=') + 1));
    mkdirSync(join(lake, ...values), { recursive: true });
    renameSync(join(lake, file), join(lake, ...values, parts.at(-1) ?? ''));
  }
  for (const name of readdirSync(lake)) if (name.startsWith('venue=')) rmSync(join(lake, name), { recursive: true });
}
