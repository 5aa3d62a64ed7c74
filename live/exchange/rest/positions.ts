/** Endpoints of positions: the list, closed profit and loss, the stop on the position, leverage and mode. */
import { z } from 'zod';
import { get, hasSymbol, msIn, paged, post, symbolInvalid, textIn } from './endpoint.ts';
import type { Call, Endpoint } from './endpoint.ts';
import { category, instant, limit, optionalText, plain, text } from './fields.ts';
import { bodies } from './bodies.ts';
import type { PageKey } from './page.ts';
import { accepted, refused, replyOf } from './reply.ts';
import type { Reply } from './reply.ts';
import { isRefusal, spanOf } from './span.ts';
import type { Row, Writes } from '../world.ts';

const byPosition: PageKey = { id: (row) => `${textIn(row, 'symbol')}/${textIn(row, 'positionIdx')}`, at: null };
const byClosing: PageKey = {
  id: (row) => `${textIn(row, 'orderId')}/${textIn(row, 'updatedTime')}`, at: (row) => msIn(row, 'updatedTime'),
};

export const positionEndpoints: readonly Endpoint[] = [
  get('/v5/position/list', {
    form: z.object({ category, symbol: optionalText, baseCoin: optionalText, settleCoin: optionalText, limit: limit(20, 200), cursor: optionalText }),
    quota: { name: 'position/list', perSecond: 50 },
    answer: (wish, call) => {
      if (wish.category === 'linear' && wish.symbol === null && wish.settleCoin === null) {
        return refused(10001, 'Missing some parameters that must be filled in, symbol or settleCoin');
      }
      const head = { category: wish.category };
      if (wish.category !== call.world.category) return paged([], wish, byPosition, call, head);
      if (wish.symbol !== null && !hasSymbol(call, wish.symbol)) return symbolInvalid;
      const isOurs = wish.symbol !== null || wish.settleCoin === null || wish.settleCoin === call.world.settle;
      const bases = new Map(call.market.instruments.map((rules) => [rules.symbol, rules.base]));
      const rows = (isOurs ? call.reads.positions(wish.symbol) : [])
        .filter((row) => wish.baseCoin === null || bases.get(textIn(row, 'symbol')) === wish.baseCoin);
      return paged(sorted(rows), wish, byPosition, call, head);
    },
  }),
  get('/v5/position/closed-pnl', {
    form: z.object({
      category, symbol: optionalText, startTime: instant('startTime'), endTime: instant('endTime'), limit: limit(50, 100), cursor: optionalText,
    }),
    quota: { name: 'position/closed-pnl', perSecond: 50 },
    answer: (wish, call) => {
      const head = { category: wish.category };
      if (wish.category !== call.world.category) return paged([], wish, byClosing, call, head);
      if (wish.symbol !== null && !hasSymbol(call, wish.symbol)) return symbolInvalid;
      const span = spanOf(wish, call.world.now);
      return isRefusal(span) ? span : paged(call.reads.closedPnl(wish.symbol, span.from, span.to), wish, byClosing, call, head);
    },
  }),
  setting('/v5/position/trading-stop', 'tradingStop'),
  setting('/v5/position/set-leverage', 'setLeverage'),
  setting('/v5/position/switch-mode', 'switchMode'),
  post('/v5/position/confirm-pending-mmr', {
    form: z.looseObject({ category, symbol: text('params error: symbol invalid') }),
    quota: { name: 'position/confirm-pending-mmr', perSecond: 10 },
    answer: ({ symbol }, call) => (hasSymbol(call, symbol) ? accepted({}) : symbolInvalid),
  }),
];

function setting(path: string, name: 'tradingStop' | 'setLeverage' | 'switchMode'): Endpoint {
  return post(path, {
    form: bodies[name], quota: { name: path.slice(4), perSecond: 10 }, answer: (body, call) => written(name, plain(body), call),
  });
}

async function written(name: keyof Writes, body: Row, call: Call): Promise<Reply> {
  const wrong = misplaced(body, call);
  if (wrong !== null) return wrong;
  const answer = call.world.writes[name](body);
  call.pace.wake();
  return replyOf(await answer);
}

/** A write for a category or symbol that this exchange does not trade. */
export function misplaced(body: Row, call: Pick<Call, 'world' | 'market'>): Reply | null {
  if (body['category'] !== call.world.category) return refused(10001, 'Illegal category');
  const symbol = body['symbol'];
  const isKnown = symbol === undefined || call.market.instruments.some((rules) => rules.symbol === symbol);
  return isKnown ? null : symbolInvalid;
}

function sorted(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort((a, b) => (byPosition.id(a) < byPosition.id(b) ? -1 : 1));
}
