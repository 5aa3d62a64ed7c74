/**
 * One account of the exchange and the market beside it: requests by REST, what happens by streams, both as our words only.
 */
import { instrumentOf } from '../../engine/index.ts';
import type { Event, Instrument, Ms } from '../../engine/index.ts';
import type { AccountFacts, Candle, CandleRequest, ClockFacts, Connection, ConnectRequest, FeeFacts, FundingRequest, KeyFacts, LegFacts, ListedInstrument, SettledFunding } from '../connection.ts';
import type { Venue } from '../venue.ts';
import { AccountFeed } from './account-feed.ts';
import { intervalWord } from './bars.ts';
import { Facts } from './facts.ts';
import { Links } from './links.ts';
import { MarketFeed } from './market-feed.ts';
import { Orders } from './orders.ts';
import { Readings } from './readings.ts';
import { Requests } from './requests.ts';
import { RulesWatch } from './rules-watch.ts';
import { executionRow, orderRow, positionRow, readRows, walletRow } from './rows.ts';
import { Stream } from './stream.ts';
import { TradeSocket } from './trade-socket.ts';

/** Wall time in which the stream shows a stop that was accepted, ms. */
const showMs = 1_000;
/** Requests under way are looked after so often at the end, wall time, ms. */
const lookMs = 20;

const privateTopics = ['order', 'execution', 'position', 'wallet'] as const;

export const connectBybit = (request: ConnectRequest): Connection => new BybitConnection(request);

type Frame = Readonly<Record<string, unknown>>;

class BybitConnection implements Connection {
  readonly venue: Venue;
  readonly #request: ConnectRequest;
  readonly #requests: Requests;
  /** Null = orders go by HTTP alone. */
  readonly #trade: TradeSocket | null;
  readonly #facts: Facts;
  readonly #market: MarketFeed;
  readonly #feed: AccountFeed;
  readonly #readings: Readings;
  readonly #orders: Orders;
  readonly #rules: RulesWatch;
  readonly #public: Stream;
  readonly #private: Stream;
  #listed: readonly Instrument[] | null = null;
  #limits: readonly ListedInstrument[] = [];
  #isMeasuring = false;
  #offsetMs = 0;
  /** Readings under way that nobody asked for, by leg; true = something more happened since. */
  readonly #wondering = new Map<number, boolean>();
  #isWatched = false;
  #wasMarketUp = false;
  /** The link as it was told last. */
  #isUp = false;
  #isOver = false;

  constructor(request: ConnectRequest) {
    const { endpoints, credentials, symbols, category, barMs, run, now, log, timing } = request;
    this.#request = request;
    this.#trade = request.entry !== 'ws' || endpoints.trade === null || credentials === null ? null
      : new TradeSocket({ url: withPath(endpoints.trade, '/v5/trade'), credentials, timing, log, offsetMs: () => this.#offsetMs });
    this.#requests = new Requests({ rest: endpoints.rest, credentials, requestMs: timing.requestMs, log, clockRefused: () => this.#clockRefused() }, this.#trade);
    this.#facts = new Facts(this.#requests, category);
    const links = new Links(run);
    const shared = { symbols, category, links, now, log, requests: this.#requests, instruments: () => this.#instruments(), tell: (event: Event) => this.#tell(event) };
    this.#market = new MarketFeed({ ...shared, barMs, candles: (wish) => this.#facts.candles(wish) });
    this.#feed = new AccountFeed({ ...shared, nextFunding: (leg) => this.#market.nextFunding(leg), wonder: (leg) => this.#wonder(leg) });
    this.#readings = new Readings({ ...shared, feed: this.#feed });
    this.#rules = new RulesWatch({ ...shared, rules: () => this.#instruments().map(({ rules }) => rules), terms: (symbol) => this.#facts.terms(symbol) });
    this.#orders = new Orders({ ...shared, readings: this.#readings, feed: this.#feed, listed: (leg) => this.#limits[leg]!, doubt: () => this.#rules.doubt(), showMs });
    const streams = { category, timing, log, offsetMs: () => this.#offsetMs, up: () => this.#changed() } as const;
    this.#public = new Stream({
      ...streams, name: 'public', url: withPath(endpoints.public, `/v5/public/${category}`), credentials: null, frame: (frame) => this.#market.frame(frame),
      topics: symbols.flatMap((symbol) => [`kline.${intervalWord(barMs)}.${symbol}`, `tickers.${symbol}`]),
      down: () => {
        this.#market.forget();
        this.#changed();
      },
    });
    this.#private = new Stream({
      ...streams, name: 'private', url: withPath(endpoints.private, '/v5/private'), credentials, topics: privateTopics, frame: (frame) => this.#takePrivate(frame),
      down: () => {
        this.#feed.forget();
        this.#changed();
      },
    });
    this.venue = this.#venue();
  }

  #venue(): Venue {
    const underWay = (): number => this.#orders.underWay + this.#wondering.size + this.#market.underWay + this.#rules.underWay;
    return {
      send: (commands) => this.#orders.send(commands),
      recover: () => this.#recover(),
      get underWay() { return underWay(); },
      close: (within) => this.#close(within),
    };
  }

  async #close(within: number): Promise<void> {
    const until = performance.now() + within;
    while (this.#orders.underWay > 0 && performance.now() < until) await new Promise((resolve) => { setTimeout(resolve, lookMs); });
    this.#isOver = true;
    for (const part of [this.#orders, this.#market, this.#feed, this.#public, this.#private, this.#trade, this.#requests]) part?.close();
  }

  // ---- what is asked

  async measureClock(): Promise<ClockFacts> {
    const measured = await this.#facts.clock();
    this.#offsetMs = measured.offsetMs;
    this.#requests.offsetMs = measured.offsetMs;
    return measured;
  }

  /** A time stamp was not accepted: the offset is measured anew, once at a time. */
  #clockRefused(): void {
    if (this.#isMeasuring || this.#isOver) return;
    this.#isMeasuring = true;
    this.measureClock().catch(() => this.#request.log('warning', 'the exchange clock could not be measured')).finally(() => { this.#isMeasuring = false; });
  }

  async instruments(wanted: readonly string[]): Promise<readonly ListedInstrument[]> {
    const { symbols, credentials } = this.#request;
    const found = await this.#facts.instruments(wanted, credentials !== null);
    const known = symbols.map((symbol) => found.find(({ rules }) => rules.symbol === symbol));
    if (!known.every((one) => one !== undefined)) return found;
    const { rules = null } = this.#request;
    this.#listed ??= (rules ?? known.map((one) => one.rules)).map((one) => instrumentOf(one));
    this.#limits = known.map((one, symbol) => inSteps(one, this.#listed![symbol]!));
    for (const [symbol, { rules: { qtyStep, ...own }, status }] of known.entries()) this.#rules.listed(symbol, { ...own, step: qtyStep, status });
    return found;
  }

  lookAtRules(): void { this.#rules.look(); }

  candles(wish: CandleRequest): Promise<readonly Candle[]> { return this.#facts.candles(wish); }
  fundings(wish: FundingRequest): Promise<readonly SettledFunding[]> { return this.#facts.fundings(wish); }
  key(): Promise<KeyFacts> { return this.#facts.key(); }
  account(): Promise<AccountFacts> { return this.#facts.account(settleOf(this.#request.symbols[0]!)); }
  legs(): Promise<readonly LegFacts[]> { return this.#facts.legs(this.#request.symbols); }
  fees(symbol: string): Promise<FeeFacts | null> { return this.#facts.fees(symbol); }
  setLeverage(symbol: string, leverage: string): Promise<void> { return this.#facts.setLeverage(symbol, leverage); }
  setIsolated(): Promise<void> { return this.#facts.setIsolated(); }
  readFrom(at: Ms): void { this.#readings.from(at); }

  watchMarket(after: readonly Ms[]): void {
    this.#isWatched = true;
    this.#market.start(after);
    this.#public.open();
  }

  async settled(): Promise<void> {
    await Promise.all([this.#public.settled(), this.#private.settled()]);
  }

  // ---- what is told

  #tell(event: Event): void {
    if (!this.#isOver) this.#request.tell(event);
  }

  #instruments(): readonly Instrument[] {
    if (this.#listed === null) throw new RangeError('instruments are asked for first');
    return this.#listed;
  }

  #recover(): void {
    if (this.#request.credentials !== null) this.#private.reopen();
    this.#trade?.open();
    if (this.#isWatched) this.#public.reopen();
  }

  #wonder(leg: number): void {
    if (this.#isOver) return;
    const isUnderWay = this.#wondering.has(leg);
    this.#wondering.set(leg, isUnderWay);
    if (!isUnderWay) void this.#look(leg);
  }

  /** Reads a leg until nothing more happened meanwhile. */
  async #look(leg: number): Promise<void> {
    do {
      this.#wondering.set(leg, false);
      await this.#orders.read(leg);
    } while (this.#wondering.get(leg) === true && !this.#isOver);
    this.#wondering.delete(leg);
  }

  #takePrivate(frame: Frame): void {
    const { symbols, log } = this.#request;
    const topic = String(frame['topic']).split('.')[0] ?? '';
    const bad = topic === 'order' ? each(orderRow, frame, (row) => this.#feed.order(row))
      : topic === 'execution' ? each(executionRow, frame, (row) => this.#feed.execution(row))
      : topic === 'position' ? each(positionRow, frame, (row) => {
        this.#feed.position(row);
        this.#orders.shown(symbols.indexOf(row.symbol));
      })
      : topic === 'wallet' ? each(walletRow, frame, (row) => this.#feed.wallet(row)) : [];
    for (const why of bad) log('alarm', 'a pushed row could not be read: the account is read instead', { topic, why });
    if (bad.length > 0) for (const leg of symbols.keys()) this.#wonder(leg);
  }

  /** The link is up when the account's stream is, and the market's too once it has been up: its beginning is no break. Without a key it is the market's alone. */
  #changed(): void {
    if (this.#public.isUp) this.#wasMarketUp = true;
    const isUp = this.#request.credentials === null ? this.#public.isUp : this.#private.isUp && (!this.#wasMarketUp || this.#public.isUp);
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    this.#tell({ tag: isUp ? 'connected' : 'disconnected', at: this.#request.now() });
  }
}

/** Limits in the lots of the run, whatever step is listed now. */
function inSteps(listed: ListedInstrument, { lot }: Instrument): ListedInstrument {
  const factor = (Number(listed.rules.qtyStep) * lot.den) / lot.num;
  return factor === 1 ? listed : { ...listed, maxLots: Math.floor(listed.maxLots * factor + 1e-9), maxMarketLots: Math.floor(listed.maxMarketLots * factor + 1e-9) };
}

/** Coin in which a symbol settles: told by its name, since it is asked for before the instruments. */
const settleOf = (symbol: string): string => /(USDT|USDC)$/.exec(symbol)?.[1] ?? (symbol.endsWith('PERP') ? 'USDC' : symbol.replace(/USD.*$/, ''));

/** Where a stream is: hosts alone stand for their usual path. */
const withPath = (url: string, path: string): string => (new URL(url).pathname === '/' ? url.replace(/\/$/, '') + path : url);

/** Takes every row of a frame in that can be read; what is said of the others. One that makes no sense spoils no other. */
function each<T>(schema: Parameters<typeof readRows<T>>[0], frame: Frame, take: (row: T) => void): readonly string[] {
  const { rows, bad } = readRows<T>(schema, frame['data']);
  const senseless: string[] = [];
  for (const row of rows) {
    try {
      take(row);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      senseless.push(error.message);
    }
  }
  return [...bad, ...senseless];
}
