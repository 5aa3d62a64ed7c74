/**
 * A bare client of the streams for tests: it signs with its own few lines and keeps every frame in the order of arrival.
 * `next` takes the first kept frame that fits, or waits for it.
 */
import { createHmac } from 'node:crypto';
import { WebSocket } from 'ws';
import { Quotas } from '../../../../live/exchange/rest/index.ts';
import { startStreams } from '../../../../live/exchange/streams/index.ts';
import type { StreamDoor, StreamOptions } from '../../../../live/exchange/streams/index.ts';
import type { Push, Row } from '../../../../live/exchange/world.ts';
import { createPace, createSmallWorld, marketNow } from '../rest/small-world.ts';
import type { CountedPace, SmallWorld } from '../rest/small-world.ts';

export const credentials = { key: 'test-key', secret: 'test-secret' };

export interface Client {
  readonly socket: WebSocket;
  /** Frames not taken yet, as they came: objects, or the text of what is none. */
  readonly kept: (Row | string)[];
  send(body: Row | string): void;
  next(fits: (frame: Row) => boolean): Promise<Row>;
  /** The answer to a ping sent now: everything pushed before has come by then. */
  settled(): Promise<Row>;
  /** Close code. */
  readonly closed: Promise<number>;
}

export async function connect(url: string): Promise<Client> {
  const socket = new WebSocket(url);
  const kept: (Row | string)[] = [];
  const waiting: { readonly fits: (frame: Row) => boolean; readonly resolve: (frame: Row) => void }[] = [];
  socket.on('message', (bytes: Buffer) => {
    const frame = rowIn(bytes.toString());
    const waiter = typeof frame === 'string' ? -1 : waiting.findIndex(({ fits }) => fits(frame));
    if (waiter === -1 || typeof frame === 'string') kept.push(frame);
    else waiting.splice(waiter, 1)[0]?.resolve(frame);
  });
  const closed = new Promise<number>((resolve) => { socket.on('close', resolve); });
  await new Promise<void>((resolve, reject) => {
    socket.on('open', () => resolve());
    socket.on('error', reject);
  });
  const next = async (fits: (frame: Row) => boolean): Promise<Row> => {
    const place = kept.findIndex((frame) => typeof frame !== 'string' && fits(frame));
    const found = place === -1 ? undefined : kept.splice(place, 1)[0];
    if (found !== undefined && typeof found !== 'string') return found;
    return await new Promise((resolve) => { waiting.push({ fits, resolve }); });
  };
  let pings = 0;
  return {
    socket,
    kept,
    closed,
    next,
    send: (body) => { socket.send(typeof body === 'string' ? body : JSON.stringify(body)); },
    settled: async () => {
      pings += 1;
      const id = `settled-${pings}`;
      socket.send(JSON.stringify({ op: 'ping', req_id: id }));
      return await next((frame) => frame['req_id'] === id);
    },
  };
}

function rowIn(text: string): Row | string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : text;
  } catch {
    return text;
  }
}

export function authFrame(expires: number | string, { key, secret } = credentials, more: Row = {}): Row {
  return { op: 'auth', args: [key, expires, createHmac('sha256', secret).update(`GET/realtime${expires}`).digest('hex')], ...more };
}

/** Connected, known and subscribed. */
export async function watchAccount(url: string, topics: readonly string[]): Promise<Client> {
  const client = await connect(`${url}/v5/private`);
  client.send(authFrame(Date.now() + 5_000));
  client.send({ op: 'subscribe', args: topics, req_id: 'topics' });
  await client.next((frame) => frame['req_id'] === 'topics');
  client.kept.length = 0;
  return client;
}

export async function watchMarket(url: string, topics: readonly string[]): Promise<Client> {
  const client = await connect(`${url}/v5/public/linear`);
  client.send({ op: 'subscribe', args: topics, req_id: 'topics' });
  await client.next((frame) => frame['req_id'] === 'topics');
  return client;
}

export interface Doors {
  readonly world: SmallWorld; readonly pace: CountedPace; readonly streams: StreamDoor; readonly url: string;
  readonly clients: Client[];
  connect(path: string): Promise<Client>;
  close(): Promise<void>;
}

export async function openStreams(options: Partial<StreamOptions> = {}): Promise<Doors> {
  const world = createSmallWorld();
  const pace = createPace();
  const quotas = new Quotas({ wall: Date.now, isEnforced: true });
  const streams = await startStreams({ world, pace, credentials, quotas, ...options });
  const url = `ws://127.0.0.1:${streams.port}`;
  const clients: Client[] = [];
  return {
    world,
    pace,
    streams,
    url,
    clients,
    connect: async (path) => {
      const client = await connect(`${url}${path}`);
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const { socket } of clients) socket.terminate();
      await streams.close();
    },
  };
}

export const pushOf = (topic: Push['topic'], rows: readonly Row[], symbol = 'BTCUSDT', at = marketNow): Push => ({ topic, symbol, at, rows });
