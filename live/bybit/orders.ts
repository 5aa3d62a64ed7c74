/**
 * The engine's commands on the wire: each becomes one request, and each request ends in what it did.
 *
 * 1. A list goes out in its order, the next after the answer to the one before; requests about one order, or about one
 *    leg's stop, never overtake each other.
 * 2. The stop rides on the entry; source, mode and position index are always written out.
 * 3. A stop counts as set when the position shows it. What the stream does not show in time is read back.
 * 4. A second attempt of an order writes the same link: the exchange refuses it when the first got through.
 * 5. An entry above what the exchange takes in one order is refused here: it is not cut, and not split. So is what no text
 *    of whole ticks and lots can say.
 * 6. Whatever goes wrong in here itself ends its own request only, outcome unknown.
 */
import { textOfSteps } from './numbers.ts';
import type { AmendCommand, Approved, CancelCommand, EnterCommand, Event, FailureReason, Instrument, Ms, ReduceCommand, RejectReason, RequestFailed, SetStopCommand, TriggerSource } from '../../engine/index.ts';
import { VenueError } from '../connection.ts';
import type { ListedInstrument, Log } from '../connection.ts';
import type { AccountFeed } from './account-feed.ts';
import { priorities } from './budget.ts';
import { classify } from './codes.ts';
import type { Operation, Verdict } from './codes.ts';
import type { Links } from './links.ts';
import type { Readings } from './readings.ts';
import type { Reply, Requests } from './requests.ts';

export interface OrdersWish {
  readonly requests: Requests;
  readonly readings: Readings;
  readonly feed: AccountFeed;
  readonly links: Links;
  readonly category: 'linear' | 'inverse';
  readonly symbols: readonly string[];
  readonly instruments: () => readonly Instrument[];
  /** What the exchange takes in one order, by leg. */
  readonly listed: (leg: number) => Pick<ListedInstrument, 'maxLots' | 'maxMarketLots'>;
  readonly now: () => Ms;
  /** A refusal may come from rules that changed. */
  readonly doubt: () => void;
  readonly tell: (event: Event) => void;
  readonly log: Log;
  /** Wall time in which the stream shows a stop that was accepted, ms. */
  readonly showMs: Ms;
}

type Sent = Exclude<Approved, { readonly tag: 'notify' }>;
type Write = Exclude<Sent, { readonly tag: 'query-account' }>;
type About = Pick<RequestFailed, 'leg' | 'order' | 'of'>;

/** Refusals that tick, step, minima or status of the symbol may be behind. */
const ofRules: ReadonlySet<RejectReason> = new Set<RejectReason>(['malformed', 'below-min-qty', 'below-min-notional', 'other']);

const triggerWord = (by: TriggerSource): 'MarkPrice' | 'LastPrice' => (by === 'mark' ? 'MarkPrice' : 'LastPrice');

export class Orders {
  readonly #wish: OrdersWish;
  /** The last request about an order or a leg's stop. */
  readonly #last = new Map<string, Promise<void>>();
  /** The last stop asked for and accepted, by leg, and who waits for the position to show it. */
  readonly #shows = new Map<number, { readonly command: SetStopCommand; wake: () => void }>();
  underWay = 0;
  #isOver = false;

  constructor(wish: OrdersWish) { this.#wish = wish; }

  send(commands: readonly Approved[]): void {
    const sent = commands.filter((command): command is Sent => command.tag !== 'notify');
    this.underWay += sent.length;
    void this.#inOrder(sent);
  }

  async #inOrder(commands: readonly Sent[]): Promise<void> {
    for (const command of commands) {
      if (command.tag === 'query-account') {
        void this.#whenDone(this.read(command.leg));
        continue;
      }
      await this.#whenDone(this.#afterFormer(command));
    }
  }

  async #whenDone(work: Promise<void>): Promise<void> {
    try {
      await work;
    } finally {
      this.underWay -= 1;
    }
  }

  close(): void {
    this.#isOver = true;
    for (const { wake } of this.#shows.values()) wake();
  }

  /** A position was pushed. */
  shown(leg: number): void { this.#shows.get(leg)?.wake(); }

  /** Reads a leg and tells what it found. Never rejects. */
  async read(leg: number): Promise<void> {
    await this.#guarded({ leg, order: -1, of: 'query-account' }, async () => {
      const reading = await this.#wish.readings.read(leg);
      if (reading !== null) this.#tell(reading);
      else this.#fail({ leg, order: -1, of: 'query-account' }, 'unknown', 'timeout');
    });
  }

  async #afterFormer(command: Write): Promise<void> {
    const about = aboutOf(command);
    const key = command.tag === 'set-stop' ? `stop ${command.leg}` : `${command.leg} ${command.order}`;
    const former = this.#last.get(key) ?? Promise.resolve();
    const own = former.then(() => this.#guarded(about, () => this.#one(command)));
    this.#last.set(key, own);
    await own;
    if (this.#last.get(key) === own) this.#last.delete(key);
  }

  /** 6. */
  async #guarded(about: About, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#wish.log('alarm', 'a request failed in the connector itself', { of: about.of, leg: about.leg, error: error instanceof Error ? error.name : 'unknown' });
      this.#fail(about, 'unknown', 'refused');
    }
  }

  #one(command: Write): Promise<void> {
    switch (command.tag) {
      case 'enter':
      case 'reduce': return this.#create(command);
      case 'amend': return this.#amend(command);
      case 'cancel': return this.#cancel(command);
      case 'set-stop': return this.#setStop(command);
      default: return command satisfies never;
    }
  }

  async #create(command: EnterCommand | ReduceCommand): Promise<void> {
    const { leg, order, tag } = command;
    if (this.#refusesForm(command) || (command.tag === 'enter' && this.#refusesSize(command))) return;
    const body = this.#bodyOf(command);
    if (command.tag === 'enter' && command.stopTicks > 0) this.#wish.feed.stopAskedBy(leg, command.stopBy);
    this.#wish.feed.sent(leg, order, command.lots, command.type === 'market' ? 0 : command.priceTicks);
    const priority = tag === 'reduce' ? priorities.exit : priorities.entry;
    const verdict = await this.#ask('create', { leg, order, of: tag }, () => this.#wish.requests.write('create', priority, body));
    if (verdict === null) return;
    const at = this.#wish.now();
    if (verdict.tag === 'done' || verdict.tag === 'unchanged') this.#wish.feed.accepted(leg, order, at);
    else if (verdict.tag === 'refused') this.#tell({ tag: 'order-rejected', at, leg, order, reason: verdict.reason });
  }

  #refusesForm({ tag, leg, order, priceTicks, lots, ...own }: EnterCommand | ReduceCommand): boolean {
    const levels = tag === 'enter' && 'stopTicks' in own ? [own.stopTicks, own.triggerTicks] : [];
    if ([priceTicks, lots, ...levels].every(Number.isSafeInteger)) return false;
    this.#tell({ tag: 'order-rejected', at: this.#wish.now(), leg, order, reason: 'malformed' });
    return true;
  }

  /** 5. The exchange splits what only reduces by itself. */
  #refusesSize({ leg, order, type, lots }: EnterCommand): boolean {
    const { maxLots, maxMarketLots } = this.#wish.listed(leg);
    const most = type === 'market' ? maxMarketLots : maxLots;
    if (lots <= most) return false;
    this.#wish.log('warning', 'an entry is larger than the exchange takes in one order: refused', { symbol: this.#wish.symbols[leg]!, lots, most });
    this.#tell({ tag: 'order-rejected', at: this.#wish.now(), leg, order, reason: 'malformed' });
    return true;
  }

  #bodyOf(command: EnterCommand | ReduceCommand) {
    const { category, symbols, instruments, links } = this.#wish;
    const { leg, side, lots, type, priceTicks, timeInForce } = command;
    const { tick, lot } = instruments()[leg]!;
    const isEntry = command.tag === 'enter';
    const isConditional = isEntry && command.triggerDirection !== 0;
    return {
      category, symbol: symbols[leg]!, side: side === 1 ? 'Buy' as const : 'Sell' as const, orderType: type === 'market' ? 'Market' as const : 'Limit' as const,
      qty: textOfSteps(lots, lot), timeInForce: type === 'market' ? 'IOC' as const : timeInForce, positionIdx: 0 as const, orderLinkId: links.linkOf(command),
      reduceOnly: !isEntry, ...(priceTicks > 0 ? { price: textOfSteps(priceTicks, tick) } : {}),
      ...(isConditional ? { triggerPrice: textOfSteps(command.triggerTicks, tick), triggerDirection: command.triggerDirection as 1 | 2, triggerBy: triggerWord(command.triggerBy) } : {}),
      ...(isEntry && command.stopTicks > 0
        ? { stopLoss: textOfSteps(command.stopTicks, tick), slTriggerBy: triggerWord(command.stopBy), tpslMode: 'Full' as const, slOrderType: 'Market' as const } : {}),
    };
  }

  async #amend({ leg, order, priceTicks, lots }: AmendCommand): Promise<void> {
    const { category, symbols, instruments, links } = this.#wish;
    const { tick, lot } = instruments()[leg]!;
    const named = { category, symbol: symbols[leg]!, orderLinkId: links.linkOf({ leg, order }) };
    const verdict = await this.#ask('amend', { leg, order, of: 'amend' }, () => this.#wish.requests.write('amend', priorities.amend, {
      ...named, qty: textOfSteps(lots, lot), ...(priceTicks > 0 ? { price: textOfSteps(priceTicks, tick) } : {}),
    }));
    if (verdict?.tag === 'refused') this.#fail({ leg, order, of: 'amend' }, 'not-applied', 'refused');
    else if (verdict?.tag === 'gone') this.#fail({ leg, order, of: 'amend' }, 'not-applied', 'no-order');
    else if (verdict?.tag === 'unchanged') {
      this.#tell({ tag: 'order-changed', at: this.#wish.now(), leg, order, change: 'amended', lots, priceTicks });
    }
  }

  async #cancel({ leg, order }: CancelCommand): Promise<void> {
    const { category, symbols, links, feed } = this.#wish;
    const id = order < 0 ? links.idOf(order) : null;
    if (order < 0 && id === null) {
      this.#fail({ leg, order, of: 'cancel' }, 'not-applied', 'no-order');
      return;
    }
    if (order >= 0) feed.cancelAsked(leg, order);
    const named = { category, symbol: symbols[leg]!, ...(id === null ? { orderLinkId: links.linkOf({ leg, order }) } : { orderId: id }) };
    const verdict = await this.#ask('cancel', { leg, order, of: 'cancel' }, () => this.#wish.requests.write('cancel', priorities.cancel, named));
    if (verdict?.tag === 'refused') this.#fail({ leg, order, of: 'cancel' }, 'not-applied', 'refused');
    else if (verdict?.tag === 'gone') this.#fail({ leg, order, of: 'cancel' }, 'not-applied', 'no-order');
  }

  async #setStop(command: SetStopCommand): Promise<void> {
    const { category, symbols, instruments, feed } = this.#wish;
    const { leg, triggerTicks, by, trailTicks, activeTicks } = command;
    const { tick } = instruments()[leg]!;
    feed.stopAskedBy(leg, by);
    const verdict = await this.#ask('stop', { leg, order: -1, of: 'set-stop' }, () => this.#wish.requests.write('stop', priorities.stop, {
      category, symbol: symbols[leg]!, tpslMode: 'Full', positionIdx: 0,
      ...(triggerTicks > 0 ? { stopLoss: textOfSteps(triggerTicks, tick), slTriggerBy: triggerWord(by) } : {}),
      ...(trailTicks > 0 ? { trailingStop: textOfSteps(trailTicks, tick) } : {}), ...(activeTicks > 0 ? { activePrice: textOfSteps(activeTicks, tick) } : {}),
    }));
    if (verdict === null) return;
    const at = this.#wish.now();
    if (verdict.tag === 'done') this.#lookOut(command);
    else if (verdict.tag === 'unchanged') {
      this.#tell({ tag: 'stop-unchanged', at, leg, triggerTicks });
      if (!feed.showsStop(leg, triggerTicks, trailTicks)) await this.read(leg); // also the answer when a value was missing
    } else if (verdict.tag === 'refused' && verdict.reason !== 'duplicate-link') {
      const { reason } = verdict;
      this.#tell({ tag: 'stop-refused', at, leg, triggerTicks, reason: reason === 'through-trigger' || reason === 'no-position' ? reason : 'other' });
    } else this.#tell({ tag: 'stop-refused', at, leg, triggerTicks, reason: 'other' });
  }

  /** The position shows the stop soon, or is read; what comes next does not wait for it. A newer stop takes the place of an older one. */
  #lookOut(command: SetStopCommand): void {
    this.#shows.get(command.leg)?.wake();
    this.underWay += 1;
    void this.#whenDone(this.#guarded(aboutOf(command), () => this.#untilShown(command)));
  }

  async #untilShown(command: SetStopCommand): Promise<void> {
    const { leg, triggerTicks, trailTicks } = command;
    const waiter = { command, wake: () => {} };
    this.#shows.set(leg, waiter);
    const isAwaited = (): boolean => this.#shows.get(leg) === waiter && !this.#isOver && !this.#wish.feed.showsStop(leg, triggerTicks, trailTicks);
    const until = performance.now() + this.#wish.showMs;
    while (isAwaited() && performance.now() < until) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, until - performance.now());
        waiter.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    if (isAwaited()) await this.read(leg);
    if (this.#shows.get(leg) === waiter) this.#shows.delete(leg);
  }

  /** The verdict; null when the request failed, which is told. */
  async #ask(operation: Operation, about: About, what: () => Promise<Reply>): Promise<Exclude<Verdict, { readonly tag: 'failed' }> | null> {
    try {
      const { code, text } = await what();
      const verdict = classify(operation, code, text);
      if (verdict.tag === 'refused' && ofRules.has(verdict.reason)) this.#wish.doubt();
      if (verdict.tag !== 'failed') return verdict;
      this.#fail(about, verdict.certainty, verdict.reason);
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      const { certainty, reason } = failureOf(error);
      this.#fail(about, certainty, reason);
    }
    return null;
  }

  #fail({ leg, order, of }: About, certainty: RequestFailed['certainty'], reason: FailureReason): void {
    this.#tell({ tag: 'request-failed', at: this.#wish.now(), leg, order, of, certainty, reason });
  }

  #tell(event: Event): void {
    if (!this.#isOver) this.#wish.tell(event);
  }
}

function aboutOf(command: EnterCommand | ReduceCommand | AmendCommand | CancelCommand | SetStopCommand): About {
  return { leg: command.leg, order: command.tag === 'set-stop' ? -1 : command.order, of: command.tag };
}

/** What is certain of a write that has no reply. */
export function failureOf({ kind, httpStatus }: VenueError): { readonly certainty: 'not-applied' | 'unknown'; readonly reason: FailureReason } {
  switch (kind) {
    case 'unreachable': return { certainty: 'not-applied', reason: 'unreachable' };
    case 'rate-limited': return { certainty: httpStatus === 429 ? 'unknown' : 'not-applied', reason: 'rate-limited' };
    case 'forbidden': return { certainty: 'not-applied', reason: 'forbidden' };
    case 'clock': return { certainty: 'not-applied', reason: 'clock' };
    case 'refused': return { certainty: 'not-applied', reason: 'refused' };
    default: return { certainty: 'unknown', reason: httpStatus === null ? 'timeout' : 'busy' };
  }
}
