/** F43 to F61 and F73 to F80: what goes wrong on the streams. Source: bybit-faults.md, section 3. */
import type { FaultEntry } from './entry.ts';
import { asked, byVariant, fault, post, pushed, upgrade } from './entry.ts';

const orders = 'order.create';

export const streamFaults: readonly FaultEntry[] = [
  fault('F43', 'topics of one event in any order', (o) => ['order', 'execution', 'position', 'wallet'].map((topic) =>
    pushed({ ...o, topic }, 'private', topic, { tag: 'shuffle', withinMs: 5, gapMs: o.ms ?? 20 }, { usual: null }))),
  fault('F44', 'streams before the acknowledgement', (o) => [
    post(o, '/v5/order/create', { tag: 'late', ms: o.ms ?? 200 }),
    asked(o, 'trade', orders, { tag: 'delay', ms: o.ms ?? 200 }),
  ]),
  fault('F45', 'an older row after a newer one', (o) => [pushed(o, 'private', 'order', { tag: 'swap' })]),
  fault('F46', 'duplicates', (o) => byVariant(o, {
    frame: () => [pushed(o, 'private', 'execution', { tag: 'twice' })],
    row: () => [pushed(o, 'private', 'execution', { tag: 'also', row: {} })],
    replay: () => [asked(o, 'private', 'subscribe', { tag: 'replay', count: 20 }, { usual: null })],
    fast: () => [pushed(o, 'private', 'execution', { tag: 'also', row: {}, topic: 'execution.fast' })],
  }), ['frame', 'row', 'replay', 'fast']),
  fault('F47', 'funding told twice, away from its wallet', (o) => [
    pushed(o, 'private', 'execution', { tag: 'twice', gapMs: o.ms ?? 20 }, { has: { execType: 'Funding' }, usual: null }),
  ]),
  fault('F48', 'positions that say nothing', (o) => byVariant(o, {
    same: () => [pushed(o, 'private', 'position', { tag: 'also', row: {} }, { usual: null })],
    flat: () => [pushed(o, 'private', 'position', { tag: 'also', row: { positionIdx: 2, side: '', size: '0', entryPrice: '0', stopLoss: '0' } }, { usual: null })],
  }), ['same', 'flat']),
  fault('F49', 'times that do not agree', (o) => [
    pushed({ ...o, topic: 'position' }, 'private', 'position', { tag: 'edit', shift: { updatedTime: 4 } }, { usual: null }),
    pushed({ ...o, topic: 'execution' }, 'private', 'execution', { tag: 'edit', shift: { execTime: 4 } }, { usual: null }),
  ]),
  fault('F50', 'silent gap', (o) => [
    pushed(o, 'private', 'order', { tag: 'outage', which: ['private'], code: 1006, refusals: 3, how: 503 }),
    pushed(o, 'private', 'order', { tag: 'drop' }),
  ]),
  fault('F51', 'dropped while authenticating', (o) => byVariant(o, {
    silent: () => [asked(o, 'private', 'auth', { tag: 'hang-up', code: 1006 })],
    refused: () => [asked(o, 'private', 'auth', { tag: 'answer', body: { success: false, ret_msg: 'Request has expired' }, closes: 1008 })],
    trade: () => [asked(o, 'trade', 'auth', { tag: 'hang-up', code: 1006 })],
  }), ['silent', 'refused', 'trade']),
  fault('F52', 'auth of order entry refused', (o) => [
    asked(o, 'trade', 'auth', { tag: 'answer', body: { retCode: 10004, retMsg: 'Invalid sign' } }, { usual: 2 }),
  ]),
  fault('F53', 'answer of order entry lost or not to be told whose', (o) => byVariant(o, {
    lost: () => [asked(o, 'trade', orders, { tag: 'drop' })],
    'no-id': () => [asked(o, 'trade', orders, { tag: 'edit', without: ['reqId'] })],
    'wrong-id': () => [asked(o, 'trade', orders, { tag: 'edit', frame: { reqId: 'nobody' } })],
  }), ['lost', 'no-id', 'wrong-id']),
  fault('F54', 'order entry drops with an order on its way', (o) => [asked(o, 'trade', orders, { tag: 'hang-up', code: 1006, isServed: o.isApplied ?? true })]),
  fault('F55', 'connection refused', (o) => byVariant(o, {
    reset: () => [upgrade(o, 'private', { tag: 'refuse-upgrade', how: 'reset' }, { usual: 3 })],
    status: () => [upgrade(o, 'private', { tag: 'refuse-upgrade', how: o.code ?? 503 }, { usual: 3 })],
    market: () => [upgrade(o, 'public', { tag: 'refuse-upgrade', how: 'reset' }, { usual: 3 })],
  }), ['reset', 'status', 'market']),
  fault('F56', 'no pong', (o) => byVariant(o, {
    dead: () => [asked(o, 'private', 'ping', { tag: 'mute' })],
    'no-pong': () => [asked(o, 'private', 'ping', { tag: 'drop' }, { usual: null })],
    shape: () => [asked(o, 'private', 'ping', { tag: 'edit', frame: { success: true, ret_msg: 'pong', op: 'ping' }, without: ['args'] }, { usual: null })],
    market: () => [asked(o, 'public', 'ping', { tag: 'mute' })],
  }), ['dead', 'no-pong', 'shape', 'market']),
  fault('F57', 'subscription refused, unanswered or dead', (o) => byVariant(o, {
    refused: () => [asked(o, 'private', 'subscribe', { tag: 'answer', body: { success: false, ret_msg: `Invalid topic: ${o.topic ?? 'order'}` } })],
    'ack-lost': () => [asked(o, 'private', 'subscribe', { tag: 'drop' })],
    zombie: () => [pushed(o, 'private', 'execution', { tag: 'drop' }, { usual: null })],
  }), ['refused', 'ack-lost', 'zombie']),
  fault('F58', 'tickers out of order', (o) => byVariant(o, {
    'delta-first': () => [pushed(o, 'public', 'tickers', { tag: 'edit', frame: { type: 'delta' } })],
    frozen: () => [pushed(o, 'public', 'tickers', { tag: 'drop' }, { usual: 200 })],
    far: () => [pushed(o, 'public', 'tickers', { tag: 'edit', row: { markPrice: '1' } })],
  }), ['delta-first', 'frozen', 'far']),
  fault('F59', 'close of a candle lost', (o) => [pushed(o, 'public', 'kline', { tag: 'drop' }, { has: { confirm: true } })]),
  fault('F60', 'close of a candle late, twice or corrected', (o) => byVariant(o, {
    late: () => [pushed(o, 'public', 'kline', { tag: 'delay', ms: o.ms ?? 5_000 }, { has: { confirm: true } })],
    twice: () => [pushed(o, 'public', 'kline', { tag: 'twice', gapMs: o.ms ?? 0 }, { has: { confirm: true } })],
    corrected: () => [pushed(o, 'public', 'kline', { tag: 'also', row: { volume: '1', high: '999999' } }, { has: { confirm: true } })],
    'two-in-one': () => [pushed(o, 'public', 'kline', { tag: 'merge' }, { has: { confirm: true } })],
  }), ['late', 'twice', 'corrected', 'two-in-one']),
  fault('F61', 'no candles for a while', (o) => [pushed(o, 'public', 'kline', { tag: 'drop' }, { usual: 5, has: { confirm: true } })]),
  fault('F73', 'frames that are none', (o) => byVariant(o, {
    broken: () => [pushed(o, 'private', 'order', { tag: 'raw', text: '{bad' })],
    binary: () => [pushed(o, 'private', 'order', { tag: 'raw', text: '\u0000\u0001', isBinary: true })],
    empty: () => [pushed(o, 'private', 'order', { tag: 'raw', text: '' })],
    topicless: () => [pushed(o, 'private', 'order', { tag: 'raw', text: '{"data":[]}' })],
    huge: () => [pushed(o, 'private', 'order', { tag: 'raw', text: JSON.stringify({ topic: 'order', filler: 'x'.repeat(900_000) }) })],
    array: () => [pushed(o, 'private', 'order', { tag: 'raw', text: '[]' })],
  }), ['broken', 'binary', 'empty', 'topicless', 'huge', 'array']),
  fault('F74', 'closes of every kind', (o) => byVariant(o, {
    code: () => [pushed(o, 'private', 'order', { tag: 'close', code: o.code ?? 1012 })],
    reset: () => [pushed(o, 'private', 'order', { tag: 'close', code: 'reset' })],
    rolling: () => [pushed(o, 'private', 'order', { tag: 'outage', which: ['public', 'private', 'trade'], code: o.code ?? 1012 })],
  }), ['code', 'reset', 'rolling']),
  fault('F75', 'flapping', (o) => [
    asked(o, 'private', 'auth', { tag: 'close', code: 1006, afterMs: o.ms ?? 2_000 }, { usual: 20 }),
  ]),
  fault('F76', 'slow stream beside fresh reads', (o) => [pushed(o, 'private', 'execution', { tag: 'delay', ms: o.ms ?? 2_000 }, { usual: null })]),
  fault('F77', 'one topic falls silent', (o) => [pushed(o, 'private', 'order', { tag: 'drop' }, { usual: null })]),
  fault('F78', 'disconnect protection cancels the orders', (o) => [
    pushed(o, 'private', 'order', { tag: 'edit', row: { cancelType: 'CancelByDCP' } }, { has: { orderStatus: 'Cancelled' } }),
    pushed(o, 'private', 'order', { tag: 'cancel-by-hand' }, { has: { orderStatus: 'New' } }),
  ]),
  fault('F79', 'order entry restarts', (o) => [
    asked(o, 'trade', orders, { tag: 'answer', body: { retCode: 10019, retMsg: 'ws trade service is restarting, do not accept new request', data: {} }, closes: 1012 }),
  ]),
  fault('F80', 'session refuses', (o) => {
    const code = o.code ?? 20006;
    const retMsg = code === 20006 ? 'reqId is duplicated' : 'Too frequent requests under the same session';
    return [asked(o, 'trade', orders, { tag: 'answer', body: { retCode: code, retMsg, data: {} } })];
  }),
];
