/** The door of a running shell: who may say what, and what comes of it. */
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { disagreements, openDoor } from '../../live/index.ts';
import type { DoorNote, LegFacts, OperatorOrder, Status } from '../../live/index.ts';

const status: Status = {
  now: 1, mode: { tag: 'trading' }, link: 'up', settle: 'USDT', equity: 1, balance: 1, decisions: 0, operated: 0, answered: {}, sized: {},
  legs: [{ symbol: 'AAAUSDT', side: 'long', qty: 5, entryPrice: 100, unrealised: 0, protection: 'armed', stop: 90, mark: 100, orders: [] }],
};
const leg: LegFacts = {
  symbol: 'AAAUSDT', side: 1, size: '5', entryPrice: '100', stopLoss: '90', leverage: '10', mode: 'one-way', reduceOnly: false, orders: [],
};

interface Visit { readonly note: DoorNote; readonly file: string; readonly orders: OperatorOrder[]; ask(path: string, init?: RequestInit): Promise<Response> }

async function visit(work: (visit: Visit) => Promise<void>): Promise<void> {
  const file = join(mkdtempSync(join(tmpdir(), 'holdfast-door-')), 'door.json');
  const orders: OperatorOrder[] = [];
  const door = await openDoor({
    run: 'r', file, status: () => Promise.resolve(status), legs: () => Promise.resolve([leg]),
    operate: (order) => {
      if (order.symbol === 'ZZZ') return Promise.reject(new RangeError('close: was ZZZ, expected one of AAAUSDT'));
      orders.push(order);
      return Promise.resolve([leg]);
    },
  });
  const note = JSON.parse(readFileSync(file, 'utf8')) as DoorNote;
  try {
    await work({ note, file, orders, ask: (path, init = {}) => fetch(`http://127.0.0.1:${note.port}${path}`, { headers: { authorization: `Bearer ${note.token}` }, ...init }) });
  } finally {
    await door.close();
  }
}
const post = (body: unknown, token: string): RequestInit => ({ method: 'POST', body: JSON.stringify(body), headers: { authorization: `Bearer ${token}` } });

describe('the door', () => {
  it('leaves a note of mode 0600 with a token of 64 hex digits, and takes it away when it closes', async () => {
    let file = '';
    await visit(async (own) => {
      file = own.file;
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(own.note.token).toMatch(/^[0-9a-f]{64}$/);
      expect(await (await own.ask('/status')).json()).toEqual(status);
    });
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
  });
  it('without the token nothing is told and nothing is done', async () => {
    await visit(async ({ note, orders }) => {
      const url = `http://127.0.0.1:${note.port}`;
      const answers = await Promise.all([fetch(`${url}/status`), fetch(`${url}/operate`, post({ verb: 'flatten' }, 'f'.repeat(64)))]);

      expect(answers.map((response) => response.status)).toEqual([401, 401]);
      expect(orders).toEqual([]);
    });
  });
  it('a verb is done once, and what the venue shows afterwards comes back', async () => {
    await visit(async ({ note, ask, orders }) => {
      const response = await ask('/operate', post({ verb: 'close', symbol: 'AAAUSDT' }, note.token));

      expect([response.status, await response.json(), orders]).toEqual([200, { left: [leg] }, [{ verb: 'close', symbol: 'AAAUSDT', manual: null }]]);
    });
  });
  it.each([[{ verb: 'enter' }], [{ verb: 'close', symbol: 'ZZZ' }], [{ verb: 'halt', more: 1 }], ['text']])('%j is refused with 400', async (body) => {
    await visit(async ({ note, ask, orders }) => {
      const response = await ask('/operate', post(body, note.token));

      expect([response.status, orders]).toEqual([400, []]);
    });
  });
});

describe('what engine and venue say', () => {
  it('is nothing when they agree', () => {
    expect(disagreements(status, [leg])).toEqual([]);
  });
  it('names size, stop and orders that differ', () => {
    const there: LegFacts = { ...leg, size: '4', stopLoss: null, orders: [{ id: '1', link: '' }] };

    expect(disagreements(status, [there])).toEqual([
      'AAAUSDT: long 5 counted, long 4 at the venue', 'AAAUSDT: stop 90 (armed) counted, none at the venue', 'AAAUSDT: 0 orders counted, 1 at the venue',
    ]);
  });
});
