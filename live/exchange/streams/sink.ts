/**
 * The hook between the streams and their sockets where stream faults are put. A fault plan says what becomes of an upgrade,
 * of a frame that came and of a frame that is to go; the streams do it on the wire.
 */
import type { Ms } from '../../../engine/index.ts';
import type { Row } from '../world.ts';

export type StreamKind = 'public' | 'private' | 'trade';

/** 'reset' = the connection is cut by TCP; 1006 = without a closing frame. */
export type CloseCode = number | 'reset';

/** What a client asks in one frame. */
export interface Asked {
  readonly kind: StreamKind;
  /** Number of the connection, from 1. */
  readonly connection: number;
  readonly op: string;
  readonly body: Row;
}

/** `answer` = told so, and nothing is done; `close` may follow what was done. */
export type Arrival =
  | { readonly tag: 'serve' }
  | { readonly tag: 'ignore' }
  | { readonly tag: 'answer'; readonly body: Row; readonly closes: CloseCode | null }
  | { readonly tag: 'close'; readonly code: CloseCode; readonly isServed: boolean };

/** A frame on its way out: an answer to `op`, or a push of `topic`. The other one is ''. */
export interface Frame {
  readonly kind: StreamKind; readonly connection: number; readonly op: string; readonly topic: string;
  /** '' = of no symbol. */
  readonly symbol: string;
  readonly body: Row;
}

/** What leaves in place of a frame, `afterMs` of wall time later. Text and bytes go out as they are. */
export type Leaving =
  | { readonly tag: 'send'; readonly payload: Row | string | Uint8Array; readonly afterMs: Ms }
  | { readonly tag: 'close'; readonly code: CloseCode; readonly afterMs: Ms };

export interface StreamSink {
  /** Null = the connection is taken up; a number is the HTTP status of the refusal. */
  upgrade(kind: StreamKind): number | 'reset' | null;
  arriving(asked: Asked): Arrival;
  /** `out` may be called at once, later, often or never. */
  leaving(frame: Frame, out: (leaving: Leaving) => void): void;
}

/** Nothing goes wrong. */
export const faithful: StreamSink = {
  upgrade: () => null,
  arriving: () => ({ tag: 'serve' }),
  leaving: ({ body }, out) => out({ tag: 'send', payload: body, afterMs: 0 }),
};
