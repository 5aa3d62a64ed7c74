/**
 * The door of a running shell: loopback only, a token per start that stands in a file of its owner, and a handful of verbs. It
 * tells the engine what people want, never how: an order of theirs is judged by it like one of the strategy.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Status } from './brain.ts';
import type { LegFacts } from './connection.ts';

const bodyBytesMost = 4_096;
const host = '127.0.0.1';

export const verbs = ['halt', 'resume', 'flatten', 'reduce-only', 'close', 'stop', 'order'] as const;
/** An order of a person's own, in base and quote; 0 = none. It reduces unless `isOpening`. `risk` is a fraction of equity, `notional` quote. */
const manual = z.strictObject({
  name: z.string().min(1).max(40), side: z.enum(['buy', 'sell']), isOpening: z.boolean(), qty: z.number().min(0), risk: z.number().min(0).max(1), notional: z.number().min(0).default(0), price: z.number().min(0), stop: z.number().min(0),
  bars: z.number().int().min(1),
});
export type Manual = z.output<typeof manual>;
/** `symbol` names what `close` closes and `order` trades. */
const order = z.strictObject({ verb: z.enum(verbs), symbol: z.string().max(40).nullable().default(null), manual: manual.nullable().default(null) });
export type OperatorOrder = z.output<typeof order>;

/** What the file of a running shell holds; mode 0600. */
export interface DoorNote { readonly port: number; readonly token: string; readonly process: number; readonly run: string }

export interface DoorRequest {
  readonly run: string;
  /** Where the note is kept while the door is open. */
  readonly file: string;
  /** Does it and resolves with what the venue shows afterwards; rejects with RangeError when it makes no sense. */
  readonly operate: (order: OperatorOrder) => Promise<readonly LegFacts[] | null>;
  readonly status: () => Promise<Status>;
  readonly legs: () => Promise<readonly LegFacts[]>;
}

export interface OpenDoor { close(): Promise<void> }

export async function openDoor(request: DoorRequest): Promise<OpenDoor> {
  const token = randomBytes(32).toString('hex');
  const server = createServer((message, response) => {
    answer(request, token, message).then(({ status, body }) => reply(response, status, body), () => reply(response, 500, { error: 'it could not be done: see the log' }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const address = server.address();
  const note: DoorNote = { port: typeof address === 'object' && address !== null ? address.port : 0, token, process: process.pid, run: request.run };
  writeFileSync(`${request.file}.new`, JSON.stringify(note), { mode: 0o600 });
  renameSync(`${request.file}.new`, request.file);
  return {
    close: async () => {
      rmSync(request.file, { force: true });
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Answered { readonly status: number; readonly body: unknown }

async function answer({ operate, status, legs }: DoorRequest, token: string, message: IncomingMessage): Promise<Answered> {
  const body = await bodyOf(message);
  if (!isSame(message.headers.authorization ?? '', `Bearer ${token}`)) return { status: 401, body: { error: 'the token of this start is needed' } };
  switch (`${message.method} ${message.url}`) {
    case 'GET /status': return { status: 200, body: await status() };
    case 'GET /legs': return { status: 200, body: await legs() };
    case 'POST /operate': return await operateBy(operate, body);
    default: return { status: 404, body: { error: 'no such thing: GET /status, GET /legs, POST /operate' } };
  }
}

async function operateBy(operate: DoorRequest['operate'], text: string): Promise<Answered> {
  const parsed = order.safeParse(parsedJson(text));
  if (!parsed.success) return { status: 400, body: { error: `expected {"verb": ${verbs.join(' | ')}}` } };
  try {
    return { status: 200, body: { left: await operate(parsed.data) } };
  } catch (error) {
    if (error instanceof RangeError) return { status: 400, body: { error: error.message } };
    throw error;
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), 'cache-control': 'no-store' });
  response.end(text);
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  let text = '';
  message.setEncoding('utf8');
  for await (const part of message) {
    text += String(part);
    if (text.length > bodyBytesMost) throw new RangeError('too much');
  }
  return text;
}

/** In the same time wherever they differ. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
