/** Makes small candle files and temporary data folders for the tests of data/. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import { DataError } from '../../data/index.ts';

const folders: string[] = [];
afterAll(() => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }); });

/** A folder that goes when the test file is done. */
export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-data-'));
  folders.push(folder);
  return folder;
}

export const minute = 60_000;
/** 2024-03-01 00:00 UTC, a month's start. */
export const start = Date.UTC(2024, 2, 1);

export type Cell = string | number;

/** `count` plausible five-minute bars around `price`, volume 1 upwards; whole tenths. */
export function bars(count: number, { from = start, step = 5 * minute, price = 61_000 } = {}): Cell[][] {
  return Array.from({ length: count }, (_, i) => {
    const open = price + (i % 7);
    return [from + i * step, open, open + 2.5, open - 1.5, open + 1, 1 + (i % 5)];
  });
}

export const header: readonly string[] = ['ts', 'open', 'high', 'low', 'close', 'volume'];

export function csv(folder: string, name: string, rows: readonly (readonly Cell[])[], head: readonly string[] | null = header): string {
  const text = [...(head === null ? [] : [head]), ...rows].map((row) => row.join(',')).join('\n');
  const path = join(folder, name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(`${text}\n`) : `${text}\n`);
  return path;
}

/** The DataError of a promise that must fail with one. */
export async function refusal(work: Promise<unknown>): Promise<DataError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
  throw new Error('expected a DataError, but nothing was refused');
}
