import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAdmin } from '../../../../live/exchange/admin/index.ts';
import type { AdminDoor, AdminOptions } from '../../../../live/exchange/admin/index.ts';
import { createPace, createSmallWorld, marketNow } from '../rest/small-world.ts';
import type { CountedPace, SmallWorld } from '../rest/small-world.ts';

interface Told { readonly status: number; readonly row: Readonly<Record<string, unknown>> }

describe('the admin door', () => {
  let world: SmallWorld;
  let pace: CountedPace;
  let door: AdminDoor;
  const open = async (options: Partial<AdminOptions> = {}): Promise<void> => { door = await startAdmin({ world, pace, ...options }); };
  beforeEach(async () => {
    world = createSmallWorld();
    pace = createPace();
    await open();
  });
  afterEach(async () => { await door.close(); });

  const ask = async (method: string, path: string, body?: unknown, token = door.token): Promise<Told> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`http://127.0.0.1:${door.port}${path}`, {
      method, headers: { Authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body: text }),
    });
    return { status: response.status, row: await response.json() as Told['row'] };
  };

  it('without the token everything is 401 and nothing is done; two doors have two tokens of 32 letters', async () => {
    const other = await startAdmin({ world, pace });
    await other.close();

    expect(await ask('POST', '/pause', undefined, 'wrong')).toMatchObject({ status: 401 });
    expect(await ask('POST', '/pause', undefined, '')).toMatchObject({ status: 401 });
    expect(pace.said).toEqual([]);
    expect([door.token.length, other.token === door.token]).toEqual([32, false]);
  });
  it('idle tells the pace until when, and answers with market time and whether the data has ended', async () => {
    expect(await ask('POST', '/idle', { until: marketNow + 5 })).toEqual({ status: 200, row: { now: marketNow + 5, ended: false } });
    expect((await ask('POST', '/idle', { until: null })).row['ended']).toBe(true);
    expect(pace.said).toEqual([`idle ${marketNow + 5}`, 'idle Infinity']);
  });
  it('idle is a long poll: the answer comes when the pace says so, and other requests pass meanwhile', async () => {
    let resolveIdle: (told: { now: number; hasEnded: boolean }) => void = () => undefined;
    let isAsked: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => { isAsked = resolve; });
    pace.idle = async () => {
      isAsked();
      return await new Promise((resolve) => { resolveIdle = resolve; });
    };
    const arrived: string[] = [];
    const poll = ask('POST', '/idle', { until: 9 }).then((told) => {
      arrived.push('idle');
      return told;
    });

    await asked;
    await ask('GET', '/clock').then(() => arrived.push('clock'));
    resolveIdle({ now: 7, hasEnded: false });

    expect((await poll).row).toEqual({ now: 7, ended: false });
    expect(arrived).toEqual(['clock', 'idle']);
  });
  it('clock, pause and resume tell market time; data without an end ends at null', async () => {
    expect((await ask('GET', '/clock')).row).toEqual({ now: marketNow, endsAt: null });
    expect((await ask('POST', '/pause')).status).toBe(200);
    expect((await ask('POST', '/resume', {})).status).toBe(200);
    expect(pace.said).toEqual(['pause', 'resume']);
  });
  it('the truth is the core\'s own, whole numbers beyond 2^53 as text', async () => {
    expect((await ask('GET', '/truth')).row).toEqual({ lots: 3, cash: '12345678901234567890' });
  });
  it('acts reach the world and wake the pace', async () => {
    await ask('POST', '/jump', { symbol: 'BTCUSDT', price: '59000.5' });
    await ask('POST', '/jump', { symbol: 'BTCUSDT', price: '59000.5', kind: 'mark' });
    await ask('POST', '/foreign-order', { symbol: 'ETHUSDT', side: 'Sell', size: '1.5', reduceOnly: true });
    await ask('POST', '/foreign-stop', { symbol: 'ETHUSDT', price: '3000' });
    await ask('POST', '/wipe-closed');

    expect(world.acted).toEqual(['jump BTCUSDT 59000.5 last', 'jump BTCUSDT 59000.5 mark', 'order ETHUSDT Sell 1.5 true', 'stop ETHUSDT 3000', 'wipe']);
    expect(pace.woken).toBe(5);
  });
  it.each([
    ['POST', '/idle', {}, /until/], ['POST', '/idle', { until: 'soon' }, /expected number.*\n.*until/], ['POST', '/idle', '{', /body must be JSON/],
    ['POST', '/jump', { symbol: 'BTCUSDT', price: '-1' }, /decimal text above zero.*\n.*price/], ['POST', '/jump', { symbol: 'BTCUSDT', price: '0' }, /above zero/],
    ['POST', '/jump', { symbol: 'NOPE', price: '1' }, /symbol must be one of BTCUSDT, ETHUSDT, was 'NOPE'/],
    ['POST', '/foreign-order', { symbol: 'BTCUSDT', side: 'long', size: '1' }, /"Buy"\|"Sell"/], ['POST', '/pause', { now: true }, /Unrecognized key: "now"/],
  ] as const)('%s %s with %o is 400 and says what is wrong', async (method, path, body, message) => {
    const { status, row } = await ask(method, path, body);

    expect([status, world.acted]).toEqual([400, []]);
    expect(row['error']).toMatch(message);
  });
  it('an unknown path is 404 and names what there is; faults and sockets that are not there say so', async () => {
    expect((await ask('GET', '/jump')).row['error']).toMatch(/^GET \/jump is not here; these are: POST \/idle, GET \/clock/);
    expect(await ask('POST', '/faults', { faults: [] })).toEqual({ status: 404, row: { error: '/faults has nothing to act upon in this exchange' } });
    expect((await ask('DELETE', '/faults')).status).toBe(404);
    expect((await ask('POST', '/sockets/close')).status).toBe(404);
  });
  it('fault plans go to the desk, and what it finds wrong comes back; sockets are closed by kind and code', async () => {
    await door.close();
    const heard: unknown[] = [];
    await open({
      faults: {
        set: (plan) => {
          if (!('faults' in plan)) throw new RangeError('faults must be a list');
          heard.push(plan);
          return { set: 1 };
        },
        clear: () => { heard.push('clear'); },
        journal: () => ({ count: 2 }),
      },
      sockets: {
        close: (which, code) => {
          heard.push([which, code]);
          return 2;
        },
      },
    });

    expect(await ask('POST', '/faults', { faults: [{ id: 'F02' }] })).toEqual({ status: 200, row: { set: 1 } });
    expect(await ask('POST', '/faults', {})).toEqual({ status: 400, row: { error: 'faults must be a list' } });
    expect(await ask('DELETE', '/faults')).toEqual({ status: 200, row: {} });
    expect(await ask('POST', '/sockets/close', { which: 'private', code: 1012 })).toEqual({ status: 200, row: { closed: 2 } });
    expect(await ask('POST', '/sockets/close')).toEqual({ status: 200, row: { closed: 2 } });
    expect(heard).toEqual([{ faults: [{ id: 'F02' }] }, 'clear', ['private', 1012], ['all', 'reset']]);
  });
  it('a client that goes away during a long poll leaves the door sound', async () => {
    let isAsked: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => { isAsked = resolve; });
    let resolveIdle: (told: { now: number; hasEnded: boolean }) => void = () => undefined;
    pace.idle = async () => {
      isAsked();
      return await new Promise((resolve) => { resolveIdle = resolve; });
    };
    const body = '{"until":9}';
    const socket = connect(door.port, '127.0.0.1', () => socket.write(
      `POST /idle HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${door.token}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    ));
    await asked;
    socket.destroy();
    resolveIdle({ now: 9, hasEnded: false });

    expect((await ask('GET', '/clock')).status).toBe(200);
  });
});
