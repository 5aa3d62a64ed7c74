/**
 * The bars of W1 in a file, once per machine: every engine, ours and the peers', reads the same bytes.
 * Layout: six columns of little-endian doubles, one after the other: time (ms), open, high, low, close, volume;
 * prices in quote (whole ticks of 0.1).
 */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
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

export function readW1(path: string): W1Bars {
  const bytes = readFileSync(path);
  const all = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  const length = all.length / 6;
  const column = (k: number): Float64Array => all.slice(k * length, (k + 1) * length);
  const wholeTicks = (k: number): Float64Array => column(k).map((price) => Math.round(price * 10));
  return {
    length, openedAt: column(0), open: wholeTicks(1), high: wholeTicks(2), low: wholeTicks(3), close: wholeTicks(4), volume: column(5),
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? -1;
}
