/**
 * A connection, and its clock, over the simulator's own exchange: what the wire does to a runner without the wire. Market time
 * stands until the runner rests, moves to the next thing told, and every answer is there at once.
 */
import type { BarClosed, Event, InstrumentRules, Ms, RunConfig } from '../../engine/index.ts';
import type { Candle, CandleRequest, Clock, ClockFacts, Connection, LegFacts, ListedInstrument, Tell, Venue } from '../../live/index.ts';
import type { SymbolMarket } from '../../sim/index.ts';
import { Clock as MarketClock } from '../../sim/clock.ts';
import { createExchange } from '../../sim/exchange/index.ts';
import type { Exchange } from '../../sim/exchange/index.ts';
import { barRecord } from '../../sim/steps.ts';
import { SimulatedVenue } from '../../sim/venue.ts';

export interface SimulatedWish {
  readonly markets: readonly SymbolMarket[];
  readonly config: RunConfig;
  readonly wallet: bigint;
  readonly tell: Tell;
  /** Closes that lie in the past when the connection is made. */
  readonly history: number;
}

export class SimulatedConnection implements Connection, Clock {
  readonly isStepped = true;
  readonly venue: Venue;
  readonly exchange: Exchange;
  /** Every event told, for a look afterwards. */
  readonly told: Event[] = [];
  hasEnded = false;
  /** Called before market time moves; a test may tell something here. */
  resting: (now: Ms) => void = () => {};
  readonly #wish: SimulatedWish;
  readonly #clock: MarketClock;
  readonly #venue: SimulatedVenue;
  #now: Ms;
  #isWatched = false;
  #underWay = 0;
  #tellIt: Tell;

  constructor(wish: SimulatedWish) {
    this.#wish = wish;
    this.#tellIt = wish.tell;
    const { markets, config } = wish;
    this.#clock = new MarketClock({ symbols: markets }, 'warn');
    this.exchange = createExchange({
      config, wallet: wish.wallet,
      symbols: markets.map(({ instrument, mark }) => ({ instrument, leverage: String(config.leverage), hasMark: mark !== null })),
    });
    this.#venue = new SimulatedVenue(this.exchange, config, markets.map(({ instrument }) => instrument));
    this.#now = this.#clock.from;
    for (let bar = 0; bar < wish.history; bar++) {
      this.#clock.openNext(this.exchange, this.#venue);
      while (this.exchange.advance(this.#clock.closesAt)) this.exchange.facts.length = 0;
      this.#now = this.#clock.closesAt;
    }
    const underWay = (): number => this.#underWay;
    this.venue = {
      send: (commands, at) => {
        this.#venue.send(commands, at);
        this.#underWay += 1;
        setImmediate(() => this.#answer(commands.some(({ tag }) => tag !== 'query-account')));
      },
      recover: () => this.#tell({ tag: 'connected', at: this.#now }),
      close: () => Promise.resolve(),
      get underWay() { return underWay(); },
    };
  }

  /** The market moves as far as the answers that are waited for: what arrives at this instant is judged, no more. */
  #answer(isWrite: boolean): void {
    this.#underWay -= 1;
    this.#tellDue();
    if (!isWrite) return;
    if (this.#clock.closesAt <= this.#now && !this.#clock.openNext(this.exchange, this.#venue)) return;
    if (this.exchange.advance(this.#now + 1)) this.#venue.collect();
    this.#tellDue();
  }

  /** Another shell listens from here on; the market goes on where it is. */
  tellTo(tell: Tell): void {
    this.#tellIt = tell;
    this.hasEnded = false;
  }

  now(): Ms { return this.#now; }
  interrupt(): void {}
  close(): void { this.hasEnded = true; }

  rest(until: Ms): Promise<void> {
    this.resting(this.#now);
    this.#play(until);
    return Promise.resolve();
  }

  /** Readings and answers that wait are told first; then the market moves, to the next thing that happens. */
  #play(until: Ms): void {
    if (this.#tellDue()) return;
    const clock = this.#clock;
    if (clock.closesAt <= this.#now && !clock.openNext(this.exchange, this.#venue)) {
      this.hasEnded = true;
      return;
    }
    const target = Math.min(until, clock.closesAt, this.#venue.dueAt);
    if (this.exchange.advance(target)) {
      this.#now = Math.max(this.#now, this.exchange.facts[0]?.at ?? this.#now);
      this.#venue.collect();
      this.#tellDue();
      return;
    }
    this.#now = Math.max(this.#now, target);
    if (target === clock.closesAt) this.#closeBars();
    else this.#tellDue();
  }

  #tellDue(): boolean {
    if (this.#venue.dueAt > this.#now) return false;
    while (this.#venue.dueAt <= this.#now) this.#tell(this.#venue.take());
    return true;
  }

  #closeBars(): void {
    if (!this.#isWatched) return;
    for (let symbol = 0; symbol < this.#wish.markets.length; symbol++) {
      const bar = barRecord();
      if (this.#clock.fillBar(symbol, bar)) this.#tell(bar);
      const markTicks = this.#clock.markClosed(symbol);
      if (markTicks > 0) this.#tell({ tag: 'mark-price', at: this.#now, symbol, markTicks });
    }
  }

  #tell(event: Event): void {
    this.told.push(event);
    this.#tellIt(event);
  }

  // ---- what is asked

  measureClock(): Promise<ClockFacts> { return Promise.resolve({ offsetMs: 0, spreadMs: 0, roundTripMs: 1 }); }
  settled(): Promise<void> {
    this.#tellDue();
    return Promise.resolve();
  }
  readFrom(): void {}
  lookAtRules(): void {}
  watchMarket(): void { this.#isWatched = true; }

  candles({ symbol, until, count, intervalMs }: CandleRequest): Promise<readonly Candle[]> {
    const market = this.#wish.markets.find(({ instrument }) => instrument.symbol === symbol)!;
    const { last, instrument: { tick } } = market;
    const priceOf = (ticks: number): number => (ticks * tick.num) / tick.den;
    const candles = Array.from({ length: last.length }, (_, i): Candle => ({
      openedAt: last.openedAt[i]!, closesAt: last.openedAt[i]! + intervalMs, open: priceOf(last.open[i]!), high: priceOf(last.high[i]!),
      low: priceOf(last.low[i]!), close: priceOf(last.close[i]!), volume: last.volume[i]!,
    }));
    return Promise.resolve(candles.filter(({ closesAt }) => closesAt <= until).slice(-count));
  }

  instruments(): Promise<readonly ListedInstrument[]> {
    return Promise.resolve(this.#wish.markets.map(({ instrument: { rules } }) => listed(rules)));
  }
  legs(): Promise<readonly LegFacts[]> {
    return Promise.resolve(this.#wish.markets.map(({ instrument: { symbol } }, leg): LegFacts => {
      const { side, lots, slTicks } = this.exchange.position(leg);
      return {
        symbol, side, size: String(lots), entryPrice: '0', stopLoss: slTicks === 0 ? null : String(slTicks), leverage: String(this.#wish.config.leverage),
        mode: 'one-way', reduceOnly: false, orders: this.exchange.standing(leg).orders.map(({ order }) => ({ id: String(order), link: '' })),
      };
    }));
  }
  fundings = () => Promise.resolve([]);
  key = () => Promise.resolve({
    account: '1', readOnly: false, canTrade: true, canWithdraw: false, canTransfer: false, ips: ['10.0.0.1'], daysLeft: null, unified: true,
  });
  account = () => Promise.resolve({ marginMode: 'isolated' as const, balance: '10000', equity: '10000' });
  fees = () => Promise.resolve(null);
  setLeverage = () => Promise.resolve();
  setIsolated = () => Promise.resolve();
}

export const listed = (rules: InstrumentRules): ListedInstrument =>
  ({ rules, status: 'Trading', maxLots: 1e9, maxMarketLots: 1e9, fundingMs: 28_800_000, deliveryAt: null });

export const isBar = (event: Event): event is BarClosed => event.tag === 'bar-closed';
