/** A stretch of bars in one call: what ends it, and that it leaves the state that the same bars leave one by one. */
import { describe, expect, it } from 'vitest';
import { createState, fillBar, runConfig, setupOf, stepBar, stepCycle, takesStretches, takeStretch } from '../../engine/index.ts';
import type { BarClosed, BarColumns, Direction, Instrument, Out, State, StretchRoom, Watch } from '../../engine/index.ts';
import { inverse, linear, minute, series, start, walk } from '../sim/market.ts';
import type { Row } from '../sim/market.ts';
import { scripted, scriptedTogether } from '../sim/scripted.ts';
import type { Script } from '../sim/scripted.ts';
import { execution } from './stepped.ts';

const blank = (): BarClosed => ({
  tag: 'bar-closed', at: 0, symbol: 9, openedAt: 0, closedAt: 0, open: 0.5, high: 0.5, low: 0.5, close: 0.5, volume: 0.5,
  openTicks: 0, highTicks: 0, lowTicks: 0, closeTicks: 0,
});

class Lone {
  readonly state: State;
  readonly room: StretchRoom;
  readonly out: Out = { commands: [], notes: [] };
  constructor(rows: readonly Row[], script: Script = {}, { instrument = linear(), watch = null, cash = 1_000 }: { instrument?: Instrument; watch?: Watch | null; cash?: number } = {}) {
    const setup = setupOf({ strategy: scripted(script).strategy, params: {}, config: runConfig.parse({ cash }), instruments: [instrument], baseMs: minute });
    this.state = createState(setup);
    this.room = {
      series: series(rows), bar: blank(), equities: new Float64Array(rows.length), watch,
      corridor: { below: 0, above: 1e9, until: Number.POSITIVE_INFINITY }, reply: () => false,
    };
  }
  take(from = 0, to = this.room.series.openedAt.length, before = 0): number {
    return takeStretch(this.state, this.room, from, to, before, this.out);
  }
  oneByOne(): void {
    const { series: columns, bar } = this.room;
    bar.symbol = 0;
    for (let i = 0; i < columns.openedAt.length; i++) {
      fillBar(bar, columns, i, this.state.setup.instruments[0]!.tick);
      stepBar(this.state, bar, this.out);
      stepCycle(this.state, { tag: 'cycle-closed', at: bar.at, missing: [] }, this.out);
      this.room.equities[i] = this.state.equity;
    }
  }
  /** Puts a position on, with its stop held by the venue unless told otherwise. */
  hold(side: Direction, lots: number, priceTicks: number): void {
    const { state, out } = this;
    const leg = state.legs[0]!;
    leg.book.lastTicks = priceTicks;
    leg.book.markTicks = priceTicks;
    state.now = start;
    const { value, fee, at } = execution(state.setup.instruments[0]!, { at: start, id: 1, side, lots, priceTicks });
    leg.position = {
      tag: 'open', side, openedAt: at, tradedAt: at, adopted: false, lots, cost: value, costNumber: Number(value) / state.setup.instruments[0]!.moneyUnits, entryTicks: priceTicks, barsHeld: 0,
      leaving: '', protection: { tag: 'armed', trigger: 1, by: 'mark', since: at }, stopBy: 'mark', wantedStop: 1, bareAt: 0, protectBy: 0, isOverdue: false, bareLots: 0, bareTradedAt: 0, suspectAt: 0, plannedLots: lots, exitAt: 0,
      exitAttempts: 0, rung: 'market', isHalfStopped: false, isSuspectAsked: false, trailFromTicks: 0, areTargetsDue: false, trailTicks: 0, trailAt: 0, breakEvenAt: 0, targets: [],
      trade: {
        realised: 0n, fees: fee, funding: 0n, entryLots: lots, entryTickLots: lots * priceTicks, exitLots: 0, exitTickLots: 0, slippage: 0, risk: 0,
        entryReason: '', exitReason: '', highTicks: priceTicks, lowTicks: priceTicks,
      },
    };
    out.commands.length = 0;
    out.notes.length = 0;
  }
}

const plain = ({ state: { setup: _setup, views: _views, ...rest }, room }: Lone): unknown =>
  ({ state: structuredClone({ ...rest, legs: rest.legs.map(({ indicators, ...leg }) => ({ ...leg, values: indicators.values, arena: indicators.arena })) }), equities: [...room.equities] });
const rising: Row[] = [100, 101, 102, 103, 104].map((ticks) => [ticks, ticks + 2, ticks - 1, ticks + 1]);

describe('a stretch', () => {
  it.each([['linear', linear({ tick: '0.5' }), 1], ['linear short', linear(), -1], ['inverse', inverse(), 1], ['inverse short', inverse(), -1]] as const)(
    '%s: leaves the state, the indicators and the equities that 200 bars leave one by one, flat and in a position', (_, instrument, side) => {
      const script: Script = { warmup: 3, indicators: (on) => ({ a: on('1m').sma(5), b: on('1m').atr(3) }) };
      for (const isOpen of [false, true]) {
        const rows = walk({ seed: 5, bars: 200, gaps: 0.05 });
        const [many, single] = [new Lone(rows, script, { instrument, cash: 10_000 }), new Lone(rows, script, { instrument, cash: 10_000 })];
        if (isOpen) for (const one of [many, single]) {
          one.hold(side, 2, 10_000);
          // No stop that could be through, and a mark three ticks off.
          one.state.legs[0]!.position = { ...(one.state.legs[0]!.position as object), protection: { tag: 'waived', since: start } } as never;
          one.state.legs[0]!.book.basisTicks = 3;
        }

        expect(many.take()).toBe(200);
        single.oneByOne();

        expect(plain(many)).toEqual(plain(single));
      }
    });

  it('hands the decision the same bar object each time, filled with this bar, and counts two events a bar', () => {
    const lone = new Lone(rising, { see: ({ bar, time, symbol }) => [symbol, time, bar.openedAt, bar.closedAt, bar.open, bar.high, bar.low, bar.close, bar.volume] }, { instrument: linear({ tick: '0.5' }) });

    expect(lone.take()).toBe(5);
    expect(lone.state.sequence).toBe(10);
    expect(lone.state.now).toBe(start + 5 * minute);
    expect(lone.room.bar).toMatchObject({
      at: start + 5 * minute, symbol: 0, openedAt: start + 4 * minute, closedAt: start + 5 * minute, open: 52, high: 53, low: 51.5, close: 52.5, volume: 1_000_000,
      openTicks: 104, highTicks: 106, lowTicks: 103, closeTicks: 105,
    });
    expect(lone.state.legs[0]!.book).toMatchObject({ lastTicks: 105, markTicks: 105, lastAt: start + 5 * minute });
  });

  it('ends before the bar that touches a wall of the corridor, or closes after its time', () => {
    const taken = (corridor: Partial<StretchRoom['corridor']>): number => {
      const lone = new Lone(rising);
      Object.assign(lone.room.corridor, corridor);
      return lone.take();
    };

    // Highs 102..106, lows 99..103, closes after 1..5 minutes.
    expect([taken({ above: 104 }), taken({ above: 104.5 }), taken({ above: 102 })]).toEqual([2, 3, 0]);
    expect([taken({ below: 98.9 }), taken({ below: 99 }), taken({ below: 100 })]).toEqual([5, 0, 0]);
    expect([taken({ until: start + 3 * minute }), taken({ until: start + 3 * minute - 1 })]).toEqual([3, 2]);
  });

  it('ends before a bar without volume, and takes no more than asked', () => {
    const lone = new Lone([...rising.slice(0, 3), [100, 100, 100, 100, 0], [100, 100, 100, 100]]);

    expect(lone.take(0, 2)).toBe(2);
    expect(lone.take(2, 5)).toBe(1);
    expect(lone.take(3, 5)).toBe(0);
    expect(lone.take(4, 5)).toBe(1);
    expect(lone.take(5, 5)).toBe(0);
  });

  it('ends with the bar whose decision wants something, that bar included', () => {
    const lone = new Lone(rising, { at: { 2: ({ intents }) => intents.enter({ side: 'long', qty: 1, stop: 90 }) } });

    expect(lone.take()).toBe(3);
    expect(lone.out.commands).toHaveLength(1);
  });

  it('goes on with what the shell answers on the spot, in the corridor that the answer leaves, and ends where it cannot', () => {
    const replied: unknown[] = [];
    const lone = new Lone(rising, { always: ({ intents, bar }) => intents.moveStop(bar.close - 9) });
    lone.hold(1, 2, 100);
    const reply = (next: number): boolean => {
      replied.push([next, lone.out.commands.map((command) => (command as { triggerTicks?: number }).triggerTicks), lone.out.notes.length]);
      lone.out.commands.length = 0;
      lone.out.notes.length = 0;
      lone.room.corridor.above = next < 3 ? 1e9 : 105;
      return true;
    };

    // Closes 101, 102, 103: stops at 92, 93, 94; the high of the fourth bar is 105.
    expect(takeStretch(lone.state, { ...lone.room, reply }, 0, 5, 0, lone.out)).toBe(3);
    expect(replied).toEqual([[1, [92], 1], [2, [93], 1], [3, [94], 1]]);
    expect(lone.take(3, 5)).toBe(0);
  });

  it('ends with the bar that brings only a note: a refusal', () => {
    const lone = new Lone(rising, { at: { 1: ({ intents }) => intents.enter({ side: 'long', qty: 1, stop: 200 }) } });

    expect(lone.take()).toBe(2);
    expect(lone.out.commands).toEqual([]);
    expect(lone.out.notes).toMatchObject([{ tag: 'decision', reason: 'stop-wrong-side' }]);
  });

  it('ends with the bar whose decision fails', () => {
    const lone = new Lone(rising, { at: { 3: () => { throw new Error('lost'); } } });

    expect(lone.take()).toBe(4);
    expect(lone.state.failure).toMatchObject({ message: 'lost' });
  });

  it('ends with the bar whose decision fails while halted already: there is no further note', () => {
    const lone = new Lone(rising, { at: { 1: () => { throw new Error('lost'); } } });
    lone.state.alerts['strategy-failed'] = { at: start, held: 0 };
    lone.state.mode = { tag: 'cooldown', until: start + 99 * minute, cause: 'daily-loss', evidence: '', since: start };

    expect(lone.take()).toBe(2);
  });

  it('keeps the highest equity, and halts no account that has any left', () => {
    const lone = new Lone([[100, 110, 100, 110], [110, 110, 95, 96], [96, 96, 96, 96]]);
    lone.hold(1, 2, 100);

    expect(lone.take()).toBe(3);
    expect(lone.state).toMatchObject({ equity: 992, equityPeak: 1_020, mode: { tag: 'trading' } });
  });

  it('hands over its own record, whatever the scene showed before', () => {
    const lone = new Lone(rising, { see: ({ bar }) => bar });
    lone.take(0, 2);
    const other = { ...lone.room, bar: blank() };
    takeStretch(lone.state, other, 2, 3, 2, lone.out);

    expect(lone.state.views.scenes[0]!.bar).toBe(other.bar);
  });

  it('shows a watcher, before each decision, how many bars came before and when this one closes', () => {
    const watch: Watch = { counters: new Int32Array(1), times: new Float64Array(1) };
    const seen: unknown[] = [];
    const lone = new Lone(rising, { always: ({ intents, time }) => { seen.push([watch.counters[0], watch.times[0] === time]); return intents.hold; } }, { watch });

    lone.take(0, 2, 40);
    lone.take(2, 5, 42);

    expect(seen).toEqual([[40, true], [41, true], [42, true], [43, true], [44, true]]);
  });

  it('marks the position at each close: 2 lots from 100 are 2, 4, 6, 8 and 10 up; extremes of the trade go along', () => {
    const lone = new Lone(rising);
    lone.hold(1, 2, 100);

    expect(lone.take()).toBe(5);
    expect([...lone.room.equities]).toEqual([1_002, 1_004, 1_006, 1_008, 1_010]);
    expect(lone.state).toMatchObject({ equity: 1_010, equityPeak: 1_010 });
    expect(lone.state.legs[0]!.position).toMatchObject({ barsHeld: 5, trade: { highTicks: 106, lowTicks: 99 } });
  });

  it('counts a fall below the peak and halts when the equity is used up: a short of 100 lots from 100 at 110', () => {
    const lone = new Lone([[100, 100, 95, 96], [96, 111, 96, 110], [110, 110, 110, 110]]);
    lone.hold(-1, 100, 100);

    expect(lone.take()).toBe(2);
    expect(lone.state).toMatchObject({ equity: 0, equityPeak: 1_400, mode: { tag: 'halted', cause: 'money' } });
  });

  it('is not begun while the position is leaving, or waits for the answer to its first stop', () => {
    const taken = (own: object): number => {
      const lone = new Lone(rising);
      lone.hold(1, 2, 100);
      Object.assign(lone.state.legs[0]!.position, own);
      return lone.take();
    };
    const requested = { tag: 'requested', trigger: 1, by: 'mark', attempt: 1, since: start };

    expect(taken({ leaving: 'enough' })).toBe(0);
    expect(taken({ protection: { ...requested, replaces: null } })).toBe(0);
    expect(taken({ protection: { ...requested, replaces: 1 } })).toBe(5);
    expect(taken({ protection: { tag: 'waived', since: start } })).toBe(5);
    expect(taken({ protection: { tag: 'armed', trigger: 1, by: 'mark', since: start, replaces: null } })).toBe(5);
  });
});

describe('stretches are taken', () => {
  const takes = (script: Script, symbols = ['AAAUSDT'], baseMs = minute): boolean => takesStretches(createState(setupOf({
    strategy: scripted({ ...script, symbols }).strategy, params: {}, config: runConfig.parse({}), instruments: symbols.map((symbol) => linear({ symbol })), baseMs,
  })));

  it('of a lone leg whose every bar is a decision bar and a bar of every indicator', () => {
    expect(takes({})).toBe(true);
    expect(takes({ indicators: (on) => ({ a: on('1m').sma(2), b: on('1m').ema(2) }) })).toBe(true);
    expect(takes({ timeframe: '3m', indicators: (on) => ({ a: on('3m').sma(2) }) }, ['AAAUSDT'], 3 * minute)).toBe(true);
  });

  it('not of a strategy that decides all symbols at once', () => {
    const strategy = scriptedTogether(['AAAUSDT'], () => ({}));

    expect(takesStretches(createState(setupOf({ strategy, params: {}, config: runConfig.parse({}), instruments: [linear()], baseMs: minute })))).toBe(false);
  });

  it('not of two legs, not of a longer decision, not beside a longer indicator', () => {
    expect(takes({}, ['AAAUSDT', 'BBBUSDT'])).toBe(false);
    expect(takes({ timeframe: '3m' })).toBe(false);
    expect(takes({ indicators: (on) => ({ a: on('1m').sma(2), b: on('5m').sma(2) }) })).toBe(false);
  });
});

it('a record is filled from whole ticks: bar 1 of tick 0.1, bars of a minute', () => {
  const bar = blank();
  const columns: BarColumns = series([[1, 2, 3, 4], [1_001, 1_003, 999, 1_002, 7]]);
  fillBar(bar, columns, 1, linear({ tick: '0.1' }).tick);

  expect(bar).toEqual({
    tag: 'bar-closed', at: start + 2 * minute, symbol: 9, openedAt: start + minute, closedAt: start + 2 * minute, open: 100.1, high: 100.3, low: 99.9, close: 100.2, volume: 7,
    openTicks: 1_001, highTicks: 1_003, lowTicks: 999, closeTicks: 1_002,
  });
});
