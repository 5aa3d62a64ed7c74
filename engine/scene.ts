/**
 * What a decision sees, all of it known at the close of the decision bar. Prices in quote, quantities in base
 * (contracts when inverse), money in the settle coin, times in ms since the epoch UTC. Objects are valid inside
 * the call only: keep numbers.
 */
import type { Values } from './indicators/index.ts';
import type { Intents, Side } from './wants.ts';

/** One closed bar of the decision timeframe. */
export interface Bar {
  /** Ms UTC; the bar covers [openedAt, closedAt). */
  readonly openedAt: number;
  readonly closedAt: number;
  /** Prices in quote. */
  readonly open: number; readonly high: number; readonly low: number; readonly close: number;
  /** Traded quantity in base (contracts when inverse). */
  readonly volume: number;
}

/** Rules of the symbol, as plain numbers. */
export interface InstrumentView {
  readonly symbol: string;
  readonly kind: 'linear' | 'inverse';
  /** Smallest price step, quote. */
  readonly tick: number;
  /** Smallest quantity step, base (contracts when inverse). */
  readonly qtyStep: number;
  /** Smallest order, base (contracts when inverse). */
  readonly minQty: number;
  /** Smallest order value, quote; 0 = none. */
  readonly minNotional: number;
  /** Coin of profit, loss, fees and funding. */
  readonly settle: string;
}

export type PositionView =
  | { readonly tag: 'flat' }
  | {
      readonly tag: 'open';
      readonly side: Side;
      /** Base (contracts when inverse), from executions only; always positive. */
      readonly qty: number;
      /** Size-weighted price of the quantity held, quote. */
      readonly entryPrice: number;
      /** Ms UTC of the first execution. */
      readonly openedAt: number;
      /** Decision closes since the position opened, 0 at the first. */
      readonly barsHeld: number;
      /** At the mark, before fees, settle coin. */
      readonly unrealised: number;
      /** Unrealised in multiples of the risk taken at entry; null without a stop at entry. */
      readonly r: number | null;
      /** Level wanted, quote; null when there is none. */
      readonly stop: number | null;
      /** The venue confirmed the stop. */
      readonly isProtected: boolean;
      /** Found at the venue, not opened by this run. */
      readonly adopted: boolean;
    };

/** The one working entry of a symbol. `price` null = market; `barsLeft` counts decision closes until it ends. */
export type EntryView =
  | { readonly tag: 'none' }
  | {
      readonly tag: 'working'; readonly side: Side; readonly qty: number; readonly filled: number;
      readonly price: number | null; readonly barsLeft: number | null;
    }
  | { readonly tag: 'ending'; readonly side: Side; readonly qty: number; readonly filled: number };

/** One order of the resting set that the venue holds. */
export interface RestingView {
  readonly key: string; readonly side: 'buy' | 'sell'; readonly price: number; readonly qty: number; readonly filled: number;
}

/** The last settled funding: fraction of value, positive = longs paid. `nextAt` null = not announced. */
export interface FundingView { readonly rate: number; readonly settledAt: number; readonly nextAt: number | null }

/** A round trip that ended since the last decision. */
export interface Trade {
  readonly side: Side;
  /** Profit after fees and funding, settle coin. */
  readonly net: number;
  /** `net` in multiples of the risk taken at entry; null without a stop at entry. */
  readonly r: number | null;
  /** Why it ended. */
  readonly reason: string;
  readonly openedAt: number;
  readonly closedAt: number;
}

export interface Account {
  /** Wallet and unrealised at the mark, settle coin. */
  readonly equity: number;
  /** What new orders may still use, settle coin. */
  readonly available: number;
  readonly settle: string;
  /** Share of equity lost if every stop of open and working entries fills at its trigger. */
  readonly openRiskFraction: number;
}

/** One symbol at one decision close. */
export interface Scene<I, S extends string> {
  readonly symbol: S;
  /** Ms UTC of the close being decided. */
  readonly time: number;
  readonly bar: Bar;
  /** `history(0)` is this bar; beyond the declared warm-up it throws. */
  readonly history: (back: number) => Bar;
  /** Values at the last closed bar of each timeframe; always numbers, `decide` waits for warm-up. */
  readonly ind: Values<I>;
  /** What `ind` was one closed decision bar earlier. */
  readonly prev: Values<I>;
  readonly position: PositionView;
  readonly entry: EntryView;
  readonly resting: readonly RestingView[];
  /** Trades closed since the last decision, oldest first. */
  readonly closed: readonly Trade[];
  readonly account: Account;
  readonly instrument: InstrumentView;
  /** Last mark price known, quote. */
  readonly mark: number;
  /** Never the funding settled at this very close. */
  readonly funding: FundingView | null;
  readonly intents: Intents;
}

/** `memory` is mutable, plain JSON, one per symbol. */
export interface Context<I, M, S extends string = string> extends Scene<I, S> { readonly memory: M }

/** All symbols at one close; `at` gives null for a symbol without a bar or not yet warm. `memory` is one in all. */
export interface Cycle<I, M, S extends string = string> {
  readonly time: number;
  readonly symbols: readonly S[];
  readonly at: (symbol: S) => Scene<I, S> | null;
  readonly account: Account;
  readonly memory: M;
}

