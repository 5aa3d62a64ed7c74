/**
 * Requests over HTTP by the SDK's client, none of whose errors leaves this file: what it throws holds key and secret.
 *
 * 1. A reply is one with an integer `retCode`; everything else that came back leaves the outcome open.
 * 2. Every request ends within `requestMs`, or once it may leave: `VenueError` says what is known of it.
 * 3. An address that is banned (403) is left alone for ten minutes: no probe, streams go on.
 *
 * Source of the traps: SDK 4.7.7 as measured; Bybit V5 guide, "Rate Limit" and "Authentication".
 */
import { RestClientV5 } from 'bybit-api';
import { VenueError } from '../connection.ts';
import type { Credentials, Log } from '../connection.ts';
import { Budget } from './budget.ts';
import type { Priority } from './budget.ts';

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
/** Milliseconds in which a signed request may arrive. Source: guide, "Authentication". */
const receiveMs = 5_000;

export interface RequestsWish {
  readonly rest: string;
  readonly credentials: Credentials | null;
  readonly requestMs: number;
  readonly log: Log;
}

/** Signs by our own measured clock, without a request of its own. */
class ClockedClient extends RestClientV5 {
  offsetMs = 0;
  override fetchTimeOffset(): Promise<number> { return Promise.resolve(this.offsetMs); }
}

export class Requests {
  readonly #client: ClockedClient;
  readonly #budgets: Readonly<Record<Endpoint, Budget>>;
  readonly #log: Log;
  #bannedUntil = 0;
  #isOver = false;

  constructor({ rest, credentials, requestMs, log }: RequestsWish) {
    this.#log = log;
    this.#client = new ClockedClient({
      baseUrl: rest, recv_window: receiveMs, parseAPIRateLimits: true, syncTimeBeforePrivateRequests: credentials !== null,
      ...(credentials === null ? {} : { key: credentials.key, secret: credentials.secret }),
    }, { timeout: requestMs, proxy: false });
    this.#budgets = Object.fromEntries(Object.entries(allowances).map(([name, perSecond]) => [name, new Budget(perSecond)])) as unknown as Record<Endpoint, Budget>;
  }

  /** Added to the machine's clock for every signature, ms. */
  set offsetMs(value: number) { this.#client.offsetMs = value; }

  /** The reply, whatever its code. Rejects with `VenueError` when there is none. */
  async ask(endpoint: Endpoint, priority: Priority, what: (client: RestClientV5) => Promise<unknown>): Promise<Reply> {
    await this.#budgets[endpoint].enter(priority);
    if (this.#isOver) throw new VenueError(endpoint, 'unreachable', { text: 'the connection is closed' });
    if (performance.now() < this.#bannedUntil) throw new VenueError(endpoint, 'rate-limited', { text: 'the address is banned for ten minutes' });
    let answer: unknown;
    try {
      answer = await what(this.#client);
    } catch (thrown) {
      throw this.#failure(endpoint, thrown);
    }
    return this.#read(endpoint, answer);
  }

  /** The result of a reply with code 0. Rejects with `VenueError` on any other. */
  async result(endpoint: Endpoint, priority: Priority, what: (client: RestClientV5) => Promise<unknown>): Promise<Reply['result']> {
    const { code, text, result } = await this.ask(endpoint, priority, what);
    if (code !== 0) throw new VenueError(endpoint, 'refused', { code, text });
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
    this.#learn(endpoint, retCode, rateLimitApi);
    return {
      code: retCode, text: typeof retMsg === 'string' ? retMsg : '', time: typeof time === 'number' ? time : Number.NaN,
      result: typeof result === 'object' && result !== null ? result as Readonly<Record<string, unknown>> : {},
    };
  }

  #learn(endpoint: Endpoint, code: number, limits: unknown): void {
    const budget = this.#budgets[endpoint];
    const { maxRequests, resetAtTimestamp } = (typeof limits === 'object' && limits !== null ? limits : {}) as { maxRequests?: unknown; resetAtTimestamp?: unknown };
    if (typeof maxRequests === 'number') budget.learn(maxRequests);
    if (code !== 10_006 && code !== 10_018) return;
    const untilReset = typeof resetAtTimestamp === 'number' ? resetAtTimestamp - Date.now() : 0;
    budget.block(Math.max(limitMs, Math.min(untilReset, 60_000)));
    this.#log('warning', 'too many requests: the exchange asks to wait', { endpoint });
  }

  /** Takes from what was thrown only what cannot hold a secret. */
  #failure(endpoint: Endpoint, thrown: unknown): VenueError {
    const { code } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as { code?: unknown };
    if (typeof code === 'number') return this.#refusedByStatus(endpoint, code);
    const isUnsent = code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH';
    return new VenueError(endpoint, isUnsent ? 'unreachable' : 'unknown-outcome', { text: typeof code === 'string' ? code : 'no answer' });
  }

  #refusedByStatus(endpoint: Endpoint, httpStatus: number): VenueError {
    if (httpStatus === 403) {
      this.#bannedUntil = performance.now() + banMs;
      this.#log('alarm', 'the exchange bans this address: no request for ten minutes, streams go on', { httpStatus });
      return new VenueError(endpoint, 'rate-limited', { httpStatus, text: 'banned' });
    }
    const kind = httpStatus === 401 ? 'forbidden' : httpStatus === 429 ? 'rate-limited' : httpStatus >= 400 && httpStatus < 500 ? 'refused' : 'unknown-outcome';
    return new VenueError(endpoint, kind, { httpStatus, text: `HTTP status ${httpStatus}` });
  }
}
