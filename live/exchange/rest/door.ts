/**
 * The REST door: HTTP/1.1 on loopback, the wire's envelope around what `judge.ts` answers, and the effects of a fault plan
 * in between.
 *
 * 1. Connections are kept open for as long as the client likes: closing an idle one is a fault, never a habit.
 * 2. The envelope's `time` is wall time: clients set their clocks by it.
 * 3. `close` ends every connection and every wait; nothing is answered afterwards.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ms } from '../../../engine/index.ts';
import type { Pace } from '../pace.ts';
import type { Row, World } from '../world.ts';
import { archiveFile, isArchivePath } from './archive.ts';
import { effectOf, faultless } from './effect.ts';
import type { Effect, RequestHead, RequestSink, RestRequest } from './effect.ts';
import { judge } from './judge.ts';
import type { Inside, Judged } from './judge.ts';
import { Quotas } from './quotas.ts';
import { envelopeOf, refused } from './reply.ts';
import type { Credentials } from './signature.ts';
import { send } from './wire.ts';
import type { Bytes } from './wire.ts';

const host = '127.0.0.1';
const bodyBytesMax = 1_048_576;
const json = 'application/json; charset=utf-8';

export interface RestOptions {
  readonly world: World;
  readonly pace: Pace;
  readonly credentials: Credentials;
  /** 0 or absent = any free port. */
  readonly port?: number;
  /** Shared with the order entry stream; absent = an own one that refuses. */
  readonly quotas?: Quotas;
  readonly sink?: RequestSink;
  /** Members of query-api that are to differ from a sound trading key. */
  readonly keyFacts?: Row;
  /** Wall time, ms. */
  readonly wall?: () => Ms;
}

export interface RestDoor {
  readonly port: number;
  /** Seconds by product, as asked for by `disconnected-cancel-all`. */
  readonly disconnectWindows: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export async function startRest(options: RestOptions): Promise<RestDoor> {
  const { world, pace, credentials, wall = Date.now, sink = faultless } = options;
  const disconnectWindows = new Map<string, number>();
  const account = { key: credentials.key, keyFacts: options.keyFacts ?? {}, disconnectWindows };
  const quotas = options.quotas ?? new Quotas({ wall, isEnforced: true });
  const waits = new Waits();
  const room: Room = { inside: { world, pace, credentials, quotas, account }, sink, wall, waits, banForm: { now: 'json' } };
  let sequence = 0;
  const server = createServer((message, response) => {
    sequence += 1;
    serve(message, response, headOf(message, sequence, room), room).catch((cause: unknown) => {
      response.destroy();
      // A broken promise of our own code is not an answer of an exchange.
      process.nextTick(() => { throw cause; });
    });
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    disconnectWindows,
    close: async () => {
      waits.end();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Room {
  readonly inside: Inside; readonly sink: RequestSink; readonly wall: () => Ms; readonly waits: Waits;
  /** How an address that is shut out is told so. */
  readonly banForm: { now: 'json' | 'html' };
}

function headOf(message: IncomingMessage, sequence: number, { inside, wall }: Room): RequestHead {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: message.method ?? 'GET',
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
    headers: message.headers,
    sequence,
    marketAt: inside.world.now,
    wallAt: wall(),
  };
}

async function serve(message: IncomingMessage, response: ServerResponse, head: RequestHead, room: Room): Promise<void> {
  if (room.sink.closesUnread(head)) {
    message.socket.destroy();
    return;
  }
  const body = await bodyOf(message);
  if (body === null) {
    response.destroy();
    return;
  }
  const params = head.method === 'GET' ? queryOf(head.query) : objectIn(body);
  const request: RestRequest = { ...head, params: params ?? {} };
  const effects = room.sink.effectsOn(request);
  if (effectOf(effects, 'lost') !== null) {
    message.socket.destroy();
    return;
  }
  if (!await room.waits.wait(effectOf(effects, 'hold')?.ms ?? 0)) return;
  const bytes = isArchivePath(head.path) ? archived(head.path, room) : await bytesFor({ request, body, params }, effects, room);
  if (!await room.waits.wait(effectOf(effects, 'delay')?.ms ?? 0)) return;
  send(response, bytes, effects);
}

interface Read { readonly request: RestRequest; readonly body: Buffer; readonly params: Row | null }

async function bytesFor(read: Read, effects: readonly Effect[], room: Room): Promise<Bytes> {
  const ban = effectOf(effects, 'ban');
  if (ban !== null) {
    room.inside.quotas.ban(ban.ms);
    room.banForm.now = ban.form;
  }
  const server = (): Ms => room.wall() + (effectOf(effects, 'clock')?.offsetMs ?? 0);
  const substitute = effectOf(effects, 'substitute')?.answer ?? null;
  const refusal = effectOf(effects, 'refuse');
  const isApplied = (substitute?.isApplied ?? true) && (refusal?.isApplied ?? true);
  const judged = isApplied ? await judge({ ...read, server: server() }, room.inside, effects) : null;
  if (substitute !== null) return { ...substitute, text: substitute.body };
  if (refusal !== null) {
    const reply = { ...refused(refusal.code, refusal.message), httpStatus: refusal.httpStatus, result: refusal.result ?? {} };
    return enveloped({ reply, headers: judged?.headers ?? {} }, server(), effects);
  }
  if (judged === null) throw new TypeError('a request that is not applied needs a substitute or a refusal');
  const isShut = judged.reply.httpStatus === 403 && room.banForm.now === 'html' && judged.reply.message === 'access too frequent';
  return isShut
    ? { httpStatus: 403, contentType: 'text/html', text: '<html><body>access too frequent</body></html>', headers: judged.headers }
    : enveloped(judged, server(), effects);
}

function enveloped({ reply, headers }: Judged, server: Ms, effects: readonly Effect[]): Bytes {
  const envelope = effects.reduce<Row>(
    (row, effect) => (effect.tag === 'envelope' ? effect.change(row) : row), envelopeOf(reply, server),
  );
  return { httpStatus: reply.httpStatus, contentType: json, text: JSON.stringify(envelope), headers: { ...headers, Timenow: String(server) } };
}

/** Files of the archive, which on the real service is another host: no envelope, no limits of an account. */
function archived(path: string, { inside }: Room): Bytes {
  const file = archiveFile(path, inside.world);
  return file === null
    ? { httpStatus: 404, contentType: 'text/html', text: '<html><body>404 Not Found</body></html>', headers: {} }
    : { httpStatus: 200, contentType: 'application/gzip', text: file, headers: {} };
}

/** First value of each name; the rest of a query is as the client sent it. */
function queryOf(query: string): Row {
  const params: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) params[name] ??= value;
  return params;
}

function objectIn(body: Buffer): Row | null {
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Null = the client went away or sent more than any request needs. */
async function bodyOf(message: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  return await new Promise((resolve) => {
    message.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= bodyBytesMax) parts.push(part);
      else resolve(null);
    });
    message.on('end', () => resolve(Buffer.concat(parts)));
    message.on('close', () => resolve(null));
  });
}

/** Waits of wall time that end when the door closes. */
class Waits {
  readonly #open = new Map<NodeJS.Timeout, (isOver: boolean) => void>();

  /** False = the door closed meanwhile. */
  async wait(ms: Ms): Promise<boolean> {
    if (ms <= 0) return true;
    return await new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#open.delete(timer);
        resolve(true);
      }, ms);
      this.#open.set(timer, resolve);
    });
  }

  end(): void {
    for (const [timer, resolve] of this.#open) {
      clearTimeout(timer);
      resolve(false);
    }
    this.#open.clear();
  }
}
