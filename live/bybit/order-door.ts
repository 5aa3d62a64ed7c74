/**
 * Changes of orders and of the position's stop over HTTP, signed and sent here: between the word "heard" and the bytes the SDK and
 * its HTTP library take 1.9 ms where this takes 0.7, and a stop stands that much earlier (`npm run latency`). Readings stay with the SDK.
 *
 * 1. A request ends `requestMs` after it was begun at the latest; one that was cut off in any way is open, and is never repeated here.
 * 2. What is thrown holds neither key nor secret: a status, or the word of the system for what broke.
 *
 * Source: protocol sheet, sections 1 and 2 (signature, headers, rate limits).
 */
import { createHmac } from 'node:crypto';
import { request as plainRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as secureRequest } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import type { AmendOrderParamsV5, CancelOrderParamsV5, OrderParamsV5, SetTradingStopParamsV5 } from 'bybit-api';
import type { Ms } from '../../engine/index.ts';
import type { Credentials } from '../connection.ts';
import type { TradeAnswer } from './trade-socket.ts';

/** Each change with its fields, as the SDK names them. */
export interface Writes {
  readonly create: OrderParamsV5;
  readonly amend: AmendOrderParamsV5;
  readonly cancel: CancelOrderParamsV5;
  readonly stop: SetTradingStopParamsV5;
}
export type Write = keyof Writes;

const paths: Readonly<Record<Write, string>> = {
  create: '/v5/order/create', amend: '/v5/order/amend', cancel: '/v5/order/cancel', stop: '/v5/position/trading-stop',
};

/** Milliseconds in which a signed request may arrive. Source: guide, "Authentication". */
export const receiveMs = 5_000;
/** An answer of more characters is none. */
const mostLength = 1_000_000;

export interface OrderDoorWish {
  readonly rest: string;
  readonly credentials: Credentials;
  readonly requestMs: number;
  /** Time of the exchange, as far as it is known. */
  readonly now: () => Ms;
}

/** No answer of the exchange: `code` = HTTP status, or the word of the system. */
export class NoReply extends Error {
  readonly code: string | number;

  constructor(code: string | number) {
    super('no reply');
    this.code = code;
  }
}

export class OrderDoor {
  readonly #wish: OrderDoorWish;
  readonly #host: RequestOptions;
  readonly #send: typeof plainRequest;

  constructor(wish: OrderDoorWish) {
    this.#wish = wish;
    this.#host = urlToHttpOptions(new URL(wish.rest));
    this.#send = this.#host.protocol === 'https:' ? secureRequest : plainRequest;
  }

  /** The envelope, whatever its code. Rejects with `NoReply`. */
  ask<W extends Write>(write: W, body: Writes[W]): Promise<TradeAnswer> {
    const { key } = this.#wish.credentials;
    const text = JSON.stringify(body);
    const stamp = String(this.#wish.now());
    return new Promise((resolve, reject) => {
      const asked = this.#send({
        ...this.#host, path: paths[write], method: 'POST',
        headers: {
          'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text), Accept: 'application/json', 'User-Agent': 'holdfast',
          'X-BAPI-SIGN-TYPE': '2', 'X-BAPI-API-KEY': key, 'X-BAPI-TIMESTAMP': stamp, 'X-BAPI-RECV-WINDOW': String(receiveMs),
          'X-BAPI-SIGN': this.#signature(`${stamp}${key}${receiveMs}${text}`),
        },
      });
      const timer = setTimeout(() => { asked.destroy(new NoReply('ETIMEDOUT')); }, this.#wish.requestMs);
      const end = (error: unknown): void => {
        clearTimeout(timer);
        reject(new NoReply(codeOf(error)));
      };
      asked.on('error', end);
      asked.on('response', (response) => { read(asked, response, end, (answer) => { clearTimeout(timer); resolve(answer); }); });
      asked.end(text);
    });
  }

  #signature(text: string): string { return createHmac('sha256', this.#wish.credentials.secret).update(text).digest('hex'); }
}

function read(asked: ClientRequest, response: IncomingMessage, fail: (error: unknown) => void, done: (answer: TradeAnswer) => void): void {
  let text = '';
  response.setEncoding('utf8');
  response.on('error', fail);
  response.on('data', (part: string) => {
    text += part;
    if (text.length > mostLength) asked.destroy(new NoReply('EMSGSIZE'));
  });
  response.on('end', () => {
    if (response.statusCode === 200) done(answerOf(text, response));
    else fail(new NoReply(response.statusCode ?? 0));
  });
}

/** What is no JSON of an object has no code. */
function answerOf(text: string, { headers }: IncomingMessage): TradeAnswer {
  const { retCode, retMsg, result, time } = fieldsOf(text);
  const [maxRequests, resetAtTimestamp] = [Number(headers['x-bapi-limit']), Number(headers['x-bapi-limit-reset-timestamp'])];
  return {
    retCode, retMsg, result, time: typeof time === 'number' ? time : Number.NaN,
    rateLimitApi: { ...(maxRequests > 0 ? { maxRequests } : {}), ...(resetAtTimestamp > 0 ? { resetAtTimestamp } : {}) },
  };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value as Readonly<Record<string, unknown>> : {};
  } catch {
    return {};
  }
}

function codeOf(error: unknown): string | number {
  const { code } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown };
  return typeof code === 'string' || typeof code === 'number' ? code : 'EPROTO';
}
