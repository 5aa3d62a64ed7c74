/**
 * A strategy that trades over the real wire: shell, engine with its journal and connector in this process, a local exchange
 * with its admin door beside them. The test says how far market time may go; whenever it stands, nothing is under way.
 */
import { MemoryPort, instrumentOf, runConfig, setupOf } from '../../../engine/index.ts';
import type { AnyStrategy, Intent, JournalPort, NotifyCommand, OpenPosition, RunConfig, RunConfigWish, State } from '../../../engine/index.ts';
import { besides, EventQueue, JournaledEngine, LiveRun, marketTime, steppedPolls, SteppedClock } from '../../../live/index.ts';
import type { Clock, Connection, ConnectionTiming, LiveEnd, LiveRequest } from '../../../live/index.ts';
import { connectBybit } from '../../../live/bybit/index.ts';
import { startExchange } from '../../../live/exchange/index.ts';
import type { ExchangeOptions, RunningExchange } from '../../../live/exchange/index.ts';
import type { SymbolMarket } from '../../../sim/index.ts';
import { minute } from '../../sim/market.ts';
import { scripted } from '../../sim/scripted.ts';
import type { AnyScene } from '../../sim/scripted.ts';
import { identity } from '../lived.ts';

export const credentials = { key: 'CANARYkey5f1c9a', secret: 'CANARYsecret77b2e0d4' };
/** Wall time: what is lost is given up soon. */
export const timing: ConnectionTiming = { requestMs: 250, subscribeMs: 500, pingMs: 20_000, pongMs: 400, reconnectFirstMs: 20, reconnectMostMs: 100 };

export interface TruthLeg {
  readonly side: number; readonly lots: number; readonly slTicks: number; readonly markTicks: number;
  readonly orders: readonly { readonly link: string }[];
}
export interface Truth { readonly now: number; readonly wallet: string; readonly legs: readonly TruthLeg[] }

export interface Place {
  readonly exchange: RunningExchange;
  readonly config: RunConfig;
  /** Asks the admin door, as a process outside would. */
  admin<T = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T>;
  truth(): Promise<Truth>;
  fault(...faults: readonly ({ readonly id: string } & Readonly<Record<string, unknown>>)[]): Promise<void>;
  close(): Promise<void>;
}

export interface PlaceWish {
  readonly market: SymbolMarket;
  readonly config?: RunConfigWish;
  /** Bars before the first that is traded. */
  readonly history?: number;
  readonly options?: Partial<ExchangeOptions>;
}

const opened: { close(): Promise<void> }[] = [];
/** To be called after every test. */
export async function closeAll(): Promise<void> {
  for (const one of opened.splice(0).toReversed()) await one.close();
}

export async function openPlace({ market, config: wish = {}, history = 20, options = {} }: PlaceWish): Promise<Place> {
  const config = runConfig.parse({ crashLoop: { count: 100, withinMs: 60_000 }, ...wish });
  const exchange = await startExchange({
    market: { symbols: [market] }, config, speed: 'max', patienceMs: 3_600_000, hasLimits: false, hasAdmin: true,
    startAt: market.last.openedAt[0]! + history * market.last.intervalMs, ...credentials, ...options,
  });
  const { admin: url, token } = exchange.ready;
  const place: Place = {
    exchange, config,
    async admin(method, path, body) {
      const reply = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      const row = await reply.json();
      if (reply.status !== 200) throw new Error(`${path}: ${JSON.stringify(row)}`);
      return row as never;
    },
    truth: () => place.admin('GET', '/truth'),
    async fault(...faults) { await place.admin('POST', '/faults', { seed: 3, faults }); },
    close: () => exchange.close(),
  };
  opened.push(place);
  return place;
}

export interface LifeWish {
  readonly strategy: AnyStrategy;
  readonly port?: JournalPort;
  readonly timing?: Partial<ConnectionTiming>;
  readonly stoodDown?: boolean;
  /** Stands before the connector: what is done with commands that are to be sent. */
  readonly sending?: (commands: Parameters<Connection['venue']['send']>[0], at: number, send: Connection['venue']['send']) => void;
  readonly log?: LiveRequest['log'];
  readonly decides?: boolean;
  readonly polls?: LiveRequest['polls'];
  /** Whether it may die before it rests for the first time. */
  readonly mayDie?: boolean;
}

/** One process' life: from its start to its end or its death. */
export class Life {
  readonly port: JournalPort;
  readonly logs: string[] = [];
  readonly notices: NotifyCommand[] = [];
  readonly modes: string[] = [];
  readonly ended: Promise<LiveEnd>;
  readonly run: LiveRun;
  readonly connection: Connection;
  readonly queue: EventQueue;
  /** For what an operator asks. */
  readonly shell: Pick<LiveRequest, 'connection' | 'clock' | 'queue' | 'brain'>;
  state!: State;
  /** Market time that passes in 5 ms of wall time while the link is down. */
  lostStepMs = 50;
  /** The same while it is up; null = as fast as the machine goes. */
  stepMs: number | null = null;
  /** What the run was ended by. */
  failure: unknown = null;
  stoodDown = false;
  #wish: { readonly isReached: () => boolean; readonly resolve: () => void } | null = null;
  #wake: () => void = () => {};
  /** Market time goes no further than this without the test. */
  #last = Infinity;
  readonly #clock: SteppedClock;
  #isInterrupted = false;
  #isDead = false;

  constructor(place: Place, wish: LifeWish, shared: { readonly connection: Connection; readonly queue: EventQueue; readonly clock: SteppedClock; readonly instruments: Parameters<typeof setupOf>[0]['instruments'] }) {
    const { connection, queue, clock, instruments } = shared;
    const { config } = place;
    this.port = wish.port ?? new MemoryPort();
    this.connection = connection;
    this.queue = queue;
    const setup = setupOf({ strategy: wish.strategy, params: {}, config, instruments, baseMs: minute });
    const engine = new JournaledEngine({
      setup, port: this.port, identity, seen: (_, state) => {
        this.state = state;
        if (this.modes.at(-1) !== state.mode.tag) this.modes.push(state.mode.tag);
      },
    });
    const { venue } = connection;
    const sending = wish.sending ?? ((commands, at, send) => { send(commands, at); });
    const guarded: Connection['venue'] = {
      send: (commands, at) => { if (!this.#isDead) sending(commands, at, (own, when) => { venue.send(own, when); }); },
      recover: () => { venue.recover(); },
      get underWay() { return venue.underWay; },
      close: (within) => venue.close(within),
    };
    this.#clock = clock;
    this.shell = { connection: withVenue(connection, guarded), clock: this.#gated(clock), queue, brain: besides(engine) };
    this.run = new LiveRun({
      ...this.shell, instruments, barMs: minute,
      warmupBars: setup.warmupBars, graceMs: config.cycleGraceMs, polls: wish.polls ?? steppedPolls, hasEnded: () => clock.hasEnded,
      log: wish.log ?? ((level, what, facts) => { this.logs.push(`${level} ${what} ${JSON.stringify(facts ?? {})}`); }),
      notify: (_, notice) => { this.notices.push(notice); }, stoodDown: wish.stoodDown ?? false, standingDown: () => { this.stoodDown = true; },
      decides: wish.decides ?? true, ready: () => {},
    });
    this.ended = this.run.run();
    void this.#watch();
  }

  get isOver(): boolean { return this.#isDead; }

  /** Market time as the shell knows it. */
  get now(): number { return this.#clock.now(); }

  /** Market time passes until `isReached`, looked at whenever the shell rests; fails after `minutes` of it, or when the life ends first. */
  async until(isReached: () => boolean, minutes = 60, what = 'what was waited for'): Promise<void> {
    this.#last = this.state === undefined ? Infinity : this.now + minutes * minute;
    const isLate = (): boolean => this.now >= this.#last;
    await new Promise<void>((resolve) => {
      this.#wish = { isReached: () => isReached() || isLate(), resolve };
      this.#wake();
      if (this.#isDead) resolve();
    });
    if (!this.#isDead && !isReached()) throw new Error(`${what} did not come about in ${minutes} minutes: ${this.portrait()}`);
  }

  /** So much market time, or up to the end. */
  async play(minutes: number): Promise<void> {
    const until = this.now + minutes * minute;
    await this.until(() => this.now >= until, minutes);
  }

  /** What a test that failed wants to know. */
  portrait(): string {
    const { mode, link, legs } = this.state;
    return JSON.stringify({ mode, link, position: legs[0]!.position, orders: legs[0]!.orders, over: this.#isDead, failure: String(this.failure), logs: this.logs.slice(-8) },
      (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  }

  /** Dead from here on: nothing is written or sent any more; what is on the wire goes its way. */
  async kill(): Promise<void> {
    this.#over();
    await this.connection.venue.close(0);
    while (this.connection.venue.underWay > 0) await new Promise((resolve) => { setTimeout(resolve, 1); });
  }

  #over(): void {
    this.#isDead = true;
    this.queue.told = () => {};
    this.#wish?.resolve();
    this.#wish = null;
  }

  async #watch(): Promise<void> {
    try {
      await this.ended;
    } catch (thrown) {
      this.failure = thrown;
    }
    this.#over();
  }

  #gated(clock: SteppedClock): Clock {
    return {
      isStepped: true, now: () => clock.now(), rest: (until) => this.#rest(clock, until), close: () => { clock.close(); },
      interrupt: () => {
        this.#isInterrupted = true;
        this.#wake();
      },
    };
  }

  async #rest(clock: SteppedClock, until: number): Promise<void> {
    if (this.#isInterrupted) {
      this.#isInterrupted = false;
      return;
    }
    if (this.#wish?.isReached() === true) {
      this.#wish.resolve();
      this.#wish = null;
    }
    if (this.#wish === null || this.#isDead) {
      await new Promise<void>((resolve) => { this.#wake = resolve; });
      this.#wake = () => {};
    } else if (this.state.link.tag === 'up' && this.stepMs === null) await clock.rest(Math.min(until, this.#last));
    else {
      // What is lost, and what people wait for, is looked for in wall time: meanwhile market time goes at a pace.
      await new Promise((resolve) => { setTimeout(resolve, 5); });
      if (!this.#isInterrupted) await clock.rest(Math.min(until, this.#last, clock.now() + (this.stepMs ?? this.lostStepMs)));
    }
  }
}

/** The same connection with something before its venue. */
function withVenue(connection: Connection, venue: Connection['venue']): Connection {
  return {
    venue, measureClock: () => connection.measureClock(), instruments: (symbols) => connection.instruments(symbols), candles: (request) => connection.candles(request),
    fundings: (request) => connection.fundings(request), key: () => connection.key(), account: () => connection.account(), legs: () => connection.legs(), fees: (symbol) => connection.fees(symbol),
    setLeverage: (symbol, leverage) => connection.setLeverage(symbol, leverage), setIsolated: () => connection.setIsolated(),
    readFrom: (at) => { connection.readFrom(at); }, lookAtRules: () => { connection.lookAtRules(); }, watchMarket: (after) => { connection.watchMarket(after); }, settled: () => connection.settled(),
  };
}

/** Starts a life at the place; `up` once it rests for the first time. */
export async function begin(place: Place, wish: LifeWish): Promise<Life> {
  const { rest, public: publicUrl, private: privateUrl, admin, token } = place.exchange.ready;
  const queue = new EventQueue();
  const door = { url: admin!, token: token! };
  let clock: SteppedClock | null = null;
  const logs: string[] = [];
  const connection = connectBybit({
    endpoints: { rest, public: publicUrl, private: privateUrl, trade: null }, credentials, symbols: ['AAAUSDT'], category: 'linear', barMs: minute, run: identity.run,
    now: () => clock?.now() ?? 0, tell: (event) => { queue.push(event); },
    log: (...words) => { (wish.log ?? ((level, what, facts) => { logs.push(`${level} ${what} ${JSON.stringify(facts ?? {})}`); }))(...words); },
    timing: { ...timing, ...wish.timing },
  });
  opened.push({ close: () => connection.venue.close(0) });
  clock = new SteppedClock({ door, settled: () => connection.settled() }, await marketTime(door));
  await connection.measureClock();
  const listed = await connection.instruments(['AAAUSDT']);
  const life = new Life(place, wish, { connection, queue, clock, instruments: listed.map(({ rules }) => instrumentOf(rules, place.config)) });
  life.logs.push(...logs);
  const say = logs.push.bind(logs);
  logs.push = (...lines) => {
    life.logs.push(...lines);
    return say(...lines);
  };
  await life.until(() => true);
  if (life.state === undefined && wish.mayDie !== true) throw life.failure;
  return life;
}

export const positionOf = (life: Life): OpenPosition | null => {
  const { position } = life.state.legs[0]!;
  return position.tag === 'open' ? position : null;
};

/** Closes sockets; market time stands until the shell has heard of it. */
export async function cut(place: Place, life: Life, which: 'all' | 'private' | 'public' = 'all'): Promise<void> {
  await place.admin('POST', '/sockets/close', { which, code: 'reset' });
  while (life.state.link.tag === 'up') await new Promise((resolve) => { setTimeout(resolve, 1); });
}

export const isProtected = (life: Life): boolean => positionOf(life)?.protection.tag === 'armed';
export const isFlat = (life: Life): boolean => positionOf(life) === null;
export const isTrading = (life: Life): boolean => life.state.mode.tag === 'trading';

/** Whatever engine and exchange say differently of position, stop, orders and wallet; none = they agree. */
export async function differences(place: Place, life: Life): Promise<readonly string[]> {
  const { legs: [leg], wallet } = await place.truth();
  const position = positionOf(life);
  const said: string[] = [];
  const compare = (what: string, own: unknown, there: unknown): void => { if (own !== there) said.push(`${what}: ${String(own)} counted, ${String(there)} at the exchange`); };
  compare('side', position?.side ?? 0, leg!.side);
  compare('lots', position?.lots ?? 0, leg!.lots);
  if (position !== null && position.protection.tag !== 'waived') compare('stop', 'trigger' in position.protection ? position.protection.trigger : 0, leg!.slTicks);
  const standing = life.state.legs[0]!.orders.filter(({ state: { tag } }) => tag === 'working' || tag === 'cancelling');
  compare('orders', standing.length, leg!.orders.length);
  compare('wallet', String(life.state.wallet.balance), wallet);
  return said;
}

interface ExecutionRow { readonly execId: string; readonly orderLinkId: string; readonly execQty: string; readonly side: string; readonly execType: string }

/** Matches at the exchange, oldest first. */
export function matchesOf({ exchange }: Place): readonly ExecutionRow[] {
  const rows = exchange.world.reads.executions({ symbol: null, orderId: null, orderLinkId: null, execType: 'Trade', from: null, to: null });
  return rows.toReversed() as unknown as readonly ExecutionRow[];
}

export interface Script {
  readonly strategy: AnyStrategy;
  /** Wanted at the next close, once. */
  want(next: (scene: AnyScene) => Intent): void;
}

/** Wants what the test says and nothing else; asked about a close once more, as by a journal that is read back, it wants the same. */
export function obedient(): Script {
  const wanted = new Map<number, (scene: AnyScene) => Intent>();
  let next: ((scene: AnyScene) => Intent) | null = null;
  let last = 0;
  const { strategy } = scripted({
    warmup: 5, always: (scene) => {
      if (next !== null && scene.time > last) {
        wanted.set(scene.time, next);
        next = null;
      }
      last = Math.max(last, scene.time);
      return wanted.get(scene.time)?.(scene) ?? scene.intents.hold;
    },
  });
  return { strategy, want: (one) => { next = one; } };
}
