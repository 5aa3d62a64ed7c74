/**
 * The world of one local exchange: the matching core of the simulator, played over a market as a backtest plays it.
 *
 * 1. At one instant: what happened up to it, then closing candles and tickers; funding and arrivals of the instant belong
 *    to the next bar's first moment and come once time moves on, or once a request has to be judged there.
 * 2. Requests that reach the core are judged by it alone; nothing here decides a fill.
 * 3. The same options, requests and times give the same bytes.
 */
import { instrumentOf, parseDecimal } from '../../../engine/index.ts';
import type { Instrument, Ms, RunConfig } from '../../../engine/index.ts';
import { createExchange } from '../../../sim/index.ts';
import type { Exchange, Market } from '../../../sim/index.ts';
import type { Acts, MarketReads, Push, Reads, Row, World, Writes } from '../world.ts';
import { Account } from './account.ts';
import { AccountReads } from './account-reads.ts';
import { actsOf } from './acts.ts';
import { Desk } from './desk.ts';
import { Due } from './due.ts';
import { Feed } from './feed.ts';
import type { House } from './house.ts';
import { Ids } from './ids.ts';
import { Klines } from './klines.ts';
import { MarketBoard } from './market-reads.ts';
import { Orders } from './orders.ts';
import { newLeg } from './position-row.ts';
import type { Sizes } from './requests.ts';
import { Statements } from './statements.ts';
import { Tickers } from './tickers.ts';
import { truthOf } from './truth.ts';

export interface WorldOptions {
  /** A loaded market, or one made by hand: bars of one interval, prices in ticks. */
  readonly market: Market;
  /** As a backtest takes it: balance, leverage, fees, path, slippage, latencies. */
  readonly config: RunConfig;
  /** Leverage by symbol at the start, decimal text; otherwise that of the configuration. */
  readonly leverage?: Readonly<Record<string, string>>;
  /** The market is played from here; what is before is history. Null = from its beginning. */
  readonly startAt?: Ms | null;
  /** Ids follow from it. */
  readonly seed?: string;
  readonly marginMode?: 'REGULAR_MARGIN' | 'ISOLATED_MARGIN';
  /** Largest order and largest market order, lots. */
  readonly maxLots?: number;
  readonly maxMarketLots?: number;
}

/** A world that also tells how many requests have no answer, and whether the last `play` told anybody anything. */
export interface LocalWorld extends World { readonly underWay: number; readonly hasTold: boolean }

const usualMaxLots = 100_000_000;

class PlayedWorld implements LocalWorld {
  readonly category: 'linear' | 'inverse';
  readonly settle: string;
  readonly endsAt: Ms;
  readonly writes: Writes;
  readonly reads: Reads;
  readonly market: MarketReads;
  readonly acts: Acts;
  now: Ms;
  published: (push: Push) => void = () => undefined;
  readonly #house: House;
  readonly #exchange: Exchange;
  readonly #feed: Feed;
  readonly #due = new Due();
  readonly #desk: Desk;
  readonly #account: Account;
  readonly #klines: Klines;
  readonly #tickers: Tickers;
  readonly #publish = (push: Push): void => {
    this.#isTold = true;
    this.published(push);
  };
  /** Something was published or answered since `play` began. */
  #isTold = false;

  constructor(options: WorldOptions) {
    const { config, market } = options;
    const instruments = market.symbols.map(({ instrument }) => instrumentOf(instrument.rules, config));
    const first = instruments[0]!;
    this.#feed = new Feed(market, options.startAt ?? null);
    this.now = this.#feed.from;
    this.endsAt = this.#feed.to;
    this.category = first.kind;
    this.settle = first.settle;
    const leverages = instruments.map(({ symbol }) => options.leverage?.[symbol] ?? String(config.leverage));
    this.#exchange = createExchange({
      config, wallet: parseDecimal(String(config.cash), first.moneyScale),
      symbols: instruments.map((instrument, i) => ({ instrument, leverage: leverages[i]!, hasMark: market.symbols[i]!.mark !== null })),
    });
    this.#house = this.#houseOf(options, instruments, leverages);
    const house = this.#house;
    const sizes = instruments.map((): Sizes => ({ maxLots: options.maxLots ?? usualMaxLots, maxMarketLots: options.maxMarketLots ?? usualMaxLots }));
    const statements = new Statements();
    this.#desk = new Desk({ house, sizes, marginMode: options.marginMode ?? 'ISOLATED_MARGIN' });
    this.#account = new Account({ house, statements, waiters: this.#desk });
    this.#desk.account = this.#account;
    this.#klines = new Klines(this.#feed, instruments);
    this.#tickers = new Tickers(this.#feed, instruments, config.halfSpreadTicks);
    this.writes = this.#desk;
    this.reads = new AccountReads(house, statements, this.#desk);
    this.market = new MarketBoard(house, this.#tickers, sizes);
    this.acts = actsOf({ house, desk: this.#desk, tickers: this.#tickers, publish: this.#publish });
  }

  #houseOf({ config, seed }: WorldOptions, instruments: readonly Instrument[], leverages: readonly string[]): House {
    return {
      category: this.category, instruments, exchange: this.#exchange, feed: this.#feed, ids: new Ids(seed ?? 'local'), orders: new Orders(),
      legs: leverages.map((leverage) => newLeg(String(Number(leverage)), this.now)),
      latencyMs: config.latencyMs, responseMs: config.responseLatencyMs, now: () => this.now,
      tell: (at, act) => { this.#at(at + config.responseLatencyMs, act); },
      arrive: (act) => {
        const at = this.now + config.latencyMs;
        this.#due.put(at, () => { act(at); });
      },
      publish: (push) => { this.#publish({ ...push, at: this.now }); },
      answered: () => { this.#isTold = true; },
    };
  }

  /** At once when it has come and nothing earlier waits. */
  #at(at: Ms, act: () => void): void {
    if (at <= this.now && this.#due.at > at) act();
    else this.#due.put(at, act);
  }

  get hasTold(): boolean { return this.#isTold; }

  get underWay(): number { return this.#desk.underWay; }

  get dueAt(): Ms {
    const judged = this.#judgedAt();
    if (judged === Infinity && this.#desk.waiting.size > 0) return this.now;
    return Math.min(this.#due.at, judged === Infinity ? Infinity : judged + this.#house.responseMs);
  }

  /** When the core will judge the next request that it has; Infinity = none. */
  #judgedAt(): Ms {
    let at = Infinity;
    for (const { symbol, arrivesAt } of this.#desk.waiting) at = Math.min(at, this.#judgedOf(symbol, arrivesAt));
    return at;
  }

  #judgedOf(symbol: number, arrivesAt: Ms): Ms {
    if (this.#feed.isPlaying(symbol) && arrivesAt < this.#feed.closesAt) return Math.max(arrivesAt, this.now);
    return Math.max(arrivesAt, this.#feed.nextOpenOf(symbol));
  }

  play(wanted: Ms): Ms {
    const until = Math.max(wanted, this.now);
    this.#isTold = false;
    for (;;) {
      if (this.#desk.waiting.size > 0) this.#desk.endWhere((symbol, arrivesAt) => this.#judgedOf(symbol, arrivesAt) === Infinity);
      this.#due.run(this.now);
      if (this.#isTold) return this.now;
      if (!this.#feed.isOpen) {
        if (this.#goToOpen(until)) continue;
        return this.now;
      }
      this.#playOn(until);
      if (this.#isTold || (this.now >= until && this.#isAtRest(until))) return this.now;
    }
  }

  /** Nothing more can be done without time passing `until`. */
  #isAtRest(until: Ms): boolean {
    if (this.#due.at <= until) return false;
    if (this.#feed.isOpen && this.now >= this.#feed.closesAt) return false;
    return this.#judgedAt() > until;
  }

  /** Between bars: lets time pass, and begins the next ones when time passes their open or a request is judged at it. */
  #goToOpen(until: Ms): boolean {
    const opensAt = this.#feed.nextOpenAt;
    if (opensAt === Infinity) return this.#goBeyond(until);
    const isWanted = opensAt < until || (opensAt === until && this.#judgedAt() <= until);
    const next = Math.min(this.#due.at, isWanted ? opensAt : until);
    if (next > until) return false;
    this.now = Math.max(this.now, next);
    if (this.#due.at <= this.now) return true;
    if (!isWanted) return false;
    this.#feed.open(this.#exchange);
    return true;
  }

  /** After the last bar: what is on its way is told. */
  #goBeyond(until: Ms): boolean {
    if (this.#due.at > until || this.#due.at === Infinity) return false;
    this.now = Math.max(this.now, this.#due.at);
    return true;
  }

  /** Inside the bars begun: up to the next fact, what is due, `until`, or their close. */
  #playOn(until: Ms): void {
    const { closesAt } = this.#feed;
    const target = Math.min(until, this.#due.at, closesAt);
    const judgedAt = this.#judgedAt();
    // The core leaves what happens exactly at its target for later; a request that it is to judge there stops it anyway.
    const limit = judgedAt <= target && judgedAt < closesAt ? closesAt : target;
    if (this.#exchange.advance(limit)) {
      this.#takeFacts();
      return;
    }
    this.now = Math.max(this.now, limit);
    if (this.now < closesAt || this.#due.at <= this.now) return;
    this.#close(closesAt);
  }

  #takeFacts(): void {
    const facts = this.#exchange.facts.splice(0);
    this.now = Math.max(this.now, facts[facts.length - 1]!.at);
    this.#account.take(facts);
    for (const { kind, symbol, at } of facts) {
      if (kind === 'funding') this.#house.tell(at, () => { this.#tickers.settle(symbol, this.now, this.#publish); });
    }
  }

  #close(at: Ms): void {
    this.#feed.close();
    this.#klines.close(at, this.#publish);
    this.#tickers.close(at, this.#publish);
  }

  truth(): Row { return truthOf(this.#house, this.now); }
}

/** A world at the beginning of its market: no position, no order, nothing published. */
export function createWorld(options: WorldOptions): LocalWorld {
  return new PlayedWorld(options);
}
