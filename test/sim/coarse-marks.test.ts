/** Which stops count as judged on coarse mark bars, and what a liquidation says of itself, from rows made by hand. */
import { describe, expect, it } from 'vitest';
import type { Column, Table } from '../../engine/index.ts';
import { coarseMarkStops } from '../../sim/coarse-marks.ts';
import { liquidationsIn } from '../../sim/liquidations.ts';
import type { Market } from '../../sim/index.ts';

const series = (intervalMs: number) => ({ intervalMs });
const marketOf = (markMs: number): Market => ({ symbols: [{ last: series(300_000), mark: series(markMs) }] }) as unknown as Market;

type Cells = Readonly<Record<string, readonly (string | number | null)[]>>;
function tableOf(name: string, cells: Cells): Table {
  const columns = Object.entries(cells).map(([key, values]): Column => {
    if (key === 'time') return { name: key, type: 'time', values: Float64Array.from(values, Number) };
    if (values.every((value) => typeof value === 'number')) return { name: key, type: 'double', values: Float64Array.from(values) };
    const dictionary = [...new Set(values.filter((value) => typeof value === 'string'))];
    return { name: key, type: 'text', codes: Int32Array.from(values, (value) => dictionary.indexOf(String(value))), dictionary };
  });
  return { name, rows: Object.values(cells)[0]!.length, columns };
}

const executions = tableOf('executions', {
  time: [10, 20, 30, 40], symbol: ['A', 'A', 'B', 'A'], cause: ['order', 'stop', 'stop', 'stop'],
  slippage_bps: [0, -20, 5, -40], value: [1_000, 1_000, 2_000, 500],
});

describe('stops on coarse mark bars', () => {
  it('are those of A alone when B is judged by last: -20 bps of 1,000 and -40 bps of 500 gain 4, B\'s 5 bps do not count', () => {
    const stops = tableOf('stops', { time: [10, 20, 25, 30, 35, 40], symbol: ['A', 'A', 'B', 'B', 'A', 'A'], by: ['mark', null, 'last', null, 'mark', null] });

    const found = coarseMarkStops(marketOf(3_600_000), { executions, stops });

    expect(found).toMatchObject({ stops: 2, meanBps: -30 });
    expect(found?.gained).toBeCloseTo(4, 12);
  });

  it('end with a symbol\'s change to last: its stop at 40 does not count any more', () => {
    const stops = tableOf('stops', { time: [10, 25, 35], symbol: ['A', 'B', 'A'], by: ['mark', 'last', 'last'] });

    expect(coarseMarkStops(marketOf(3_600_000), { executions, stops })).toMatchObject({ stops: 1, meanBps: -20 });
  });

  it('are none when every stop is judged by last, or when the mark bars are as short as the last bars', () => {
    const stops = tableOf('stops', { time: [10, 25], symbol: ['A', 'B'], by: ['last', 'last'] });

    expect(coarseMarkStops(marketOf(3_600_000), { executions, stops })).toBeNull();
    expect(coarseMarkStops(marketOf(300_000), { executions, stops })).toBeNull();
  });
});

describe('liquidations', () => {
  it('are told per symbol: two of A from 20 on, worth 1,500 together, none of B', () => {
    const rows = tableOf('executions', {
      time: [10, 20, 30, 40], symbol: ['A', 'A', 'B', 'A'], cause: ['order', 'liquidation', 'stop', 'liquidation'], value: [900, 1_000, 2_000, 500],
    });

    const [found, ...more] = liquidationsIn(rows);

    expect(found).toMatchObject({ name: 'A', count: 2, at: 20 });
    expect(found?.words).toContain('closed value 1500.00');
    expect(more).toEqual([]);
    expect(liquidationsIn(executions)).toEqual([]);
    expect(liquidationsIn(undefined)).toEqual([]);
  });
});
