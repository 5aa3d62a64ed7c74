/** The live shell over the simulator's exchange, without a wire: what a backtest decides is what is traded. */
import { describe, expect, it } from 'vitest';
import { MemoryPort } from '../../engine/index.ts';
import type { Intent } from '../../engine/index.ts';
import type { SymbolMarket } from '../../sim/index.ts';
import { linear, marketOf, minute, series, start, walk } from '../sim/market.ts';
import { play } from '../sim/played.ts';
import type { Cells, ConfigWish } from '../sim/played.ts';
import { chance } from '../sim/market.ts';
import { scripted } from '../sim/scripted.ts';
import type { AnyScene } from '../sim/scripted.ts';
import { live } from './lived.ts';
import type { Lived } from './lived.ts';
import { isBar } from './simulated-connection.ts';
import type { SimulatedConnection } from './simulated-connection.ts';

const warmup = 15;

/** Wants something of everything, by lot: entries at market, at a limit, at a trigger, targets, moved stops, exits. */
function busy(seed: number): (scene: AnyScene) => Intent {
  const next = chance(seed);
  return ({ position, entry, bar, intents }) => {
    const lot = next();
    const side = next() < 0.5 ? 'long' as const : 'short' as const;
    const sign = side === 'long' ? 1 : -1;
    const stop = { distance: 60 + Math.floor(next() * 100) };
    if (position.tag === 'open') {
      if (lot < 0.08) return intents.exit('by lot');
      if (lot < 0.14) return intents.reduce({ fraction: 0.5, reason: 'half' });
      if (lot < 0.3) return intents.moveStop(bar.close - (position.side === 'long' ? 1 : -1) * 50);
      if (lot < 0.34) return intents.reverse({ side: position.side === 'long' ? 'short' : 'long', risk: 0.005, stop });
      return intents.hold;
    }
    if (entry.tag !== 'none') return lot < 0.2 ? intents.cancelEntry : intents.hold;
    if (lot < 0.2) return intents.enter({ side, risk: 0.005, stop, targets: [{ price: bar.close + sign * 150, fraction: 0.5 }] });
    if (lot < 0.35) return intents.enter({ side, at: 'limit', price: bar.close - sign * 20, risk: 0.005, stop, validFor: 3 });
    if (lot < 0.45) return intents.enter({ side, at: 'trigger', price: bar.close + sign * 30, risk: 0.005, stop, validFor: 2 });
    return intents.hold;
  };
}

const compared = {
  decisions: ['time', 'symbol', 'intent', 'outcome', 'reason', 'price', 'stop', 'qty'],
  executions: ['time', 'order', 'symbol', 'cause', 'side', 'qty', 'price', 'reference', 'fee', 'liquidity'],
  trades: ['opened_at', 'closed_at', 'symbol', 'side', 'qty', 'entry_price', 'exit_price', 'net', 'bars', 'exit_reason'],
} as const;

const rowsOf = ({ tables }: Lived, name: keyof typeof compared): Cells[] => {
  const table = tables.find((one) => one.name === name)!;
  return Array.from({ length: table.rows }, (_, row) => Object.fromEntries(compared[name].map((column) => {
    const found = table.columns.find((one) => one.name === column)!;
    if (found.type === 'text') return [column, found.codes[row]! < 0 ? null : found.dictionary[found.codes[row]!]!];
    return [column, Number.isNaN(found.values[row]) ? null : found.values[row]!];
  })));
};
const only = (rows: readonly Cells[], name: keyof typeof compared): Cells[] =>
  rows.map((row) => Object.fromEntries(compared[name].map((column) => [column, row[column]!])));

async function both(markets: readonly SymbolMarket[], seed: number, config: ConfigWish = { cash: 1_000_000 }): Promise<{ readonly live: Lived; readonly executions: number }> {
  const symbols = markets.map(({ instrument }) => instrument.symbol);
  const script = () => scripted({ symbols, warmup, always: busy(seed) }).strategy;
  const past = play({ markets, strategy: script(), config });
  const lived = await live({ markets, strategy: script(), config });

  for (const name of ['decisions', 'executions', 'trades'] as const) expect(rowsOf(lived, name)).toEqual(only(past.rows(name), name));
  expect(lived.state.wallet.balance).toBe(past.state.wallet.balance);
  return { live: lived, executions: past.rows('executions').length };
}

describe('a run over a stepped clock equals the backtest over the same bars', () => {
  it.each([1, 2, 3, 4, 5, 6])('one symbol, 600 bars, seed %i: the same decisions, executions, trades and wallet', async (seed) => {
    const { executions, live: { end } } = await both([marketOf({ bars: walk({ seed, bars: 600 }) })], seed);

    expect(executions).toBeGreaterThan(60);
    expect(end.why).toBe('market-ended');
  });
  it.each([11, 12, 13])('two symbols with marks, seed %i', async (seed) => {
    const one = walk({ seed, bars: 400 });
    const marks = series(one.map((row, i) => (row === null ? null : [row[0] + i % 3, row[1] + 3, row[2], row[3] - i % 5])));
    const two = marketOf({ bars: walk({ seed: seed + 100, bars: 400 }), instrument: linear({ symbol: 'BBBUSDT' }) });

    const { executions } = await both([marketOf({ bars: one, mark: marks }), two], seed);

    expect(executions).toBeGreaterThan(60);
  });
  it('a poll at every second of the market changes nothing', async () => {
    const markets = [marketOf({ bars: walk({ seed: 7, bars: 120 }) })];
    const config = { cash: 1_000_000 };
    const rare = await live({ markets, config, strategy: scripted({ warmup, always: busy(7) }).strategy });
    const often = await live({ markets, config, strategy: scripted({ warmup, always: busy(7) }).strategy, polls: { waiting: 1_000, open: 1_000, flat: 1_000, rules: 86_400_000 } });

    expect(often.connection.told.length).toBeGreaterThan(5 * rare.connection.told.length);
    expect(rowsOf(often, 'executions')).toEqual(rowsOf(rare, 'executions'));
    expect(rowsOf(often, 'decisions')).toEqual(rowsOf(rare, 'decisions'));
  });
});

describe('the start', () => {
  it('feeds 14 of 15 bars of warm-up from history, and the first decision comes with the first streamed bar', async () => {
    const seen: number[] = [];
    const markets = [marketOf({ bars: walk({ seed: 9, bars: 20 }) })];
    const { strategy } = scripted({ warmup, see: ({ time }) => seen.push(time) });

    const { port } = await live({ markets, strategy });

    const kinds = [...port.lines()].map((line) => /"k":"([a-z-]+)"/.exec(line)![1]!);
    expect(kinds.indexOf('restart')).toBe(1 + 14);
    expect(seen[0]).toBe(start + 15 * minute);
    expect(seen).toHaveLength(6);
  });
});

/** Long from the third decision on, and nothing else. */
const longOnce = () => scripted({
  warmup, at: {
    2: ({ bar, intents }) => intents.enter({ side: 'long', notional: 500_000, stop: bar.close - 400 }),
  },
}).strategy;
const config = { cash: 1_000_000 };

describe('the end', () => {
  it('asked to stop, it cancels the entry that stands, leaves position and stop, and says both', async () => {
    const { strategy } = scripted({
      warmup, at: {
        2: ({ bar, intents }) => intents.enter({ side: 'long', notional: 500_000, stop: bar.close - 400 }),
        4: ({ bar, intents }) => intents.add({ at: 'limit', price: bar.close - 300, notional: 100_000, validFor: 100 }),
      },
    });
    const markets = [marketOf({ bars: walk({ seed: 21, bars: 60, stepTicks: 5, gaps: 0 }) })];

    const { end, state, stoodDown, connection } = await live({
      markets, strategy, config, resting: (run, { told }) => { if (told.filter(isBar).length === 8) run.stop(); },
    });

    expect(end.why).toBe('stopped');
    expect(stoodDown).toBe(true);
    expect(state.mode).toMatchObject({ tag: 'reducing', cause: 'operator' });
    const [leg] = end.left!;
    expect([leg!.side, leg!.size, leg!.orders.length]).toEqual([1, '50', 0]);
    expect(leg!.stopLoss).toBe(String(connection.exchange.position(0).slTicks));
    expect(end.status.legs[0]).toMatchObject({ side: 'long', qty: 50, protection: 'armed' });
  });
  it('started again after it stood down by itself, it trades on', async () => {
    const markets = [marketOf({ bars: walk({ seed: 22, bars: 60, stepTicks: 5, gaps: 0 }) })];
    const first = await live({
      markets, strategy: longOnce(), config, resting: (run, { told }) => { if (told.filter(isBar).length === 8) run.stop(); },
    });

    const { end, state } = await live({ markets, strategy: longOnce(), config, port: first.port, connection: first.connection, stoodDown: true });

    expect(end.why).toBe('market-ended');
    expect(state.mode.tag).toBe('trading');
    expect(end.status.legs[0]).toMatchObject({ side: 'long', protection: 'armed' });
  });
  it('started again after an operator had restricted it, it stays restricted', async () => {
    const markets = [marketOf({ bars: walk({ seed: 22, bars: 60, stepTicks: 5, gaps: 0 }) })];
    const first = await live({
      markets, strategy: longOnce(), config, resting: (run, { told }) => { if (told.filter(isBar).length === 8) run.stop(); },
    });

    const { state } = await live({ markets, strategy: longOnce(), config, port: first.port, connection: first.connection });

    expect(state.mode).toMatchObject({ tag: 'reducing', cause: 'operator' });
  });
});

describe('killed', () => {
  it('between two bars with a position, it comes back by its journal, takes the ten bars it missed and keeps the stop', async () => {
    const markets = [marketOf({ bars: walk({ seed: 23, bars: 80, stepTicks: 5, gaps: 0 }) })];
    const port = new MemoryPort();
    let connection: SimulatedConnection | null = null;
    const killed = live({
      markets, strategy: longOnce(), config, port, resting: (_, own) => {
        connection = own;
        if (own.told.filter(isBar).length === 10) throw new Error('killed');
      },
    });
    await expect(killed).rejects.toThrow('killed');
    port.crash(0);
    connection!.resting = () => {};
    for (let bars = 0; bars < 10; bars++) await connection!.rest(connection!.now() + minute);

    const { end, state, port: journal } = await live({ markets, strategy: longOnce(), config, port, connection: connection! });

    const kinds = [...journal.lines()].map((line) => /"k":"([a-z-]+)"/.exec(line)![1]!);
    expect(kinds.slice(kinds.lastIndexOf('restart')).filter((kind) => kind === 'bar-closed').length).toBeGreaterThan(10);
    expect(state.legs[0]!.historyCount).toBe(80);
    expect(end.status.legs[0]).toMatchObject({ side: 'long', qty: 50, protection: 'armed' });
    expect(state.mode.tag).toBe('trading');
  });
});
