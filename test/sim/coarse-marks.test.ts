/** Which stops count as judged on coarse mark bars, and what a liquidation says of itself, from rows made by hand. */
import { describe, expect, it } from 'vitest';
import type { Column, Table } from '../../engine/index.ts';
import { coarseMarkStops, coarseMarkWarning } from '../../sim/coarse-marks.ts';
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

  it('count when nothing says by which price they were judged, and not when no symbol has a mark', () => {
    expect(coarseMarkStops(marketOf(3_600_000), { executions, stops: undefined })).toMatchObject({ stops: 3 });
    expect(coarseMarkStops({ symbols: [{ last: series(300_000), mark: null }] } as unknown as Market, { executions, stops: undefined })).toBeNull();
    expect(coarseMarkStops({ symbols: [] }, { executions, stops: undefined })).toBeNull();
  });

  it('one symbol with a longer mark among others is enough', () => {
    const market = { symbols: [{ last: series(300_000), mark: null }, { last: series(300_000), mark: series(600_000) }] } as unknown as Market;

    expect(coarseMarkStops(market, { executions, stops: undefined })).toMatchObject({ stops: 3 });
  });

  it('are none without executions, without their columns, or when none of them has a slippage', () => {
    const market = marketOf(3_600_000);
    const without = (name: string): Table => ({ ...executions, columns: executions.columns.filter((column) => column.name !== name) });

    expect(coarseMarkStops(market, { executions: undefined, stops: undefined })).toBeNull();
    for (const name of ['time', 'cause', 'symbol', 'slippage_bps', 'value']) {
      expect(coarseMarkStops(market, { executions: without(name), stops: undefined })).toBeNull();
    }
    const unknown = tableOf('executions', { time: [20], symbol: ['A'], cause: ['stop'], slippage_bps: [Number.NaN], value: [1] });
    expect(coarseMarkStops(market, { executions: unknown, stops: undefined })).toBeNull();
  });

  it('a change at the very time of the stop counts before it, one after it does not', () => {
    const stops = (time: number): Table => tableOf('stops', { time: [time], symbol: ['A'], by: ['last'] });
    const one = tableOf('executions', { time: [20], symbol: ['A'], cause: ['stop'], slippage_bps: [-5], value: [100] });

    expect(coarseMarkStops(marketOf(3_600_000), { executions: one, stops: stops(20) })).toBeNull();
    expect(coarseMarkStops(marketOf(3_600_000), { executions: one, stops: stops(21) })).toMatchObject({ stops: 1, gained: 0.05 });
  });

  it('are none when every stop is judged by last, or when the mark bars are as short as the last bars', () => {
    const stops = tableOf('stops', { time: [10, 25], symbol: ['A', 'B'], by: ['last', 'last'] });

    expect(coarseMarkStops(marketOf(3_600_000), { executions, stops })).toBeNull();
    expect(coarseMarkStops(marketOf(300_000), { executions, stops })).toBeNull();
  });
});

describe('the warning of stops on coarse mark bars', () => {
  const warning = (gained: number, start = 10_000): string | null => coarseMarkWarning({ stops: 3, meanBps: gained > 0 ? -12.34 : 12.34, gained }, start, 'USDT');

  it('comes from a thousandth of the start equity on: 10 of 10,000, not 9.99', () => {
    expect(warning(10)).not.toBeNull();
    expect(warning(9.99)).toBeNull();
    expect(warning(-10)).not.toBeNull();
    expect(warning(-9.99)).toBeNull();
    expect(coarseMarkWarning(null, 10_000, 'USDT')).toBeNull();
  });

  it('says how many, how much better or worse, the sum and the way out', () => {
    expect(warning(12.345)).toBe("3 stops judged on mark bars longer than the price bars filled 12.3 bps better than their triggers, +12.35 USDT in all: "
      + "not to be expected. Use stopBy 'last' or finer mark bars");
    expect(warning(-20)).toContain('filled 12.3 bps worse than their triggers, -20.00 USDT in all');
  });
});

describe('liquidations', () => {
  it('say what happened and what to do', () => {
    const rows = tableOf('executions', { time: [20], symbol: ['A'], cause: ['liquidation'], value: [1_000] });

    expect(liquidationsIn(rows)[0]?.words).toBe('1 liquidated at the bankruptcy price, the mark price having reached the liquidation price; '
      + 'closed value 1000.00. A lower leverage moves it away');
    for (const name of ['time', 'cause', 'symbol', 'value']) {
      expect(liquidationsIn({ ...rows, columns: rows.columns.filter((column) => column.name !== name) })).toEqual([]);
    }
  });

  it('of two symbols are told one by one', () => {
    const rows = tableOf('executions', { time: [20, 30], symbol: ['A', 'B'], cause: ['liquidation', 'liquidation'], value: [1_000, 5] });

    expect(liquidationsIn(rows).map(({ name, count, at }) => [name, count, at])).toEqual([['A', 1, 20], ['B', 1, 30]]);
  });

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
