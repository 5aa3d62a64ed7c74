/**
 * A venue that only seems to be one: the market is the exchange's own, the account is the simulator's. Its clock is market time
 * as a backtest has it: it stands at the last close, and moves on when the next bar is whole and can be played.
 *
 * 1. A command decided at a close is filled in the bar that follows it, as in a backtest; that is known when this bar has closed.
 * 2. What is told carries the time at which it happened in the bar, and bars come after what happened inside them.
 * 3. Nothing is asked of the exchange that needs a key.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { BarClosed, Event, Ms } from '../../engine/index.ts';
import type { Clock } from '../clock.ts';
import type { AccountFacts, Candle, CandleRequest, ClockFacts, Connection, FeeFacts, FundingRequest, KeyFacts, LegFacts, ListedInstrument, Log, SettledFunding } from '../connection.ts';
import type { Tell, Venue } from '../venue.ts';
import { VenueError } from '../connection.ts';
import type { PaperAccount } from './account.ts';
import { markBeside } from './marks.ts';
import type { MarkWish } from './marks.ts';

/** Wall time: how long the first subscription may take, and how often it is looked after, ms. */
const connectMostMs = 15_000;
const lookMs = 5;
/** A bar of one symbol is waited for so long after its close when those of others are there. */
const graceMost = 15_000;

export interface PaperRequest {
  readonly account: PaperAccount;
  /** The exchange without a key; it must tell into `heard`. */
  readonly market: Connection;
  /** The exchange's time. */
  readonly clock: Clock & { readonly hasEnded?: boolean };
  /** Null = the mark is the last price. */
  readonly marks: MarkWish | null;
  readonly barMs: Ms;
  readonly tell: Tell;
  readonly log: Log;
}

export class PaperConnection implements Connection, Clock {
  readonly isStepped = true;
  readonly venue: Venue;
  readonly #request: PaperRequest;
  #isInterrupted = false;
  #isMarketUp = false;
  #isClosed = false;
  /** Bars whose mark candle is asked for. */
  #asking = 0;
  #asked: Promise<void> = Promise.resolve();
  /** The market of a local exchange has come to its end. */
  hasEnded = false;

  constructor(request: PaperRequest) {
    this.#request = request;
    const { account, market, tell } = request;
    const underWay = (): number => market.venue.underWay + this.#asking;
    this.venue = {
      send: (commands, at) => account.venue.send(commands, at),
      recover: () => tell({ tag: 'connected', at: account.now }),
      close: async (within) => {
        this.#isClosed = true;
        await market.venue.close(within);
      },
      get underWay() { return underWay(); },
    };
  }

  // ---- what the market tells

  /** Bars and funding are for the account; it tells them on when they are played. */
  heard(event: Event): void {
    const { account: { tape }, clock, marks, log } = this.#request;
    switch (event.tag) {
      case 'bar-closed':
        if (marks === null) this.#add(event);
        else {
          this.#asking += 1;
          this.#asked = this.#addMarked(this.#asked, event, marks);
        }
        break;
      case 'funding': {
        const { settledAt, rate, nextAt } = event;
        if (!tape.fund(event.symbol, { settledAt, rate, nextAt })) log('warning', 'a funding stamp came after its time was played: left out', { symbol: event.symbol, settledAt });
        break;
      }
      case 'connected':
        if (this.#isMarketUp) this.#asked = this.#fundMissed(this.#asked);
        this.#isMarketUp = true;
        break;
      case 'instrument-changed': this.#request.tell({ ...event, at: this.#request.account.now }); break;
      case 'stale': log('warning', 'the market says nothing: paper time stands', { symbol: event.symbol }); break;
      default: return;
    }
    clock.interrupt();
  }

  #add(bar: BarClosed): void {
    const { account: { tape }, log } = this.#request;
    if (!tape.add(bar)) log('warning', 'a bar came after its time was played: left out', { symbol: bar.symbol, closedAt: bar.closedAt });
  }

  /** One after the other: a later bar waits for the mark of an earlier one. */
  async #addMarked(before: Promise<void>, bar: BarClosed, marks: MarkWish): Promise<void> {
    await before;
    const mark = await markBeside(marks, bar, wait);
    const { account: { tape }, clock, log } = this.#request;
    if (mark === null) log('warning', 'the mark candle of a bar did not come: the mark stays where it was', { symbol: bar.symbol, closedAt: bar.closedAt });
    else tape.addMark(mark);
    this.#add(bar);
    this.#asking -= 1;
    clock.interrupt();
  }

  /** A stamp that settled while the stream was down was told by nobody. */
  async #fundMissed(before: Promise<void>): Promise<void> {
    const { account: { tape, instruments }, market, clock, log } = this.#request;
    this.#asking += 1;
    await before;
    try {
      for (const [symbol, instrument] of instruments.entries()) {
        const wish = { symbol: instrument.symbol, from: tape.playedTo, until: clock.now() };
        for (const stamp of await market.fundings(wish)) tape.fund(symbol, { ...stamp, nextAt: null });
      }
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      log('warning', 'funding while the stream was down could not be read: left out', { kind: error.kind });
    } finally {
      this.#asking -= 1;
    }
  }

  // ---- the clock

  now(): Ms { return this.#request.account.now; }

  interrupt(): void {
    this.#isInterrupted = true;
    this.#request.clock.interrupt();
  }

  close(): void {
    this.hasEnded = true;
    this.#request.clock.close();
  }

  async rest(until: Ms): Promise<void> {
    const { account, clock } = this.#request;
    for (;;) {
      if (this.#tellDue()) return;
      if (this.#isInterrupted) {
        this.#isInterrupted = false;
        return;
      }
      if (this.hasEnded) {
        await wait(lookMs);
        return;
      }
      if (account.isOpen || this.#isReady()) {
        this.#play(until);
        return;
      }
      if (clock.isStepped && !this.#isMarketUp) await this.#marketUp();
      else if (clock.isStepped && this.venue.underWay > 0) await wait(lookMs);
      else if (clock.hasEnded === true) this.hasEnded = true;
      else await clock.rest(this.#waitUntil());
    }
  }

  /** The next bars can be played: all of them are there, or those that are missing are given up. */
  #isReady(): boolean {
    const { account: { tape }, clock } = this.#request;
    if (tape.nextOpenAt === Number.POSITIVE_INFINITY) return false;
    return tape.isWhole || clock.hasEnded === true || clock.now() >= this.#waitUntil();
  }

  #waitUntil(): Ms {
    const { account: { tape }, barMs } = this.#request;
    return tape.nextOpenAt + barMs + graceMost;
  }

  /** A market that stands still until somebody rests must not run on before it is listened to. */
  async #marketUp(): Promise<void> {
    for (const until = performance.now() + connectMostMs; !this.#isMarketUp && !this.hasEnded;) {
      if (performance.now() > until) throw new VenueError('market', 'unreachable', { text: 'the market stream could not be opened' });
      await wait(lookMs);
    }
  }

  #play(until: Ms): void {
    const { account, tell } = this.#request;
    const wasOpen = account.isOpen || account.tape.nextOpenAt <= until;
    account.play(Math.min(until, account.venue.dueAt));
    this.#tellDue();
    if (account.isOpen || !wasOpen) return;
    for (const bar of account.tape.playing) tell(bar);
    for (const { symbol, closedAt, closeTicks } of account.tape.marks) tell({ tag: 'mark-price', at: closedAt, symbol, markTicks: closeTicks });
  }

  #tellDue(): boolean {
    let hasTold = false;
    for (const event of this.#request.account.due()) {
      if (!this.#isClosed) this.#request.tell(event);
      hasTold = true;
    }
    return hasTold;
  }

  // ---- what is asked

  measureClock(): Promise<ClockFacts> { return this.#request.market.measureClock(); }
  instruments(symbols: readonly string[]): Promise<readonly ListedInstrument[]> { return this.#request.market.instruments(symbols); }
  candles(request: CandleRequest): Promise<readonly Candle[]> { return this.#request.market.candles(request); }
  fundings(request: FundingRequest): Promise<readonly SettledFunding[]> { return this.#request.market.fundings(request); }
  lookAtRules(): void { this.#request.market.lookAtRules(); }
  watchMarket(after: readonly Ms[]): void { this.#request.market.watchMarket(after); }
  settled(): Promise<void> {
    this.#tellDue();
    return Promise.resolve();
  }
  readFrom(): void {}
  legs(): Promise<readonly LegFacts[]> {
    const { account } = this.#request;
    return Promise.resolve(account.instruments.map((_, leg) => account.leg(leg)));
  }
  account(): Promise<AccountFacts> {
    const balance = String(this.#request.account.balance);
    return Promise.resolve({ marginMode: 'isolated', balance, equity: balance });
  }
  key(): Promise<KeyFacts> { return keyless(); }
  fees(): Promise<FeeFacts | null> { return Promise.resolve(null); }
  setLeverage(): Promise<void> { return Promise.resolve(); }
  setIsolated(): Promise<void> { return Promise.resolve(); }
}

const keyless = (): Promise<never> => Promise.reject(new VenueError('account', 'forbidden', { text: 'a paper account has no key' }));
