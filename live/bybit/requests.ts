/**
 * Requests over HTTP: changes of orders by a door of our own, everything else by the SDK's client, none of whose errors leaves this
 * file: what it throws holds key and secret.
 *
 * 1. A reply is one with an integer `retCode`; everything else that came back leaves the outcome open.
 * 2. Every request leaves within `requestMs` or never, and ends `requestMs` later at the latest: `VenueError` says what is
 *    known of it.
 * 3. An address that is banned (403) is left alone for ten minutes: no probe, streams go on.
 * 4. Neither key nor secret stands in a text that leaves here: the exchange itself quotes the key where it dislikes a signature.
 *
 * Source of the traps: SDK 4.7.7 as measured; Bybit V5 guide, "Rate Limit" and "Authentication".
 */
import { createHmac } from 'node:crypto';
import { RestClientV5 } from 'bybit-api';
import type { FailureReason } from '../../engine/index.ts';
import { VenueError } from '../connection.ts';
import type { Credentials, Log } from '../connection.ts';
import { Budget } from './budget.ts';
import type { Priority } from './budget.ts';
import { classify } from './codes.ts';
import { OrderDoor, receiveMs } from './order-door.ts';
import type { Write, Writes } from './order-door.ts';
import type { TradeSocket } from './trade-socket.ts';

export interface Reply {
  readonly code: number;
  readonly text: string;
  readonly result: Readonly<Record<string, unknown>>;
  /** Time of the envelope, ms; NaN = none. */
  readonly time: number;
}

/** Kinds of requests that share an allowance, with what the page allows in a second. */
const allowances = {
  create: 10, amend: 10, cancel: 10, stop: 10, setting: 10, orders: 50, executions: 50, positions: 50, account: 50, fees: 5, market: 100,
} as const;
export type Endpoint = keyof typeof allowances;

const banMs = 600_000;
/** A rate limit is waited out for so long at least. */
const limitMs = 1_000;
/** And no longer than this, whatever a header says. */
const resetMostMs = 60_000;

export interface RequestsWish {
  readonly rest: string;
  readonly credentials: Credentials | null;
  readonly requestMs: number;
  readonly log: Log;
  /** A time stamp was not accepted: the clock is to be measured anew. */
  readonly clockRefused: () => void;
}

/** Errors of a connection that never came about. */
const unsent: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

const kinds: Readonly<Partial<Record<FailureReason, VenueError['kind']>>> = { clock: 'clock', 'rate-limited': 'rate-limited', forbidden: 'forbidden', busy: 'unknown-outcome' };

/** At once: the SDK's own way waits for two jobs of the thread pool before every request. */
const signed = (text: string, secret: string): Promise<string> => Promise.resolve(createHmac('sha256', secret).update(text).digest('hex'));

/** Signs by our own measured clock, without a request of its own. */
class ClockedClient extends RestClientV5 {
  offsetMs = 0;
  override fetchTimeOffset(): Promise<number> { return Promise.resolve(this.offsetMs); }
}

export class Requests {
  readonly #client: ClockedClient;
  readonly #budgets: Readonly<Record<Endpoint, Budget>>;
  readonly #wish: RequestsWish;
  /** Takes changes of orders while it is up; null = HTTP alone. */
  readonly #socket: TradeSocket | null;
  /** Null without a key. */
  readonly #door: OrderDoor | null;
  #bannedUntil = 0;
  #isOver = false;

  constructor(wish: RequestsWish, socket: TradeSocket | null = null) {
    const { rest, credentials, requestMs } = wish;
    this.#wish = wish;
    this.#socket = socket;
    this.#client = new ClockedClient({
      baseUrl: rest, recv_window: receiveMs, parseAPIRateLimits: true, syncTimeBeforePrivateRequests: credentials !== null,
      customSignMessageFn: signed,
      ...(credentials === null ? {} : { key: credentials.key, secret: credentials.secret }),
    }, { timeout: requestMs, proxy: false, maxRedirects: 0 });
    this.#door = credentials === null ? null : new OrderDoor({ rest, credentials, requestMs, now: () => Date.now() + this.#client.offsetMs });
    this.#budgets = Object.fromEntries(Object.entries(allowances).map(([name, perSecond]) => [name, new Budget(perSecond)])) as unknown as Record<Endpoint, Budget>;
  }

  /** Added to the machine's clock for every signature, ms. */
  set offsetMs(value: number) { this.#client.offsetMs = value; }

  /** The reply, whatever its code. Rejects with `VenueError` when there is none. */
  async ask(endpoint: Endpoint, priority: Priority, what: (client: RestClientV5) => Promise<unknown>): Promise<Reply> {
    this.#refuseIfShut(endpoint);
    const mayLeave = await this.#budgets[endpoint].enter(priority, this.#wish.requestMs);
    this.#refuseIfShut(endpoint);
    if (!mayLeave) throw new VenueError(endpoint, 'rate-limited', { text: 'it could not leave in time' });
    let answer: unknown;
    try {
      answer = await what(this.#client);
    } catch (thrown) {
      throw this.#failure(endpoint, thrown);
    }
    return this.#read(endpoint, answer);
  }

  /** A change of an order by the trade socket while that is up, else by HTTP; of a stop always by HTTP. The same allowance either way. */
  async write<W extends Write>(write: W, priority: Priority, body: Writes[W]): Promise<Reply> {
    const door = this.#door;
    if (door === null) throw new VenueError(write, 'forbidden', { text: 'no key' });
    return await this.ask(write, priority, () => (write !== 'stop' && this.#socket?.isUp === true ? this.#socket.ask(write, body) : door.ask(write, body)));
  }

  /** The result of a reply with code 0. Rejects with `VenueError` on any other. */
  async result(endpoint: Endpoint, priority: Priority, what: (client: RestClientV5) => Promise<unknown>): Promise<Reply['result']> {
    const { code, text, result } = await this.ask(endpoint, priority, what);
    const verdict = classify('read', code, text);
    if (verdict.tag !== 'done') throw new VenueError(endpoint, verdict.tag === 'failed' ? kinds[verdict.reason] ?? 'refused' : 'refused', { code, text });
    return result;
  }

  /** What still waits is refused. */
  close(): void {
    this.#isOver = true;
    for (const budget of Object.values(this.#budgets)) budget.end();
  }

  #read(endpoint: Endpoint, answer: unknown): Reply {
    if (typeof answer !== 'object' || answer === null || !('retCode' in answer) || !Number.isInteger(answer.retCode)) {
      throw new VenueError(endpoint, 'unknown-outcome', { text: 'the answer was no envelope' });
    }
    const { retCode, retMsg, result, time, rateLimitApi } = answer as { retCode: number; retMsg?: unknown; result?: unknown; time?: unknown; rateLimitApi?: unknown };
    const text = this.#cleaned(retMsg);
    this.#learn(endpoint, retCode, text, rateLimitApi);
    return {
      code: retCode, text, time: typeof time === 'number' ? time : Number.NaN,
      result: typeof result === 'object' && result !== null ? result as Readonly<Record<string, unknown>> : {},
    };
  }

  #cleaned(said: unknown): string {
    if (typeof said !== 'string') return '';
    const { credentials } = this.#wish;
    return credentials === null ? said : said.replaceAll(credentials.key, '(key)').replaceAll(credentials.secret, '(secret)');
  }

  #refuseIfShut(endpoint: Endpoint): void {
    if (this.#isOver) throw new VenueError(endpoint, 'unreachable', { text: 'the connection is closed' });
    if (performance.now() < this.#bannedUntil) throw new VenueError(endpoint, 'rate-limited', { text: 'the address is banned for ten minutes' });
  }

  #learn(endpoint: Endpoint, code: number, text: string, limits: unknown): void {
    const budget = this.#budgets[endpoint];
    const { maxRequests, resetAtTimestamp } = (typeof limits === 'object' && limits !== null ? limits : {}) as { maxRequests?: unknown; resetAtTimestamp?: unknown };
    if (typeof maxRequests === 'number') budget.learn(maxRequests);
    const verdict = classify('read', code, text);
    if (verdict.tag !== 'failed') return;
    if (verdict.reason === 'clock') this.#wish.clockRefused();
    if (verdict.reason !== 'rate-limited') return;
    const untilReset = typeof resetAtTimestamp === 'number' ? resetAtTimestamp - (Date.now() + this.#client.offsetMs) : 0;
    budget.block(Math.max(limitMs, Math.min(untilReset, resetMostMs)));
    this.#wish.log('warning', 'too many requests: the exchange asks to wait', { endpoint });
  }

  /** Takes from what was thrown only what cannot hold a secret. */
  #failure(endpoint: Endpoint, thrown: unknown): VenueError {
    const { code } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as { code?: unknown };
    if (typeof code === 'number') return this.#refusedByStatus(endpoint, code);
    return new VenueError(endpoint, typeof code === 'string' && unsent.has(code) ? 'unreachable' : 'unknown-outcome', { text: typeof code === 'string' && /^[A-Z_0-9]{1,40}$/.test(code) ? code : 'no answer' });
  }

  #refusedByStatus(endpoint: Endpoint, httpStatus: number): VenueError {
    if (httpStatus === 403) {
      this.#bannedUntil = performance.now() + banMs;
      this.#wish.log('alarm', 'the exchange bans this address: no request for ten minutes, streams go on', { httpStatus });
      return new VenueError(endpoint, 'rate-limited', { httpStatus, text: 'banned' });
    }
    if (httpStatus < 300) return new VenueError(endpoint, 'unknown-outcome', { text: 'the answer was cut off' });
    const kind = httpStatus === 401 ? 'forbidden' : httpStatus === 429 ? 'rate-limited' : httpStatus >= 400 && httpStatus < 500 ? 'refused' : 'unknown-outcome';
    return new VenueError(endpoint, kind, { httpStatus, text: `HTTP status ${httpStatus}` });
  }
}
