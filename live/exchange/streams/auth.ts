/**
 * The auth frame of a stream: `args: [key, expires, hmac('GET/realtime' + expires)]`, judged on wall time. `expires` is a
 * number or text, and is signed as it was sent.
 */
import type { Ms } from '../../../engine/index.ts';
import { isSame, signatureOf } from '../rest/index.ts';
import type { Credentials } from '../rest/index.ts';
import type { Row } from '../world.ts';

/** Null = the caller is the account's own. */
export function authRefusal(request: Row, { key, secret }: Credentials, wall: Ms): { readonly code: number; readonly message: string } | null {
  const args: readonly unknown[] = Array.isArray(request['args']) ? request['args'] : [];
  const [given, expires, signature] = args;
  if (typeof given !== 'string' || !(typeof expires === 'string' || typeof expires === 'number') || typeof signature !== 'string') {
    return { code: 10001, message: 'Params Error' };
  }
  if (given !== key) return { code: 10003, message: 'Invalid apikey' };
  if (!(Number(expires) > wall)) return { code: 10002, message: 'Request has expired' };
  return isSame(signature, signatureOf(secret, `GET/realtime${expires}`)) ? null : { code: 10004, message: 'Invalid sign' };
}
