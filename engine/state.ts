/**
 * The engine's state: one plain tree, owned by `step`. Legs are indexed by (symbol, position slot); slot 0 is the
 * only one in one-way mode. Lifecycle records (`Protection`, `OrderState`, `Mode`, `Hold`) are replaced, never edited;
 * `setup` is the immutable part that a snapshot leaves out.
 */
import type { TimeInForce } from './commands.ts';
import type { TriggerSource } from './events.ts';
import type { IndicatorState } from './indicators/index.ts';
import type { RulesState } from './rule-state.ts';
import type { Aggregate } from './timeframe.ts';
import type { Setup } from './setup.ts';
import type { Trade } from './strategy.ts';
import type { Direction, Money, Ms } from './units.ts';

// ---- lifecycles

export type UnprotectedCause = 'new' | 'adopted' | 'refused' | 'cancelled' | 'expired' | 'unknown' | 'overgrown';

/** How an open position is guarded. It exists only inside an open position. Triggers are ticks. */
export type Protection =
  /** No trigger field: there is nothing that could be taken for hit. */
  | { readonly tag: 'unprotected'; readonly cause: UnprotectedCause; readonly since: Ms }
  /** Asked for; `replaces` is the trigger the venue still holds, null when it holds none. */
  | { readonly tag: 'requested'; readonly trigger: number; readonly by: TriggerSource; readonly replaces: number | null;
      readonly attempt: number; readonly since: Ms }
  /** The venue confirmed it. */
  | { readonly tag: 'armed'; readonly trigger: number; readonly by: TriggerSource; readonly since: Ms }
  /**
   * The price is through the trigger and no stop of the venue takes care of it: an exit is due or under way. `isHeld` = the
   * venue holds one all the same: a looser one, or one that a reading shows and that does not end the position.
   */
  | { readonly tag: 'breached'; readonly trigger: number; readonly by: TriggerSource; readonly price: number; readonly isHeld: boolean;
      readonly since: Ms }
  /** The strategy spelled out that it wants none. */
  | { readonly tag: 'waived'; readonly since: Ms };

/** `absent` = proven never to have been placed (`reconcile.ts`). */
export type OrderOutcome = 'filled' | 'cancelled' | 'rejected' | 'expired' | 'absent';
export type UnknownCause = 'restart' | 'no-answer' | 'duplicate-link' | 'not-shown';
export type OrderState =
  | { readonly tag: 'sent'; readonly since: Ms }
  | { readonly tag: 'working'; readonly since: Ms }
  | { readonly tag: 'cancelling'; readonly since: Ms }
  /** `absences` counts readings that did not show it, taken after its last request could still have been accepted; `absentAt` is the last. */
  | { readonly tag: 'unknown'; readonly cause: UnknownCause; readonly since: Ms; readonly absences: number; readonly absentAt: Ms }
  | { readonly tag: 'done'; readonly outcome: OrderOutcome; readonly since: Ms };

/** Everything that may halt; only an operator ends a halt (`mode.ts`). */
export type HaltCause =
  | 'unprotected' | 'unreconciled' | 'foreign' | 'liquidated' | 'money' | 'drawdown' | 'rejections' | 'win-rate' | 'link'
  | 'crash-loop' | 'journal' | 'strategy-failed' | 'kill-switch' | 'operator';
/** Ends by itself at its time, once calm. */
export type CooldownCause =
  | 'daily-loss' | 'weekly-loss' | 'loss-streak' | 'fee-anomaly' | 'slippage-anomaly' | 'price-shock' | 'rejections'
  | 'slow-link' | 'reconnected' | 'stage-changes';
export type ReducingCause = 'operator' | 'goal-reached' | 'run-ended';
export type Mode =
  /** `missing` = legs whose position, stop or orders are not known yet. */
  | { readonly tag: 'recovering'; readonly cause: 'restart' | 'reconnect'; readonly missing: readonly number[]; readonly since: Ms }
  | { readonly tag: 'trading' }
  | { readonly tag: 'cooldown'; readonly until: Ms; readonly cause: CooldownCause; readonly evidence: string; readonly since: Ms }
  | { readonly tag: 'reducing'; readonly cause: ReducingCause; readonly evidence: string; readonly since: Ms }
  | { readonly tag: 'halted'; readonly cause: HaltCause; readonly evidence: string; readonly since: Ms };

/** Alarms and warnings already given, so that one cause speaks once in a period. */
export interface Alert { readonly at: Ms; readonly held: number }

/** The account's door as the engine knows it. */
export type Link = { readonly tag: 'up' } | { readonly tag: 'down'; readonly since: Ms };

/** Per leg: one closed or stale symbol does not stop the others. */
export type Hold =
  | { readonly tag: 'none' }
  | { readonly tag: 'blocked'; readonly cause: 'stale' | 'instrument' | 'venue'; readonly until: Ms | null };

// ---- orders

/** `trim` takes back what is more than was meant. */
export type OrderRole = 'entry' | 'exit' | 'target' | 'rest' | 'trim';

/** What an entry carries so that its fills can be protected, measured and explained. Ticks; 0 = none. */
export interface EntryTerms {
  /** Level of the stop riding on the order; 0 = none. */
  readonly stopTicks: number;
  readonly stopBy: TriggerSource;
  /** The one integer distance that sizes, rides and is installed. 0 = waived. */
  readonly distanceTicks: number;
  /** The stop keeps its distance from the fill instead of its level. */
  readonly follows: boolean;
  /** Planned loss at the stop with both fees and slippage, settle coin. 0 = waived. */
  readonly risk: number;
  readonly targets: readonly { readonly priceTicks: number; readonly fraction: number }[];
  readonly trailTicks: number;
  readonly trailFromTicks: number;
  /** In R; 0 = off. */
  readonly breakEvenAt: number;
  readonly isAdd: boolean;
}

export interface Order {
  readonly id: number;
  readonly leg: number;
  readonly role: OrderRole;
  readonly side: Direction;
  readonly type: 'market' | 'limit';
  readonly reduceOnly: boolean;
  readonly timeInForce: TimeInForce;
  readonly triggerTicks: number;
  readonly triggerDirection: 0 | 1 | 2;
  /** Price against which slippage is measured: decision close, limit (as last amended) or trigger. Ticks. */
  referenceTicks: number;
  /** Key of a resting order, index of a target, '' otherwise. */
  readonly key: string;
  readonly reason: string;
  readonly terms: EntryTerms | null;
  readonly sentAt: Ms;
  /** Times the request left; every attempt carries the same link. `attemptAt` = when it or a change of it last left. */
  attempt: number;
  attemptAt: Ms;
  /** It is to end: wherever it turns up standing, it is cancelled. */
  isUnwanted: boolean;
  /** Count of the leg's decision at which the order ends; 0 = it does not end by itself. */
  endsAtDecision: number;
  priceTicks: number;
  lots: number;
  filled: number;
  state: OrderState;
}

/** An entry that waits for another order's answer: the exit of a reversal, or the cancel of the entry it replaces. */
export interface StagedEntry {
  readonly after: number;
  readonly until: 'accepted' | 'done';
  readonly order: Order;
}

// ---- position

/** Running account of the trade (flat -> open -> flat) the position belongs to. Money in money units. */
export interface OpenTrade {
  realised: Money;
  fees: Money;
  funding: Money;
  entryLots: number;
  /** Sum of price x lots of the opening and closing fills, in ticks x lots as doubles (for average prices shown). */
  entryTickLots: number;
  exitLots: number;
  exitTickLots: number;
  /** Slippage against the wanted prices, settle coin, positive = lost. */
  slippage: number;
  risk: number;
  entryReason: string;
  exitReason: string;
  highTicks: number;
  lowTicks: number;
}

/** One partial take profit: a reduce-only limit order for a fraction of the filled entry. */
export interface TargetLeg {
  readonly key: string;
  readonly priceTicks: number;
  readonly fraction: number;
  filled: number;
}

export interface OpenPosition {
  readonly tag: 'open';
  readonly side: Direction;
  readonly openedAt: Ms;
  /** The venue's time of the fill that opened it: what was said of a stop before that is not said of this one. */
  readonly tradedAt: Ms;
  adopted: boolean;
  lots: number;
  /** Exact value at which the lots held were opened, money units. */
  cost: Money;
  /** The same as a double of the settle coin, and the average entry in ticks; for marks, not for the ledger. */
  costNumber: number;
  entryTicks: number;
  /** Decision closes that saw it open. */
  barsHeld: number;
  /** Why the whole position is to be closed, until it is; '' = it is to stay. */
  leaving: string;
  protection: Protection;
  /** Source of the stop's trigger, also of one still to be asked for. */
  stopBy: TriggerSource;
  /** Trigger last wanted, ticks; outlives what becomes of it at the venue. 0 = none yet. */
  wantedStop: number;
  /** When the venue last said that the stop is gone: an older reading that shows it is out of date. */
  bareAt: Ms;
  /** Until when a stop must be confirmed; 0 = one is, or none is wanted. */
  protectBy: Ms;
  /** The deadline for a stop passed while an exit was under way: nothing may go wrong with it any more. */
  isOverdue: boolean;
  /** Lots that additions without a stop of their own brought to a waived position, and when the newest traded; venue time. */
  bareLots: number;
  bareTradedAt: Ms;
  /** Since when the price is through an armed stop that did not fire; 0 = it is not. */
  suspectAt: Ms;
  /** Lots that were meant to be opened: more is trimmed. */
  plannedLots: number;
  /** When a refused or lost exit is sent again; 0 = none waits. `exitAttempts` counts those in a row. */
  exitAt: Ms;
  exitAttempts: number;
  /** How the exit under way is worked (`leaving.ts`). */
  rung: 'limit' | 'ioc' | 'market';
  /** The venue's stop took a part of it: what is left waits for volume with the venue, or goes by an exit. */
  isHalfStopped: boolean;
  /** The suspicion was put to the venue as a question. */
  isSuspectAsked: boolean;
  /** Activation price of the trailing stop, ticks; 0 = active at once. */
  trailFromTicks: number;
  /** Take-profit orders are to be looked at again at the next close. */
  areTargetsDue: boolean;
  /** 0 = no trailing stop. */
  trailTicks: number;
  /** When a trailing stop that nobody confirmed is asked for again; 0 = it is confirmed, or none is wanted. */
  trailAt: Ms;
  /** In R; 0 = off or done. */
  breakEvenAt: number;
  targets: TargetLeg[];
  trade: OpenTrade;
}
export interface FlatPosition { readonly tag: 'flat' }
export type Position = FlatPosition | OpenPosition;

// ---- legs

export interface Book {
  /** Last closed price, ticks. */
  lastTicks: number;
  /** Mark price, ticks: the last one told, moved along with the last price since (`basis`). */
  markTicks: number;
  basisTicks: number;
  lastAt: Ms;
}

export interface RestingWish {
  readonly key: string; readonly side: Direction; readonly priceTicks: number; readonly lots: number;
  readonly reduceOnly: boolean; readonly postOnly: boolean; readonly once: boolean;
}
export interface RestingSet {
  wishes: readonly RestingWish[];
  /** Guard levels in ticks; 0 = none stated, -1 = waived. */
  longStopTicks: number;
  shortStopTicks: number;
  stopBy: TriggerSource;
  /** Filled lots per key since the key was last absent. */
  filled: Record<string, number>;
}

/**
 * An order that is over and may still have fills to come: one believed never placed, or one of which the venue said that
 * it filled more (`filled`, lots) than was told. A late fill is still protected by its own terms.
 */
export interface BuriedOrder { readonly order: Order; readonly until: Ms; filled: number }

/** A question to the venue about one leg. */
export type Query =
  | { readonly tag: 'none' }
  /** Waits for its answer since `since`; `isLate` = something was asked about that the answer may not know yet. */
  | { readonly tag: 'asked'; readonly since: Ms; readonly attempt: number; readonly isLate: boolean }
  /** The last answer left something open: ask again at `at`. */
  | { readonly tag: 'again'; readonly at: Ms; readonly attempt: number };

export interface Leg {
  readonly index: number;
  readonly symbol: number;
  readonly slot: 0;
  readonly book: Book;
  /** One per timeframe of the plan that is longer than the base; the decision's own is at `decisionAggregate`. */
  readonly aggregates: (Aggregate | null)[];
  readonly decisionAggregate: Aggregate | null;
  readonly indicators: IndicatorState;
  /** The bar built from shorter ones, when the decision timeframe is longer than the base. */
  readonly decisionBar: BarRecord;
  /** Ring of closed decision bars, 7 doubles each: openedAt, closedAt, open, high, low, close, volume. */
  readonly history: Float64Array;
  /** Decision bars seen, and where in the ring the next one goes. */
  historyCount: number;
  historyNext: number;
  rollDue: boolean;
  /** A decision bar closed and waits for its cycle. */
  isDue: boolean;
  decisions: number;
  position: Position;
  orders: Order[];
  staged: StagedEntry | null;
  buried: BuriedOrder[];
  query: Query;
  /** Position, stop and orders were reconciled since the last start, restart or reconnect. */
  isKnown: boolean;
  /** When it became not known last. A reading taken before proves nothing of what happened since. */
  forgottenAt: Ms;
  /** Its position was told since then. */
  isSeen: boolean;
  /** When the venue told of a stop although no position is counted: somebody has to say what there is. 0 = it did not. */
  hintedAt: Ms;
  /** Venue time at which a stop was removed of a position that nobody told of yet; 0 = none was, or there is a newer one. */
  removedAt: Ms;
  /** Venue time of the reading by which a position was taken over: older fills of others are in it. 0 = none. */
  adoptedAt: Ms;
  /** Snapshots in a row whose position could not be explained, and when the last of them was taken. */
  mismatches: number;
  mismatchAt: Ms;
  /** Venue time of the first of them, and the signed lots that the venue showed more: another difference begins anew. */
  mismatchFrom: Ms;
  mismatchLots: number;
  /** Venue time of the newest execution counted. */
  executedAt: Ms;
  resting: RestingSet | null;
  hold: Hold;
  closed: Trade[];
  fundingRate: number;
  fundingAt: Ms;
  fundingNextAt: Ms | null;
  memory: unknown;
  /** Last stored hold reason, so that a run of equal ones is stored once. */
  heldFor: string;
}

export interface WalletState {
  readonly settle: string;
  /** Money units. */
  balance: Money;
  balanceNumber: number;
  realised: Money;
  fees: Money;
  funding: Money;
}

/** `stack` is '' after a restart. */
export interface StrategyFailure { readonly symbol: string; readonly at: Ms; readonly message: string; readonly stack: string }

/** What the last execution did, on its way from the order stage to the protection stage. Reused. */
export interface Fill {
  isNew: boolean;
  /** Found in a reading: the price moved on since. */
  isLate: boolean;
  order: Order | null;
  /** Lots of its order that were filled with it; of a reading's fills those told later are not in it. */
  filled: number;
  opened: number;
  referenceTicks: number;
}

/** The bar a decision sees; prices in quote, times ms. */
export interface BarRecord {
  openedAt: number; closedAt: number; open: number; high: number; low: number; close: number; volume: number;
}
/** A leg's scene as far as the engine writes to it; built by `view.ts`. */
export interface SceneSlot { bar: BarRecord; memory: unknown }
export interface Views { readonly scenes: readonly SceneSlot[]; readonly cycle: { memory: unknown } }

export interface State {
  readonly setup: Setup;
  /** Views for the strategy; rebuilt, not snapshot. */
  views: Views;
  readonly fill: Fill;
  /** trace[0] = symbol being decided; may be shared memory, so that a watcher can name a decision that never ends. */
  readonly trace: Int32Array;
  sequence: number;
  now: Ms;
  mode: Mode;
  /** Mode that a finished recovery ends in. */
  afterRecovery: Exclude<Mode, { readonly tag: 'recovering' }>;
  link: Link;
  /** No deadline comes before this; `deadlineOf` makes it exact. Infinity = none. */
  dueAt: Ms;
  readonly alerts: Record<string, Alert>;
  /** Times of the last halts and restarts, oldest first (crash-loop breaker). */
  readonly stumbles: Ms[];
  readonly wallet: WalletState;
  readonly legs: readonly Leg[];
  nextOrder: number;
  decisionSequence: number;
  /** Wallet plus unrealised at mark, as of the last market event, settle coin. */
  equity: number;
  equityPeak: number;
  /** Executions already counted: every number from 1 to `upTo`, and the other ids, newest last, bounded. */
  readonly seen: { upTo: number; readonly ring: (number | string)[]; next: number; readonly set: Set<number | string> };
  /** Memory of a strategy that decides once a cycle. */
  memory: unknown;
  /** Refused, changed and held wants by reason. */
  readonly refusals: Record<string, number>;
  /** Memory of the risk rules; null when none is on. */
  readonly rules: RulesState | null;
  /** Set when the strategy threw or returned garbage; the mode is then halted. */
  failure: StrategyFailure | null;
}
