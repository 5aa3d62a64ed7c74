/**
 * Paging by opaque cursors that contain `%3A` and `%2C`. A cursor names the last row handed out, not a place in the list:
 * rows that come or go between two pages neither shift the rest nor hide a row.
 *
 * 1. A cursor is understood as issued and once percent-decoded: some clients encode it, others paste it.
 * 2. Every row that was in the list from the first page to the last is handed out at least once, and exactly once as long
 *    as the row named by the cursor is still there.
 * 3. '' = the last page.
 */
import type { Row } from '../world.ts';

/** How the rows of a list are told apart and ordered. `at` null = ordered by id, rising. */
export interface PageKey {
  readonly id: (row: Row) => string;
  readonly at: ((row: Row) => number) | null;
}

/**
 * What a fault does to pages: the row before the page comes again; a page without rows in between; a cursor after the last
 * row that leads to an empty page.
 */
export type PageTrick = 'overlap' | 'empty' | 'trailing-cursor';

export interface PageRequest {
  readonly limit: number; readonly cursor: string | null; readonly key: PageKey; readonly tricks: readonly PageTrick[];
}
export interface Page { readonly list: readonly Row[]; readonly nextPageCursor: string }

/** Null = not a cursor of ours. */
export function pageOf(rows: readonly Row[], { limit, cursor, key, tricks }: PageRequest): Page | null {
  const last = cursor === null ? firstPage : readCursor(cursor);
  if (last === null) return null;
  if (tricks.includes('empty')) return { list: [], nextPageCursor: cursorText(last) };
  const start = startAfter(rows, last, key);
  const from = tricks.includes('overlap') ? Math.max(0, start - 1) : start;
  const list = rows.slice(from, Math.max(from, start) + limit);
  const end = list.at(-1);
  const isLast = start + limit >= rows.length;
  const next = end === undefined ? last : { id: key.id(end), at: key.at?.(end) ?? 0 };
  const hasCursor = !isLast || (tricks.includes('trailing-cursor') && list.length > 0);
  return { list, nextPageCursor: hasCursor ? cursorText(next) : '' };
}

interface Place { readonly id: string; readonly at: number }
const firstPage: Place = { id: '', at: 0 };

function startAfter(rows: readonly Row[], last: Place, key: PageKey): number {
  if (last.id === '') return 0;
  const found = rows.findLastIndex((row) => key.id(row) === last.id);
  if (found !== -1) return found + 1;
  // The row named is gone. By time its neighbours of the same instant come again, which loses none.
  const at = key.at;
  const next = rows.findIndex((row) => (at === null ? key.id(row) > last.id : at(row) <= last.at));
  return next === -1 ? rows.length : next;
}

function cursorText({ id, at }: Place): string {
  const name = Buffer.from(id).toString('base64url');
  return `${name}%3A${at}%2C${name}%3A${at}`;
}

function readCursor(text: string): Place | null {
  const plain = text.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%3a', ':').replaceAll('%2c', ',');
  const match = /^([\w-]*):(\d{1,16}),([\w-]*):(\d{1,16})$/.exec(plain);
  if (match === null || match[1] !== match[3] || match[2] !== match[4]) return null;
  return { id: Buffer.from(match[1] ?? '', 'base64url').toString(), at: Number(match[2]) };
}
