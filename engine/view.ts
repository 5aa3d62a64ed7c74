/**
 * What a decision sees: one scene object per leg, built once, read lazily through accessors so that a decision pays
 * only for what it looks at. `bar`, `ind` and `prev` are valid inside the call only.
 */
import { intents } from './intents.ts';
import { unrealisedOf } from './position.ts';
import { workingEntry } from './orders.ts';
import { triggerInForce, wantedTrigger } from './stop-levels.ts';
import { boundMargin, openRisk } from './risk.ts';
import type { Account, Bar, Cycle, EntryView, FundingView, InstrumentView, PositionView, RestingView, Scene, Trade } from './scene.ts';
import { StrategyError } from './strategy-error.ts';
import type { BarRecord, Leg, OpenPosition, Order, State, Views } from './state.ts';
import { valueOf } from './units.ts';
import type { Ms } from './units.ts';

const flatView: PositionView = Object.freeze({ tag: 'flat' });
const noEntry: EntryView = Object.freeze({ tag: 'none' });
const noOrders: readonly RestingView[] = Object.freeze([]);

/** Doubles of one bar in a leg's history ring. */
export const historyWidth = 7;

class OpenView {
  readonly tag = 'open';
  readonly #state: State;
  readonly #leg: Leg;
  constructor(state: State, leg: Leg) {
    this.#state = state;
    this.#leg = leg;
  }
  get #position(): OpenPosition {
    const { position } = this.#leg;
    if (position.tag === 'flat') throw new StrategyError('a position view is valid inside its decision only');
    return position;
  }
  get side(): 'long' | 'short' { return this.#position.side === 1 ? 'long' : 'short'; }
  get qty(): number { return valueOf(this.#position.lots, this.#state.setup.instruments[this.#leg.symbol]!.lot); }
  get entryPrice(): number { return priceOf(this.#state, this.#leg, this.#position.entryTicks); }
  get openedAt(): number { return this.#position.openedAt; }
  get barsHeld(): number { return Math.max(0, this.#position.barsHeld - 1); }
  get unrealised(): number { return unrealisedOf(this.#state, this.#leg); }
  get r(): number | null {
    const { risk } = this.#position.trade;
    return risk > 0 ? this.unrealised / risk : null;
  }
  get stop(): number | null {
    const trigger = wantedTrigger(this.#position.protection);
    return trigger === 0 ? null : priceOf(this.#state, this.#leg, trigger);
  }
  get isProtected(): boolean { return triggerInForce(this.#position.protection) !== null; }
  get adopted(): boolean { return this.#position.adopted; }
}

class AccountView implements Account {
  readonly #state: State;
  constructor(state: State) { this.#state = state; }
  get equity(): number { return this.#state.equity; }
  get available(): number { return Math.max(0, this.#state.wallet.balanceNumber - boundMargin(this.#state, -1)); }
  get settle(): string { return this.#state.wallet.settle; }
  get openRiskFraction(): number { return openRisk(this.#state, -1); }
}

/** A leg's scene; `bar` and `memory` are set before each call. */
export class SceneView implements Scene<unknown, string> {
  readonly symbol: string;
  readonly ind: never;
  readonly prev: never;
  readonly account: Account;
  readonly instrument: InstrumentView;
  readonly intents = intents;
  readonly history: (back: number) => Bar;
  bar: BarRecord;
  memory: unknown = null;
  readonly #state: State;
  readonly #leg: Leg;
  readonly #open: OpenView;

  constructor(state: State, leg: Leg, account: Account, bar: BarRecord) {
    this.#state = state;
    this.#leg = leg;
    this.#open = new OpenView(state, leg);
    this.symbol = state.setup.strategy.symbols[leg.symbol]!;
    this.instrument = state.setup.views[leg.symbol]!;
    this.ind = leg.indicators.ind as never;
    this.prev = leg.indicators.prev as never;
    this.account = account;
    this.bar = bar;
    this.history = (back) => historyBar(leg, back, state.setup.warmupBars);
  }
  get time(): number { return this.#state.now; }
  get position(): PositionView { return this.#leg.position.tag === 'flat' ? flatView : this.#open; }
  get entry(): EntryView { return entryView(this.#state, this.#leg); }
  get resting(): readonly RestingView[] { return restingViews(this.#state, this.#leg); }
  get closed(): readonly Trade[] { return this.#leg.closed; }
  get mark(): number { return priceOf(this.#state, this.#leg, this.#leg.book.markTicks); }
  get funding(): FundingView | null {
    const { fundingAt, fundingRate, fundingNextAt } = this.#leg;
    return fundingAt === 0 ? null : { rate: fundingRate, settledAt: fundingAt, nextAt: fundingNextAt };
  }
}

/** All views of a run, for its state. */
export function createViews(state: State): Views {
  const account = new AccountView(state);
  const scenes = state.legs.map((leg) => new SceneView(state, leg, account, leg.decisionBar));
  const { symbols } = state.setup.strategy;
  const cycle: Cycle<unknown, unknown, string> & { memory: unknown } = {
    get time() { return state.now; },
    symbols, account, memory: null,
    at: (symbol) => {
      const index = symbols.indexOf(symbol);
      if (index < 0) throw new StrategyError(`at('${symbol}'): the strategy trades ${symbols.join(', ')}`);
      return state.legs[index]!.isDue ? (scenes[index] as unknown as Scene<unknown, string>) : null;
    },
  };
  return { scenes, cycle };
}

function priceOf(state: State, leg: Leg, priceTicks: number): number {
  return valueOf(priceTicks, state.setup.instruments[leg.symbol]!.tick);
}

function entryView(state: State, leg: Leg): EntryView {
  const order = workingEntry(leg);
  if (order === null) return noEntry;
  const { lot } = state.setup.instruments[leg.symbol]!;
  const side = order.side === 1 ? 'long' : 'short';
  const qty = valueOf(order.lots, lot);
  const filled = valueOf(order.filled, lot);
  if (isEnding(leg, order)) return { tag: 'ending', side, qty, filled };
  const at = order.priceTicks || order.triggerTicks;
  return {
    tag: 'working', side, qty, filled, price: at === 0 ? null : priceOf(state, leg, at),
    barsLeft: order.endsAtDecision === 0 ? null : order.endsAtDecision - leg.decisions,
  };
}

/** Its time is over at this close, or it is to be cancelled, whether or not that was heard. */
export function isEnding(leg: Leg, order: Order): boolean {
  return order.isUnwanted || (order.endsAtDecision > 0 && order.endsAtDecision <= leg.decisions);
}

function restingViews(state: State, leg: Leg): readonly RestingView[] {
  if (leg.resting === null) return noOrders;
  const { lot } = state.setup.instruments[leg.symbol]!;
  const views: RestingView[] = [];
  for (const order of leg.orders) {
    if (order.role !== 'rest') continue;
    views.push({
      key: order.key, side: order.side === 1 ? 'buy' : 'sell', price: priceOf(state, leg, order.priceTicks),
      qty: valueOf(order.lots, lot), filled: valueOf(order.filled, lot),
    });
  }
  return views;
}

function historyBar(leg: Leg, back: number, reach: number): Bar {
  if (!Number.isSafeInteger(back) || back < 0) {
    throw new StrategyError(`history(back) must be a whole number of bars back, 0 for this bar, was ${String(back)}`);
  }
  if (back >= reach) {
    throw new StrategyError(`history(${back}) is beyond the declared warm-up of ${reach} bars; raise 'warmup' in the strategy`);
  }
  const h = leg.history;
  let at = leg.historyNext - (back + 1) * historyWidth;
  if (at < 0) at += h.length;
  return {
    openedAt: h[at]!, closedAt: h[at + 1]!, open: h[at + 2]!, high: h[at + 3]!, low: h[at + 4]!, close: h[at + 5]!, volume: h[at + 6]!,
  };
}

/** Close of the last decision bar remembered, ms; 0 = none yet. */
export function lastClosedAt({ history, historyCount, historyNext }: Leg): Ms {
  if (historyCount === 0) return 0;
  return history[(historyNext === 0 ? history.length : historyNext) - historyWidth + 1]!;
}

/** Remembers a closed decision bar. */
export function rememberBar(leg: Leg, bar: BarRecord): void { // hot
  const h = leg.history;
  const at = leg.historyNext;
  h[at] = bar.openedAt; h[at + 1] = bar.closedAt; h[at + 2] = bar.open; h[at + 3] = bar.high;
  h[at + 4] = bar.low; h[at + 5] = bar.close; h[at + 6] = bar.volume;
  leg.historyNext = at + historyWidth === h.length ? 0 : at + historyWidth;
  leg.historyCount += 1;
}

