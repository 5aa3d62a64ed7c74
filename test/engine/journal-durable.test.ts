/** What a killed machine cannot take from a journal, event by event, and what a strategy that threw leaves in it. */
import { describe, expect, it } from 'vitest';
import { createState, defineStrategy, Journal, MemoryPort, rehydrate, replayJournal, runConfig, setupOf, stateDigest, stateText, z } from '../../engine/index.ts';
import type { AnyStrategy, Event, JournalRequest, Out, State } from '../../engine/index.ts';
import { linear, minute, start } from '../sim/market.ts';
import { scripted } from '../sim/scripted.ts';
import { bar, cycle, execution } from './stepped.ts';

interface Kept { readonly request: JournalRequest; readonly port: MemoryPort; readonly journal: Journal; readonly state: State; readonly take: (event: Event) => readonly string[] }

/** An engine with a journal; `take` returns the causes and kinds of the commands of one event. */
function kept(strategy: AnyStrategy): Kept {
  const port = new MemoryPort();
  const setup = setupOf({ strategy, params: {}, config: runConfig.parse({}), instruments: [linear()], baseMs: minute });
  const request: JournalRequest = { setup, port, bars: 'journaled', identity: { run: 'r', engine: '1', configHash: '', strategyHash: '', dataHash: '' } };
  const journal = new Journal(request);
  const state = createState(setup);
  return {
    request, port, journal, state,
    take(event) {
      const out: Out = { commands: [], notes: [] };
      journal.step(state, event, out);
      return out.commands.map((command) => (command.tag === 'notify' ? `notify ${command.cause}` : command.tag));
    },
  };
}

const idle = (): Kept => kept(scripted({}).strategy);
const closing = (at: number): Event => bar(linear(), at, [100, 100, 100, 100]);
/** The state that a kill leaves when nothing that was not synced survives. */
function killed({ port, request }: Kept): State {
  port.crash(0);
  return rehydrate(request).state;
}

describe('after an event that is told once', () => {
  const at = start + minute + 7;
  const told: readonly Event[] = [
    { tag: 'funding', at, symbol: 0, leg: 0, rate: 0.0001, settledAt: at - 7, nextAt: at + 60 * minute, payment: -3n },
    { tag: 'wallet', at, wallet: 0, balance: 100n },
    { tag: 'order-accepted', at, leg: 0, order: 9 },
    { tag: 'order-cancelled', at, leg: 0, order: 9, cause: 'venue', filled: 0 },
    { tag: 'stop-set', at, leg: 0, triggerTicks: 90, by: 'mark', trailTicks: 0 },
    { tag: 'request-failed', at, leg: 0, order: 9, of: 'cancel', certainty: 'unknown', reason: 'timeout' },
    execution(linear(), { at, id: 1, side: 1, lots: 3, priceTicks: 100 }),
    { tag: 'disconnected', at },
    { tag: 'operator', at, verb: 'reduce-only' },
    {
      tag: 'account-snapshot', at, takenAt: at, leg: 0, position: { side: 1, lots: 3, entryTicks: 100, cost: 3n }, stop: null, openOrders: [], ended: [],
      executions: [execution(linear(), { at: at - 7, id: 1, side: 1, lots: 3, priceTicks: 100 })], markTicks: 100, lastTicks: 100,
    },
  ];

  it.each(told)('$tag: a kill that keeps nothing else brings back the state after it', (event) => {
    const engine = idle();
    engine.take(closing(start + minute));
    engine.take(event);

    expect(engine.port.unsynced).toBe(0);
    expect(stateText(killed(engine))).toBe(stateText(engine.state));
  });

  it('bars, marks, cycles and timers that decide nothing wait for the next: 4 records, and none of them survives a kill', () => {
    const engine = idle();
    const before = stateText(engine.state);
    const { syncs } = engine.port;
    const events: readonly Event[] = [closing(start + minute), { tag: 'mark-price', at: start + minute, symbol: 0, markTicks: 101 }, cycle(start + minute), { tag: 'timer', at: start + minute }];
    for (const event of events) expect(engine.take(event)).toEqual([]);

    expect(engine.port.syncs).toBe(syncs);
    expect(engine.journal.seq).toBe(1 + 4); // the header before them
    expect(stateText(killed(engine))).toBe(before);
  });
});

describe('a strategy that threw', () => {
  const throwing = (): AnyStrategy => defineStrategy({
    name: 'throwing', symbols: ['AAAUSDT'], timeframe: '1m', params: z.object({}), indicators: () => ({}),
    decide: () => { throw new Error('no'); },
  }) as unknown as AnyStrategy;
  function fail(engine: Kept, at = start + minute): readonly string[] {
    engine.take(closing(at));
    return engine.take(cycle(at));
  }
  function failFromElsewhere(engine: Kept): void { fail(engine); }

  it('leaves its words in the state, not its stack: called from elsewhere it gives the same text', () => {
    const [here, there] = [kept(throwing()), kept(throwing())];
    fail(here);
    failFromElsewhere(there);

    expect(there.state.failure!.stack).toContain('failFromElsewhere');
    expect(here.state.failure!.stack).not.toBe(there.state.failure!.stack);
    expect(stateDigest(here.state)).toBe(stateDigest(there.state));
    expect(stateText(here.state)).not.toContain('test/engine');
  });

  it('is read back from a snapshot and from the first record, with an empty stack, and replays to the same digest', () => {
    const engine = kept(throwing());
    fail(engine);
    engine.journal.snapshot(engine.state);
    const { state } = rehydrate(engine.request);

    expect(state.failure).toEqual({ symbol: 'AAAUSDT', at: start + minute, message: 'no', stack: '' });
    expect(stateText(state)).toBe(stateText(engine.state));
    expect(stateDigest(replayJournal(engine.request).state)).toBe(stateDigest(engine.state));
  });

  it('halts again after a resume 2 bars later, its alert held back: the halt survives a kill all the same', () => {
    const engine = kept(throwing());
    expect(fail(engine)).toEqual(['notify strategy-failed']);
    engine.take({ tag: 'operator', at: start + 2 * minute, verb: 'resume' });
    engine.take({
      tag: 'account-snapshot', at: start + 2 * minute, takenAt: start + 2 * minute, leg: 0, position: { side: 0, lots: 0, entryTicks: 0, cost: 0n },
      stop: null, openOrders: [], ended: [], executions: [], markTicks: 100, lastTicks: 100,
    });
    expect(engine.state.mode.tag).toBe('trading');
    expect(fail(engine, start + 3 * minute)).toEqual([]);

    expect(engine.state.mode).toMatchObject({ tag: 'halted', cause: 'strategy-failed', since: start + 3 * minute });
    expect(killed(engine).mode).toEqual(engine.state.mode);
  });
});
