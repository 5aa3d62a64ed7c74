/**
 * Doors over a hand-made account with a fault desk between them, for tests that look at the bytes: one REST door, the streams,
 * and clients that sign for themselves.
 */
import { request } from 'node:http';
import { Desk, faultPlan } from '../../../../live/exchange/faults/index.ts';
import type { FaultOptions } from '../../../../live/exchange/faults/index.ts';
import { Quotas, startRest } from '../../../../live/exchange/rest/index.ts';
import { startStreams } from '../../../../live/exchange/streams/index.ts';
import type { Push, Row } from '../../../../live/exchange/world.ts';
import { signed } from '../rest/client.ts';
import { createPace, createSmallWorld } from '../rest/small-world.ts';
import type { SmallWorld } from '../rest/small-world.ts';
import { authFrame, connect, credentials, watchAccount, watchMarket } from '../streams/client.ts';
import type { Client } from '../streams/client.ts';

/** What came back as bytes: the text of the reply, or the code of the socket's error in `broke`. */
export interface Shot {
  readonly status: number; readonly text: string; readonly headers: NodeJS.Dict<string | string[]>; readonly broke: string; readonly tookMs: number;
  readonly body: Row;
}

export interface Stage {
  readonly world: SmallWorld;
  readonly desk: Desk;
  readonly url: string;
  /** Sets the plan of one fault. */
  set(id: string, options?: Omit<FaultOptions, 'id'>): void;
  get(path: string, query?: string): Promise<Shot>;
  post(path: string, body: Row): Promise<Shot>;
  /** A market order of BTCUSDT. */
  create(more?: Row): Promise<Shot>;
  publish(push: Push): void;
  account(topics: readonly string[]): Promise<Client>;
  market(topics: readonly string[]): Promise<Client>;
  /** Order entry, authenticated unless a fault is in the way. */
  trade(): Promise<Client>;
  socket(path: string): Promise<Client>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const world = createSmallWorld();
  const pace = createPace();
  const desk = new Desk({ world, pace });
  const quotas = new Quotas({ wall: Date.now, isEnforced: true });
  const parts = { world, pace, credentials, quotas, sink: desk };
  const rest = await startRest(parts);
  const streams = await startStreams(parts);
  desk.attach(streams);
  const clients: Client[] = [];
  const url = `ws://127.0.0.1:${streams.port}`;
  const kept = async (opening: Promise<Client>): Promise<Client> => {
    const client = await opening;
    clients.push(client);
    return client;
  };
  const post = (path: string, body: Row): Promise<Shot> => shoot(rest.port, 'POST', path, JSON.stringify(body));
  return {
    world,
    desk,
    url,
    set: (id, options = {}) => { desk.install(faultPlan(id, options), 7); },
    get: (path, query = '') => shoot(rest.port, 'GET', path, query),
    post,
    create: (more = {}) => post('/v5/order/create', { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01', orderLinkId: 'own-1', ...more }),
    publish: (push) => {
      desk.seen();
      streams.publish(push);
    },
    account: (topics) => kept(watchAccount(url, topics)),
    market: (topics) => kept(watchMarket(url, topics)),
    trade: () => kept(tradeClient(url)),
    socket: (path) => kept(connect(`${url}${path}`)),
    close: async () => {
      for (const { socket } of clients) socket.terminate();
      desk.close();
      await Promise.all([rest.close(), streams.close()]);
    },
  };
}

async function tradeClient(url: string): Promise<Client> {
  const client = await connect(`${url}/v5/trade`);
  client.send(authFrame(Date.now() + 5_000));
  await client.next((frame) => frame['op'] === 'auth');
  return client;
}

function shoot(port: number, method: string, path: string, payload: string): Promise<Shot> {
  const startedAt = performance.now();
  const target = method === 'GET' && payload !== '' ? `${path}?${payload}` : path;
  return new Promise((resolve) => {
    const end = (shot: Partial<Shot>): void => resolve({
      status: 0, text: '', headers: {}, broke: '', body: {}, ...shot, tookMs: performance.now() - startedAt,
    });
    const sent = request({ host: '127.0.0.1', port, method, path: target, headers: signed(Date.now(), payload), agent: false }, (response) => {
      const parts: Buffer[] = [];
      let broke = '';
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', (error: NodeJS.ErrnoException) => { broke = error.code ?? error.message; });
      response.on('close', () => {
        const text = Buffer.concat(parts).toString();
        end({ status: response.statusCode ?? 0, text, headers: response.headers, broke, body: rowIn(text) });
      });
    });
    sent.on('error', (error: NodeJS.ErrnoException) => end({ broke: error.code ?? error.message }));
    sent.end(method === 'GET' ? undefined : payload);
  });
}

function rowIn(text: string): Row {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Rows of a list in a reply. */
export function listIn({ body }: Shot): readonly Row[] {
  const result: unknown = body['result'];
  const list: unknown = typeof result === 'object' && result !== null ? Reflect.get(result, 'list') : [];
  return Array.isArray(list) ? list : [];
}

/** Resolves after so much wall time: for faults that are about time. */
export const wallMs = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });
