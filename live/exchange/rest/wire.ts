/**
 * From an answer to bytes on the socket, whole or damaged: cut in half, empty, compressed, or not there at all.
 */
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { effectOf } from './effect.ts';
import type { Effect } from './effect.ts';

export interface Bytes {
  readonly httpStatus: number; readonly contentType: string; readonly text: string | Buffer; readonly headers: Readonly<Record<string, string>>;
}

export function send(response: ServerResponse, { httpStatus, contentType, text, headers }: Bytes, effects: readonly Effect[]): void {
  if (effectOf(effects, 'unanswered') !== null) {
    response.destroy();
    return;
  }
  const isPacked = effectOf(effects, 'gzip') !== null;
  const plain = effectOf(effects, 'empty') === null ? (typeof text === 'string' ? Buffer.from(text) : text) : Buffer.alloc(0);
  const whole = isPacked ? gzipSync(plain) : plain;
  const cut = effectOf(effects, 'cut');
  const sent = cut === null ? whole : whole.subarray(0, Math.floor(whole.length / 2));
  response.writeHead(httpStatus, {
    ...(contentType === '' ? {} : { 'Content-Type': contentType }),
    ...(isPacked ? { 'Content-Encoding': 'gzip' } : {}),
    'Content-Length': cut?.announced === 'whole' ? whole.length : sent.length,
    ...headers,
  });
  if (cut?.announced === 'whole') response.write(sent, () => response.socket?.end());
  else response.end(sent);
}
