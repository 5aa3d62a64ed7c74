/**
 * The inside of the local exchange that its doors share: one account, one settle coin, the matching core of `sim/exchange`
 * and its market clock. Doors (REST, streams, order entry, admin) speak to this and to nothing behind it.
 *
 * 1. Market time moves in `play` only. What arrives at the same market time is judged in the order in which it came.
 * 2. A write resolves once the core has judged it: `latencyMs` of market time later. Nobody waits longer than `pace.ts`
 *    lets market time stand.
 * 3. Rows are wire rows: the keys and text forms of the protocol sheet, section 5. A row handed out never changes.
 * 4. `published` is called synchronously inside `play`, in the order in which things happened, with `at` = market time.
 */
import type { InstrumentRules, Ms } from '../../engine/index.ts';

/** A row as it stands on the wire. */
export type Row = Readonly<Record<string, unknown>>;
export type Topic = 'order' | 'execution' | 'position' | 'wallet' | 'kline' | 'tickers' | 'publicTrade' | 'orderbook';
/** `symbol` '' = of the whole account. Kline rows carry `interval`. */
export interface Push { readonly topic: Topic; readonly symbol: string; readonly at: Ms; readonly rows: readonly Row[] }

/** `code` 0 = taken. */
export interface Answer { readonly code: number; readonly message: string; readonly result: Row }

/** Bodies as they came in, decoded to text and booleans and checked for presence and form by the door. */
export interface Writes {
  create(body: Row): Promise<Answer>;
  amend(body: Row): Promise<Answer>;
  cancel(body: Row): Promise<Answer>;
  cancelAll(body: Row): Promise<Answer>;
  tradingStop(body: Row): Promise<Answer>;
  setLeverage(body: Row): Promise<Answer>;
  switchMode(body: Row): Promise<Answer>;
  setMarginMode(body: Row): Promise<Answer>;
}

export interface OrderFilter {
  readonly symbol: string | null; readonly orderId: string | null; readonly orderLinkId: string | null;
  readonly orderFilter: string | null; readonly orderStatus: string | null;
  readonly from: Ms | null; readonly to: Ms | null;
}
export interface ExecutionFilter {
  readonly symbol: string | null; readonly orderId: string | null; readonly orderLinkId: string | null; readonly execType: string | null;
  readonly from: Ms | null; readonly to: Ms | null;
}

export interface Reads {
  /** Newest created first. */
  openOrders(filter: OrderFilter): readonly Row[];
  /** The last 500 closed ones that the realtime cache still holds; `wipeClosed` empties it. */
  closedOrders(filter: OrderFilter): readonly Row[];
  /** Newest first, by `updatedTime`. */
  orderHistory(filter: OrderFilter): readonly Row[];
  executions(filter: ExecutionFilter): readonly Row[];
  closedPnl(symbol: string | null, from: Ms | null, to: Ms | null): readonly Row[];
  transactions(from: Ms | null, to: Ms | null): readonly Row[];
  /** With a symbol one row even when flat; otherwise those with a size. */
  positions(symbol: string | null): readonly Row[];
  wallet(): Row;
  marginMode(): 'REGULAR_MARGIN' | 'ISOLATED_MARGIN';
}

/** Rows newest first, prices as text; the candle under way included. */
export interface CandleFilter {
  readonly symbol: string; readonly kind: 'last' | 'mark' | 'index'; readonly intervalMs: Ms;
  readonly start: Ms | null; readonly end: Ms | null; readonly limit: number;
}
export interface MarketReads {
  readonly instruments: readonly InstrumentRules[];
  /** Wire rows of instruments-info. */
  instrumentRows(): readonly Row[];
  candles(filter: CandleFilter): readonly (readonly string[])[];
  ticker(symbol: string): Row;
  fundingHistory(symbol: string, from: Ms | null, to: Ms | null): readonly Row[];
  recentTrades(symbol: string, limit: number): readonly Row[];
  orderBook(symbol: string): Row;
  riskLimits(symbol: string): readonly Row[];
  feeRates(symbol: string): Row;
}

export interface World {
  readonly category: 'linear' | 'inverse';
  readonly settle: string;
  /** Market time. */
  readonly now: Ms;
  /** The last instant of the data; Infinity = without end. */
  readonly endsAt: Ms;
  readonly writes: Writes;
  readonly reads: Reads;
  readonly market: MarketReads;
  /** Set once by the door that pushes. */
  published: (push: Push) => void;
  /** The earliest market time at which a write under way gets its answer, or something is due to be told; Infinity = none. */
  readonly dueAt: Ms;
  /**
   * Plays the market forward to `until` and returns where it stopped: there, or earlier right after an instant at which
   * something was published or answered. Bars are closed on the way: each close is such an instant.
   */
  play(until: Ms): Ms;
  /** The matching core's own truth, for tests and the admin door: integers, no rows. */
  truth(): Row;
  /** Core faults of the admin door: what is done to the account or the market from outside. */
  readonly acts: Acts;
}

/** Done by others than the account's client. Prices and sizes are decimal text. */
export interface Acts {
  /** The next prints of `symbol` are at this price until the data moves it again. */
  jump(symbol: string, price: string, kind: 'last' | 'mark'): void;
  /** A market order by hand in the app: no link, not through the client. */
  foreignOrder(symbol: string, side: 'Buy' | 'Sell', size: string, reduceOnly: boolean): void;
  foreignStop(symbol: string, price: string): void;
  /** Server restart: the cache of closed orders is empty afterwards. */
  wipeClosed(): void;
}
