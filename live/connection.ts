/**
 * What a shell gets from the connector of an exchange: a venue for one account and the market beside it. Everything that
 * is asked returns a promise that settles within the deadline of a request and rejects with `VenueError` only.
 */
import type { Direction, InstrumentRules, Ms } from '../engine/index.ts';
import type { Tell, Venue } from './venue.ts';

/** One closed candle, prices in quote, volume in base (contracts when inverse). */
export interface Candle {
  readonly openedAt: Ms; readonly closesAt: Ms; readonly open: number; readonly high: number; readonly low: number;
  readonly close: number; readonly volume: number;
}
export interface CandleRequest {
  readonly symbol: string; readonly kind: 'last' | 'mark'; readonly intervalMs: Ms;
  /** Every candle closed at or before this, ms. */
  readonly until: Ms;
  /** Of them the last so many, oldest first; fewer when the market is younger. A hole in them is left as it is. */
  readonly count: number;
}

/** Funding stamps settled from `from` up to `until`, both included, ms. */
export interface FundingRequest { readonly symbol: string; readonly from: Ms; readonly until: Ms }
/** `rate` is paid by longs when positive, fraction of the value. */
export interface SettledFunding { readonly settledAt: Ms; readonly rate: number }

/** What may be traded, as the exchange says now. `status` 'Trading' = open for orders. */
export interface ListedInstrument {
  readonly rules: InstrumentRules; readonly status: string; readonly maxLots: number; readonly maxMarketLots: number;
  readonly fundingMs: Ms; readonly deliveryAt: Ms | null;
}

/** The key as the exchange knows it. */
export interface KeyFacts {
  readonly account: string; readonly readOnly: boolean; readonly canTrade: boolean; readonly canWithdraw: boolean;
  readonly canTransfer: boolean; readonly ips: readonly string[]; readonly daysLeft: number | null; readonly unified: boolean;
}
export interface AccountFacts {
  readonly marginMode: 'isolated' | 'cross' | 'portfolio' | 'unrecognised';
  /** Wallet balance of the settle coin, decimal text. */
  readonly balance: string;
  readonly equity: string;
}
/** One symbol's position and settings before anything was sent. */
export interface LegFacts {
  readonly symbol: string; readonly side: Direction | 0; readonly size: string; readonly entryPrice: string;
  readonly stopLoss: string | null; readonly leverage: string; readonly mode: 'one-way' | 'hedge'; readonly reduceOnly: boolean;
  /** Orders open on the symbol, by link ('' = none). */
  readonly orders: readonly { readonly id: string; readonly link: string }[];
}
export interface FeeFacts { readonly symbol: string; readonly takerRate: string; readonly makerRate: string }
/** Exchange clock against ours. `offsetMs` is added to ours; `spreadMs` is how far the samples lay apart. */
export interface ClockFacts { readonly offsetMs: Ms; readonly spreadMs: Ms; readonly roundTripMs: Ms }

export interface Connection {
  readonly venue: Venue;
  /** Measured anew at each call. */
  measureClock(): Promise<ClockFacts>;
  instruments(symbols: readonly string[]): Promise<readonly ListedInstrument[]>;
  candles(request: CandleRequest): Promise<readonly Candle[]>;
  /** Oldest first. */
  fundings(request: FundingRequest): Promise<readonly SettledFunding[]>;
  key(): Promise<KeyFacts>;
  account(): Promise<AccountFacts>;
  legs(): Promise<readonly LegFacts[]>;
  /** Null where the environment does not serve fee rates. */
  fees(symbol: string): Promise<FeeFacts | null>;
  setLeverage(symbol: string, leverage: string): Promise<void>;
  /** Refused by the exchange while positions are open. */
  setIsolated(): Promise<void>;
  /** Executions from then on belong to the run, ms: readings bring them. Before the first reading. */
  readFrom(at: Ms): void;
  /**
   * Reads the rules of every symbol again, in the background: `instrument-changed` is told when they differ from those that
   * ticks and lots are counted by, and once more when they do not any longer. What cannot be read changes nothing.
   */
  lookAtRules(): void;
  /**
   * Opens the market streams: from here on `bar-closed` of every symbol (each once, in order, holes closed by REST),
   * `mark-price`, `funding` and `stale` are told. `after` = close of the last candle the shell has fed, by symbol.
   */
  watchMarket(after: readonly Ms[]): void;
  /**
   * Resolves when everything that the exchange had pushed before this call was received and told: a ping on every open
   * stream came back. Needed where time stands still; at most `pongMs`.
   */
  settled(): Promise<void>;
}

/** Where an environment's doors are, without trailing slash. `trade` null = orders by REST only. */
export interface Endpoints { readonly rest: string; readonly public: string; readonly private: string; readonly trade: string | null }
export interface Credentials { readonly key: string; readonly secret: string }

export interface ConnectRequest {
  readonly endpoints: Endpoints;
  readonly credentials: Credentials | null;
  /** How orders leave: by HTTP, or by the trade socket while that is up. Stops and readings always go by HTTP. Default `rest`. */
  readonly entry?: 'rest' | 'ws';
  readonly symbols: readonly string[];
  readonly category: 'linear' | 'inverse';
  /** Rules of a run that goes on, by symbol: ticks and lots are counted by them whatever the exchange lists now. Absent or null = as listed at the first reading. */
  readonly rules?: readonly InstrumentRules[] | null;
  /** Interval of the bars told. */
  readonly barMs: Ms;
  /** Six letters of the run, first in every order link. */
  readonly run: string;
  /** Exchange time. */
  readonly now: () => Ms;
  readonly tell: Tell;
  readonly log: Log;
  readonly timing: ConnectionTiming;
}
/** Wall time, ms. */
export interface ConnectionTiming {
  /** No answer for so long: the request has failed, outcome unknown. */
  readonly requestMs: Ms;
  /** From an open socket to its last acknowledgement. */
  readonly subscribeMs: Ms;
  readonly pingMs: Ms;
  readonly pongMs: Ms;
  readonly reconnectFirstMs: Ms;
  readonly reconnectMostMs: Ms;
}
/** Facts only: never an error object of another library, never a header. */
export type Log = (level: 'debug' | 'info' | 'warning' | 'alarm', what: string, facts?: Readonly<Record<string, string | number | boolean | null>>) => void;

/** The closed error of everything asked. Holds no secret: `text` is at most 200 characters of the exchange's own message. */
export class VenueError extends Error {
  override readonly name = 'VenueError';
  readonly endpoint: string;
  readonly kind: 'refused' | 'unknown-outcome' | 'unreachable' | 'rate-limited' | 'clock' | 'forbidden' | 'malformed';
  readonly code: number | null;
  readonly httpStatus: number | null;
  readonly text: string;
  constructor(endpoint: string, kind: VenueError['kind'], facts: { readonly code?: number; readonly httpStatus?: number; readonly text: string }) {
    super(`${endpoint}: ${kind}${facts.code === undefined ? '' : ` (${facts.code})`}: ${facts.text.slice(0, 200)}`);
    this.endpoint = endpoint;
    this.kind = kind;
    this.code = facts.code ?? null;
    this.httpStatus = facts.httpStatus ?? null;
    this.text = facts.text.slice(0, 200);
  }
}
