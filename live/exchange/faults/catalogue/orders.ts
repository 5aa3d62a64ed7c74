/** F21 to F42 and F67 to F72: what goes wrong with orders, stops and positions. Source: bybit-faults.md, section 2. */
import type { RuleText } from '../plan.ts';
import type { FaultEntry, FaultOptions } from './entry.ts';
import { absent, byVariant, fault, get, post, pushed } from './entry.ts';

const create = '/v5/order/create';
const cancel = '/v5/order/cancel';
const amend = '/v5/order/amend';
const stop = '/v5/position/trading-stop';

const texts: Readonly<Record<number, string>> = {
  110007: 'ab not enough for new order', 110012: 'Insufficient available balance.', 110003: 'Order price exceeds the allowable range.',
  110094: 'Order does not meet minimum order value 5USDT', 110017: 'current position is zero, cannot fix reduce-only order qty',
  110020: 'Not allowed to have more than 500 active orders.', 110009: 'The number of stop orders exceeds the maximum allowable limit',
  110072: 'OrderLinkedID is duplicate', 110001: 'order not exists or too late to cancel', 110064: 'The order modification quantity is less than the filled quantity',
  110079: 'The order is processing and can not be operated, please try again later', 40004: 'the order is modified during the process of replacing',
  110074: 'This contract is not live', 110066: 'Trading is currently not allowed.', 110023: 'Currently you can only reduce your positions on this contract.',
};
const textOf = (code: number): string => texts[code] ?? 'refused';

function refusedAt(o: FaultOptions, path: string, usual: number): readonly RuleText[] {
  const code = o.code ?? usual;
  return [post(o, path, { tag: 'refuse', code, message: textOf(code), isApplied: o.isApplied ?? false })];
}

export const orderFaults: readonly FaultEntry[] = [
  fault('F21', 'acknowledged, then rejected', (o) => [post(o, create, { tag: 'reject-later', ms: o.ms ?? 50, reason: o.variant ?? 'EC_Others' })]),
  fault('F22', 'refused at once', (o) => refusedAt(o, create, 110007)),
  fault('F23', 'told that the link is a duplicate', (o) => refusedAt({ isApplied: true, ...o }, create, 110072)),
  fault('F24', 'post-only crosses: the market comes over it on its way', (o) => [post(o, create, { tag: 'cross' }, { has: { timeInForce: 'PostOnly' } })]),
  fault('F25', 'cancel too late: the order fills on its way', (o) => [post(o, cancel, { tag: 'cross', isPlayed: true })]),
  fault('F26', 'cancel acknowledged, order filled', (o) => [
    post(o, cancel, { tag: 'cross', isPlayed: true }),
    post(o, cancel, { tag: 'grant', isApplied: true }),
    pushed(o, 'private', 'order', { tag: 'also', row: { cancelType: 'CancelByUser', rejectReason: 'EC_OrigClOrdIDDoesNotExist' } }, { has: { orderStatus: 'Filled' } }),
  ]),
  absent('F27', 'partial fill, then cancelled', 'needs a thin book of the core: an exchange with slippage volshare cuts fills, a plan cannot set it for one order'),
  absent('F28', 'IOC fills in part or not at all', 'needs a thin book of the core: an exchange with slippage volshare cuts fills, a plan cannot set it for one order'),
  fault('F29', 'filled before the acknowledgement', (o) => [post(o, create, { tag: 'late', ms: o.ms ?? 200 }, { has: { orderType: 'Market' } })]),
  fault('F30', 'cache of closed orders wiped', (o) => [get(o, '/v5/order/realtime', { tag: 'wipe-closed' })]),
  fault('F31', 'the history lags', (o) => [
    get(o, '/v5/order/history', { tag: 'rows', how: 'drop-young', ms: o.ms ?? 5_000 }, { usual: null }),
  ]),
  fault('F32', 'rows twice', (o) => byVariant(o, {
    repeat: () => [get(o, '/v5/order/*', { tag: 'rows', how: 'repeat-first' }, { usual: null })],
    overlap: () => [get(o, '/v5/order/*', { tag: 'page', trick: 'overlap' }, { usual: null })],
  }), ['repeat', 'overlap']),
  fault('F33', 'the amendment loses a race', (o) => byVariant(o, {
    refused: () => refusedAt(o, amend, 110001),
    'nothing-changed': () => [post(o, amend, { tag: 'grant' })],
  }), ['refused', 'nothing-changed']),
  fault('F34', 'flat a moment before a reduce-only order', (o) => [post(o, create, { tag: 'close-by-hand' }, { has: { reduceOnly: true } })]),
  fault('F35', 'position shrinks under a resting reduce-only order', (o) => [
    pushed(o, 'private', 'order', { tag: 'close-by-hand', percent: o.percent ?? 50 }, { has: { orderStatus: 'New', reduceOnly: true } }),
  ]),
  fault('F36', 'limits', (o) => byVariant(o, {
    'stop-orders': () => refusedAt(o, create, 110009),
    size: () => [post(o, create, { tag: 'refuse', code: 10001, message: 'The number of contracts exceeds maximum limit allowed: too large' })],
    instrument: () => [get(o, '/v5/market/instruments-info', { tag: 'rows', how: 'edit', set: { lotSizeFilter: { maxMktOrderQty: '0.001', maxOrderQty: '0.002' } } }, { usual: null })],
  }), ['stop-orders', 'size', 'instrument']),
  fault('F37', '34040 although it is not so', (o) => [post(o, stop, { tag: 'refuse', code: 34040, message: 'not modified', isApplied: o.isApplied ?? false })]),
  fault('F38', 'stop breached on its way', (o) => [post(o, stop, { tag: 'jump', kind: 'both', percent: o.percent ?? -8 })]),
  fault('F39', 'zero position right after the fill', (o) => [
    post(o, stop, { tag: 'refuse', code: 10001, message: 'can not set tp/sl/ts for zero position' }),
  ]),
  fault('F40', 'the stop fires: rows without a link', (o) => [
    pushed(o, 'private', 'order', { tag: 'jump', kind: 'both', percent: o.percent ?? -8 }, { has: { stopOrderType: 'StopLoss', orderStatus: 'Untriggered' } }),
  ]),
  fault('F41', 'two stops from outside', (o) => [
    get(o, '/v5/order/realtime', {
      tag: 'rows', how: 'add', count: 2,
      set: {
        orderId: 'outside-#', orderLinkId: '', orderStatus: 'Untriggered', stopOrderType: 'PartialStopLoss', createType: 'CreateByPartialStopLoss',
        tpslMode: 'Partial', reduceOnly: true, closeOnTrigger: true, orderType: 'Market',
      },
    }, { usual: null }),
  ]),
  absent('F42', 'stop fills in part', 'needs a thin book of the core: an exchange with slippage volshare cuts fills, a plan cannot set it for one order'),
  fault('F67', 'somebody else acts on the account', (o) => byVariant(o, {
    close: () => [pushed(o, 'private', 'position', { tag: 'close-by-hand', percent: o.percent ?? 100 })],
    add: () => [pushed(o, 'private', 'position', { tag: 'trade-by-hand', side: 'Buy' })],
    stop: () => [pushed(o, 'private', 'position', { tag: 'stop-by-hand', percent: o.percent ?? -1 })],
    leverage: () => [pushed(o, 'private', 'position', { tag: 'leverage-by-hand', leverage: '2' })],
  }), ['close', 'add', 'stop', 'leverage']),
  fault('F68', 'liquidation of a position without a stop', (o) => [pushed(o, 'private', 'position', { tag: 'jump', kind: 'both', percent: o.percent ?? -60 }, { has: { side: 'Buy' } })]),
  fault('F69', 'cancel-all takes the stop with it', (o) => [pushed(o, 'private', 'position', { tag: 'cancel-by-hand', isAll: true })]),
  fault('F70', 'cancelled by self-match', (o) => [
    pushed(o, 'private', 'order', { tag: 'cancel-by-hand' }, { has: { orderStatus: 'New' } }),
    pushed(o, 'private', 'order', { tag: 'edit', row: { cancelType: 'CancelBySmp' } }, { has: { orderStatus: 'Cancelled' } }),
  ]),
  fault('F71', 'gap through the stop', (o) => [
    pushed(o, 'private', 'position', { tag: 'jump', kind: 'both', percent: o.percent ?? -8 }, { has: { side: 'Buy' } }),
  ]),
  fault('F72', 'trading halted', (o) => [
    ...refusedAt({ times: null, ...o }, create, 110074),
    get(o, '/v5/market/instruments-info', { tag: 'rows', how: 'edit', set: { status: 'Closed' } }, { usual: null }),
  ]),
];
