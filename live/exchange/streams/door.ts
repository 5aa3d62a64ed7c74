/**
 * The WebSocket doors: one port, the exchange's own paths on it.
 *
 * 1. Frames of one connection are served strictly in order; what is not an answer carries a topic that was subscribed to.
 * 2. A new connection knows nothing of an earlier one: nothing is told again.
 * 3. Signatures and idle times run on wall time, pushes carry market time.
 */
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { Ms } from '../../../engine/index.ts';
import type { Pace } from '../pace.ts';
import type { Credentials, Quotas } from '../rest/index.ts';
import type { Push, World } from '../world.ts';
import { Frames } from './frames.ts';
import { bufferBytesMost, Link } from './link.ts';
import { serve } from './serve.ts';
import { faithful } from './sink.ts';
import type { CloseCode, StreamKind, StreamSink } from './sink.ts';

const host = '127.0.0.1';
const idleDefaultMs = 600_000;
const idleLeastMs = 30_000;
const idleCheckMs = 30_000;
const frameBytesMost = 1_048_576;

export interface StreamOptions {
  readonly world: World;
  readonly pace: Pace;
  readonly credentials: Credentials;
  /** Shared with the REST door. */
  readonly quotas: Quotas;
  /** 0 or absent = any free port. */
  readonly port?: number;
  readonly sink?: StreamSink;
  /** Wall time, ms. */
  readonly wall?: () => Ms;
  /** How often idle connections are looked for, wall ms. */
  readonly idleCheckMs?: Ms;
  readonly bufferBytesMost?: number;
  /** Called with the topics of a private connection that has ended. */
  readonly ended?: (topics: ReadonlySet<string>) => void;
}

export interface StreamDoor {
  readonly port: number;
  /** Tells a push to everybody who subscribed to it. */
  publish(push: Push): void;
  /** Closes connections; says how many. */
  cut(which: StreamKind | 'all', code: CloseCode): number;
  /** Open connections. */
  count(which: StreamKind): number;
  close(): Promise<void>;
}

export async function startStreams(options: StreamOptions): Promise<StreamDoor> {
  const { world, sink = faithful, wall = Date.now } = options;
  const frames = new Frames(world);
  const links = new Set<Link>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: frameBytesMost });
  let number = 0;
  const server = createServer((_, response) => { response.writeHead(404).end(); });
  server.on('upgrade', (message: IncomingMessage, tcp: Duplex, head: Buffer) => {
    tcp.on('error', () => tcp.destroy());
    const place = placeOf(message.url ?? '/', world.category);
    const refusal = place === null ? 404 : sink.upgrade(place.kind);
    if (place === null || refusal !== null) {
      refuse(tcp, refusal ?? 404);
      return;
    }
    sockets.handleUpgrade(message, tcp, head, (socket: WebSocket) => {
      number += 1;
      const link = new Link({
        socket, tcp, sink, ...place, number, connectionId: `local-${number}`, heardAt: wall(), bufferBytesMost: options.bufferBytesMost ?? bufferBytesMost,
      });
      links.add(link);
      listen(socket, link, { ...options, wall, sink, frames });
      socket.on('close', () => {
        links.delete(link);
        if (link.kind === 'private') options.ended?.(link.topics);
      });
    });
  });
  const idle = setInterval(() => {
    for (const link of links) if (wall() - link.heardAt > link.idleMs) link.close(1006);
  }, options.idleCheckMs ?? idleCheckMs);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    publish: (push) => { frames.publish(push, links); },
    cut: (which, code) => {
      const wanted = [...links].filter(({ kind }) => which === 'all' || kind === which);
      for (const link of wanted) link.close(code);
      return wanted.length;
    },
    count: (which) => [...links].filter(({ kind }) => kind === which).length,
    close: async () => {
      clearInterval(idle);
      for (const link of links) link.close(1006);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Place { readonly kind: StreamKind; readonly category: string; readonly idleMs: Ms }

/** Null = no stream stands at this path. */
function placeOf(url: string, category: string): Place | null {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const open = /\/v5\/public\/(linear|inverse|spot|option)$/.exec(pathname);
  if (open !== null) return { kind: 'public', category: open[1] ?? '', idleMs: idleDefaultMs };
  const kind = pathname.endsWith('/v5/private') ? 'private' : pathname.endsWith('/v5/trade') ? 'trade' : null;
  return kind === null ? null : { kind, category, idleMs: idleMsOf(searchParams.get('max_active_time')) };
}

/** `30s` to `600s`, or minutes; anything else counts as not said. */
function idleMsOf(text: string | null): Ms {
  const match = /^(\d{1,3})(s|m)$/.exec(text ?? '');
  const ms = match === null ? Number.NaN : Number(match[1]) * (match[2] === 's' ? 1_000 : 60_000);
  return ms >= idleLeastMs && ms <= idleDefaultMs ? ms : idleDefaultMs;
}

function refuse(tcp: Duplex, how: number | 'reset'): void {
  if (how === 'reset') {
    if (tcp instanceof Socket) tcp.resetAndDestroy();
    else tcp.destroy();
    return;
  }
  tcp.end(`HTTP/1.1 ${how} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function listen(
  socket: WebSocket, link: Link, room: StreamOptions & { readonly wall: () => Ms; readonly sink: StreamSink; readonly frames: Frames },
): void {
  socket.on('error', () => socket.terminate());
  socket.on('ping', () => { link.heardAt = room.wall(); });
  socket.on('message', (bytes: Buffer) => {
    link.heardAt = room.wall();
    serve(link, bytes.toString(), room);
  });
}
