/**
 * One path of the REST door: who may ask, how often, in which form, and what answers. The form is checked before anything
 * is asked of the account; a refusal is 10001 with the exchange's text.
 */
import type { z } from 'zod';
import type { Ms } from '../../../engine/index.ts';
import type { Pace } from '../pace.ts';
import type { MarketReads, Reads, Row, World } from '../world.ts';
import { stripped, wrongWith } from './fields.ts';
import { pageOf } from './page.ts';
import type { PageKey, PageTrick } from './page.ts';
import type { Quotas, Visit } from './quotas.ts';
import { accepted, refused } from './reply.ts';
import type { Reply } from './reply.ts';

/** Everything an endpoint may look at while it answers. */
export interface Call {
  readonly world: World;
  readonly pace: Pace;
  /** The account's reads: the world's own, or older ones when a fault says so. */
  readonly reads: Reads;
  readonly market: MarketReads;
  readonly quotas: Quotas;
  /** What the quota of this endpoint granted. */
  readonly visit: Visit;
  /** Wall time of the server, ms. */
  readonly server: Ms;
  /** The account's own settings that the world does not hold. */
  readonly account: AccountSettings;
  readonly tricks: readonly PageTrick[];
  /** A list on its way to being cut into pages; a fault may change it. */
  readonly keep: <T>(rows: readonly T[]) => readonly T[];
}

/** What the exchange knows about the key, and the disconnect protection asked for. */
export interface AccountSettings {
  /** Goes before the usual answer of query-api, key by key. */
  readonly keyFacts: Row;
  /** Seconds by product; empty = never asked for. */
  readonly disconnectWindows: Map<string, number>;
  readonly key: string;
}

export interface Quota {
  /** Shared by everything of the same name. */
  readonly name: string;
  readonly perSecond: number;
}

export interface Endpoint {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Null = public: no signature, limits of the address only. */
  readonly quota: Quota | null;
  /** Places of the quota that a request takes; a batch counts its orders. */
  readonly cost: (params: Row) => number;
  readonly answer: (params: Row, call: Call) => Promise<Reply>;
}

interface Shape<F extends z.ZodType> {
  readonly form: F;
  readonly quota?: Quota;
  readonly cost?: (params: Row) => number;
  readonly answer: (params: z.output<F>, call: Call) => Reply | Promise<Reply>;
}

export function get<F extends z.ZodType>(path: string, shape: Shape<F>): Endpoint {
  return endpoint('GET', path, shape);
}

export function post<F extends z.ZodType>(path: string, shape: Shape<F>): Endpoint {
  return endpoint('POST', path, shape);
}

function endpoint<F extends z.ZodType>(method: 'GET' | 'POST', path: string, shape: Shape<F>): Endpoint {
  return {
    method,
    path,
    quota: shape.quota ?? null,
    cost: shape.cost ?? (() => 1),
    answer: async (params, call) => {
      const read = shape.form.safeParse(stripped(params));
      return read.success ? await shape.answer(read.data, call) : refused(10001, wrongWith(read.error));
    },
  };
}

interface PageWish { readonly limit: number; readonly cursor: string | null }

/** One page of rows as a reply: `{category?, list, nextPageCursor}`. */
export function paged(rows: readonly Row[], wish: PageWish, key: PageKey, call: Call, head: Row = {}): Reply {
  const page = pageOf(call.keep(rows), { ...wish, key, tricks: call.tricks });
  return page === null ? refused(10001, 'params error: cursor invalid') : accepted({ ...head, ...page });
}

/** Rows of a list that is never cut. */
export function listed(rows: readonly Row[], call: Call, head: Row = {}): Reply {
  return accepted({ ...head, list: call.keep(rows) });
}

export const symbolInvalid: Reply = refused(10001, 'params error: symbol invalid');

export function hasSymbol(call: Call, symbol: string): boolean {
  return call.market.instruments.some((rules) => rules.symbol === symbol);
}

/** Text of a row's member; '' when it is absent. */
export function textIn(row: Row, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

export function msIn(row: Row, name: string): Ms {
  return Number(textIn(row, name));
}
