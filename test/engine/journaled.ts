/** An engine that keeps a journal in memory, fed by a random stream. */
import { createState, Journal, MemoryPort, runConfig, setupOf } from '../../engine/index.ts';
import type { Command, Event, JournalRequest, Note, Out, RehydrateRequest, Setup, State } from '../../engine/index.ts';
import { chaos } from '../sim/chaos.ts';
import { linear, minute } from '../sim/market.ts';
import { stream } from './stream.ts';

export const symbols = ['AAAUSDT', 'BBBUSDT'];
export const instruments = symbols.map((symbol) => linear({ symbol }));

export function chaoticSetup(seed: number, count: 1 | 2 = 2): Setup {
  const strategy = chaos({ seed, symbols: symbols.slice(0, count) });
  return setupOf({
    strategy, params: {}, instruments: instruments.slice(0, count), baseMs: minute,
    config: runConfig.parse({ cash: 1_000_000, risk: { maxOpenRisk: 1 } }),
  });
}

export interface Journaled {
  readonly setup: Setup;
  readonly port: MemoryPort;
  readonly request: RehydrateRequest;
  readonly journal: Journal;
  readonly state: State;
  /** Everything told so far, kept. */
  readonly events: Event[];
  readonly commands: Command[];
  readonly notes: Note[];
  /** Takes one event in. */
  readonly take: (event: Event) => void;
  /** Takes so many events of the stream in; `every` is called after each. */
  readonly play: (count: number, every?: (index: number) => void) => void;
}

export function journaled(seed: number, { count = 2, bars = 'journaled' }: { readonly count?: 1 | 2; readonly bars?: JournalRequest['bars'] } = {}): Journaled {
  const setup = chaoticSetup(seed, count);
  const port = new MemoryPort();
  const identity = { run: `run-${seed}`, engine: '1', configHash: 'c', strategyHash: 's', dataHash: bars === 'journaled' ? '' : 'd' };
  const request: RehydrateRequest = { setup, port, identity, bars };
  const journal = new Journal(request);
  const state = createState(setup);
  const out: Out = { commands: [], notes: [] };
  const source = stream(seed, setup.instruments);
  const events: Event[] = [];
  const commands: Command[] = [];
  const notes: Note[] = [];
  const take = (event: Event): void => {
    events.push({ ...event });
    journal.step(state, event, out);
    commands.push(...out.commands);
    notes.push(...out.notes);
    out.commands.length = 0;
    out.notes.length = 0;
  };
  return {
    setup, port, request, journal, state, events, commands, notes, take,
    play(wanted, every = () => {}) {
      for (let i = 0; i < wanted; i++) {
        take(source.next(state));
        every(i);
      }
    },
  };
}
