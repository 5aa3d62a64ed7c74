/** When a strategy is asked, what its answers become, what is counted and what is stored. The engine alone. */
import { describe, expect, it } from 'vitest';
import { defineStrategy, z } from '../../engine/index.ts';
import type { AnyStrategy, Intent, Note } from '../../engine/index.ts';
import { linear, minute, start } from '../sim/market.ts';
import { scripted, scriptedTogether } from '../sim/scripted.ts';
import type { AnyScene } from '../sim/scripted.ts';
import { engineOf, enter, heldEngine, long, outcome } from './closing.ts';
import type { At } from './closing.ts';
import { bar, cycle, execution, stepped } from './stepped.ts';
import type { Stepped } from './stepped.ts';

const symbols = ['AAAUSDT', 'BBBUSDT'];
const instruments = symbols.map((symbol) => linear({ symbol }));

describe('a decision', () => {
  it('is asked for at a closed cycle, once a bar, and not before the warm-up is over', () => {
    let asked = 0;
    const { strategy } = scripted({ warmup: 3, always: ({ intents }) => { asked += 1; return intents.hold; } });
    const engine = stepped({ strategy, instruments: [linear()] });
    const counts = [0, 1, 2, 3].map((i) => {
      engine.take(bar(linear(), start + i * minute, [100, 100, 100, 100]));
      engine.take(cycle(start + i * minute));
      engine.take(cycle(start + i * minute)); // no further bar is due
      return [asked, engine.state.legs[0]!.decisions, engine.state.decisionSequence];
    });

    expect(counts).toEqual([[0, 0, 0], [0, 0, 0], [1, 1, 1], [2, 2, 2]]);
  });

  it('names the symbol under way for a watcher', () => {
    const traced: number[] = [];
    const watch: { state?: Stepped['state'] } = {};
    const { strategy } = scripted({ symbols, always: ({ intents }) => { traced.push(watch.state!.trace[0]!); return intents.hold; } });
    const engine = stepped({ strategy, instruments });
    watch.state = engine.state;
    for (const symbol of [0, 1]) engine.take(bar(linear(), start, [100, 100, 100, 100], symbol));
    engine.take(cycle(start));

    expect(traced).toEqual([0, 1]);
  });

  it('is not asked for while halted or recovering, though the count of decisions goes on and a due entry ends', () => {
    let asked = 0;
    const count: At[number] = ({ intents }) => { asked += 1; return intents.hold; };
    const engine = engineOf({ 0: enter({ ...long, at: 'limit', price: 95, validFor: 2 }), 1: count, 2: count });
    engine.close();
    engine.take({ tag: 'order-accepted', at: start, leg: 0, order: 1 });
    engine.state.mode = { tag: 'recovering', cause: 'reconnect', missing: [0], since: start };

    expect(engine.close().commands).toEqual([]);
    expect(engine.close().commands).toEqual([{ tag: 'cancel', leg: 0, order: 1 }]);
    engine.state.mode = { tag: 'halted', cause: 'operator', evidence: '', since: start };
    engine.close();
    expect([asked, engine.state.legs[0]!.decisions]).toEqual([0, 4]);
  });

  it('is asked for in a cooldown and while reducing: an exit goes, an entry does not', () => {
    for (const mode of [{ tag: 'cooldown', until: start + 99 * minute, cause: 'daily-loss', evidence: '', since: start }, { tag: 'reducing', cause: 'operator', evidence: '', since: start }] as const) {
      const engine = heldEngine({ 1: ({ intents }) => intents.add({ qty: 1 }), 2: ({ intents }) => intents.exit('out') });
      engine.state.mode = mode;

      expect(outcome(engine.close())).toEqual([['refused', mode.tag]]);
      expect(engine.close().commands).toMatchObject([{ tag: 'reduce', lots: 4 }]);
    }
  });

  it('shows the closed trades of its leg once', () => {
    const seen: number[] = [];
    const engine = heldEngine({ 1: ({ closed, intents }) => { seen.push(closed.length); return intents.hold; }, 2: ({ closed, intents }) => { seen.push(closed.length); return intents.moveStop(1); } });
    engine.take({ ...execution(linear(), { at: start, id: 2, side: -1, lots: 4, priceTicks: 90 }), cause: 'stop' });
    engine.close();
    engine.state.legs[0]!.closed = [{ side: 'long', net: 1, r: null, reason: '', openedAt: 0, closedAt: 0 }];
    engine.close();

    expect(seen).toEqual([1, 1]);
    expect(engine.state.legs[0]!.closed).toEqual([]);
  });

  it('of a position counts its bars and moves its stop to break even at the close', () => {
    const engine = engineOf({ 0: enter({ ...long, breakEvenAt: 1 }) });
    engine.close();
    engine.take(execution(linear(), { at: start, id: 1, side: 1, lots: 4, priceTicks: 100, order: 1 }));
    engine.take({ tag: 'stop-set', at: start, leg: 0, triggerTicks: 90, by: 'mark', trailTicks: 0 });
    engine.close();

    // A lot risks 10.19; 111 is the first close that is 1 R up: 100, both fees and a whole tick are 101.
    expect(engine.state.legs[0]!.position).toMatchObject({ barsHeld: 1 });
    expect(engine.close(110).commands).toEqual([]);
    expect(engine.close(111).commands).toMatchObject([{ tag: 'set-stop', triggerTicks: 101 }]);
    expect(engine.state.legs[0]!.position).toMatchObject({ barsHeld: 3, breakEvenAt: 0 });
  });

  it('gets its memory, also one that was replaced', () => {
    const seen: unknown[] = [];
    const strategy = defineStrategy({
      name: 'm', symbols: ['AAAUSDT'], timeframe: '1m', params: z.object({ n: z.number().default(7) }), indicators: () => ({}), memory: () => ({ at: 0 }),
      decide({ memory, intents }, { n }) { seen.push([memory.at, n]); memory.at += 1; return intents.hold; },
    }) as unknown as AnyStrategy;
    const engine = stepped({ strategy, instruments: [linear()] });
    const close = (i: number): void => { engine.take(bar(linear(), start + i * minute, [100, 100, 100, 100])); engine.take(cycle(start + i * minute)); };
    close(0);
    close(1);
    engine.state.legs[0]!.memory = { at: 50 };
    close(2);

    expect(seen).toEqual([[0, 7], [1, 7], [50, 7]]);
  });
});

describe('an entry whose last bar closed', () => {
  it('ends also when the decision wants something else', () => {
    const engine = heldEngine({ 1: ({ intents }) => intents.add({ qty: 1, at: 'limit', price: 95 }), 2: ({ intents }) => intents.moveStop(95) });
    engine.close();
    engine.take({ tag: 'order-accepted', at: start + minute, leg: 0, order: 2 });

    expect(engine.close().commands).toMatchObject([{ tag: 'set-stop', triggerTicks: 95 }, { tag: 'cancel', order: 2 }]);
  });

  it('of a leg without a bar waits for the next one', () => {
    const engine = stepped({
      strategy: scriptedTogether(symbols, ({ at }, n): Record<string, Intent> => (n === 0
        ? { BBBUSDT: at('BBBUSDT')!.intents.enter({ side: 'long', at: 'limit', price: 95, qty: 1, stop: 90, validFor: 1 }) } : {})),
      instruments,
    });
    for (const symbol of [0, 1]) engine.take(bar(linear(), start, [100, 100, 100, 100], symbol));
    engine.take(cycle(start));
    engine.state.legs[1]!.decisions = 2; // its time is over, were it asked
    engine.take(bar(linear(), start + minute, [100, 100, 100, 100], 0));

    expect(engine.take(cycle(start + minute, [1])).commands).toEqual([]);
  });
});

describe('what became of a want', () => {
  const add: At[number] = ({ intents }) => intents.add({ qty: 1 });
  const looser: At[number] = ({ intents }) => intents.moveStop(80);

  it('is stored with its time, its leg and its numbers', () => {
    const engine = engineOf({ 0: enter({ ...long, reason: 'why' }) });

    expect(engine.close().notes).toEqual([
      { tag: 'decision', at: start, leg: 0, intent: 'enter', outcome: 'accepted', reason: 'why', inputs: '', priceTicks: 100, stopTicks: 90, lots: 4 },
    ]);
  });

  it('held is counted each time and stored once in a row; another reason, or something accepted between, stores it again', () => {
    const accepted: At[number] = ({ intents }) => intents.moveStop(91);
    const engine = heldEngine({ 1: looser, 2: looser, 3: enter(long), 4: looser, 5: accepted, 6: looser });

    const stored = [1, 2, 3, 4, 5, 6].map(() => outcome(engine.close()));
    expect(stored).toEqual([[['changed', 'looser']], [], [['changed', 'already-in']], [['changed', 'looser']], [['accepted', '']], [['changed', 'looser']]]);
    expect(engine.state.refusals).toEqual({ looser: 4, 'already-in': 1 });
  });

  it('refused is stored each time, and does not forget what was held before', () => {
    const refusedOnce = enter({ side: 'short', qty: 1, stop: 110 });
    const engine = heldEngine({ 1: refusedOnce, 2: refusedOnce, 3: looser, 4: refusedOnce, 5: looser });

    const stored = [1, 2, 3, 4, 5].map(() => outcome(engine.close()));
    expect(stored).toEqual([[['refused', 'use-reverse']], [['refused', 'use-reverse']], [['changed', 'looser']], [['refused', 'use-reverse']], []]);
  });

  it('changed and said again is stored, though it was the same reason', () => {
    const trimmed = engineOf({ 0: ({ intents }) => intents.rest([{ key: 'b', side: 'buy', price: 95, qty: 1 }, { key: 'c', side: 'buy', price: 95, qty: 9_999 }], { long: 90 }),
      1: ({ intents }) => intents.rest([{ key: 'd', side: 'buy', price: 95, qty: 1 }, { key: 'c', side: 'buy', price: 95, qty: 9_999 }], { long: 90 }) });

    expect([outcome(trimmed.close()), outcome(trimmed.close())]).toEqual([[['changed', 'exposure-limit']], [['changed', 'exposure-limit']]]);
  });

  it('of several wants at once is that of each, in their order', () => {
    const engine = heldEngine({ 1: ({ intents }) => intents.all(intents.moveStop(95), intents.setTargets([{ price: 110, fraction: 1 }]), add({ intents } as AnyScene)) });
    const told = engine.close();

    expect(told.commands).toMatchObject([{ tag: 'set-stop', triggerTicks: 95 }, { tag: 'reduce', priceTicks: 110, lots: 4 }, { tag: 'enter', stopTicks: 95 }]);
    expect(told.notes.flatMap((note: Note) => (note.tag === 'decision' ? [note.intent] : []))).toEqual(['move-stop', 'set-targets', 'add']);
  });
});

describe('an entry taken back', () => {
  const cancel: At[number] = ({ intents }) => intents.cancelEntry;

  it('of none is not even counted', () => {
    const engine = engineOf({ 0: cancel });
    engine.close();

    expect(engine.state.refusals).toEqual({});
  });

  it('is cancelled; of none there is nothing to say', () => {
    const engine = engineOf({ 0: cancel, 1: enter({ ...long, at: 'limit', price: 95, validFor: 9 }), 2: cancel, 3: cancel });

    expect(engine.close()).toEqual({ commands: [], notes: [] });
    engine.close();
    engine.take({ tag: 'order-accepted', at: start + minute, leg: 0, order: 1 });
    const told = engine.close();
    expect(told.commands).toEqual([{ tag: 'cancel', leg: 0, order: 1 }]);
    expect(outcome(told)).toEqual([['accepted', '']]);
    expect(engine.close().commands).toEqual([]);
  });

  it('is not only the standing one: what waits to replace it is forgotten', () => {
    const engine = engineOf({ 0: enter({ ...long, at: 'limit', price: 95, validFor: 9 }), 1: enter({ ...long, qty: 5, at: 'limit', price: 95, validFor: 9 }), 2: cancel });
    engine.close();
    engine.take({ tag: 'order-accepted', at: start, leg: 0, order: 1 });
    engine.close();
    engine.close();

    expect(engine.state.legs[0]!.staged).toBeNull();
    expect(engine.take({ tag: 'order-cancelled', at: start + 2 * minute, leg: 0, order: 1, cause: 'requested', filled: 0 }).commands).toEqual([]);
  });

  it('leaves targets and resting orders alone', () => {
    const engine = heldEngine({ 1: ({ intents }) => intents.setTargets([{ price: 110, fraction: 1 }]), 2: ({ intents }) => intents.add({ qty: 1, at: 'limit', price: 95, validFor: 9 }), 3: cancel });
    engine.close();
    engine.close();

    expect(engine.close().commands).toEqual([{ tag: 'cancel', leg: 0, order: 3 }]);
  });
});

describe('a decision of all symbols at once', () => {
  const closeBoth = (engine: Stepped, i: number, ...which: readonly number[]): ReturnType<Stepped['take']> => {
    for (const symbol of which) engine.take(bar(linear(), start + i * minute, [100, 100, 100, 100], symbol));
    return engine.take(cycle(start + i * minute));
  };
  type Together = Parameters<typeof scriptedTogether>[1];
  const engineWith = (decide: Together): Stepped => stepped({ strategy: scriptedTogether(symbols, decide), instruments });
  const buying = (at: Parameters<Together>[0]['at'], symbol: string): Intent => at(symbol)!.intents.enter({ side: 'long', qty: 1, stop: 90 });

  it('acts leg by leg in the strategy\'s order, whatever the order of the answer', () => {
    const engine = engineWith(({ at }) => ({ BBBUSDT: buying(at, 'BBBUSDT'), AAAUSDT: buying(at, 'AAAUSDT') }));

    expect(closeBoth(engine, 0, 0, 1).commands).toMatchObject([{ tag: 'enter', leg: 0 }, { tag: 'enter', leg: 1 }]);
    expect(engine.state.legs.map((leg) => [leg.decisions, leg.isDue])).toEqual([[1, false], [1, false]]);
  });

  it('is asked for when one bar is in, and then acts on that leg only', () => {
    const seen: unknown[] = [];
    const engine = engineWith(({ at, time }, n) => {
      seen.push([time, at('AAAUSDT') === null, at('BBBUSDT') === null]);
      return n === 0 ? { AAAUSDT: at('BBBUSDT')!.intents.enter({ side: 'long', qty: 1, stop: 90 }), BBBUSDT: buying(at, 'BBBUSDT') } : {};
    });

    expect(closeBoth(engine, 0, 1).commands).toMatchObject([{ tag: 'enter', leg: 1 }]);
    expect(closeBoth(engine, 1)).toEqual({ commands: [], notes: [] });
    closeBoth(engine, 2, 0);
    expect(seen).toEqual([[start, true, false], [start + 2 * minute, false, true]]);
  });

  it('a leg that is not warm is not shown', () => {
    const seen: unknown[] = [];
    const strategy = defineStrategy({
      name: 't', symbols, timeframe: '1m', params: z.object({}), warmup: 2, indicators: () => ({}),
      decideCycle: ({ at }) => { seen.push(symbols.filter((symbol) => at(symbol) !== null)); return {}; },
    }) as unknown as AnyStrategy;
    const engine = stepped({ strategy, instruments });
    closeBoth(engine, 0, 0);
    closeBoth(engine, 1, 0, 1);
    closeBoth(engine, 2, 0, 1);

    expect(seen).toEqual([['AAAUSDT'], symbols]);
  });

  it('gets one memory, also after it was replaced', () => {
    const seen: unknown[] = [];
    const strategy = defineStrategy({
      name: 't', symbols, timeframe: '1m', params: z.object({}), indicators: () => ({}), memory: () => ({ n: 0 }),
      decideCycle: ({ memory }) => { seen.push(memory.n); memory.n += 1; return {}; },
    }) as unknown as AnyStrategy;
    const engine = stepped({ strategy, instruments });
    closeBoth(engine, 0, 0, 1);
    closeBoth(engine, 1, 0, 1);
    engine.state.memory = { n: 40 };
    closeBoth(engine, 2, 0, 1);

    expect(seen).toEqual([0, 1, 40]);
  });

  it.each<[string, Together, string]>([
    ['nothing', () => undefined as never, 'decideCycle must return an object of intents by symbol, was undefined'],
    ['null', () => null as never, 'decideCycle must return an object of intents by symbol, was null'],
    ['a text', () => 'hold' as never, "decideCycle must return an object of intents by symbol, was 'hold'"],
    ['a promise', async () => ({}) as never, 'decideCycle must return an object of intents by symbol, was a promise; only what is not async can be decided'],
    ['a Map', () => new Map() as never, 'decideCycle must return an object of intents by symbol, was a Map'],
    ['an unknown symbol', ({ at }) => ({ CCCUSDT: at('AAAUSDT')!.intents.hold }), "decideCycle answered for 'CCCUSDT', which the strategy does not trade"],
    ['garbage for a symbol', () => ({ BBBUSDT: 5 as unknown as Intent }), 'decision must be made by intents, was 5'],
    ['a look at a symbol it does not trade', ({ at }) => { at('CCCUSDT'); return {}; }, "at('CCCUSDT'): the strategy trades AAAUSDT, BBBUSDT"],
  ])('by answering with %s halts before any leg acts', (_, decide, message) => {
    const engine = engineWith(decide);
    const { commands } = closeBoth(engine, 0, 0, 1);

    expect(commands).toMatchObject([{ tag: 'notify', severity: 'alarm', cause: 'strategy-failed', text: `AAAUSDT: ${message}` }]);
    expect(engine.state.failure).toMatchObject({ symbol: 'AAAUSDT', at: start, message });
    expect(engine.state.mode).toMatchObject({ tag: 'halted', cause: 'strategy-failed' });
  });

  it('keeps a resting set through an answer that leaves the symbol out', () => {
    const engine = engineWith(({ at }, n): Record<string, Intent> => (n === 0
      ? { AAAUSDT: at('AAAUSDT')!.intents.rest([{ key: 'b', side: 'buy', price: 95, qty: 1 }], { long: 90 }) } : {}));
    closeBoth(engine, 0, 0, 1);
    engine.take({ tag: 'order-cancelled', at: start, leg: 0, order: 1, cause: 'venue', filled: 0 });

    expect(closeBoth(engine, 1, 0, 1).commands).toMatchObject([{ tag: 'enter', leg: 0, priceTicks: 95 }]);
  });
});

describe('a decision that fails', () => {
  it('keeps what was thrown, its stack, and the symbol and time of it', () => {
    const engine = engineOf({ 0: function ofMine(): never { throw new RangeError('no level'); } });
    engine.close();

    expect(engine.state.failure).toMatchObject({ symbol: 'AAAUSDT', at: start, message: 'no level' });
    expect(engine.state.failure!.stack).toMatch(/ofMine/);
  });

  it('with something that is no error has no stack', () => {
    const textAlone: unknown = 'a text';
    const engine = engineOf({ 0: (): never => { throw textAlone; } });
    engine.close();

    expect(engine.state.failure).toEqual({ symbol: 'AAAUSDT', at: start, message: 'threw a text', stack: '' });
  });

  it('with an error without a stack has none either', () => {
    const engine = engineOf({ 0: (): never => { throw Object.assign(new Error('bare'), { stack: undefined }); } });
    engine.close();

    expect(engine.state.failure).toMatchObject({ message: 'bare', stack: '' });
  });
});
