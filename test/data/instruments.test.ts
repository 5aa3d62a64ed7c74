import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inferRules, packagedRules, parseRules, readInstrumentFile } from '../../data/index.ts';
import { instrumentOf } from '../../engine/index.ts';
import { temporary } from './candle-files.ts';

const linear = { venue: 'bybit', category: 'linear' };

describe('instrument rules', () => {
  it('the packaged table has the five linear symbols and BTCUSD inverse, each with a source and money that is exact', () => {
    const table = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'BNBUSDT', 'WIFUSDT'].map((symbol) => packagedRules(linear, symbol));
    const inverse = packagedRules({ venue: 'bybit', category: 'inverse' }, 'BTCUSD');

    expect(table.map((rules) => rules?.tick)).toEqual(['0.1', '0.01', '0.01', '0.1', '0.0001']);
    expect(inverse).toMatchObject({ kind: 'inverse', tick: '0.5', settle: 'BTC', minNotional: '0' });
    for (const rules of [...table, inverse]) {
      expect(rules?.source).toMatch(/20\d\d/);
      expect(rules === null ? null : instrumentOf(rules).symbol).toBe(rules?.symbol);
    }
    expect(packagedRules({ venue: 'binance', category: 'spot' }, 'BTCUSDT')).toBeNull();
  });

  it('a file with symbol, tick and step is enough; numbers and text both do; the rest has the defaults', () => {
    const path = join(temporary(), 'rules.json');
    writeFileSync(path, JSON.stringify([{ symbol: 'XRPUSDT', tick: 0.0001, qtyStep: '0.1' }, { symbol: 'ETHUSD', kind: 'inverse', tick: '0.05', qtyStep: 1 }]));

    const [ripple, ether] = readInstrumentFile(path);

    expect(ripple).toEqual({
      symbol: 'XRPUSDT', kind: 'linear', base: 'XRP', quote: 'USDT', settle: 'USDT', tick: '0.0001', qtyStep: '0.1', minQty: '0.1',
      minNotional: '5', takerRate: '0.00055', makerRate: '0.0002', maxLeverage: '100', source: `file ${path}`,
      tiers: [{ limit: '2000000', mmr: '0.005', deduction: '0' }, { limit: '10000000', mmr: '0.01', deduction: '10000' }],
    });
    expect(ether).toMatchObject({ settle: 'ETH', minNotional: '0', tiers: [{ limit: '150' }, { limit: '300' }] });
  });

  it('unknown keys, a missing tick, a tick of zero and broken JSON are refused by name', () => {
    const path = join(temporary(), 'broken.json');
    writeFileSync(path, '{ not json');
    const cases: [() => unknown, RegExp][] = [
      [() => parseRules({ symbol: 'X1USDT', tick: '1', qtyStep: '1', tickSize: '1' }, 'f.json'), /tickSize/],
      [() => parseRules({ symbol: 'X1USDT', qtyStep: '1' }, 'f.json'), /column 'tick'/],
      [() => parseRules({ symbol: 'X1USDT', tick: '0', qtyStep: '1' }, 'f.json'), /positive decimal/],
      [() => parseRules([{ symbol: 'X1USDT', tick: '1', qtyStep: '1' }, { symbol: 'x', tick: '1', qtyStep: '1' }], 'f.json'), /row 2/],
      [() => parseRules({ symbol: 'X1USDT', tick: '0.0000001', qtyStep: '0.0000001' }, 'f.json'), /finer than 1e-12/],
      [() => readInstrumentFile(path), /unreadable instrument file/],
      [() => readInstrumentFile('/nowhere.json'), /unreadable instrument file/],
    ];

    for (const [attempt, message] of cases) expect(attempt).toThrow(message);
  });

  it('inference reads the decimal places: prices to 0.005 make tick 0.001, volumes to 0.25 make step 0.01', () => {
    const column = (...values: number[]): Float64Array => Float64Array.from(values);
    const candles = {
      length: 2, openedAt: column(0, 60_000), open: column(1.5, 1.505), high: column(2, 2), low: column(1, 1), close: column(1.505, 1.25),
      volume: column(10, 0.25),
    };

    expect(inferRules(linear, 'FOOUSDT', candles)).toMatchObject({ tick: '0.001', qtyStep: '0.01', base: 'FOO', settle: 'USDT', source: 'inferred' });
    expect(inferRules({ venue: 'bybit', category: 'inverse' }, 'FOOUSD', candles)).toMatchObject({ kind: 'inverse', qtyStep: '1', settle: 'FOO' });
  });
});
