/** Commands to a local exchange over the wire, and what is told of them; what goes wrong on the way is set by its fault plan. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Event } from '../../../engine/index.ts';
import { credentials, enter, openStage, reduce } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
afterEach(async () => { await stage.close(); });

const tags = (events: readonly Event[]): readonly string[] => events.map(({ tag }) => tag);
const resting = { type: 'limit', priceTicks: 95, timeInForce: 'GTC' } as const;

describe('commands on the wire', () => {
  it('an entry of 4 lots with a stop at 90 is accepted, filled once and shown protected', async () => {
    stage = await openStage();

    stage.send(enter(7));
    await stage.quiet();

    const [, accepted, execution, stop] = stage.events;
    expect(accepted).toMatchObject({ tag: 'order-accepted', leg: 0, order: 7 });
    expect(execution).toMatchObject({ tag: 'execution', order: 7, cause: 'order', side: 1, lots: 4, leavesLots: 0, liquidity: 'taker' });
    expect(stop).toMatchObject({ tag: 'stop-set', triggerTicks: 90, by: 'mark', trailTicks: 0 });
  });
  it('a stop moves to 92, is unchanged when asked for again, and is refused at 105 above the price', async () => {
    stage = await openStage();
    stage.send(enter(7));
    await stage.quiet();
    stage.events.length = 0;
    const move = (triggerTicks: number) => ({ tag: 'set-stop', leg: 0, triggerTicks, by: 'mark', trailTicks: 0, activeTicks: 0 } as const);

    stage.send(move(92), move(92), move(105));
    await stage.quiet();

    expect(stage.events.filter(({ tag }) => tag.startsWith('stop'))).toMatchObject([
      { tag: 'stop-set', triggerTicks: 92 }, { tag: 'stop-unchanged', triggerTicks: 92 }, { tag: 'stop-refused', triggerTicks: 105, reason: 'through-trigger' },
    ]);
  });
  it('a stop without a position is refused as such', async () => {
    stage = await openStage();

    stage.send({ tag: 'set-stop', leg: 0, triggerTicks: 90, by: 'mark', trailTicks: 0, activeTicks: 0 });

    expect(await stage.next('stop-refused')).toMatchObject({ triggerTicks: 90, reason: 'no-position' });
  });
  it('a resting entry is amended and cancelled', async () => {
    stage = await openStage();

    stage.send(enter(8, resting));
    stage.send({ tag: 'amend', leg: 0, order: 8, priceTicks: 96, lots: 3 as never });
    stage.send({ tag: 'cancel', leg: 0, order: 8 });
    await stage.quiet();

    expect(stage.events.slice(1)).toMatchObject([
      { tag: 'order-accepted', order: 8 }, { tag: 'order-changed', order: 8, change: 'amended', lots: 3, priceTicks: 96 },
      { tag: 'order-cancelled', order: 8, cause: 'requested', filled: 0 },
    ]);
  });
  it('the cancel of an order that nobody knows is a request about no order', async () => {
    stage = await openStage();

    stage.send({ tag: 'cancel', leg: 0, order: 99 }, { tag: 'cancel', leg: 0, order: -9 });
    await stage.quiet();

    expect(stage.events.slice(1)).toMatchObject([
      { tag: 'request-failed', order: 99, of: 'cancel', certainty: 'not-applied', reason: 'no-order' }, { tag: 'request-failed', order: -9, reason: 'no-order' },
    ]);
  });
  it('an exit without a position is refused as such, and one with it closes it', async () => {
    stage = await openStage();

    stage.send(reduce(3));
    expect(await stage.next('order-rejected')).toMatchObject({ order: 3, reason: 'no-position' });

    stage.send(enter(7), reduce(9));
    await stage.quiet();
    expect(stage.events.at(-1)!.tag).toBe('wallet');
    expect(stage.events.filter(({ tag }) => tag === 'execution')).toMatchObject([{ order: 7, lots: 4 }, { order: 9, lots: 4, side: -1 }]);
  });
  it('an entry above the largest market order of 5 lots is refused here, and an exit of them is not', async () => {
    stage = await openStage({ options: { maxMarketLots: 5 } });

    stage.send(enter(7, { lots: 6 as never }));

    expect(await stage.next('order-rejected')).toMatchObject({ order: 7, reason: 'malformed' });
    expect(stage.logged.filter((line) => line.includes('larger than the exchange takes'))).toHaveLength(1);
  });
  it('the same link twice is told as a duplicate: ours got through', async () => {
    stage = await openStage();

    stage.send(enter(7), enter(7));
    await stage.quiet();

    expect(stage.events.filter(({ tag }) => tag === 'order-rejected')).toMatchObject([{ order: 7, reason: 'duplicate-link' }]);
    expect(stage.events.filter(({ tag }) => tag === 'execution')).toHaveLength(1);
  });
});

describe('an order whose answer goes wrong', () => {
  const unknown = { tag: 'request-failed', order: 7, of: 'enter', certainty: 'unknown' };
  it.each([
    ['F01', 'lost', { ...unknown, reason: 'timeout' }],
    ['F02', undefined, { ...unknown, reason: 'timeout' }],
    ['F04', undefined, { ...unknown, reason: 'busy' }],
    ['F05', undefined, { ...unknown, reason: 'busy' }],
    ['F06', undefined, { ...unknown, reason: 'busy' }],
    ['F07', 'whole', { ...unknown, reason: 'timeout' }],
    ['F07', 'half', { ...unknown, reason: 'timeout' }],
    ['F08', undefined, { ...unknown, reason: 'timeout' }],
    ['F09', undefined, { ...unknown, reason: 'timeout' }],
    ['F10', undefined, { tag: 'request-failed', order: 7, certainty: 'not-applied', reason: 'rate-limited' }],
    ['F11', 'html', { tag: 'request-failed', order: 7, certainty: 'not-applied', reason: 'rate-limited' }],
    ['F15', undefined, { tag: 'request-failed', order: 7, certainty: 'not-applied', reason: 'forbidden' }],
    ['F16', undefined, { tag: 'request-failed', order: 7, certainty: 'unknown', reason: 'rate-limited' }],
    ['F22', undefined, { tag: 'order-rejected', order: 7, reason: 'insufficient-margin' }],
    ['F23', undefined, { tag: 'order-rejected', order: 7, reason: 'duplicate-link' }],
  ] as const)('%s %s: exactly one event ends the request', async (id, variant, expected) => {
    stage = await openStage({ timing: { requestMs: 300 } });
    stage.fault(id, variant === undefined ? {} : { variant });

    stage.send(enter(7));
    await stage.quiet();

    const ends = stage.events.filter((event) => (event.tag === 'request-failed' || event.tag === 'order-rejected') && event.order === 7);
    expect(ends).toMatchObject([expected]);
    expect(stage.connection.venue.underWay).toBe(0);
  });
  it('F12: a clock that runs ahead is told as such, measured anew, and the next entry goes through', async () => {
    stage = await openStage();
    stage.fault('F12', { ms: 3_000 });

    stage.send(enter(7));
    expect(await stage.next('request-failed')).toMatchObject({ order: 7, certainty: 'not-applied', reason: 'clock' });
    await stage.connection.measureClock();
    stage.send(enter(8));

    expect(await stage.next('order-accepted')).toMatchObject({ order: 8 });
  });
  it('F37: told that a stop is set already while it is not, the account is read and shows none', async () => {
    stage = await openStage();
    stage.send(enter(7, { stopTicks: 0 }));
    await stage.quiet();
    stage.fault('F37');

    stage.send({ tag: 'set-stop', leg: 0, triggerTicks: 90, by: 'mark', trailTicks: 0, activeTicks: 0 });
    await stage.quiet();

    expect(tags(stage.events.slice(-2))).toEqual(['stop-unchanged', 'account-snapshot']);
    expect(stage.events.at(-1)).toMatchObject({ stop: null, position: { side: 1, lots: 4 } });
  });
  it('an address that is shut out is left alone: the next requests fail without leaving, also when it is open again', async () => {
    stage = await openStage();
    stage.fault('F11', { variant: 'json' });
    stage.send(enter(7));
    await stage.quiet();
    stage.exchange.faults.clear();

    stage.send(enter(8), reduce(9));
    await stage.quiet();

    expect(stage.events.slice(-2)).toMatchObject([{ tag: 'request-failed', order: 8, reason: 'rate-limited' }, { tag: 'request-failed', order: 9, reason: 'rate-limited' }]);
  });
  it('neither key nor secret stands in anything told or logged, whatever was refused', async () => {
    stage = await openStage({ timing: { requestMs: 200 } });
    for (const id of ['F01', 'F04', 'F05', 'F07', 'F09', 'F10', 'F15', 'F16']) {
      stage.fault(id);
      stage.send(enter(7), { tag: 'query-account', leg: 0 });
      await stage.quiet();
    }
    const quoted = { tag: 'refuse', code: 10004, message: `error sign! origin_string[1699920000000${credentials.key}5000] ${credentials.secret}` } as const;
    stage.exchange.faults.install([{ when: { transport: 'http' }, times: null, effect: quoted }], 3);
    stage.send(enter(7), { tag: 'query-account', leg: 0 });
    await stage.quiet();
    const failures = await Promise.all([stage.connection.key(), stage.connection.account(), stage.connection.fees('AAAUSDT')].map((asked) => asked.catch((error: unknown) => error)));

    const all = [...stage.logged, ...stage.events.map((event) => JSON.stringify(event, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))),
      ...failures.map((failure) => (failure instanceof Error ? `${failure.message} ${failure.stack ?? ''} ${JSON.stringify(failure)}` : ''))].join('\n');
    expect(all).not.toContain(credentials.key);
    expect(all).not.toContain(credentials.secret);
  });
});
