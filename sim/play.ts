/** What a run is asked for, and everything it holds while it plays. */
import type { AnyStrategy, Approved, BarClosed, Corridor, Digest, Ms, Out, RunConfig, Setup, State, StopSet, StretchRoom, Watch } from '../engine/index.ts';
import type { Clock } from './clock.ts';
import type { Children } from './detail.ts';
import type { Exchange } from './exchange/index.ts';
import type { FaultPlan, FaultyVenue, Meter, Restart, Spell } from './faults/index.ts';
import type { Market, Series } from './market.ts';
import type { EquityRecord, EventRecord, TradingRecord } from './record/index.ts';
import type { Survival } from './survival.ts';
import type { Auditor, AuditReport } from './invariants/index.ts';
import type { SimulatedVenue } from './venue.ts';

/** Shared memory in which a watcher sees how far the run is. `counters`: bars fed, symbol being decided. `times`: close, ms. */
export type Gauge = Watch;

export interface RunRequest {
  readonly strategy: AnyStrategy;
  /** Raw parameters, parsed with the strategy's schema. */
  readonly params: unknown;
  readonly market: Market;
  readonly config: RunConfig;
  readonly record: 'normal' | 'all';
  readonly progress: Gauge | null;
  /** Bars between two checks of the strategy's memory, 10,000 unless stated. */
  readonly memoryCheckBars?: number;
  /** Opens every bar by itself: slower, and the same to the last digit. Tests compare both. */
  readonly oneByOne?: boolean;
  /** Absent: nothing goes wrong. */
  readonly hardship?: Hardship;
}

/** What a run is put through, and how often its engine is killed. */
export interface Hardship {
  readonly plan: FaultPlan;
  /** Times that the engine is dropped and read back from what it had written down. */
  readonly restarts: number;
}

/** Where the commands of a decision go. */
export interface Door { send(commands: readonly Approved[], at: Ms): void }

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A lone series that may be played many bars at a time, with the room for it. */
export interface Stretch extends StretchRoom {
  /** Set once the play that it belongs to is there. */
  reply: StretchRoom['reply'];
  readonly series: Series;
  /** The answer to a moved stop, written anew each time. */
  readonly stopSet: Writable<StopSet>;
}

/** Everything one run holds. */
export interface Play {
  readonly setup: Setup;
  /** Another one after a restart. */
  state: State;
  readonly exchange: Exchange;
  /** What the bars are matched on, per symbol; null when no symbol has a detail. */
  readonly children: readonly (Children | null)[] | null;
  readonly venue: SimulatedVenue;
  /** The venue, or what stands before it. */
  door: Door;
  readonly clock: Clock;
  readonly out: Out;
  readonly digest: Digest;
  readonly trading: TradingRecord;
  readonly equity: EquityRecord;
  readonly events: EventRecord | null;
  readonly progress: Gauge | null;
  /** For a lone symbol on its own bars. */
  readonly stretch: Stretch | null;
  /** One per symbol for everything else; none when every bar is to be opened one by one. */
  readonly corridors: readonly Corridor[];
  readonly notices: { readonly at: Ms; readonly cause: string; readonly text: string }[];
  /** Null when nothing may go wrong. */
  ordeal: Ordeal | null;
  bars: number;
  /** Commands handed over. */
  sent: number;
  lastAt: Ms;
}

/** What closed while the engine could not look. */
export interface Closing {
  readonly at: Ms;
  readonly bars: readonly BarClosed[];
  readonly marks: readonly { readonly symbol: number; readonly markTicks: number }[];
  readonly missing: readonly number[];
  readonly isCycle: boolean;
}

/** The engine does not run until `until`. */
export interface Absence { readonly kind: 'stall' | 'sleep' | 'down'; readonly until: Ms }

/** Everything a faulted run holds beside its play. */
export interface Ordeal {
  readonly play: Play;
  readonly hardship: Hardship;
  readonly venue: FaultyVenue;
  readonly meter: Meter;
  readonly survival: Survival;
  /** Looks on at everything; null once the data has ended. */
  auditor: Auditor | null;
  report: AuditReport | null;
  readonly restarts: readonly Restart[];
  readonly pauses: readonly Spell[];
  /** Kills and pauses so far. */
  killed: number;
  paused: number;
  /** Happenings since the next kill may come. */
  happened: number;
  absent: Absence | null;
  readonly backlog: Closing[];
  pollAt: Ms;
  now: Ms;
  /** When the engine last asked for something other than a reading, or came back. */
  busyAt: Ms;
  /** Events and timers at this one instant. */
  turns: number;
}
