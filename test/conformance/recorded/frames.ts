/**
 * Recorded frames of the exchange, and the connector over them: a door on loopback that answers with recorded bodies, and the
 * account's stream fed by hand. Nothing in a frame is changed but the link of the order, which becomes one of ours.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { Approved, Command, Event } from '../../../engine/index.ts';
import { AccountFeed } from '../../../live/bybit/account-feed.ts';
import { connectBybit } from '../../../live/bybit/index.ts';
import { Links } from '../../../live/bybit/links.ts';
import { executionRow, orderRow, positionRow, readRows, walletRow } from '../../../live/bybit/rows.ts';
import type { Connection } from '../../../live/index.ts';
import { credentials, timing } from '../../live/bybit/stage.ts';
import { linear, minute } from '../../sim/market.ts';

const folder = resolve(process.cwd(), '../shared/fixtures/bybit');
export const hasFrames = existsSync(folder);

type Json = Readonly<Record<string, unknown>>;
const run = 'abcdef';
/** The order of ours that every recorded link stands for. */
export const own = 1;

function read(name: string): unknown {
  const text = readFileSync(resolve(folder, `${name}.json`), 'utf8');
  return JSON.parse(text.replaceAll(/"orderLinkId": "(?:dj-0001|client-1|test-client-order-001|test-order-001)"/g, `"orderLinkId": "${new Links(run).linkOf({ leg: 0, order: own })}"`));
}

/** Frames of a file, one or many. */
export function framesOf(name: string): readonly Json[] {
  const found = read(name);
  return Array.isArray(found) ? found as readonly Json[] : [found as Json];
}

/** BTCUSDT as the frames show it: tick 0.1, step 0.001. */
export const bitcoin = linear({ symbol: 'BTCUSDT', base: 'BTC', tick: '0.1', qtyStep: '0.001', minQty: '0.001', minNotional: '5' });

/** What pushed frames are in our words. Order 1 was sent with 0.010 at 60,000. */
export function pushed(frames: readonly Json[], isCancelAsked = false): readonly Event[] {
  const events: Event[] = [];
  const feed = new AccountFeed({
    symbols: ['BTCUSDT'], instruments: () => [bitcoin], links: new Links(run), tell: (event) => { events.push(event); },
    wonder: () => {}, nextFunding: () => null, now: () => 1_760_000_000_000,
  });
  feed.sent(0, own, 10, 600_000);
  if (isCancelAsked) feed.cancelAsked(0, own);
  for (const frame of frames) take(feed, frame);
  feed.close();
  return events;
}

function take(feed: AccountFeed, { topic, data }: Json): void {
  const each = <T>(schema: Parameters<typeof readRows<T>>[0], told: (row: T) => void): void => {
    const { rows, bad } = readRows<T>(schema, data);
    if (bad.length > 0) throw new Error(bad.join(', '));
    for (const row of rows) told(row);
  };
  if (topic === 'order') each(orderRow, (row) => feed.order(row));
  else if (topic === 'execution') each(executionRow, (row) => feed.execution(row));
  else if (topic === 'position') each(positionRow, (row) => feed.position(row));
  else if (topic === 'wallet') each(walletRow, (row) => feed.wallet(row));
  else throw new Error(`${String(topic)} is no topic of the account`);
}

/** The recorded refusal that begins with these words, in the envelope of the exchange. */
export function refusal(words: string): Json {
  const found = (read('known_ret_msgs') as readonly Json[]).find(({ retMsg }) => String(retMsg).startsWith(words));
  if (found === undefined) throw new Error(`no recorded message begins with ${words}`);
  return { retCode: found['retCode'], retMsg: found['retMsg'], result: {}, retExtInfo: {}, time: 1_760_000_000_000 };
}

export interface Recorded {
  readonly connection: Connection;
  readonly events: readonly Event[];
  did(...commands: readonly Command[]): Promise<void>;
}

/** Bodies by path; a name stands for the frame of that file. */
export type Bodies = Readonly<Record<string, string | Json>>;

const usual: Bodies = {
  '/v5/market/instruments-info': 'http_instruments_linear_btcusdt', '/v5/market/risk-limit': 'http_risk_limit_inverse', '/v5/account/fee-rate': 'http_fee_rate',
  '/v5/position/list': 'http_position_list_linear',
};
const nothing: Json = { retCode: 0, retMsg: 'OK', result: { list: [], nextPageCursor: '' }, retExtInfo: {}, time: 1_760_000_000_000 };

/** Works with a connection whose every answer is recorded; lists hold the rows of the symbol asked for, as at the exchange. */
export async function withRecorded(bodies: Bodies, work: (recorded: Recorded) => Promise<void>, category: 'linear' | 'inverse' = 'linear'): Promise<void> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const body = bodies[pathname] ?? usual[pathname] ?? nothing;
    const answer = onlyOf(typeof body === 'string' ? read(body) as Json : body, searchParams.get('symbol'));
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  const rest = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const events: Event[] = [];
  const symbols = category === 'linear' ? ['BTCUSDT'] : ['BTCUSD'];
  const connection = connectBybit({
    endpoints: { rest, public: 'ws://127.0.0.1:9', private: 'ws://127.0.0.1:9', trade: null }, credentials, symbols, category, barMs: minute, run,
    now: () => Date.now(), tell: (event) => { events.push(event); }, log: () => {}, timing,
  });
  const did = async (...commands: readonly Command[]): Promise<void> => {
    connection.venue.send(commands as readonly unknown[] as readonly Approved[], Date.now());
    while (connection.venue.underWay > 0) await new Promise((done) => { setTimeout(done, 2); });
  };
  try {
    await work({ connection, events, did });
  } finally {
    await connection.venue.close(100);
    server.closeAllConnections();
    await new Promise((done) => { server.close(done); });
  }
}

function onlyOf(body: Json, symbol: string | null): Json {
  const result = body['result'] as Json | undefined;
  const list = result?.['list'];
  if (symbol === null || !Array.isArray(list)) return body;
  const isOfIt = (row: Json): boolean => row['symbol'] === undefined || row['symbol'] === symbol;
  return { ...body, result: { ...result, list: (list as readonly Json[]).filter(isOfIt) } };
}
