/**
 * The admin door: a port of its own on loopback, where a test or a runner makes time pass, does what others would do to
 * the account, sets faults and reads the truth. Requests carry a bearer token that is printed once at the start.
 *
 * What was wrong with a request is told in `error`, with the path of the member inside the body.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Pace } from '../pace.ts';
import { isSame } from '../rest/index.ts';
import type { Row, World } from '../world.ts';
import { acts } from './acts.ts';
import type { FaultDesk, Inside, SocketDesk } from './acts.ts';

export type { FaultDesk, SocketDesk } from './acts.ts';

const host = '127.0.0.1';
const bodyBytesMax = 1_048_576;

export interface AdminOptions {
  readonly world: World;
  readonly pace: Pace;
  /** 0 or absent = any free port. */
  readonly port?: number;
  /** Absent = drawn anew. */
  readonly token?: string;
  readonly faults?: FaultDesk;
  readonly sockets?: SocketDesk;
}

export interface AdminDoor {
  readonly port: number;
  readonly token: string;
  close(): Promise<void>;
}

export async function startAdmin(options: AdminOptions): Promise<AdminDoor> {
  const { world, pace, token = randomBytes(24).toString('base64url') } = options;
  const inside: Inside = { world, pace, faults: options.faults ?? null, sockets: options.sockets ?? null };
  const server = createServer((message, response) => {
    serve(message, response, token, inside).catch((cause: unknown) => {
      response.destroy();
      process.nextTick(() => { throw cause; });
    });
  });
  server.keepAliveTimeout = 0;
  // A long poll rests for as long as the market does.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    token,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(message: IncomingMessage, response: ServerResponse, token: string, inside: Inside): Promise<void> {
  const body = await bodyOf(message);
  if (body === null) {
    response.destroy();
    return;
  }
  const { status, row } = isSame(message.headers.authorization ?? '', `Bearer ${token}`)
    ? await answer(message, body, inside)
    : { status: 401, row: { error: 'a bearer token is needed: it stands in the ready line' } };
  // Money of the truth is whole numbers beyond what JSON's readers keep.
  const text = JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

interface Answered { readonly status: number; readonly row: Row }

async function answer(message: IncomingMessage, body: string, inside: Inside): Promise<Answered> {
  const path = (message.url ?? '/').split('?')[0] ?? '/';
  const act = acts.find((known) => known.method === message.method && known.path === path);
  if (act === undefined) {
    return { status: 404, row: { error: `${message.method} ${path} is not here; these are: ${acts.map((known) => `${known.method} ${known.path}`).join(', ')}` } };
  }
  try {
    const row = act.run(body === '' ? {} : JSON.parse(body), inside);
    return row === null ? { status: 404, row: { error: `${path} has nothing to act upon in this exchange` } } : { status: 200, row: await row };
  } catch (error) {
    if (error instanceof z.ZodError) return { status: 400, row: { error: z.prettifyError(error) } };
    if (error instanceof SyntaxError) return { status: 400, row: { error: `body must be JSON: ${error.message}` } };
    if (error instanceof RangeError) return { status: 400, row: { error: error.message } };
    throw error;
  }
}

async function bodyOf(message: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  return await new Promise((resolve) => {
    message.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= bodyBytesMax) parts.push(part);
      else resolve(null);
    });
    message.on('end', () => resolve(Buffer.concat(parts).toString()));
    message.on('close', () => resolve(null));
  });
}
