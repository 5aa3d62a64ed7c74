/**
 * Endpoints of orders: create, amend, cancel, cancel-all, their batches, the check before an order, and the three reads.
 *
 * 1. The orders of a batch reach the account in their order and at the same market time; each has its own verdict.
 * 2. What goes over the quota of a batch is refused order by order.
 * 3. By id or link a read looks at everything it holds and ignores its other filters.
 */
import { z } from 'zod';
import { bodies, bodyOf } from './bodies.ts';
import { get, hasSymbol, msIn, paged, post, symbolInvalid, textIn } from './endpoint.ts';
import type { Call, Endpoint } from './endpoint.ts';
import { category, cursor, instant, limit, oneOf, optionalText, plain } from './fields.ts';
import type { PageKey } from './page.ts';
import { misplaced } from './positions.ts';
import { accepted, refused, replyOf } from './reply.ts';
import type { Reply } from './reply.ts';
import { isRefusal, spanOf } from './span.ts';
import type { Answer, ExecutionFilter, OrderFilter, Row } from '../world.ts';

const dayMs = 86_400_000;
const batchMost = 20;
const perSecond = 10;
const byCreation: PageKey = { id: (row) => textIn(row, 'orderId'), at: (row) => msIn(row, 'createdTime') };
const byChange: PageKey = { id: (row) => textIn(row, 'orderId'), at: (row) => msIn(row, 'updatedTime') };
const byExecution: PageKey = { id: (row) => textIn(row, 'execId'), at: (row) => msIn(row, 'execTime') };

type OrderWrite = 'create' | 'amend' | 'cancel';

const ids = { symbol: optionalText, orderId: optionalText, orderLinkId: optionalText };
const coins = { baseCoin: optionalText, settleCoin: optionalText };
const times = { startTime: instant('startTime'), endTime: instant('endTime') };

export const orderEndpoints: readonly Endpoint[] = [
  single('/v5/order/create', 'create'),
  single('/v5/order/amend', 'amend'),
  single('/v5/order/cancel', 'cancel'),
  post('/v5/order/cancel-all', {
    form: bodies.cancelAll,
    quota: { name: 'order/cancel-all', perSecond },
    answer: async (body, call) => await one('cancelAll', plain(body), call).then(replyOf),
  }),
  batch('/v5/order/create-batch', 'create'),
  batch('/v5/order/amend-batch', 'amend'),
  batch('/v5/order/cancel-batch', 'cancel'),
  post('/v5/order/pre-check', {
    form: bodies.create, quota: { name: 'order/pre-check', perSecond }, answer: (body, call) => preChecked(plain(body), call),
  }),
  get('/v5/order/realtime', {
    form: z.object({
      category, ...ids, ...coins, openOnly: oneOf(['0', '1', '2'], 'params error: openOnly invalid').default('0'), orderFilter: optionalText,
      limit: limit(20, 50), cursor,
    }),
    quota: { name: 'order/realtime', perSecond: 50 },
    answer: (wish, call) => {
      const isNamed = wish.orderId !== null || wish.orderLinkId !== null;
      if (wish.category === 'linear' && !isNamed && wish.symbol === null && wish.baseCoin === null && wish.settleCoin === null) {
        return refused(10001, 'Missing some parameters that must be filled in, symbol or settleCoin or baseCoin');
      }
      const filter = { ...namesOf(wish), orderFilter: wish.orderFilter, orderStatus: null, from: null, to: null };
      const read = (): readonly Row[] => [
        ...(isNamed || wish.openOnly === '0' ? call.reads.openOrders(filter) : []),
        ...(isNamed || wish.openOnly !== '0' ? call.reads.closedOrders(filter) : []),
      ];
      return found(wish, call, read, byCreation);
    },
  }),
  get('/v5/order/history', {
    form: z.object({ category, ...ids, ...coins, orderFilter: optionalText, orderStatus: optionalText, ...times, limit: limit(20, 50), cursor }),
    quota: { name: 'order/history', perSecond: 50 },
    answer: (wish, call) => {
      const span = spanOf(wish, call.world.now);
      if (isRefusal(span)) return span;
      const isNamed = wish.orderId !== null || wish.orderLinkId !== null;
      const during = isNamed ? { from: null, to: null } : span;
      const filter: OrderFilter = { ...namesOf(wish), orderFilter: wish.orderFilter, orderStatus: wish.orderStatus, ...during };
      const kept = (row: Row): boolean => !isForgotten(row, call.world.now);
      return found(wish, call, () => call.reads.orderHistory(filter).filter(kept), byChange);
    },
  }),
  get('/v5/execution/list', {
    form: z.object({ category, ...ids, ...coins, execType: optionalText, ...times, limit: limit(50, 100), cursor }),
    quota: { name: 'execution/list', perSecond: 50 },
    answer: (wish, call) => {
      const span = spanOf(wish, call.world.now);
      if (isRefusal(span)) return span;
      const isNamed = wish.orderId !== null || wish.orderLinkId !== null;
      const filter: ExecutionFilter = isNamed
        ? { ...namesOf(wish), execType: null, from: null, to: null }
        : { ...namesOf(wish), execType: wish.execType, ...span };
      return found(wish, call, () => call.reads.executions(filter), byExecution);
    },
  }),
];

function single(path: string, name: OrderWrite): Endpoint {
  const form: z.ZodType<Row> = bodies[name];
  return post(path, { form, quota: { name: path.slice(4), perSecond }, answer: async (body, call) => replyOf(await one(name, plain(body), call)) });
}

/** Told to the account at once; the promise is its verdict. */
function one(name: OrderWrite | 'cancelAll', body: Row, call: Call): Promise<Answer> {
  const wrong = misplaced(body, call);
  if (wrong !== null) return Promise.resolve(answerOf(wrong));
  const answer = call.world.writes[name](body);
  call.pace.wake();
  return answer;
}

function answerOf(reply: Reply): Answer {
  return { code: reply.code, message: reply.message, result: reply.result ?? {} };
}

function batch(path: string, name: OrderWrite): Endpoint {
  const request = z.array(z.looseObject({}), { error: 'params error: request invalid' })
    .min(1, { error: 'params error: request is empty' }).max(batchMost, { error: `params error: more than ${batchMost} orders in a batch` });
  return post(path, {
    form: z.looseObject({ category, request }),
    quota: { name: path.slice(4), perSecond },
    cost: (params) => (Array.isArray(params['request']) ? Math.min(batchMost, Math.max(1, params['request'].length)) : 1),
    answer: async (body, call) => {
      const verdicts = await Promise.all(body.request.map((item, i) => verdictOn(name, { ...item, category: body.category }, i, call)));
      return {
        ...accepted({ list: call.keep(verdicts.map(({ row }) => row)) }),
        extra: { list: verdicts.map(({ answer }) => ({ code: answer.code, msg: answer.code === 0 ? 'OK' : answer.message })) },
      };
    },
  });
}

interface Verdict { readonly row: Row; readonly answer: Answer }

async function verdictOn(name: OrderWrite, item: Row, place: number, call: Call): Promise<Verdict> {
  const answer = await judged(name, item, place, call);
  const row = {
    category: textIn(item, 'category'), symbol: textIn(item, 'symbol'), orderId: textIn(answer.result, 'orderId') || textIn(item, 'orderId'),
    orderLinkId: textIn(answer.result, 'orderLinkId') || textIn(item, 'orderLinkId'),
  };
  return { answer, row: name === 'create' ? { ...row, createAt: answer.code === 0 ? String(call.world.now) : '' } : row };
}

function judged(name: OrderWrite, item: Row, place: number, call: Call): Promise<Answer> {
  if (place >= call.visit.granted) return Promise.resolve(answerOf(refused(10006, 'Too many visits!')));
  const body = bodyOf(name, item);
  return isReply(body) ? Promise.resolve(answerOf(body)) : one(name, body, call);
}

function isReply(body: Row | Reply): body is Reply {
  return 'httpStatus' in body && 'extra' in body;
}

/** Margin rates before and after in 1e-4, by the mark price and the leverage of the position; nothing is sent. */
function preChecked(body: Row, call: Call): Reply {
  const wrong = misplaced(body, call);
  if (wrong !== null) return wrong;
  const wallet = call.reads.wallet();
  const position = call.reads.positions(textIn(body, 'symbol'))[0] ?? {};
  const before = Math.round(Number(textIn(wallet, 'accountIMRate')) * 10_000);
  const maintenance = Math.round(Number(textIn(wallet, 'accountMMRate')) * 10_000);
  const price = Number(textIn(body, 'price') || textIn(call.market.ticker(textIn(body, 'symbol')), 'markPrice'));
  const margin = (Number(textIn(body, 'qty')) * price) / Math.max(1, Number(textIn(position, 'leverage')));
  const equity = Number(textIn(wallet, 'totalEquity'));
  const added = equity > 0 ? Math.round((margin / equity) * 10_000) : 0;
  return accepted({
    orderId: '', orderLinkId: textIn(body, 'orderLinkId'), preImrE4: before, preMmrE4: maintenance, postImrE4: before + added, postMmrE4: maintenance,
  });
}

interface Names { readonly symbol: string | null; readonly orderId: string | null; readonly orderLinkId: string | null }
interface ReadWish extends Names {
  readonly category: string; readonly baseCoin: string | null; readonly settleCoin: string | null; readonly limit: number;
  readonly cursor: string | null;
}

/** The id goes before the link, both before the symbol. */
function namesOf({ symbol, orderId, orderLinkId }: Names): Names {
  if (orderId !== null) return { symbol: null, orderId, orderLinkId: null };
  if (orderLinkId !== null) return { symbol: null, orderId: null, orderLinkId };
  return { symbol, orderId: null, orderLinkId: null };
}

function found(wish: ReadWish, call: Call, read: () => readonly Row[], key: PageKey): Reply {
  const head = { category: wish.category };
  if (wish.category !== call.world.category) return paged([], wish, key, call, head);
  if (wish.symbol !== null && !hasSymbol(call, wish.symbol)) return symbolInvalid;
  const isOurs = wish.symbol !== null || wish.orderId !== null || wish.orderLinkId !== null
    || wish.baseCoin !== null || wish.settleCoin === null || wish.settleCoin === call.world.settle;
  const rows = isOurs ? read().filter((row) => wish.symbol !== null || wish.baseCoin === null || baseOf(row, call) === wish.baseCoin) : [];
  return paged(rows, wish, key, call, head);
}

function baseOf(row: Row, call: Call): string | null {
  return call.market.instruments.find((rules) => rules.symbol === row['symbol'])?.base ?? null;
}

/** Orders that ended without a fill are kept in the history for a day only. Source: protocol sheet, section 5. */
function isForgotten(row: Row, now: number): boolean {
  const isEnded = ['Cancelled', 'Rejected', 'Deactivated'].includes(textIn(row, 'orderStatus'));
  return isEnded && Number(textIn(row, 'cumExecQty')) === 0 && msIn(row, 'updatedTime') < now - dayMs;
}
