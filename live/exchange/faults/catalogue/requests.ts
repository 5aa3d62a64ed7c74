/** F01 to F20: what goes wrong with requests by HTTP. Source: bybit-faults.md, section 1. */
import type { FaultEntry } from './entry.ts';
import { byVariant, fault, get, post, request } from './entry.ts';

const create = '/v5/order/create';
const page = '<html><body><h1>Bad Gateway</h1></body></html>';

export const requestFaults: readonly FaultEntry[] = [
  fault('F01', 'lost request', (o) => byVariant(o, {
    lost: () => [post(o, create, { tag: 'lost' })],
    unread: () => [request({ ...o, path: o.path ?? create }, create, { tag: 'unread' })],
  }), ['lost', 'unread']),
  fault('F02', 'lost reply', (o) => [post(o, create, { tag: 'unanswered' })]),
  fault('F03', 'reply after the client\'s deadline', (o) => byVariant(o, {
    'late-reply': () => [post(o, create, { tag: 'late', ms: o.ms ?? 6_000 })],
    'late-order': () => [post(o, create, { tag: 'hold', ms: o.ms ?? 6_000 })],
  }), ['late-reply', 'late-order']),
  fault('F04', '502, 503 or 504 as HTML', (o) => [
    post(o, create, { tag: 'substitute', httpStatus: o.code ?? 502, body: page, isApplied: o.isApplied ?? false }),
  ]),
  fault('F05', '500 with JSON', (o) => [
    post(o, create, { tag: 'refuse', httpStatus: 500, code: 10016, message: 'Server error.', isApplied: o.isApplied ?? false }),
  ]),
  fault('F06', '200 with a code of a server timeout', (o) => [
    post(o, create, { tag: 'refuse', code: o.code ?? 10000, message: 'Server Timeout', isApplied: o.isApplied ?? false }),
  ]),
  fault('F07', 'cut JSON', (o) => byVariant(o, {
    whole: () => [post(o, create, { tag: 'cut', announced: 'whole' })],
    half: () => [post(o, create, { tag: 'cut', announced: 'half' })],
  }), ['whole', 'half']),
  fault('F08', 'empty body', (o) => [post(o, create, { tag: 'empty' })]),
  fault('F09', 'HTML with 200', (o) => [post(o, create, { tag: 'substitute', httpStatus: 200, body: '<html>maintenance</html>', isApplied: o.isApplied ?? false })]),
  fault('F10', 'limit of the account', (o) => [request({ ...o, path: o.path ?? create }, create, { tag: 'limited', resetMs: o.ms ?? 1_000 })]),
  fault('F11', 'address shut out', (o) => byVariant(o, {
    json: () => [request(o, '*', { tag: 'ban', ms: o.ms ?? 600_000, form: 'json' })],
    html: () => [request(o, '*', { tag: 'ban', ms: o.ms ?? 600_000, form: 'html' })],
  }), ['json', 'html']),
  fault('F12', 'the client\'s clock is ahead', (o) => [request(o, '*', { tag: 'clock', offsetMs: -(o.ms ?? 1_500) }, { usual: null })]),
  fault('F13', 'the client\'s clock is behind, or the way is long', (o) => byVariant(o, {
    clock: () => [request(o, '*', { tag: 'clock', offsetMs: o.ms ?? 6_000 }, { usual: null })],
    transit: () => [post(o, create, { tag: 'hold', ms: o.ms ?? 6_000 })],
  }), ['clock', 'transit']),
  fault('F14', 'the server\'s clock jumps', (o) => [request(o, '*', { tag: 'clock', offsetMs: o.ms ?? 3_000 }, { usual: 20 })]),
  fault('F15', 'signature or key refused', (o) => [
    request({ ...o, path: o.path ?? create }, create, { tag: 'refuse', code: o.code ?? 10004, message: 'Error sign, please check your signature generation algorithm.' }),
  ]),
  fault('F16', '429 without a body', (o) => [request({ ...o, path: o.path ?? create }, create, { tag: 'substitute', httpStatus: 429, contentType: '' })]),
  fault('F17', 'slow server, replies overtake one another', (o) => [
    request(o, '*', { tag: 'latency', halfMs: 20, mostMs: o.ms ?? 3_000 }, { usual: null }),
  ]),
  fault('F18', 'stale reads', (o) => [get(o, '/v5/*', { tag: 'stale', pushes: 3 }, { usual: null })]),
  fault('F19', 'a path that is not there', (o) => byVariant(o, {
    '404': () => [get(o, '/v5/account/fee-rate', { tag: 'substitute', httpStatus: 404, contentType: 'text/plain', body: '404 page not found' })],
    '10001': () => [get(o, '/v5/account/fee-rate', { tag: 'refuse', code: 10001, message: 'Not supported in demo trading' })],
  }), ['404', '10001']),
  fault('F20', 'odd content', (o) => byVariant(o, {
    redirect: () => [get(o, '/v5/position/list', { tag: 'substitute', httpStatus: 302, contentType: '', headers: { Location: '/v5/market/time' } })],
    gzip: () => [get(o, '/v5/position/list', { tag: 'gzip' })],
    'more-keys': () => [get(o, '/v5/position/list', { tag: 'rows', how: 'edit', set: { newField: 'x', positionStatus: 'Unheard' } })],
    'fewer-keys': () => [get(o, '/v5/position/list', { tag: 'envelope', unset: ['retExtInfo', 'time'] })],
    'no-result': () => [get(o, '/v5/position/list', { tag: 'envelope', result: null, set: { retCode: 10001, retMsg: 'params error' } })],
  }), ['redirect', 'gzip', 'more-keys', 'fewer-keys', 'no-result']),
];
