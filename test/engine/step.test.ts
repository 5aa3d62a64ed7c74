/** The engine alone: families and stages agree, state is plain and can be taken up again, failures are the strategy's own. */
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { defineStrategy, step, stepThroughAll, StrategyError, z } from '../../engine/index.ts';
import type { AnyStrategy, Approved, Command, EnterCommand, Intent, State } from '../../engine/index.ts';
import { createIndicators, restoreIndicators, snapshotIndicators } from '../../engine/indicators/index.ts';
import { approveReducing } from '../../engine/risk.ts';
import { createViews } from '../../engine/view.ts';
import { chaos } from '../sim/chaos.ts';
import { linear, marketOf, minute, start, walk } from '../sim/market.ts';
import { play } from '../sim/played.ts';
import { scripted } from '../sim/scripted.ts';
import type { AnyScene } from '../sim/scripted.ts';
import { bar, cycle, stepped } from './stepped.ts';
import { stream } from './stream.ts';

const symbols = ['AAAUSDT', 'BBBUSDT'];
const instruments = symbols.map((symbol) => linear({ symbol }));
const config = { cash: 1_000_000, risk: { maxOpenRisk: 1 } } as const;

describe('step', () => {
  it('gives the same commands and notes as every event through every stage, over 60 streams of 400 events', () => {
    let [commands, streams] = [0, 0];
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      streams += 1;
      const strategy = chaos({ seed, symbols });
      const fast = stepped({ strategy, instruments, config });
      const slow = stepped({ strategy, instruments, config, by: stepThroughAll });
      const events = stream(seed, instruments);
      for (let i = 0; i < 400; i++) {
        const event = events.next(fast.state);
        const told = fast.take(event);
        expect(slow.take(event)).toEqual(told);
        commands += told.commands.length;
      }

      expect(plain(slow.state)).toEqual(plain(fast.state));
    }), { numRuns: 60 });
    expect(commands).toBeGreaterThan(33 * streams);
  });

  it('takes an entry back whose amend to 96 the venue refused: at 90 nobody wants it any more', () => {
    const at = (price: number) => ({ intents }: AnyScene): Intent => intents.enter({ side: 'long', at: 'limit', price, qty: 2, stop: 80, validFor: 9 });
    const engine = stepped({ strategy: scripted({ at: { 0: at(90), 1: at(96) } }).strategy, instruments: [linear()] });
    engine.take(bar(linear(), start, [100, 100, 100, 100]));
    engine.take(cycle(start));
    engine.take({ tag: 'order-accepted', at: start, leg: 0, order: 1 });
    engine.take(bar(linear(), start + minute, [100, 100, 100, 100]));

    expect(engine.take(cycle(start + minute)).commands).toMatchObject([{ tag: 'amend', order: 1, priceTicks: 96 }]);
    const failed = engine.take({ tag: 'request-failed', at: start + minute, leg: 0, order: 1, of: 'amend', certainty: 'not-applied', reason: 'refused' });
    expect(failed.commands).toEqual([{ tag: 'cancel', leg: 0, order: 1 }]);
  });

  it('refuses time that runs backwards', () => {
    const engine = stepped({ strategy: chaos({ seed: 1 }), instruments: [linear()] });
    engine.take(cycle(start));

    expect(() => engine.take(cycle(start - 1))).toThrow(/time never runs backwards/);
  });

  it('halted by the operator sends nothing that opens, amends or loosens, over 40 streams', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      const engine = stepped({ strategy: chaos({ seed, symbols }), instruments, config });
      const events = stream(seed, instruments);
      for (let i = 0; i < 150; i++) engine.take(events.next(engine.state));
      engine.take({ tag: 'operator', at: engine.state.now, verb: 'halt' });
      for (let i = 0; i < 150; i++) {
        const event = events.next(engine.state);
        if (event.tag === 'operator') continue;
        for (const command of engine.take(event).commands) expect(['enter', 'amend']).not.toContain(command.tag);
      }
    }), { numRuns: 40 });
  });

  it('never loosens the stop of a position by itself: only a first following fill may move it away', () => {
    let [moves, streams] = [0, 0];
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      streams += 1;
      const engine = stepped({ strategy: chaos({ seed, symbols, mayLoosen: false }), instruments, config });
      const events = stream(seed, instruments);
      for (let i = 0; i < 300; i++) {
        const before = stopsOf(engine.state);
        const event = events.next(engine.state);
        engine.take(event);
        for (const [leg, now] of stopsOf(engine.state).entries()) {
          const then = before[leg]!;
          if (then.position !== now.position || then.trigger === 0 || now.trigger === 0 || now.trigger === then.trigger) continue;
          moves += 1;
          expect(now.side * (now.trigger - then.trigger)).toBeGreaterThan(0);
        }
      }
    }), { numRuns: 60 });
    expect(moves).toBeGreaterThan(streams);
  });
});

interface StopSeen { readonly position: unknown; readonly side: number; readonly trigger: number }
const stopsOf = (state: State): StopSeen[] => state.legs.map(({ position }) => ({
  position, side: position.tag === 'open' ? position.side : 0,
  trigger: position.tag === 'open' && 'trigger' in position.protection && position.protection.tag !== 'breached' ? position.protection.trigger : 0,
}));

/** A snapshot: everything but the setup and the views, which are made again. */
function plain(state: State): unknown {
  const { setup: _setup, views: _views, legs, ...rest } = state;
  return structuredClone({ ...rest, legs: legs.map(({ indicators, ...leg }) => ({ ...leg, indicators: snapshotIndicators(indicators) })) });
}

/** A state made again from its snapshot. */
function restored(state: State): State {
  const { legs, ...rest } = plain(state) as { legs: (Omit<State['legs'][number], 'indicators'> & { indicators: ReturnType<typeof snapshotIndicators> })[] };
  const again = {
    ...rest, setup: state.setup,
    legs: legs.map(({ indicators, ...leg }) => {
      const fresh = createIndicators(state.setup.plan, state.setup.instruments[leg.symbol]!.tick);
      restoreIndicators(fresh, indicators);
      return { ...leg, indicators: fresh };
    }),
  } as unknown as State;
  again.views = createViews(again);
  // What waits for a cycle shows its own bar; the shell's reused record is not part of a snapshot.
  for (const [i, leg] of again.legs.entries()) again.views.scenes[i]!.bar = leg.decisionBar;
  return again;
}

describe('state', () => {
  it('taken as a plain copy between any two events goes on with the same commands and notes', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 50, max: 250 }), (seed, cut) => {
      const strategy = chaos({ seed, symbols });
      const engine = stepped({ strategy, instruments, config });
      const events = stream(seed, instruments);
      for (let i = 0; i < cut; i++) engine.take(events.next(engine.state));
      const copy = restored(engine.state);
      for (let i = 0; i < 120; i++) {
        const event = events.next(engine.state);
        const told = engine.take(event);
        const out = { commands: [] as Approved[], notes: [] };
        step(copy, event, out);

        expect(out).toEqual(told);
      }
    }), { numRuns: 40 });
  });
});

describe('commands', () => {
  it('are approved by the risk review only: no other command is assignable to Approved', () => {
    const cancel = { tag: 'cancel', leg: 0, order: 1 } as const;

    expectTypeOf<Command>().not.toExtend<Approved>();
    expectTypeOf<EnterCommand>().not.toExtend<Approved>();
    expectTypeOf(cancel).not.toExtend<Approved>();
    expectTypeOf(approveReducing(cancel)).toExtend<Approved>();
    // @ts-expect-error an entry is never a command that only reduces risk
    expect(approveReducing({ tag: 'enter' })).toEqual({ tag: 'enter' });
  });
});

describe('a strategy that fails', () => {
  const strategyOf = (decide: (n: number) => unknown, memory: () => object = () => ({})): AnyStrategy => {
    let n = 0;
    return defineStrategy({
      name: 'failing', symbols: ['AAAUSDT'], timeframe: '1m', params: z.object({}), indicators: () => ({}), memory: memory as () => Record<string, never>,
      decide: () => decide(n++) as Intent,
    }) as unknown as AnyStrategy;
  };
  const textAlone: unknown = 'a text';
  const market = marketOf({ bars: walk({ seed: 5, bars: 20 }) });
  const failureOf = (strategy: AnyStrategy): Error => {
    try {
      play({ markets: [market], strategy });
    } catch (error) {
      return error as Error;
    }
    throw new Error('did not fail');
  };

  it('by a throw stops the run with a StrategyError that has the strategy\'s own stack and names the symbol', () => {
    const error = failureOf(strategyOf(function ofMine(): never { throw new RangeError('no such level'); }));

    expect(error).toBeInstanceOf(StrategyError);
    expect(error.message).toBe('AAAUSDT: no such level');
    expect(error.stack).toMatch(/ofMine/);
  });

  it.each([
    ['nothing', undefined], ['a text', 'buy'], ['an object that looks like an intent', { want: { tag: 'hold' } }], ['a number', Number.NaN], ['null', null],
  ])('by returning %s is refused', (_, garbage) => {
    expect(failureOf(strategyOf(() => garbage))).toBeInstanceOf(StrategyError);
  });

  it('by throwing something that is no error names it', () => {
    expect(failureOf(strategyOf(() => { throw textAlone; })).message).toMatch(/a text/);
  });

  it('by NaN in an intent points at the line that made it', () => {
    const strategy = defineStrategy({
      name: 'nan', symbols: ['AAAUSDT'], timeframe: '1m', params: z.object({}), indicators: () => ({}),
      decide: function withNan({ intents }) { return intents.enter({ side: 'long', qty: Number.NaN, stop: 90 }); },
    }) as unknown as AnyStrategy;
    const error = failureOf(strategy);

    expect(error).toBeInstanceOf(StrategyError);
    expect(error.message).toMatch(/enter\.qty must be finite, was NaN/);
    expect(error.stack).toMatch(/withNan/);
  });

  it('by a Map in memory is told the path, at the end of the run at the latest', () => {
    const held: Record<string, unknown> = { levels: new Map() };

    expect(failureOf(strategyOf(() => 0, () => held)).message).toMatch(/memory\.levels must be plain JSON, was a Map/);
    const late = defineStrategy({
      name: 'late', symbols: ['AAAUSDT'], timeframe: '1m', params: z.object({}), indicators: () => ({}), memory: () => ({ levels: [] as number[] }),
      decide({ memory, intents }) {
        (memory as { levels: unknown }).levels = new Map();
        return intents.hold;
      },
    }) as unknown as AnyStrategy;
    const error = failureOf(late);
    expect(error).toBeInstanceOf(StrategyError);
    expect(error.message).toMatch(/memory\.levels must be plain JSON, was a Map/);
  });

  it.each([
    ['indicators', { indicators: (): never => { throw new TypeError('no kernel'); } }],
    ['memory', { memory: (): never => { throw new TypeError('no kernel'); } }],
  ])('before the first bar, in %s, is a StrategyError with its stack', (_, own) => {
    const strategy = defineStrategy({
      name: 'early', symbols: ['AAAUSDT'], timeframe: '1m', params: z.object({}), indicators: () => ({}), decide: ({ intents }) => intents.hold, ...own,
    }) as unknown as AnyStrategy;
    const error = failureOf(strategy);

    expect(error).toBeInstanceOf(StrategyError);
    expect(error.message).toMatch(/no kernel/);
    expect(error.stack).toMatch(/step\.test/);
  });

  it('halts the engine with its words as evidence; protection goes on', () => {
    const engine = stepped({ strategy: strategyOf(() => { throw new Error('out of ideas'); }), instruments: [linear()] });
    engine.take(bar(linear(), start, [100, 100, 100, 100]));
    const { commands } = engine.take(cycle(start));

    expect(engine.state.mode).toMatchObject({ tag: 'halted', cause: 'strategy-failed', evidence: 'AAAUSDT: out of ideas' });
    expect(commands).toMatchObject([{ tag: 'notify', severity: 'alarm', cause: 'strategy-failed' }]);
  });
});
