/** One frame of a client: read, offered to the fault plan, answered in the form of its address. */
import type { Ms } from '../../../engine/index.ts';
import type { Credentials } from '../rest/index.ts';
import type { Row } from '../world.ts';
import { acknowledged, declined, pong, tradeAuth, unauthorised } from './answers.ts';
import { authRefusal } from './auth.ts';
import type { Frames } from './frames.ts';
import type { Link } from './link.ts';
import type { StreamSink } from './sink.ts';
import { privateRefusal, publicRefusal } from './topics.ts';
import { order } from './trade.ts';
import type { TradeParts } from './trade.ts';

export interface Room extends TradeParts {
  readonly credentials: Credentials; readonly sink: StreamSink; readonly frames: Frames; readonly wall: () => Ms;
}

export function serve(link: Link, text: string, room: Room): void {
  const request = rowIn(text);
  if (request === null) {
    link.answer('', malformed(link));
    return;
  }
  const op = typeof request['op'] === 'string' ? request['op'] : '';
  const arrival = room.sink.arriving({ kind: link.kind, connection: link.number, op, body: request });
  if (arrival.tag === 'answer') {
    link.answer(op, { ...idsOf(link, request), ...arrival.body });
    if (arrival.closes !== null) link.close(arrival.closes);
    return;
  }
  if (arrival.tag === 'ignore') return;
  if (arrival.tag === 'serve' || arrival.isServed) dispatch(link, op, request, room);
  if (arrival.tag === 'close') link.close(arrival.code);
}

/** What every answer of this address carries besides its own members. */
function idsOf(link: Link, request: Row): Row {
  const { connectionId } = link.caller(request);
  if (link.kind === 'trade') return { ...(request['reqId'] === undefined ? {} : { reqId: request['reqId'] }), op: request['op'], connId: connectionId };
  return { ...(request['req_id'] === undefined ? {} : { req_id: request['req_id'] }), op: request['op'], conn_id: connectionId };
}

function malformed(link: Link): Row {
  const caller = link.caller({});
  if (link.kind !== 'trade') return declined(caller, '', 'Request is not a JSON object');
  return { retCode: 10001, retMsg: 'Request is not a JSON object', op: '', data: {}, connId: caller.connectionId };
}

function dispatch(link: Link, op: string, request: Row, room: Room): void {
  const caller = link.caller(request);
  if (op === 'ping') link.answer('ping', pong(caller, room.wall()));
  else if (op === 'auth' && link.kind !== 'public') authenticate(link, request, room);
  else if (link.kind === 'trade') order(link, request, op, room);
  else if (op === 'subscribe' || op === 'unsubscribe') subscribe(link, op, request, room);
  else link.answer(op, declined(caller, op, `Invalid op: ${op}`));
}

function authenticate(link: Link, request: Row, { credentials, wall }: Room): void {
  const caller = link.caller(request);
  const isTrade = link.kind === 'trade';
  if (isTrade && link.isKnown) {
    link.answer('auth', tradeAuth(caller, 20001, 'Repeat auth'));
    return;
  }
  const refusal = authRefusal(request, credentials, wall());
  link.isKnown = refusal === null;
  if (isTrade) link.answer('auth', tradeAuth(caller, refusal?.code ?? 0, refusal?.message ?? 'OK'));
  else link.answer('auth', refusal === null ? acknowledged(caller, 'auth') : unauthorised(caller, refusal.code, refusal.message));
}

function subscribe(link: Link, op: 'subscribe' | 'unsubscribe', request: Row, { world, frames }: Room): void {
  const caller = link.caller(request);
  const args: readonly unknown[] = Array.isArray(request['args']) ? request['args'] : [];
  const topics = args.filter((topic) => typeof topic === 'string');
  const symbols = link.category === world.category ? world.market.instruments.map(({ symbol }) => symbol) : [];
  const refusal = topics.length === 0 || topics.length < args.length ? 'Params Error'
    : link.kind === 'private' ? (link.isKnown ? privateRefusal(topics) : 'Request not authorized') : publicRefusal(topics, symbols);
  if (refusal !== null) {
    link.answer(op, declined(caller, op, refusal));
    return;
  }
  for (const topic of topics) {
    if (op === 'subscribe') link.topics.add(topic);
    else link.topics.delete(topic);
  }
  link.answer(op, acknowledged(caller, op));
  if (op === 'subscribe' && link.kind === 'public') frames.begin(link, topics);
}

function rowIn(text: string): Row | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
