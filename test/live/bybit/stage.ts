/**
 * The connector against a whole local exchange: a market of 1-minute bars that stand at 100 unless said otherwise, one
 * linear symbol (tick 1, lot 1). Market time stands still except where a test plays it.
 */
import type { Approved, Command, Event, InstrumentRules } from '../../../engine/index.ts';
import { runConfig } from '../../../engine/index.ts';
import { connectBybit } from '../../../live/bybit/index.ts';
import type { Connection, ConnectionTiming, Log } from '../../../live/index.ts';
import { faultPlan, startExchange } from '../../../live/exchange/index.ts';
import type { ExchangeOptions, RunningExchange } from '../../../live/exchange/index.ts';
import { flat, marketOf, minute } from '../../sim/market.ts';

export const credentials = { key: 'canary-key-5f1c', secret: 'canary-secret-77b2' };
export const timing: ConnectionTiming = { requestMs: 1_000, subscribeMs: 1_000, pingMs: 20_000, pongMs: 1_000, reconnectFirstMs: 30, reconnectMostMs: 200 };

export interface Stage {
  readonly exchange: RunningExchange;
  readonly connection: Connection;
  readonly events: Event[];
  readonly logged: string[];
  send(...commands: readonly Command[]): void;
  /** The first event not taken yet that fits, now or when it comes. */
  next<T extends Event['tag']>(tag: T, fits?: (event: Event & { readonly tag: T }) => boolean): Promise<Event & { readonly tag: T }>;
  /** Nothing is under way, and everything pushed was told. */
  quiet(): Promise<void>;
  play(minutes: number): Promise<void>;
  fault(id: string, options?: Parameters<typeof faultPlan>[1]): void;
  close(): Promise<void>;
}

export interface StageWish {
  readonly options?: Partial<ExchangeOptions>;
  readonly timing?: Partial<ConnectionTiming>;
  readonly run?: string;
  readonly entry?: 'rest' | 'ws';
  /** Of a run that goes on. */
  readonly rules?: readonly InstrumentRules[];
  /** Default the one linear symbol. */
  readonly symbols?: readonly string[];
}

const usualSymbols = ['AAAUSDT'];

/** Connected, and the market watched from the present bar on. */
export async function openStage(wish: StageWish = {}): Promise<Stage> {
  const exchange = await startExchange({
    market: { symbols: [marketOf({ bars: Array.from({ length: 600 }, () => flat(100)) })] }, config: runConfig.parse({}), speed: 'max', patienceMs: 3_600_000,
    hasLimits: false, ...credentials, ...wish.options,
  });
  const stage = connectStage(exchange, wish);
  await stage.connection.measureClock();
  await stage.connection.instruments(wish.symbols ?? usualSymbols);
  stage.connection.readFrom(exchange.world.now);
  stage.connection.venue.recover();
  await stage.next('connected');
  return stage;
}

/** A connection that nothing was asked of yet. */
export function connectStage(exchange: RunningExchange, wish: StageWish = {}): Stage {
  const events: Event[] = [];
  const logged: string[] = [];
  let taken = 0;
  let heard = (): void => {};
  const log: Log = (level, what, facts) => { logged.push(`${level} ${what} ${JSON.stringify(facts ?? {})}`); };
  const { rest, public: publicUrl, private: privateUrl, trade } = exchange.ready;
  const connection = connectBybit({
    endpoints: { rest, public: publicUrl, private: privateUrl, trade }, credentials, symbols: wish.symbols ?? usualSymbols, category: exchange.world.category, barMs: minute,
    run: wish.run ?? 'abcdef', entry: wish.entry ?? 'rest', rules: wish.rules ?? null, now: () => exchange.world.now, log, timing: { ...timing, ...wish.timing },
    tell: (event) => {
      events.push(event);
      heard();
    },
  });
  const quiet = async (): Promise<void> => {
    await connection.settled();
    while (connection.venue.underWay > 0) await new Promise((resolve) => { setTimeout(resolve, 2); });
    await connection.settled();
  };
  return {
    exchange, connection, events, logged, quiet,
    send: (...commands) => connection.venue.send(commands as readonly unknown[] as readonly Approved[], exchange.world.now),
    async next(tag, fits = () => true) {
      for (;;) {
        const place = events.findIndex((event, i) => i >= taken && event.tag === tag && fits(event as never));
        if (place >= 0) {
          taken = place + 1;
          return events[place] as never;
        }
        await new Promise<void>((resolve) => { heard = resolve; });
      }
    },
    async play(minutes) {
      const until = exchange.world.now + minutes * minute;
      for (let moment = { now: exchange.world.now, hasEnded: false }; moment.now < until && !moment.hasEnded;) moment = await exchange.pace.idle(until);
      await quiet();
    },
    fault: (id, options = {}) => exchange.faults.install(faultPlan(id, options), 3),
    async close() {
      await connection.venue.close(200);
      await exchange.close();
    },
  };
}

const command = { leg: 0, priceTicks: 0, type: 'market', timeInForce: 'IOC' } as const;
type EnterCommand = Extract<Command, { readonly tag: 'enter' }>;
type ReduceCommand = Extract<Command, { readonly tag: 'reduce' }>;

export function enter(order: number, own: Partial<EnterCommand> = {}): Command {
  return { tag: 'enter', ...command, order, side: 1, lots: 4 as never, triggerTicks: 0, triggerBy: 'last', triggerDirection: 0, stopTicks: 90, stopBy: 'mark', ...own };
}
export function reduce(order: number, own: Partial<ReduceCommand> = {}): Command {
  return { tag: 'reduce', ...command, order, side: -1, lots: 4 as never, reduceOnly: true, ...own };
}
