/** Short notation for hand-made cases: bars and fills as lines of words, times as bar numbers. */
import { expect } from 'vitest';
import { formatCase, runCase } from '../../../sim/index.ts';
import type { CaseOutcome } from '../../../sim/index.ts';

const start = 1_700_006_400_000;

/** Open time of bar `k`; a fraction is a time inside the bar. */
export const at = (k: number): number => start + Math.round(k * 60_000);

type Loose = Record<string, unknown>;

/** '200 202 198 200' is open, high, low, close with volume 1000; a fifth word is the volume; 'gap' leaves the bar out. */
export function bars(lines: readonly string[], words = 6): unknown[] {
  return lines.flatMap((line, k) => {
    if (line === 'gap') return [];
    const values = line.split(' ');
    return [[at(k), ...(words === 6 && values.length === 4 ? [...values, '1000'] : values)]];
  });
}

/** 'E Buy 2 @ 201.3 taker 1' is order, side, quantity, price, liquidity, bar index. */
function fill(line: string): Loose {
  const [order, side, qty, , price, liquidity, barIndex] = line.split(' ');
  return { order, side, qty, price, liquidity, barIndex: Number(barIndex) };
}

export interface Sketch {
  readonly bars: readonly string[]; readonly mark?: readonly string[]; readonly kind?: 'inverse';
  readonly detail?: readonly (readonly unknown[])[]; readonly trades?: readonly (readonly unknown[])[];
  readonly config?: Loose; readonly instrument?: Loose; readonly funding?: readonly Loose[]; readonly script?: readonly Loose[];
  readonly fills?: readonly string[]; readonly expect?: Loose;
}

export function play(sketch: Sketch): CaseOutcome {
  const { fills, expect: rest = {}, bars: lines, mark, ...others } = sketch;
  return runCase({
    id: 'hand', ...others, script: sketch.script ?? [], bars: bars(lines),
    ...(mark === undefined ? {} : { mark: bars(mark, 5) }),
    expect: { ...(fills === undefined ? {} : { fills: fills.map(fill) }), rejects: [], ...rest },
  });
}

/** Plays the sketch and demands exactly what it expects; a failure prints every difference. */
export function expectCase(sketch: Sketch): CaseOutcome {
  const outcome = play(sketch);

  expect(outcome.passed ? [] : formatCase(outcome)).toEqual([]);
  return outcome;
}

export const submit = (k: number, order: Loose): Loose => ({ at: at(k), do: 'submit', order: { type: 'Market', qty: '2', ...order } });
export const buy = (k: number, order: Loose = {}): Loose => submit(k, { id: 'E', side: 'Buy', ...order });
export const sell = (k: number, order: Loose = {}): Loose => submit(k, { id: 'E', side: 'Sell', ...order });
export const limit = (price: string): Loose => ({ type: 'Limit', price });
export const stop = (k: number, fields: Loose): Loose => ({ at: at(k), do: 'tradingStop', id: 'S', ...fields });
