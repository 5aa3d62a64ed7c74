/** A journal told again gives the tables that were recorded while it was written. */
import { describe, expect, it } from 'vitest';
import { retell } from '../../cli/brain/retell.ts';
import { MemoryPort, runConfig, setupOf } from '../../engine/index.ts';
import type { AnyStrategy, Setup } from '../../engine/index.ts';
import { identity, live } from '../live/lived.ts';
import { linear, marketOf, minute, start, walk } from '../sim/market.ts';
import { scripted } from '../sim/scripted.ts';

const strategy = () => scripted({
  warmup: 5, always: ({ position, bar, intents }, n) => {
    if (position.tag === 'open') return n % 7 === 0 ? intents.exit('seventh') : intents.hold;
    return n % 5 === 0 ? intents.enter({ side: 'long', notional: 300_000, stop: bar.close - 120 }) : intents.hold;
  },
}).strategy;

const setupFor = (own: AnyStrategy): Setup =>
  setupOf({ strategy: own, params: {}, config: runConfig.parse({ cash: 1_000_000 }), instruments: [linear()], baseMs: minute });

describe('a journal told again', () => {
  it('decides the same 200 bars, and its decisions, orders, executions, trades and stops are those of the run', async () => {
    const lived = await live({ markets: [marketOf({ bars: walk({ seed: 31, bars: 204 }) })], strategy: strategy(), config: { cash: 1_000_000 } });

    const setup = setupFor(strategy());
    const retold = retell({ setup, port: lived.port, identity });

    expect(retold).toMatchObject({ cut: 0, unsent: 0, from: start, to: lived.state.now, bars: 204, restarts: 1, decisions: 200, equityStart: 1_000_000 });
    expect(retold.to).toBeGreaterThanOrEqual(start + 204 * minute);
    for (const name of ['decisions', 'orders', 'executions', 'stops']) {
      const table = retold.tables.find((one) => one.name === name)!;
      expect(table.rows).toBeGreaterThan(5);
      expect(table).toEqual(lived.tables.find((one) => one.name === name));
    }
    expect(retold.trades).toBe(lived.tables.find(({ name }) => name === 'trades')!.rows);
    expect(retold.equityEnd).toBe(lived.state.equity);
  });
  it('another strategy is found out at its first decision', async () => {
    const lived = await live({ markets: [marketOf({ bars: walk({ seed: 32, bars: 60 }) })], strategy: strategy(), config: { cash: 1_000_000 } });
    const setup = setupFor(scripted({ warmup: 5 }).strategy);

    expect(() => retell({ setup, port: lived.port, identity })).toThrow('differs');
  });
  it('an empty journal tells nothing', () => {
    const setup = setupFor(strategy());

    expect(retell({ setup, port: new MemoryPort(), identity })).toMatchObject({ events: 0, bars: 0, decisions: 0 });
  });
});
