/**
 * The hook between the wire and the account where HTTP faults are put. A fault plan answers each request with a list of
 * effects; the door does them on the wire. The plan decides when, this folder knows how.
 *
 * What the core does is real whatever an effect shows: `applied` means the request reached the account.
 */
import type { Ms } from '../../../engine/index.ts';
import type { Reads, Row } from '../world.ts';
import type { PageTrick } from './page.ts';
import type { Headers } from './signature.ts';

/** A request as its first lines tell, before its body was read. */
export interface RequestHead {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Raw, without `?`. */
  readonly query: string;
  readonly headers: Headers;
  /** Number of the request at this door, from 1. */
  readonly sequence: number;
  /** Market time, ms. */
  readonly marketAt: Ms;
  /** Wall time, ms. */
  readonly wallAt: Ms;
}

export interface RestRequest extends RequestHead {
  /** The query's or the JSON body's members; {} when it cannot be read. */
  readonly params: Row;
}

/** An answer that is not the account's. `isApplied` = the request is carried out all the same, or not at all. */
export interface Substitute {
  readonly httpStatus: number; readonly contentType: string; readonly body: string;
  readonly headers: Readonly<Record<string, string>>; readonly isApplied: boolean;
}

export type Effect =
  /** The socket is destroyed without an answer; not applied. */
  | { readonly tag: 'lost' }
  /** Applied, then the socket is destroyed without a byte. */
  | { readonly tag: 'unanswered' }
  /** Kept so long (wall time) before anything of it is checked: transit, or an order that comes late. */
  | { readonly tag: 'hold'; readonly ms: Ms }
  /** Applied at once, answered so much later (wall time). */
  | { readonly tag: 'delay'; readonly ms: Ms }
  /** The server's clock is off by so much for this request. */
  | { readonly tag: 'clock'; readonly offsetMs: Ms }
  | { readonly tag: 'substitute'; readonly answer: Substitute }
  /** An envelope with this code in place of the account's; code 0 with a `result` says yes to what was not done. */
  | {
    readonly tag: 'refuse'; readonly httpStatus: number; readonly code: number; readonly message: string; readonly isApplied: boolean;
    readonly result?: Row;
  }
  /** 10006, the reset so far ahead; not applied. */
  | { readonly tag: 'limited'; readonly resetMs: Ms }
  /** The address is shut out for so long (wall time), from this request on. */
  | { readonly tag: 'ban'; readonly ms: Ms; readonly form: 'json' | 'html' }
  /** Account reads are answered from these: `snapshotOf` taken earlier. */
  | { readonly tag: 'stale'; readonly reads: Reads }
  /** Changes the list of a read before it is cut into pages. Candles are arrays of text, all other rows objects. */
  | { readonly tag: 'rows'; readonly change: (rows: readonly unknown[]) => readonly unknown[] }
  | { readonly tag: 'page'; readonly trick: PageTrick }
  /** Changes the whole envelope: missing or extra keys, `result` null, other ways to write a number. */
  | { readonly tag: 'envelope'; readonly change: (envelope: Row) => Row }
  /** Half of the bytes: announced as all of them and then the end of the stream, or announced as what they are. */
  | { readonly tag: 'cut'; readonly announced: 'whole' | 'half' }
  | { readonly tag: 'empty' }
  | { readonly tag: 'gzip' };

/** What the door asks of a fault plan. */
export interface RequestSink {
  /** True = the socket is destroyed before the body is read. */
  closesUnread(head: RequestHead): boolean;
  effectsOn(request: RestRequest): readonly Effect[];
}

/** Nothing goes wrong. */
export const faultless: RequestSink = { closesUnread: () => false, effectsOn: () => [] };

export function effectOf<T extends Effect['tag']>(effects: readonly Effect[], tag: T): Extract<Effect, { readonly tag: T }> | null {
  return effects.find((effect): effect is Extract<Effect, { readonly tag: T }> => effect.tag === tag) ?? null;
}
