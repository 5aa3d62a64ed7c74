/**
 * Orders by WebSocket, as an option beside HTTP. The SDK opens the socket and signs in; the frames are ours, because its own
 * way queues an order while it is not connected and sends it late, takes a refused sign-in for a good one, and leaves promises
 * that never end.
 *
 * 1. It is up only after the exchange said 0 (or 20001, signed in before) to the sign-in.
 * 2. What was written and has no answer when the socket ends, or after `requestMs`, is open: never refused, never repeated here.
 * 3. While it is down nothing is written: who asks then goes by HTTP, at once.
 * 4. An answer counts by its request id alone; one without a known id answers nothing.
 *
 * Source: protocol sheet, sections 2 and 8.
 */
import { WebsocketClient } from 'bybit-api';
import type { ConnectionTiming, Credentials, Log } from '../connection.ts';
import { silent, socketOf } from './socket.ts';

export interface TradeSocketWish {
  readonly url: string;
  readonly credentials: Credentials;
  readonly timing: ConnectionTiming;
  readonly offsetMs: () => number;
  readonly log: Log;
}

export type OrderWrite = 'create' | 'amend' | 'cancel';

/** As the HTTP door would have answered. */
export interface TradeAnswer {
  readonly retCode: unknown;
  readonly retMsg: unknown;
  readonly result: unknown;
  readonly time: number;
  readonly rateLimitApi: { readonly maxRequests?: number; readonly resetAtTimestamp?: number };
}

/** Written, and no answer is to be had any more. */
class NoAnswer extends Error {
  constructor() { super('no answer'); }
}

const receiveMs = 5_000;
/** Signed in before: as good as signed in. */
const signedIn: ReadonlySet<unknown> = new Set([0, 20_001]);
/** The exchange's trade service goes down: a new connection is wanted. */
const restarting = 10_019;

interface Pending { readonly resolve: (answer: TradeAnswer) => void; readonly reject: (reason: Error) => void; readonly timer: NodeJS.Timeout }

export class TradeSocket {
  readonly #wish: TradeSocketWish;
  readonly #pending = new Map<string, Pending>();
  #client: WebsocketClient | null = null;
  #isUp = false;
  #isOver = false;
  #count = 0;
  #waitMs: number;
  #retry: NodeJS.Timeout | null = null;
  #watchdog: NodeJS.Timeout | null = null;

  constructor(wish: TradeSocketWish) {
    this.#wish = wish;
    this.#waitMs = wish.timing.reconnectFirstMs;
  }

  get isUp(): boolean { return this.#isUp; }

  open(): void {
    if (this.#isOver || this.#client !== null) return;
    const { url, credentials, timing, offsetMs } = this.#wish;
    const client = new WebsocketClient({
      wsUrl: url, market: 'v5', pingInterval: timing.pingMs, pongTimeout: timing.pongMs, reconnectTimeout: timing.reconnectMostMs, ...credentials,
    }, silent);
    this.#client = client;
    client.setTimeOffsetMs(offsetMs());
    const own = (work: () => void) => (): void => { if (this.#client === client) work(); };
    client.on('open', own(() => socketOf(client)?.addEventListener('message', ({ data }) => { if (this.#client === client) this.#heard(data); })));
    client.on('authenticated', (event: unknown) => { if (this.#client === client) this.#authenticated(event); });
    // Once signed in, what the SDK calls an exception is the answer that refuses an order: `heard` takes it.
    client.on('exception', own(() => { if (!this.#isUp) this.#drop('refused'); }));
    client.on('close', own(() => this.#drop('closed')));
    client.on('reconnect', own(() => this.#drop('lost')));
    this.#watchdog = setTimeout(() => this.#drop('not signed in in time'), timing.subscribeMs);
    client.connectWSAPI().catch(own(() => this.#drop('sign-in failed')));
  }

  /** Rejects when it was written and no answer came. Only while it is up. */
  ask(write: OrderWrite, body: object): Promise<TradeAnswer> {
    const socket = this.#client === null ? undefined : socketOf(this.#client);
    const reqId = `order-${++this.#count}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(reqId);
        reject(new NoAnswer());
      }, this.#wish.timing.requestMs);
      this.#pending.set(reqId, { resolve, reject, timer });
      const header = { 'X-BAPI-TIMESTAMP': String(Date.now() + this.#wish.offsetMs()), 'X-BAPI-RECV-WINDOW': String(receiveMs) };
      socket?.send(JSON.stringify({ reqId, header, op: `order.${write}`, args: [body] }));
    });
  }

  close(): void {
    this.#isOver = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#end();
  }

  /** The SDK says `authenticated` to a refusal, too. */
  #authenticated(event: unknown): void {
    const { retCode, ret_code: other, success } = (typeof event === 'object' && event !== null ? event : {}) as { retCode?: unknown; ret_code?: unknown; success?: unknown };
    if (!signedIn.has(retCode ?? other) && success !== true) {
      this.#drop('sign-in refused');
      return;
    }
    if (this.#isUp) return;
    if (this.#watchdog !== null) clearTimeout(this.#watchdog);
    this.#isUp = true;
    this.#waitMs = this.#wish.timing.reconnectFirstMs;
    this.#wish.log('info', 'orders go by the trade socket', {});
  }

  #heard(data: unknown): void {
    const frame = typeof data === 'string' ? parsed(data) : null;
    if (frame === null || typeof frame['op'] !== 'string' || !frame['op'].startsWith('order.')) return;
    const pending = this.#pending.get(String(frame['reqId']));
    if (pending === undefined) return;
    this.#pending.delete(String(frame['reqId']));
    clearTimeout(pending.timer);
    pending.resolve(answerOf(frame));
    if (frame['retCode'] === restarting) this.#drop('the trade service restarts');
  }

  /** Ends this connection and plans the next; what waits for an answer is open. */
  #drop(why: string): void {
    if (this.#client === null) return;
    const { log, timing } = this.#wish;
    const open = this.#pending.size;
    this.#end();
    if (this.#isOver) return;
    log('warning', 'trade socket down: orders go by HTTP', { why, open, againMs: this.#waitMs });
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.open();
    }, this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, timing.reconnectMostMs);
  }

  #end(): void {
    if (this.#watchdog !== null) clearTimeout(this.#watchdog);
    const client = this.#client;
    this.#client = null;
    this.#isUp = false;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new NoAnswer());
    }
    this.#pending.clear();
    client?.closeAll(true);
  }
}

type Frame = Readonly<Record<string, unknown>>;

function parsed(text: string): Frame | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value as Frame : null;
  } catch {
    return null;
  }
}

function answerOf(frame: Frame): TradeAnswer {
  const given = frame['header'];
  const header = typeof given === 'object' && given !== null ? given as Frame : {};
  const number = (name: string): number => Number(header[name] ?? Number.NaN);
  const most = number('X-Bapi-Limit');
  const resets = number('X-Bapi-Limit-Reset-Timestamp');
  return {
    retCode: frame['retCode'], retMsg: frame['retMsg'], result: frame['data'], time: number('Timenow'),
    rateLimitApi: { ...(most > 0 ? { maxRequests: most } : {}), ...(resets > 0 ? { resetAtTimestamp: resets } : {}) },
  };
}
