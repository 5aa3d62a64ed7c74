/**
 * Endpoints of the account as a whole: info, wallet, fee rates, transaction log, key, margin mode, disconnect protection,
 * and the coin list that one client demands before anything else.
 */
import { z } from 'zod';
import { get, hasSymbol, listed, msIn, paged, post, symbolInvalid, textIn } from './endpoint.ts';
import type { Call, Endpoint } from './endpoint.ts';
import { category, instant, limit, oneOf, optionalText, plain, text, whole } from './fields.ts';
import type { PageKey } from './page.ts';
import { accepted, refused, replyOf } from './reply.ts';
import { isRefusal, spanOf } from './span.ts';
import type { Row } from '../world.ts';

const dayMs = 86_400_000;
const windows = Array.from({ length: 298 }, (_, i) => i + 3);
const unified = oneOf(['UNIFIED'], 'accountType only support UNIFIED.');
const byTransaction: PageKey = {
  id: (row) => `${textIn(row, 'id')}/${textIn(row, 'tradeId')}/${textIn(row, 'orderId')}`,
  at: (row) => msIn(row, 'transactionTime'),
};

export const accountEndpoints: readonly Endpoint[] = [
  get('/v5/account/info', { form: z.object({}), quota: { name: 'account/info', perSecond: 50 }, answer: (_, call) => accepted(accountInfo(call)) }),
  get('/v5/account/wallet-balance', {
    form: z.object({ accountType: unified, coin: optionalText }),
    quota: { name: 'account/wallet-balance', perSecond: 50 },
    answer: ({ coin }, call) => listed([walletOf(call.reads.wallet(), coin)], call),
  }),
  get('/v5/account/fee-rate', {
    form: z.object({ category, symbol: optionalText, baseCoin: optionalText }),
    quota: { name: 'account/fee-rate', perSecond: 5 },
    answer: (wish, call) => {
      if (wish.category !== call.world.category) return listed([], call);
      if (wish.symbol !== null && !hasSymbol(call, wish.symbol)) return symbolInvalid;
      const wanted = call.market.instruments.filter((rules) => (wish.symbol ?? rules.symbol) === rules.symbol);
      return listed(wanted.map((rules) => call.market.feeRates(rules.symbol)), call);
    },
  }),
  get('/v5/account/transaction-log', {
    form: z.object({
      accountType: unified.default('UNIFIED'), category: category.nullable().default(null), currency: optionalText, baseCoin: optionalText,
      type: optionalText, startTime: instant('startTime'), endTime: instant('endTime'), limit: limit(20, 50), cursor: optionalText,
    }),
    quota: { name: 'account/transaction-log', perSecond: 25 },
    answer: (wish, call) => {
      const span = spanOf(wish, call.world.now, dayMs);
      if (isRefusal(span)) return span;
      const rows = call.reads.transactions(span.from, span.to).filter((row) => (
        (wish.category === null || row['category'] === wish.category) && (wish.currency === null || row['currency'] === wish.currency)
        && (wish.type === null || row['type'] === wish.type)
        && (wish.baseCoin === null || textIn(row, 'symbol').startsWith(wish.baseCoin))));
      return paged(rows, wish, byTransaction, call);
    },
  }),
  post('/v5/account/set-margin-mode', {
    form: z.looseObject({ setMarginMode: oneOf(['REGULAR_MARGIN', 'ISOLATED_MARGIN', 'PORTFOLIO_MARGIN'], 'setMarginMode invalid') }),
    quota: { name: 'account/set-margin-mode', perSecond: 5 },
    answer: async (body, call) => {
      const answer = call.world.writes.setMarginMode(plain(body));
      call.pace.wake();
      const reply = replyOf(await answer);
      return { ...reply, result: { reasons: [], ...reply.result } };
    },
  }),
  get('/v5/user/query-api', {
    form: z.object({}),
    quota: { name: 'user/query-api', perSecond: 10 },
    answer: (_, { account }) => accepted({ ...keyFacts, apiKey: account.key, ...account.keyFacts }, ''),
  }),
  get('/v5/asset/coin/query-info', {
    form: z.object({ coin: optionalText }),
    quota: { name: 'asset/coin/query-info', perSecond: 10 },
    answer: ({ coin }, call) => accepted({ rows: coinRows(call).filter((row) => (coin ?? row['coin']) === row['coin']) }),
  }),
  get('/v5/account/query-dcp-info', {
    form: z.object({}),
    quota: { name: 'account/query-dcp-info', perSecond: 5 },
    answer: (_, { account }) => accepted({
      dcpInfos: [...account.disconnectWindows].map(([product, timeWindow]) => ({ product, dcpStatus: 'ON', timeWindow: String(timeWindow) })),
    }, 'success'),
  }),
  post('/v5/order/disconnected-cancel-all', {
    form: z.looseObject({
      product: oneOf(['OPTIONS', 'DERIVATIVES', 'SPOT'], 'product invalid').default('OPTIONS'), timeWindow: whole(windows, 'timeWindow invalid'),
    }),
    quota: { name: 'order/disconnected-cancel-all', perSecond: 5 },
    answer: ({ product, timeWindow }, { account }) => {
      account.disconnectWindows.set(product, Number(timeWindow));
      return accepted({}, 'success');
    },
  }),
  post('/v5/position/switch-isolated', {
    form: z.looseObject({ category, symbol: text('params error: symbol invalid'), tradeMode: whole([0, 1], 'tradeMode invalid') }),
    quota: { name: 'position/switch-isolated', perSecond: 10 },
    answer: ({ tradeMode }, call) => (tradeMode === (call.reads.marginMode() === 'ISOLATED_MARGIN' ? '1' : '0')
      ? refused(110026, 'Cross/isolated margin mode has not been modified.')
      : refused(100028, 'unified account is forbidden')),
  }),
];

function accountInfo({ reads, world, account }: Call): Row {
  const seconds = account.disconnectWindows.get('DERIVATIVES');
  return {
    marginMode: reads.marginMode(), updatedTime: String(world.now), unifiedMarginStatus: 5,
    dcpStatus: seconds === undefined ? 'OFF' : 'ON', timeWindow: seconds ?? 0, smpGroup: 0, isMasterTrader: false, spotHedgingStatus: 'OFF',
  };
}

/** Only the coins asked for, comma between them. */
function walletOf(wallet: Row, coins: string | null): Row {
  const rows = wallet['coin'];
  if (coins === null || !Array.isArray(rows)) return wallet;
  const wanted = coins.split(',');
  return { ...wallet, coin: rows.filter((row: Row) => wanted.includes(textIn(row, 'coin'))) };
}

/** A key of a sub-account that may trade and nothing else, bound to loopback. */
const keyFacts: Row = {
  id: '1000001', note: 'local exchange', apiKey: '', readOnly: 0, secret: '',
  permissions: {
    ContractTrade: ['Order', 'Position'], Spot: [], Wallet: [], Options: [], Derivatives: ['DerivativesTrade'], CopyTrading: [],
    BlockTrade: [], Exchange: [], NFT: [], Affiliate: [], Earn: [], FiatP2P: [], FiatConvertBroker: [], FiatGlobalPay: [], FiatBitPay: [],
    BitCard: [], ByXPost: [],
  },
  ips: ['127.0.0.1'], type: 1, deadlineDay: 90, expiredAt: '2100-01-01T00:00:00Z', createdAt: '2025-01-01T00:00:00Z', unified: 0, uta: 1,
  userID: 1000001, inviterID: 0, vipLevel: 'No VIP', mktMakerLevel: '0', affiliateID: 0, rsaPublicKey: '', isMaster: false, parentUid: '1000000',
  kycLevel: 'LEVEL_DEFAULT', kycRegion: '', userIDInt64: '1000001', inviterIDInt64: '0', affiliateIDInt64: '0',
};

/** The settle coin and the bases traded, without any chain: nothing is deposited or withdrawn here. */
function coinRows({ world, market }: Call): readonly Row[] {
  const coins = new Set([world.settle, ...market.instruments.map((rules) => rules.base)]);
  return [...coins].map((coin) => ({ name: coin, coin, remainAmount: '0', chains: [] }));
}
