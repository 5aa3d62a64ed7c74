/**
 * Who may ask: key, receive window and signature of a private request, judged in that order on wall time, whatever the
 * market's clock does.
 *
 * 1. The text signed is `timestamp + key + window + payload`, payload the raw query as sent or the raw bytes of the body.
 * 2. A request is in time when `server - window <= timestamp < server + 1000`: a clock a second ahead fails in any window.
 *
 * Source: protocol sheet, section 1, "Auth REST".
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Ms } from '../../../engine/index.ts';
import { refused } from './reply.ts';
import type { Reply } from './reply.ts';

export interface Credentials { readonly key: string; readonly secret: string }

/** Headers by lower-case name. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const windowDefaultMs = 5_000;
const aheadMs = 1_000;

/** Lower-case hexadecimal HMAC-SHA256. */
export function signatureOf(secret: string, signed: string, payload: string | Uint8Array = ''): string {
  return createHmac('sha256', secret).update(signed).update(payload).digest('hex');
}

/** Null = the request is the account's own. */
export function judgeSignature(headers: Headers, payload: string | Uint8Array, credentials: Credentials, server: Ms): Reply | null {
  const key = textOf(headers['x-bapi-api-key']);
  const timestamp = textOf(headers['x-bapi-timestamp']);
  const window = textOf(headers['x-bapi-recv-window']);
  const signature = textOf(headers['x-bapi-sign']);
  if (key === '' || timestamp === '' || signature === '') {
    const found = `apiTimestamp[${timestamp}] apiKey[${masked(key)}] apiSignature[${masked(signature)}]`;
    return { ...refused(10001, `empty value: ${found}`), httpStatus: 401 };
  }
  if (key !== credentials.key) return refused(10003, 'API key is invalid.');
  const late = judgeTime(timestamp, window, server);
  if (late !== null) return late;
  const expected = signatureOf(credentials.secret, `${timestamp}${key}${window}`, payload);
  return isSame(signature, expected) ? null : refused(10004, 'Error sign, please check your signature generation algorithm.');
}

function judgeTime(timestamp: string, window: string, server: Ms): Reply | null {
  const sent = /^\d{1,16}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  const windowMs = /^\d{1,9}$/.test(window) ? Number(window) : windowDefaultMs;
  if (server - windowMs <= sent && sent < server + aheadMs) return null;
  return refused(10002, 'invalid request, please check your server timestamp or recv_window param. '
    + `req_timestamp[${timestamp}],server_timestamp[${server}],recv_window[${windowMs}]`);
}

/** In constant time: a door on loopback is also a pattern to copy. */
export function isSame(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}

function textOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header : header?.[0] ?? '';
}

function masked(text: string): string {
  return text === '' ? '' : '******';
}
