/** Runs a strategy through the live shell over a simulated connection and hands back what it decided and what was filled. */
import { MemoryPort, parseDecimal, runConfig, setupOf } from '../../engine/index.ts';
import type { AnyStrategy, NotifyCommand, RunConfigWish, State, Table } from '../../engine/index.ts';
import { besides, EventQueue, JournaledEngine, LiveRun } from '../../live/index.ts';
import type { LiveEnd, LiveRequest } from '../../live/index.ts';
import type { SymbolMarket } from '../../sim/index.ts';
import { TradingRecord } from '../../sim/record/index.ts';
import { SimulatedConnection } from './simulated-connection.ts';

export interface LiveWish {
  readonly markets: readonly SymbolMarket[];
  readonly strategy: AnyStrategy;
  readonly config?: RunConfigWish;
  /** Closes in the past at the start; unless stated, as many as the warm-up needs. */
  readonly history?: number;
  readonly port?: MemoryPort;
  /** The connection of an earlier run goes on. */
  readonly connection?: SimulatedConnection;
  readonly polls?: LiveRequest['polls'];
  readonly stoodDown?: boolean;
  /** Called before market time moves, with the run under way. */
  readonly resting?: (run: LiveRun, connection: SimulatedConnection) => void;
}

export interface Lived {
  readonly end: LiveEnd;
  readonly tables: readonly Table[];
  readonly state: State;
  readonly connection: SimulatedConnection;
  readonly port: MemoryPort;
  readonly notices: readonly NotifyCommand[];
  readonly logs: readonly string[];
  readonly stoodDown: boolean;
}

export const identity = { run: 'abcdef', engine: 'test', configHash: 'c', strategyHash: 's', dataHash: '' } as const;

export async function live(wish: LiveWish): Promise<Lived> {
  const { markets, strategy } = wish;
  const config = runConfig.parse(wish.config ?? {});
  const instruments = markets.map(({ instrument }) => instrument);
  const barMs = markets[0]!.last.intervalMs;
  const setup = setupOf({ strategy, params: {}, config, instruments, baseMs: barMs });
  const port = wish.port ?? new MemoryPort();
  const queue = new EventQueue();
  const connection = wish.connection ?? new SimulatedConnection({
    markets, config, wallet: parseDecimal(String(config.cash), setup.instruments[0]!.moneyScale), tell: (event) => queue.push(event),
    history: wish.history ?? setup.warmupBars - 1,
  });
  if (wish.connection !== undefined) connection.tellTo((event) => queue.push(event));
  const record = new TradingRecord(strategy.symbols, setup.instruments);
  let last: State | null = null;
  const engine = new JournaledEngine({
    setup, port, identity,
    seen: (event, state, notes) => {
      last = state;
      if (event.tag === 'execution' && state.fill.isNew) record.execution(state, event);
      for (const note of notes) record.note(note);
    },
  });
  const notices: NotifyCommand[] = [];
  const logs: string[] = [];
  let stoodDown = false;
  const run = new LiveRun({
    connection, clock: connection, queue, brain: besides(engine), instruments: setup.instruments, barMs, warmupBars: setup.warmupBars,
    graceMs: config.cycleGraceMs, polls: wish.polls ?? { waiting: 60_000, open: 60_000, flat: 60_000, rules: 86_400_000 },
    log: (level, what) => logs.push(`${level} ${what}`), notify: (_, notice) => notices.push(notice), hasEnded: () => connection.hasEnded,
    stoodDown: wish.stoodDown ?? false, standingDown: () => { stoodDown = true; }, decides: true, ready: () => {},
  });
  connection.resting = () => wish.resting?.(run, connection);
  const end = await run.run();
  if (last === null) throw new Error('the engine took nothing in');
  return { end, tables: record.tables(last), state: last, connection, port, notices, logs, stoodDown };
}
