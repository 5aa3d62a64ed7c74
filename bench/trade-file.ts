/** A day of single trades in the layout of the public archive, as large as wished and always the same: for measuring its reading. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export const tradeHeader = 'timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional';
const directions = ['ZeroPlusTick', 'PlusTick', 'MinusTick', 'ZeroMinusTick'];
/** 2024-03-01 00:00 UTC in s. */
const day = 1_709_251_200;
const daySteps = 864_000_000;

/** Marsaglia's xorshift32: the same numbers on every machine. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

/** Lines of the file, some thousands at a time: prices walk in ticks of 0.1, stamps have four decimals, ids look like those of the venue. */
export function* tradeLines(rows: number): Generator<string> {
  const next = numbers(20_240_301);
  const hex = (digits: number): string => next().toString(16).padStart(8, '0').slice(0, digits);
  let ticks = 610_000;
  let lines = [tradeHeader];
  for (let i = 0; i < rows; i++) {
    const at = Math.floor((i * daySteps) / rows);
    ticks += (next() % 3) - 1;
    const lots = (next() % 2_000) + 1;
    const price = ticks / 10;
    const size = lots / 1_000;
    const id = `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(8)}${hex(4)}`;
    const stamp = `${day + Math.floor(at / 10_000)}.${String(at % 10_000).padStart(4, '0')}`;
    lines.push(`${stamp},BTCUSDT,${next() % 2 === 0 ? 'Buy' : 'Sell'},${size},${price.toFixed(2)},${directions[next() % 4] ?? ''},`
      + `${id},${(price * size * 1e8).toExponential()},${size},${price * size}`);
    if (lines.length < 4_096) continue;
    yield `${lines.join('\n')}\n`;
    lines = [];
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}

export async function writeTradeFile(path: string, rows: number): Promise<void> {
  await pipeline(tradeLines(rows), createGzip(), createWriteStream(path));
}
