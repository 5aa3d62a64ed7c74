/** What a run is asked for, and everything it holds while it plays. */
import type { AnyStrategy, Corridor, Digest, Ms, Out, RunConfig, Setup, State, StopSet, StretchRoom, Watch } from '../engine/index.ts';
import type { Clock } from './clock.ts';
import type { Children } from './detail.ts';
import type { Exchange } from './exchange/index.ts';
import type { Market, Series } from './market.ts';
import type { EquityRecord, EventRecord, TradingRecord } from './record/index.ts';
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
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A lone series that may be played many bars at a time, with the room for it. */
export interface Stretch extends StretchRoom {
  readonly series: Series;
  /** The answer to a moved stop, written anew each time. */
  readonly stopSet: Writable<StopSet>;
}

/** Everything one run holds. */
export interface Play {
  readonly setup: Setup;
  readonly state: State;
  readonly exchange: Exchange;
  /** What the bars are matched on, per symbol; null when no symbol has a detail. */
  readonly children: readonly (Children | null)[] | null;
  readonly venue: SimulatedVenue;
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
  bars: number;
  /** Commands handed over. */
  sent: number;
  lastAt: Ms;
}
