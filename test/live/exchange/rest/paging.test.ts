import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pageOf } from '../../../../live/exchange/rest/page.ts';
import type { PageKey, PageTrick } from '../../../../live/exchange/rest/page.ts';
import type { Row } from '../../../../live/exchange/world.ts';
import { openDoor } from './client.ts';
import type { Door } from './client.ts';
import { marketNow, orderRow, positionRow } from './small-world.ts';

const byTime: PageKey = { id: (row) => String(row['id']), at: (row) => Number(row['at']) };

/** Follows cursors to the end. `between` happens after each page, `form` is what a client makes of a cursor. */
function follow(
  rows: () => readonly Row[], limit: number, form: (cursor: string) => string, between: (page: number) => void, tricks: readonly PageTrick[] = [],
): string[] {
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let i = 0; i < 500; i++) {
    const page = pageOf(rows(), { limit, cursor, key: byTime, tricks });
    if (page === null) throw new Error(`cursor refused: ${cursor}`);
    seen.push(...page.list.map((row) => String(row['id'])));
    if (page.nextPageCursor === '' || (page.list.length === 0 && tricks.length > 0)) return seen;
    cursor = form(page.nextPageCursor);
    between(i);
  }
  throw new Error('endless');
}

const asIssued = (cursor: string): string => cursor;
const decodedOnce = (cursor: string): string => decodeURIComponent(cursor);
const list = fc.uniqueArray(fc.record({ id: fc.uuid(), at: fc.integer({ min: 0, max: 20 }) }), { selector: ({ id }) => id, maxLength: 60 })
  .map((rows) => rows.sort((a, b) => b.at - a.at));

describe('paging', () => {
  it('invariant 2: whatever the list and the limit, every row is handed out exactly once, in order, in both forms of the cursor', () => {
    fc.assert(fc.property(list, fc.integer({ min: 1, max: 20 }), fc.constantFrom(asIssued, decodedOnce), (rows, limit, form) => {
      expect(follow(() => rows, limit, form, () => undefined)).toEqual(rows.map(({ id }) => id));
    }));
  });
  it('invariant 2: rows that come and go between pages hide none of those that stay', () => {
    fc.assert(fc.property(list, fc.integer({ min: 1, max: 7 }), fc.infiniteStream(fc.nat(60)), (rows, limit, chance) => {
      let present = [...rows];
      const gone = new Set<string>();
      const seen = follow(() => present, limit, decodedOnce, (page) => {
        const victim = present[chance.next().value % Math.max(1, present.length)];
        if (victim !== undefined) gone.add(victim.id);
        present = [{ id: `new-${page}`, at: 21 }, ...present.filter(({ id }) => !gone.has(id))];
      });

      const staying = rows.map(({ id }) => id).filter((id) => !gone.has(id));
      expect(staying.filter((id) => !seen.includes(id))).toEqual([]);
    }), { numRuns: 200 });
  });
  it('a cursor holds %3A and %2C and no other sign that a second decoding would change', () => {
    const page = pageOf([{ id: 'a b%3A/ü', at: 5 }, { id: 'c', at: 4 }], { limit: 1, cursor: null, key: byTime, tricks: [] });

    expect(page?.nextPageCursor).toMatch(/^[\w-]+%3A5%2C[\w-]+%3A5$/);
    expect(decodeURIComponent(decodeURIComponent(page?.nextPageCursor ?? ''))).toBe(decodeURIComponent(page?.nextPageCursor ?? ''));
  });
  it('tricks: the border row comes twice, an empty page leads on, the last page names a cursor to nothing', () => {
    const rows = [1, 2, 3, 4].map((n) => ({ id: String(n), at: 10 - n }));
    const overlap = follow(() => rows, 2, asIssued, () => undefined, ['overlap']);
    const first = pageOf(rows, { limit: 2, cursor: null, key: byTime, tricks: ['empty'] });
    const after = pageOf(rows, { limit: 2, cursor: first?.nextPageCursor ?? '', key: byTime, tricks: [] });
    const last = pageOf(rows, { limit: 9, cursor: null, key: byTime, tricks: ['trailing-cursor'] });
    const beyond = pageOf(rows, { limit: 9, cursor: last?.nextPageCursor ?? '', key: byTime, tricks: ['trailing-cursor'] });

    expect(overlap).toEqual(['1', '2', '2', '3', '4']);
    expect([first?.list, first?.nextPageCursor === '', after?.list.length]).toEqual([[], false, 2]);
    expect([last?.list.length, last?.nextPageCursor === '', beyond]).toEqual([4, false, { list: [], nextPageCursor: '' }]);
  });
});

describe('paging on the wire', () => {
  let door: Door;
  beforeEach(async () => { door = await openDoor(); });
  afterEach(async () => { await door.close(); });

  const ids = async (path: string, query: string, form: (cursor: string) => string, key: string): Promise<unknown[]> => {
    const seen: unknown[] = [];
    for (let next: string | null = ''; next !== null;) {
      const { body } = await door.get(path, `${query}${next === '' ? '' : `&cursor=${form(next)}`}`);
      seen.push(...body.result.list.map((row) => row[key]));
      next = body.result.nextPageCursor === '' ? null : body.result.nextPageCursor;
    }
    return seen;
  };

  it.each([['encoded by the client', encodeURIComponent], ['pasted as it is', asIssued]])('120 open orders come in three pages of 50, the cursor %s', async (_how, form) => {
    door.world.rows.open = Array.from({ length: 120 }, (_, i) => orderRow(`o${i}`, { createdTime: String(marketNow - Math.floor(i / 4)) }));

    expect(await ids('/v5/order/realtime', 'category=linear&settleCoin=USDT&limit=50', form, 'orderId'))
      .toEqual(Array.from({ length: 120 }, (_, i) => `o${i}`));
  });
  it('45 positions come in pages of 20, by symbol', async () => {
    door.world.rows.positions = Array.from({ length: 45 }, (_, i) => positionRow(`S${String(99 - i)}USDT`, 'Buy', '1'));

    const seen = await ids('/v5/position/list', 'category=linear&settleCoin=USDT', asIssued, 'symbol');

    expect(seen).toEqual(Array.from({ length: 45 }, (_, i) => `S${55 + i}USDT`));
  });
  it('a cursor that was never issued is 10001', async () => {
    const { body } = await door.get('/v5/execution/list', 'category=linear&cursor=nonsense');

    expect([body.retCode, body.retMsg]).toEqual([10001, 'params error: cursor invalid']);
  });
});
