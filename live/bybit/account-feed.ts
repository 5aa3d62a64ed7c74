/**
 * What the private streams push, as events. Nothing is promised about order across topics, or about once: a row says what it
 * says again, and only what is new in it is told.
 *
 * 1. An execution is told once, by its id.
 * 2. An order that ended stays ended. One that ended with more filled than was told is asked about a little later.
 * 3. A funding payment is never a fill.
 * 4. A stop is told from the position that shows it, when it shows another one than before.
 * 5. A cancel that was not asked for here is the exchange's.
 */
import { lots as lotsOf, valueAt } from '../../engine/index.ts';
import type { CancelCause, Event, Execution, ExecutionCause, Instrument, Ms, TriggerSource } from '../../engine/index.ts';
import type { Links } from './links.ts';
import { moneyOfText, priceOrNull, stepsOfText } from './numbers.ts';
import type { ExecutionRow, OrderRow, PositionRow, WalletRow } from './rows.ts';

export interface AccountFeedWish {
  readonly symbols: readonly string[];
  readonly instruments: () => readonly Instrument[];
  readonly links: Links;
  readonly tell: (event: Event) => void;
  /** Something pushed says that more has happened than was told: a reading is due. */
  readonly wonder: (leg: number) => void;
  /** Next funding stamp of a leg, ms; null = not known. */
  readonly nextFunding: (leg: number) => Ms | null;
  readonly now: () => Ms;
}

/** `filled` = lots of the executions told. */
interface Known {
  isAccepted: boolean; isOver: boolean; isWaiting: boolean; isCancelAsked: boolean; lots: number; priceTicks: number; filled: number; updatedAt: Ms;
}

/** Stop and trailing distance that a position shows, ticks, 0 = none, with the side that they guard. */
interface Shown { readonly triggerTicks: number; readonly trailTicks: number; readonly side: string }
const none: Shown = { triggerTicks: 0, trailTicks: 0, side: '' };

/** Orders and executions remembered; older ones are only looked up by readings. */
const rememberedMost = 20_000;
/** Executions of an order that the exchange calls filled are waited for so long, wall time, ms. */
const fillsMs = 1_000;

/** Kinds of orders that the position itself places. Source: order row, `stopOrderType`. */
const children = /^(?:Partial)?(?:StopLoss|TakeProfit)$|^Trailing/;

export const isChild = ({ orderLinkId, stopOrderType, createType }: Pick<OrderRow, 'orderLinkId' | 'stopOrderType' | 'createType'>): boolean =>
  orderLinkId === '' && (children.test(stopOrderType) || /StopLoss|TakeProfit|Trailing/.test(createType));

export class AccountFeed {
  readonly #wish: AccountFeedWish;
  readonly #known = new Map<string, Known>();
  readonly #executed = new Set<string>();
  readonly #waits = new Set<NodeJS.Timeout>();
  /** Trigger and trailing distance that the position showed last, by leg. */
  readonly #shown: Shown[] = [];
  readonly #shownAt: Ms[] = [];
  readonly #fundings = new Set<string>();
  /** Trigger source asked for last, by leg: a position does not show its own. */
  readonly #sources: TriggerSource[] = [];
  #balance = '';

  constructor(wish: AccountFeedWish) { this.#wish = wish; }

  /** The source a stop was asked to look at. */
  stopAskedBy(leg: number, by: TriggerSource): void { this.#sources[leg] = by; }
  sourceOf(leg: number): TriggerSource { return this.#sources[leg] ?? 'mark'; }

  /** An order is on its way with these terms; `priceTicks` 0 = at market. */
  sent(leg: number, order: number, lots: number, priceTicks: number): void {
    const known = this.#of(leg, order);
    known.lots = lots;
    known.priceTicks = priceTicks;
  }

  cancelAsked(leg: number, order: number): void { this.#of(leg, order).isCancelAsked = true; }

  /** The exchange took an order in. */
  accepted(leg: number, order: number, at: Ms): void {
    const known = this.#of(leg, order);
    if (known.isAccepted || known.isOver) return;
    known.isAccepted = true;
    this.#wish.tell({ tag: 'order-accepted', at, leg, order });
  }

  order(row: OrderRow): void {
    const own = this.#wish.links.ownerOf(row.orderLinkId);
    if (own === null || this.#wish.symbols[own.leg] !== row.symbol) return;
    const { leg, order } = own;
    const known = this.#of(leg, order);
    if (known.isOver) return;
    const at = row.updatedTime;
    switch (row.orderStatus) {
      case 'Untriggered':
        this.#change(known, row, leg, order);
        known.isWaiting = true;
        return;
      case 'Triggered':
        this.accepted(leg, order, at);
        return;
      case 'New':
      case 'PartiallyFilled':
        this.#change(known, row, leg, order);
        return;
      case 'Filled':
        this.accepted(leg, order, at);
        known.isOver = true;
        this.#expectFills(known, this.#filledOf(row, leg), leg);
        return;
      case 'Rejected':
        known.isOver = true;
        if (this.#filledOf(row, leg) > 0 || row.stopOrderType === 'Stop' || row.rejectReason === 'EC_PostOnlyWillTakeLiquidity') this.#cancel(row, leg, order);
        else this.#wish.tell({ tag: 'order-rejected', at, leg, order, reason: 'other' });
        return;
      case 'Cancelled':
      case 'PartiallyFilledCanceled':
      case 'Deactivated':
        known.isOver = true;
        this.#cancel(row, leg, order);
        return;
      default: this.#wish.wonder(leg);
    }
  }

  execution(row: ExecutionRow): void {
    const leg = this.#wish.symbols.indexOf(row.symbol);
    if (leg < 0) return;
    if (row.execType === 'Funding') this.funding(row, leg);
    else if (isTrade(row.execType)) this.#match(row, leg);
    else this.#wish.wonder(leg);
  }

  #match(row: ExecutionRow, leg: number): void {
    if (this.#executed.has(row.execId)) return;
    const event = this.eventOf(row, leg);
    keep(this.#executed, row.execId);
    const { order, cause, at } = event;
    if (order >= 0) this.#of(leg, order).filled += event.lots;
    this.#wish.tell(event);
    if (cause === 'liquidation') this.#wish.tell({ tag: 'liquidation', at, leg });
    if (cause === 'adl') this.#wish.tell({ tag: 'adl', at, leg, lotsAfter: null });
  }

  /** The exchange calls an order filled: its executions come beside that word, or were lost. */
  #expectFills(known: Known, filled: number, leg: number): void {
    if (known.filled >= filled) return;
    const wait = setTimeout(() => {
      this.#waits.delete(wait);
      if (known.filled < filled) this.#wish.wonder(leg);
    }, fillsMs);
    this.#waits.add(wait);
  }

  /** The connection was lost: what a position showed is no ground for changes any more. */
  forget(): void { this.#shown.length = 0; }

  close(): void { for (const wait of this.#waits) clearTimeout(wait); }

  /** A match as the engine hears it. */
  eventOf(row: ExecutionRow, leg: number): Execution {
    const instrument = this.#wish.instruments()[leg]!;
    const own = this.#wish.links.ownerOf(row.orderLinkId);
    const cause = own === null ? causeOf(row) : 'order';
    const lots = stepsOfText(row.execQty, instrument.lot);
    const priceTicks = stepsOfText(row.execPrice, instrument.tick);
    const isWhole = Number.isSafeInteger(priceTicks);
    return {
      tag: 'execution', at: row.execTime, tradedAt: row.execTime, leg, order: own !== null ? own.order : cause === 'foreign' ? this.#wish.links.foreign(row.orderId) : -1,
      id: row.execId, cause, side: row.side === 'Sell' ? -1 : 1, lots: lotsOf(lots), priceTicks,
      value: isWhole || row.execValue === null ? valueAt(instrument, priceTicks, lots) : moneyOfText(row.execValue, instrument.moneyScale),
      fee: row.execFee === null ? 0n : moneyOfText(row.execFee, instrument.moneyScale), liquidity: row.isMaker ? 'maker' : 'taker',
      leavesLots: row.leavesQty === null ? 1 : stepsOfText(row.leavesQty, instrument.lot),
    };
  }

  /** A position as pushed. Its size is never taken from here: that is what executions are for. */
  position(row: PositionRow): void {
    const leg = this.#wish.symbols.indexOf(row.symbol);
    if (leg < 0 || row.positionIdx !== 0) return;
    const at = row.updatedTime === null ? this.#wish.now() : Number(row.updatedTime);
    if (at < (this.#shownAt[leg] ?? 0)) return;
    this.#shownAt[leg] = at;
    const instrument = this.#wish.instruments()[leg]!;
    const isOpen = stepsOfText(row.size, instrument.lot) > 0;
    const ticksOf = (text: string | null): number => (isOpen && priceOrNull(text) !== null ? stepsOfText(text!, instrument.tick) : 0);
    const now: Shown = { triggerTicks: ticksOf(row.stopLoss), trailTicks: ticksOf(row.trailingStop), side: row.side };
    const before = this.#shown[leg] ?? none;
    const isBare = now.triggerTicks === 0 && now.trailTicks === 0;
    this.#shown[leg] = isBare ? none : now;
    if (isBare) {
      if (isOpen && before !== none) this.#wish.wonder(leg);
      return;
    }
    if (before.triggerTicks === now.triggerTicks && before.trailTicks === now.trailTicks && before.side === now.side) return;
    this.#wish.tell({ tag: 'stop-set', at, setAt: at, leg, triggerTicks: now.triggerTicks, by: this.sourceOf(leg), trailTicks: now.trailTicks });
  }

  /** Whether the position showed this stop and trailing distance last. Ticks, 0 = whatever it is. */
  showsStop(leg: number, triggerTicks: number, trailTicks: number): boolean {
    const shown = this.#shown[leg] ?? none;
    return (triggerTicks === 0 || shown.triggerTicks === triggerTicks) && (trailTicks === 0 || shown.trailTicks === trailTicks);
  }

  /** Told when the settle coin's balance is another than before. */
  wallet(row: WalletRow): void {
    const { settle, moneyScale } = this.#wish.instruments()[0]!;
    const text = row.coin.find(({ coin }) => coin === settle)?.walletBalance ?? null;
    if (text === null || text === this.#balance) return;
    this.#balance = text;
    this.#wish.tell({ tag: 'wallet', at: this.#wish.now(), wallet: 0, balance: moneyOfText(text, moneyScale) });
  }

  #of(leg: number, order: number): Known {
    const key = `${leg} ${order}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const fresh: Known = { isAccepted: false, isOver: false, isWaiting: false, isCancelAsked: false, lots: 0, priceTicks: 0, filled: 0, updatedAt: 0 };
    this.#known.set(key, fresh);
    if (this.#known.size > rememberedMost) for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      break;
    }
    return fresh;
  }

  /** A standing order: accepted when first seen, and changed when price or quantity are others than before. */
  #change(known: Known, row: OrderRow, leg: number, order: number): void {
    const { tick, lot } = this.#wish.instruments()[leg]!;
    const lots = stepsOfText(row.qty, lot);
    const price = priceOrNull(row.price);
    const priceTicks = price === null || row.orderType === 'Market' ? 0 : stepsOfText(price, tick);
    const isFirst = known.lots === 0;
    const at = row.updatedTime;
    if (at < known.updatedAt) return;
    known.updatedAt = at;
    this.accepted(leg, order, at);
    if (!isFirst && known.isWaiting && row.orderStatus !== 'Untriggered') {
      known.isWaiting = false;
      this.#wish.tell({ tag: 'order-changed', at, leg, order, change: 'triggered', lots: lotsOf(lots), priceTicks });
    } else if (!isFirst && (known.lots !== lots || known.priceTicks !== priceTicks)) {
      this.#wish.tell({ tag: 'order-changed', at, leg, order, change: 'amended', lots: lotsOf(lots), priceTicks });
    }
    known.lots = lots;
    known.priceTicks = priceTicks;
  }

  #cancel(row: OrderRow, leg: number, order: number): void {
    const said = cancelCauseOf(row);
    const cause = said === 'requested' && !this.#of(leg, order).isCancelAsked ? 'venue' : said;
    this.#wish.tell({ tag: 'order-cancelled', at: row.updatedTime, leg, order, cause, filled: this.#filledOf(row, leg) });
  }

  #filledOf({ cumExecQty }: OrderRow, leg: number): number {
    return cumExecQty === null ? 0 : stepsOfText(cumExecQty, this.#wish.instruments()[leg]!.lot);
  }

  /** Positive fees are paid. A stamp counts once, however often it is pushed or read. */
  funding(row: ExecutionRow, leg: number): void {
    if (this.#fundings.has(row.execId)) return;
    keep(this.#fundings, row.execId);
    const { moneyScale } = this.#wish.instruments()[leg]!;
    this.#wish.tell({
      tag: 'funding', at: row.execTime, symbol: leg, leg, rate: Number(row.feeRate ?? '0'), settledAt: row.execTime,
      nextAt: this.#wish.nextFunding(leg), payment: row.execFee === null ? 0n : -moneyOfText(row.execFee, moneyScale),
    });
  }
}

function keep(ids: Set<string>, id: string): void {
  ids.add(id);
  if (ids.size > rememberedMost) for (const oldest of ids) {
    ids.delete(oldest);
    break;
  }
}

/** Source: `execType`: those that change a position. */
const trades: ReadonlySet<string> = new Set(['Trade', 'AdlTrade', 'BustTrade', 'Delivery', 'Settle', 'BlockTrade', 'MovePosition']);
export const isTrade = (execType: string): boolean => trades.has(execType);

function causeOf({ execType, createType, stopOrderType, orderLinkId }: ExecutionRow): ExecutionCause {
  if (execType === 'BustTrade' || /Liq|TakeOver/.test(createType)) return 'liquidation';
  if (execType === 'AdlTrade' || /Adl/.test(createType)) return 'adl';
  if (orderLinkId !== '') return 'foreign';
  const kind = `${stopOrderType} ${createType}`;
  if (/Trailing/.test(kind)) return 'trailing';
  if (/StopLoss/.test(kind)) return 'stop';
  return /TakeProfit/.test(kind) ? 'target' : 'foreign';
}

/** Source: `cancelType` and `rejectReason` of the order row; a conditional order that stood dies for want of margin when it fires. */
function cancelCauseOf({ cancelType, rejectReason, orderStatus, orderType, stopOrderType }: OrderRow): CancelCause {
  if (rejectReason === 'EC_PostOnlyWillTakeLiquidity') return 'post-only-would-take';
  if (rejectReason === 'EC_NoImmediateQtyToFill') return orderType === 'Market' ? 'no-volume' : 'ioc-unfilled';
  if (orderStatus === 'Rejected' && stopOrderType === 'Stop') return 'insufficient-margin';
  if (rejectReason === 'EC_NoEnoughQtyToFill' || rejectReason === 'EC_CancelForNoFullFill') return 'fok-unfilled';
  switch (cancelType) {
    case 'CancelByUser': return 'requested';
    case 'CancelByReduceOnly':
    case 'CancelByTpSlTsClear': return 'position-closed';
    case 'CancelAllBeforeLiq':
    case 'CancelByPrepareLiq': return 'insufficient-margin';
    default: return orderStatus === 'Cancelled' && rejectReason === 'EC_PerCancelRequest' ? 'requested' : 'venue';
  }
}
