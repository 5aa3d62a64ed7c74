/** F62 to F66 and F81 to F88: what is odd about data, account and key. Source: bybit-faults.md, section 4. */
import type { FaultEntry } from './entry.ts';
import { byVariant, fault, get, post, pushed, request } from './entry.ts';

const positions = '/v5/position/list';
const klines = '/v5/market/kline';
const instruments = '/v5/market/instruments-info';

const refusal = (code: number, message: string) => ({ tag: 'refuse', code, message } as const);

export const accountFaults: readonly FaultEntry[] = [
  fault('F62', 'numbers written in every way', (o) => [get(o, '/v5/*', { tag: 'numbers' }, { usual: null })]),
  fault('F63', 'paging of candles', (o) => byVariant(o, {
    'missing-candle': () => [get(o, klines, { tag: 'rows', how: 'drop-middle' })],
    'repeated-row': () => [get(o, klines, { tag: 'rows', how: 'repeat-first' })],
    'empty-page': () => [get(o, klines, { tag: 'rows', how: 'none' })],
  }), ['missing-candle', 'repeated-row', 'empty-page']),
  fault('F64', 'cursors', (o) => byVariant(o, {
    trailing: () => [get(o, '/v5/*', { tag: 'page', trick: 'trailing-cursor' }, { usual: null })],
    expired: () => [get(o, '/v5/order/*', refusal(10001, 'params error: cursor invalid'))],
  }), ['trailing', 'expired']),
  fault('F65', 'many rows', (o) => byVariant(o, {
    positions: () => [get(o, positions, { tag: 'rows', how: 'add', count: 45, set: { symbol: 'MANY#USDT', side: 'Buy', size: '1', avgPrice: '1', positionIdx: 0 } }, { usual: null })],
    orders: () => [get(o, '/v5/order/realtime', { tag: 'rows', how: 'add', count: 120, set: { orderId: 'many-#', orderLinkId: '', orderStatus: 'New' } }, { usual: null })],
    instruments: () => [get(o, instruments, { tag: 'rows', how: 'add', count: 1_300, set: { symbol: 'MANY#USDT' } }, { usual: null })],
  }), ['positions', 'orders', 'instruments']),
  fault('F66', 'the history does not add up to the position', (o) => [get(o, '/v5/execution/list', { tag: 'rows', how: 'drop-last' }, { usual: null })]),
  fault('F81', 'wrong mode at the start', (o) => byVariant(o, {
    portfolio: () => [get(o, '/v5/account/info', { tag: 'envelope', result: { marginMode: 'PORTFOLIO_MARGIN' } }, { usual: null })],
    cross: () => [get(o, '/v5/account/info', { tag: 'envelope', result: { marginMode: 'REGULAR_MARGIN' } }, { usual: null })],
    hedge: () => [get(o, positions, { tag: 'rows', how: 'edit', set: { positionIdx: 1 } }, { usual: null })],
    leverage: () => [get(o, positions, { tag: 'leverage-by-hand', leverage: '3' })],
    'reduce-only': () => [get(o, positions, { tag: 'rows', how: 'edit', set: { isReduceOnly: true } }, { usual: null })],
    'foreign-position': () => [get(o, positions, { tag: 'trade-by-hand', side: 'Sell' })],
  }), ['portfolio', 'cross', 'hedge', 'leverage', 'reduce-only', 'foreign-position']),
  fault('F82', 'settings refused', (o) => byVariant(o, {
    leverage: () => [post(o, '/v5/position/set-leverage', refusal(o.code ?? 110013, 'cannot set leverage due to risk limit level'))],
    mode: () => [post(o, '/v5/position/switch-mode', refusal(o.code ?? 110024, 'You have an existing position, so the position mode cannot be switched.'))],
    margin: () => [post(o, '/v5/account/set-margin-mode', refusal(o.code ?? 3400045, 'Set margin mode failed'))],
  }), ['leverage', 'mode', 'margin']),
  fault('F83', 'state of the key', (o) => byVariant(o, {
    'read-only': () => [get(o, '/v5/user/query-api', { tag: 'envelope', result: { readOnly: 1 } }, { usual: null })],
    'no-trade': () => [get(o, '/v5/user/query-api', { tag: 'envelope', result: { permissions: { ContractTrade: ['Order'] } } }, { usual: null })],
    expiring: () => [get(o, '/v5/user/query-api', { tag: 'envelope', result: { deadlineDay: 3 } }, { usual: null })],
    addresses: () => [get(o, '/v5/user/query-api', { tag: 'envelope', result: { ips: ['10.0.0.1'] } }, { usual: null })],
  }), ['read-only', 'no-trade', 'expiring', 'addresses']),
  fault('F84', 'funding changes', (o) => [
    get(o, instruments, { tag: 'rows', how: 'edit', set: { fundingInterval: 60 } }, { usual: null }),
    get(o, '/v5/market/tickers', { tag: 'rows', how: 'edit', set: { fundingIntervalHour: '1', fundingRate: '-0.005' } }, { usual: null }),
    pushed(o, 'public', 'tickers', { tag: 'edit', row: { fundingIntervalHour: '1', fundingRate: '-0.005' } }, { usual: null }),
  ]),
  fault('F85', 'the instrument changes', (o) => byVariant(o, {
    tick: () => [get(o, instruments, { tag: 'rows', how: 'edit', set: { priceFilter: { tickSize: '5' } } }, { usual: null })],
    step: () => [get(o, instruments, { tag: 'rows', how: 'edit', set: { lotSizeFilter: { qtyStep: '1' } } }, { usual: null })],
    delisting: () => [get(o, instruments, { tag: 'rows', how: 'edit', set: { deliveryTime: '1893456000000' } }, { usual: null })],
  }), ['tick', 'step', 'delisting']),
  fault('F86', 'the server restarts', (o) => [
    post(o, '/v5/order/create', { tag: 'outage', which: ['public', 'private', 'trade'], code: 1012, refusals: 2, how: 503 }),
    post(o, '/v5/order/create', { tag: 'wipe-closed' }),
    request(o, '*', { tag: 'substitute', httpStatus: 503, body: '<html>restarting</html>' }, { usual: 5 }),
  ]),
  fault('F87', 'wallet late, or empty as in isolated mode', (o) => byVariant(o, {
    late: () => [pushed(o, 'private', 'wallet', { tag: 'delay', ms: o.ms ?? 1_000 }, { usual: null })],
    empty: () => [get(o, '/v5/account/wallet-balance', {
      tag: 'rows', how: 'edit', set: { totalEquity: '', totalWalletBalance: '', totalMarginBalance: '', totalAvailableBalance: '', totalInitialMargin: '', accountIMRate: '' },
    }, { usual: null })],
  }), ['late', 'empty']),
  fault('F88', 'fees are not as announced', (o) => [
    get(o, '/v5/account/fee-rate', { tag: 'rows', how: 'edit', set: { takerFeeRate: '0.0001', makerFeeRate: '-0.0001' } }, { usual: null }),
    pushed(o, 'private', 'order', { tag: 'edit', row: { cumFeeDetail: { MNT: '0.002' } } }, { has: { orderStatus: 'Filled' }, usual: null }),
  ]),
];
