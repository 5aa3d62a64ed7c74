/**
 * One connection of a client: its socket, what it subscribed to, and the way of every frame to it.
 *
 * 1. Frames leave in the order in which they were handed over, except where a fault plan says otherwise.
 * 2. A client that does not read is cut off at `bufferBytesMost`, without notice.
 * 3. Nothing is sent after a close, however late it was due.
 */
import type { Duplex } from 'node:stream';
import { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Ms } from '../../../engine/index.ts';
import type { Row } from '../world.ts';
import type { Caller } from './answers.ts';
import type { CloseCode, Frame, Leaving, StreamKind, StreamSink } from './sink.ts';

/** Bytes that wait for a client to read them. */
export const bufferBytesMost = 8_388_608;

export interface LinkParts {
  readonly socket: WebSocket; readonly tcp: Duplex; readonly kind: StreamKind; readonly number: number;
  /** Category of a public address; that of the account otherwise. */
  readonly category: string;
  readonly connectionId: string; readonly sink: StreamSink; readonly idleMs: Ms; readonly bufferBytesMost: number; readonly heardAt: Ms;
}

export class Link {
  readonly kind: StreamKind;
  readonly number: number;
  readonly category: string;
  readonly topics = new Set<string>();
  /** What a topic with deltas was last told as, by topic. */
  readonly told = new Map<string, Row>();
  /** Request ids of order entry, the last ones. */
  readonly requestIds = new Set<unknown>();
  /** No request for so long ends the connection. */
  readonly idleMs: Ms;
  isKnown = false;
  heardAt: Ms;
  readonly #parts: LinkParts;
  readonly #waits = new Set<NodeJS.Timeout>();
  readonly #out = (leaving: Leaving): void => { this.#leave(leaving); };

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.kind = parts.kind;
    this.number = parts.number;
    this.category = parts.category;
    this.idleMs = parts.idleMs;
    this.heardAt = parts.heardAt;
    parts.socket.on('close', () => { this.#callOff(); });
  }

  caller(request: Row): Caller { return { kind: this.kind, connectionId: this.#parts.connectionId, request }; }

  answer(op: string, body: Row): void { this.#hand({ kind: this.kind, connection: this.number, op, topic: '', symbol: '', body }); }

  push(topic: string, symbol: string, body: Row): void { this.#hand({ kind: this.kind, connection: this.number, op: '', topic, symbol, body }); }

  #hand(frame: Frame): void { this.#parts.sink.leaving(frame, this.#out); }

  #leave(leaving: Leaving): void {
    if (leaving.afterMs <= 0) {
      this.#act(leaving);
      return;
    }
    const timer = setTimeout(() => {
      this.#waits.delete(timer);
      this.#act(leaving);
    }, leaving.afterMs);
    this.#waits.add(timer);
  }

  #act(leaving: Leaving): void {
    const { socket } = this.#parts;
    if (socket.readyState !== socket.OPEN) return;
    if (leaving.tag === 'close') {
      this.close(leaving.code);
      return;
    }
    const { payload } = leaving;
    socket.send(typeof payload === 'string' || payload instanceof Uint8Array ? payload : JSON.stringify(payload));
    if (socket.bufferedAmount > this.#parts.bufferBytesMost) socket.terminate();
  }

  close(code: CloseCode): void {
    const { socket, tcp } = this.#parts;
    this.#callOff();
    if (code === 'reset' && tcp instanceof Socket) tcp.resetAndDestroy();
    else if (code === 'reset' || code === 1006) socket.terminate();
    else socket.close(code);
  }

  #callOff(): void {
    for (const timer of this.#waits) clearTimeout(timer);
    this.#waits.clear();
  }
}
