/**
 * Order entry by WebSocket: the same forms, quotas and account as the REST door, in the frames of `/v5/trade`.
 *
 * 1. Orders reach the account in the order of their frames; an answer never waits for the answer to an earlier one.
 * 2. Every refusal carries the request's id, an integer code and `data` as an object.
 *
 * Source: protocol sheet, section 8; `bybit-clients.md`, section 5. The limit of a session is not published; ours lies
 * where no client that obeys the quotas comes.
 */
import type { Ms } from '../../../engine/index.ts';
import type { Pace } from '../pace.ts';
import { bodyOf, headersOf } from '../rest/index.ts';
import type { Quotas, Visit } from '../rest/index.ts';
import type { Answer, Row, World } from '../world.ts';
import type { Link } from './link.ts';

const operations = { 'order.create': 'create', 'order.amend': 'amend', 'order.cancel': 'cancel' } as const;
type Operation = keyof typeof operations;
type Write = (typeof operations)[Operation];

const orderPerSecond = 10;
const addressPerSecond = 3_000;
const sessionPerSecond = 1_000;
const batchMost = 20;
const idLengthMost = 36;
const idsRemembered = 10_000;
const windowDefaultMs = 5_000;
const aheadMs = 1_000;

export interface TradeParts {
  readonly world: World; readonly pace: Pace; readonly quotas: Quotas; readonly wall: () => Ms;
}

interface Verdict { readonly code: number; readonly message: string; readonly data: Row; readonly extra: Row; readonly visit: Visit | null }

const said = (code: number, message: string): Verdict => ({ code, message, data: {}, extra: {}, visit: null });

/** Judges one order frame. Everything up to the account happens before this returns. */
export function order(link: Link, request: Row, op: string, parts: TradeParts): void {
  const verdict = refusal(link, request, op, parts) ?? apply(request, op, parts);
  const answer = (judged: Verdict): void => link.answer(op, frameOf(link, request, op, judged, parts.wall()));
  if ('code' in verdict) answer(verdict);
  else verdict.then(answer, (cause: unknown) => process.nextTick(() => { throw cause; }));
}

function refusal(link: Link, request: Row, op: string, { quotas, wall }: TradeParts): Verdict | null {
  if (quotas.take('trade/address', addressPerSecond).granted === 0) return said(10403, 'Exceed IP rate limit. 3000 requests per second per IP');
  if (!isOperation(op.replace(/-batch$/, ''))) return said(10404, `op type is not found: ${op}`);
  if (!link.isKnown) return said(10003, 'Not authenticated');
  if (quotas.take(`trade/session/${link.number}`, sessionPerSecond).granted === 0) return said(20003, 'Too frequent requests under the same session');
  const id = request['reqId'];
  if (id !== undefined) {
    if (typeof id !== 'string' || id.length > idLengthMost) return said(10001, `reqId must be text of at most ${idLengthMost} characters`);
    if (link.requestIds.has(id)) return said(20006, 'reqId is duplicated');
    remember(link, id);
  }
  return lateness(request, wall());
}

function remember({ requestIds }: Link, id: string): void {
  requestIds.add(id);
  if (requestIds.size <= idsRemembered) return;
  const [oldest] = requestIds;
  requestIds.delete(oldest);
}

function lateness({ header }: Row, server: Ms): Verdict | null {
  const given: Row = isRow(header) ? header : {};
  const sent = Number(given['X-BAPI-TIMESTAMP'] ?? Number.NaN);
  const windowMs = Number(given['X-BAPI-RECV-WINDOW'] ?? windowDefaultMs);
  if (Number.isNaN(sent)) return said(10001, 'X-BAPI-TIMESTAMP is required');
  if (server - windowMs <= sent && sent < server + aheadMs) return null;
  return said(10002, 'invalid request, please check your server timestamp or recv_window param. '
    + `req_timestamp[${sent}],server_timestamp[${server}],recv_window[${windowMs}]`);
}

function apply(request: Row, op: string, parts: TradeParts): Verdict | Promise<Verdict> {
  const args: readonly unknown[] = Array.isArray(request['args']) ? request['args'] : [];
  const [body] = args;
  if (args.length !== 1 || !isRow(body)) return said(10001, 'args must hold one object');
  if (op.endsWith('-batch')) return applyBatch(body, op, parts);
  const write = operations[op as Operation];
  const visit = parts.quotas.take(`order/${write}`, orderPerSecond);
  if (visit.granted === 0) return { ...said(10006, 'Too many visits!'), visit };
  return one(write, body, parts).then((answer) => ({ code: answer.code, message: answer.code === 0 ? 'OK' : answer.message, data: answer.result, extra: {}, visit }));
}

function applyBatch(body: Row, op: string, parts: TradeParts): Verdict | Promise<Verdict> {
  const write = operations[op.replace(/-batch$/, '') as Operation];
  const items: readonly unknown[] = Array.isArray(body['request']) ? body['request'] : [];
  if (items.length === 0 || items.length > batchMost) return said(10001, `params error: request must hold 1 to ${batchMost} orders`);
  const visit = parts.quotas.take(`order/${write}-batch`, orderPerSecond, items.length);
  const judged = items.map(async (item, place) => {
    const own: Row = { ...(isRow(item) ? item : {}), category: body['category'] };
    const answer = place < visit.granted ? await one(write, own, parts) : { code: 10006, message: 'Too many visits!', result: {} };
    return { own, answer };
  });
  return Promise.all(judged).then((verdicts) => ({
    code: 0,
    message: 'OK',
    data: { list: verdicts.map(({ own, answer }) => itemOf(own, answer, write, parts.world.now)) },
    extra: { list: verdicts.map(({ answer }) => ({ code: answer.code, msg: answer.code === 0 ? 'OK' : answer.message })) },
    visit,
  }));
}

function itemOf(own: Row, { code, result }: Answer, write: Write, at: Ms): Row {
  const row = {
    category: own['category'], symbol: own['symbol'] ?? '', orderId: result['orderId'] ?? own['orderId'] ?? '',
    orderLinkId: result['orderLinkId'] ?? own['orderLinkId'] ?? '',
  };
  return write === 'create' ? { ...row, createAt: code === 0 ? String(at) : '' } : row;
}

function one(write: Write, given: Row, { world, pace }: TradeParts): Promise<Answer> {
  const body = bodyOf(write, given);
  if ('httpStatus' in body && 'extra' in body) return Promise.resolve({ code: Number(body['code']), message: String(body['message']), result: {} });
  if (body['category'] !== world.category) return Promise.resolve({ code: 10001, message: 'Illegal category', result: {} });
  if (!world.market.instruments.some(({ symbol }) => symbol === body['symbol'])) {
    return Promise.resolve({ code: 10001, message: 'params error: symbol invalid', result: {} });
  }
  const answer = world.writes[write](body);
  pace.wake();
  return answer;
}

function frameOf(link: Link, request: Row, op: string, { code, message, data, extra, visit }: Verdict, wall: Ms): Row {
  return {
    ...(request['reqId'] === undefined ? {} : { reqId: request['reqId'] }), retCode: code, retMsg: message, op, data, retExtInfo: extra,
    header: { ...(visit === null ? {} : headersOf(visit)), Traceid: traceOf(link, wall), Timenow: String(wall) },
    connId: link.caller(request).connectionId,
  };
}

const traceOf = (link: Link, wall: Ms): string => `${link.number.toString(16).padStart(8, '0')}${wall.toString(16).padStart(24, '0')}`;
const isOperation = (op: string): op is Operation => op in operations;
const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);
