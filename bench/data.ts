/**
 * The bars of W1 in a file, once per machine: every engine, ours and the peers', reads the same bytes.
 * Layout: six columns of little-endian doubles, one after the other: time (ms), open, high, low, close, volume;
 * prices in quote (whole ticks of 0.1).
 */
import { closeSync, mkdirSync, openSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { w1Series } from '../data/builtin/index.ts';
import type { W1Bars } from './w1.ts';

export function w1File(bars: number): string {
  const folder = join(tmpdir(), 'holdfast-bench');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `w1-${bars}.f64`);
  if (sizeOf(path) === bars * 48) return path;
  const { openedAt, open, high, low, close, volume } = w1Series(bars);
  const columns = new Float64Array(bars * 6);
  for (const [k, column] of [openedAt, open, high, low, close, volume].entries()) {
    const isPrice = k >= 1 && k <= 4;
    for (let i = 0; i < bars; i++) columns[k * bars + i] = isPrice ? (column[i] ?? 0) / 10 : column[i] ?? 0;
  }
  const part = `${path}.${process.pid}`;
  writeFileSync(part, new Uint8Array(columns.buffer));
  renameSync(part, path);
  return path;
}

/** Column by column into its own memory: a copy of the whole file would count into the peak of the engine measured. */
export function readW1(path: string): W1Bars {
  const length = sizeOf(path) / 48;
  const file = openSync(path, 'r');
  const column = (k: number): Float64Array => {
    const values = new Float64Array(length);
    if (readSync(file, values, 0, length * 8, k * length * 8) !== length * 8) throw new Error(`${path} ends early`);
    return values;
  };
  const wholeTicks = (k: number): Float64Array => {
    const values = column(k);
    for (let i = 0; i < length; i++) values[i] = Math.round(values[i]! * 10);
    return values;
  };
  const bars = {
    length, openedAt: column(0), open: wholeTicks(1), high: wholeTicks(2), low: wholeTicks(3), close: wholeTicks(4), volume: column(5),
  };
  closeSync(file);
  return bars;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? -1;
}
