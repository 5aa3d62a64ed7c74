/**
 * Answers of the streams in the forms of their addresses: public and private speak of `success` and `conn_id`, order entry
 * of `retCode` and `connId`. A request id comes back as it was sent, number or text.
 *
 * Source: protocol sheet, section 8; fixtures ws_pong_*, ws_subscribe_*, ws_private_auth_*, ws_trade_auth_*.
 */
import type { Ms } from '../../../engine/index.ts';
import type { Row } from '../world.ts';
import type { StreamKind } from './sink.ts';

export interface Caller { readonly kind: StreamKind; readonly connectionId: string; readonly request: Row }

const idOf = (request: Row, name: string): Row => (request[name] === undefined ? {} : { [name]: request[name] });

/** `at` = wall time. */
export function pong({ kind, connectionId, request }: Caller, at: Ms): Row {
  if (kind === 'public') return { success: true, ret_msg: 'pong', conn_id: connectionId, req_id: request['req_id'] ?? '', op: 'ping' };
  if (kind === 'private') return { ...idOf(request, 'req_id'), op: 'pong', args: [String(at)], conn_id: connectionId };
  return { ...idOf(request, 'reqId'), ...idOf(request, 'req_id'), retCode: 0, retMsg: 'OK', op: 'pong', data: [String(at)], connId: connectionId };
}

/** Of auth, subscribe and unsubscribe on the public and private streams. */
export function acknowledged({ kind, connectionId, request }: Caller, op: string): Row {
  const id = kind === 'public' ? { req_id: request['req_id'] ?? '' } : idOf(request, 'req_id');
  return { success: true, ret_msg: '', op, conn_id: connectionId, ...id };
}

export function declined({ kind, connectionId, request }: Caller, op: string, message: string): Row {
  const id = kind === 'public' ? { req_id: request['req_id'] ?? '' } : idOf(request, 'req_id');
  return { success: false, ret_msg: message, op, conn_id: connectionId, ...id };
}

/** A refused auth of the private stream was seen with the code beside it. */
export function unauthorised(caller: Caller, code: number, message: string): Row {
  return { ...declined(caller, 'auth', message), retCode: code, retMsg: message };
}

export function tradeAuth({ connectionId, request }: Caller, code: number, message: string): Row {
  return { ...idOf(request, 'reqId'), ...idOf(request, 'req_id'), retCode: code, retMsg: message, op: 'auth', connId: connectionId };
}
