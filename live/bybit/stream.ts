/**
 * One stream of the exchange by the SDK's WebSocket client, a new client for every connection: after a drop between question
 * and answer an old one pings for ever and hears nothing, and its own reconnects know no limit.
 *
 * 1. A stream is up when it was authenticated (if private) and every topic acknowledged, within `subscribeMs` of its start.
 * 2. Whatever ends it, it is told down once, and opened anew after a wait that grows from `reconnectFirstMs` to
 *    `reconnectMostMs` and begins again after a stream that stayed up.
 * 3. What a handler throws is logged and counted, never swallowed.
 */
import { WebsocketClient } from 'bybit-api';
import type { ConnectionTiming, Credentials, Log } from '../connection.ts';
import { silent, socketOf } from './socket.ts';

export interface StreamWish {
  readonly name: 'public' | 'private';
  readonly url: string;
  readonly category: 'linear' | 'inverse';
  readonly topics: readonly string[];
  readonly credentials: Credentials | null;
  readonly timing: ConnectionTiming;
  readonly offsetMs: () => number;
  readonly log: Log;
  readonly up: () => void;
  readonly down: () => void;
  readonly frame: (frame: Readonly<Record<string, unknown>>) => void;
}

/** A stream that was up for so long begins its waits anew. */
const steadyMs = 30_000;

export class Stream {
  readonly #wish: StreamWish;
  #client: WebsocketClient | null = null;
  #isUp = false;
  #isOver = false;
  #upAt = 0;
  #waitMs: number;
  #watchdog: NodeJS.Timeout | null = null;
  #retry: NodeJS.Timeout | null = null;
  #pings = 0;
  readonly #awaited = new Map<string, () => void>();
  #missing = new Set<string>();

  constructor(wish: StreamWish) {
    this.#wish = wish;
    this.#waitMs = wish.timing.reconnectFirstMs;
  }

  get isUp(): boolean { return this.#isUp; }

  open(): void {
    if (this.#isOver || this.#client !== null) return;
    const { url, credentials, category, topics, timing, name, offsetMs } = this.#wish;
    const client = new WebsocketClient({
      wsUrl: url, market: 'v5', pingInterval: timing.pingMs, pongTimeout: timing.pongMs, reconnectTimeout: timing.reconnectMostMs,
      ...(credentials === null ? {} : { key: credentials.key, secret: credentials.secret }),
    }, silent);
    this.#client = client;
    this.#missing = new Set(topics);
    client.setTimeOffsetMs(offsetMs());
    const own = (work: () => void) => (): void => { if (this.#client === client) work(); };
    client.on('update', (frame: unknown) => this.#heard(client, frame));
    client.on('response', (answer: unknown) => this.#answered(client, answer));
    client.on('open', own(() => this.#listen(client)));
    client.on('exception', (fault: unknown) => this.#excepted(client, fault));
    client.on('close', own(() => this.#drop('closed')));
    client.on('reconnect', own(() => this.#drop('lost')));
    this.#watchdog = setTimeout(() => this.#drop('not subscribed in time'), timing.subscribeMs);
    Promise.all(client.subscribeV5([...topics], category, name === 'private')).catch(own(() => this.#drop('subscription failed')));
  }

  /** Opens it, or ends what is open and opens it anew at once. */
  reopen(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    const wasUp = this.#isUp;
    this.#end();
    if (wasUp) this.#wish.down();
    this.open();
  }

  /** Resolves when a ping sent now came back, or at the latest after `pongMs`; at once when the stream is down. */
  settled(): Promise<void> {
    const socket = this.#client === null ? undefined : socketOf(this.#client);
    if (!this.#isUp || socket === undefined) return Promise.resolve();
    const id = `settled-${this.#pings++}`;
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#awaited.delete(id);
        resolve();
      };
      const timer = setTimeout(end, this.#wish.timing.pongMs);
      this.#awaited.set(id, end);
      socket.send(JSON.stringify({ op: 'ping', req_id: id }));
    });
  }

  close(): void {
    this.#isOver = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#end();
  }

  /** Pongs are seen on the socket itself: the SDK keeps them to itself. */
  #listen(client: WebsocketClient): void {
    socketOf(client)?.addEventListener('message', ({ data }: { readonly data: unknown }) => {
      if (this.#awaited.size === 0 || typeof data !== 'string' || !data.includes('settled-')) return;
      for (const [id, end] of this.#awaited) if (data.includes(`"${id}"`)) setImmediate(end);
    });
  }

  #heard(client: WebsocketClient, frame: unknown): void {
    if (this.#client !== client || typeof frame !== 'object' || frame === null || !('topic' in frame)) return;
    try {
      this.#wish.frame(frame as Readonly<Record<string, unknown>>);
    } catch (thrown) {
      this.#wish.log('alarm', 'a pushed frame could not be taken in', { stream: this.#wish.name, topic: String(frame.topic), error: thrown instanceof Error ? thrown.message : 'unknown' });
    }
  }

  #answered(client: WebsocketClient, answer: unknown): void {
    if (this.#client !== client || typeof answer !== 'object' || answer === null) return;
    const { op, success, req_id: id } = answer as { op?: unknown; success?: unknown; req_id?: unknown };
    if (op !== 'subscribe') return;
    if (success !== true) {
      this.#drop('a topic was refused');
      return;
    }
    for (const topic of typeof id === 'string' && id !== '' ? id.split(',') : [...this.#missing]) this.#missing.delete(topic);
    if (this.#missing.size > 0 || this.#isUp) return;
    if (this.#watchdog !== null) clearTimeout(this.#watchdog);
    this.#isUp = true;
    this.#upAt = performance.now();
    this.#wish.up();
  }

  #excepted(client: WebsocketClient, fault: unknown): void {
    if (this.#client !== client) return;
    const op = typeof fault === 'object' && fault !== null && 'op' in fault ? String(fault.op) : '';
    if (op === 'auth' || op === 'subscribe') this.#drop(`${op} refused`);
  }

  /** Ends this connection and plans the next. */
  #drop(why: string): void {
    if (this.#client === null) return;
    const { log, name, timing, down } = this.#wish;
    const wasUp = this.#isUp;
    if (wasUp && performance.now() - this.#upAt >= steadyMs) this.#waitMs = timing.reconnectFirstMs;
    this.#end();
    if (this.#isOver) return;
    log('warning', 'stream down', { stream: name, why, againMs: this.#waitMs });
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.open();
    }, this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, timing.reconnectMostMs);
    if (wasUp) down();
  }

  #end(): void {
    if (this.#watchdog !== null) clearTimeout(this.#watchdog);
    const client = this.#client;
    this.#client = null;
    this.#isUp = false;
    for (const end of this.#awaited.values()) end();
    client?.closeAll(true);
  }
}
