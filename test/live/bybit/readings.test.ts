/** Readings of the account: what stands, what ended, what was filled; parts that could not be read; lives before. */
import { afterEach, describe, expect, it } from 'vitest';
import type { AccountSnapshot } from '../../../engine/index.ts';
import { connectStage, enter, openStage, reduce } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
afterEach(async () => { await stage.close(); });

const resting = { type: 'limit', priceTicks: 95, timeInForce: 'GTC' } as const;
async function read(one: Stage = stage): Promise<AccountSnapshot> {
  one.send({ tag: 'query-account', leg: 0 });
  return one.next('account-snapshot');
}

describe('a reading', () => {
  it('of an account where nothing was done shows nothing, and its prices', async () => {
    stage = await openStage();

    const reading = await read();

    expect(reading).toMatchObject({
      leg: 0, takenAt: stage.exchange.world.now, position: { side: 0, lots: 0, cost: 0n }, stop: null, openOrders: [], ended: [], executions: [],
      markTicks: 100, lastTicks: 100,
    });
  });
  it('shows the position with its stop, what stands of ours and of others, what ended, and every fill', async () => {
    stage = await openStage();
    stage.send(enter(7), enter(8, resting), enter(9, { ...resting, priceTicks: 94 }), { tag: 'cancel', leg: 0, order: 9 });
    await stage.quiet();

    const reading = await read();

    expect(reading.position).toMatchObject({ side: 1, lots: 4 });
    expect(reading.stop).toEqual({ triggerTicks: 90, by: 'mark' });
    expect(reading.openOrders).toEqual([{ order: 8, side: 1, lots: 4, filled: 0, priceTicks: 95, reduceOnly: false }]);
    expect(reading.ended).toEqual(expect.arrayContaining([{ order: 7, outcome: 'filled', filled: 4 }, { order: 9, outcome: 'cancelled', filled: 0 }]));
    expect(reading.executions).toMatchObject([{ order: 7, lots: 4, cause: 'order', leavesLots: 0 }]);
  });
  it('the cost of a position is exactly the value of the fills that opened it', async () => {
    stage = await openStage();
    stage.send(enter(7, { lots: 3 as never }), enter(8));
    await stage.quiet();

    const { position, executions } = await read();
    const value = executions === 'unknown' ? 0n : executions.reduce((sum, one) => sum + one.value, 0n);

    expect(position).toMatchObject({ lots: 7, cost: value });
  });
  it('orders of another run are others\', numbered -2 and below, and can be cancelled by that number', async () => {
    const other = await openStage({ run: 'zzzzzz' });
    other.send(enter(1, resting));
    await other.quiet();
    stage = connectStage(other.exchange);
    await stage.connection.measureClock();
    await stage.connection.instruments(['AAAUSDT']);
    stage.connection.venue.recover();
    await stage.next('connected');

    expect((await read()).openOrders).toMatchObject([{ order: -2, lots: 4 }]);
    stage.send({ tag: 'cancel', leg: 0, order: -2 });
    await stage.quiet();

    expect((await read()).openOrders).toEqual([]);
    await other.connection.venue.close(0);
  });
  it('after a new start what was filled in between is found, with the same numbers', async () => {
    const first = await openStage();
    const began = first.exchange.world.now;
    first.send(enter(7));
    await first.quiet();
    await first.connection.venue.close(0);
    stage = connectStage(first.exchange);
    await stage.connection.instruments(['AAAUSDT']);
    stage.connection.readFrom(began);

    expect((await read()).executions).toMatchObject([{ order: 7, lots: 4 }]);
  });
  it('fills before the beginning of the run are not read: the position found stands for them', async () => {
    const first = await openStage();
    first.send(enter(7));
    await first.quiet();
    await first.play(2);
    stage = connectStage(first.exchange);
    await stage.connection.instruments(['AAAUSDT']);
    stage.connection.readFrom(first.exchange.world.now);

    expect(await read()).toMatchObject({ executions: [], position: { side: 1, lots: 4 } });
    await first.connection.venue.close(0);
  });
  it.each([
    ['/v5/position/list', { position: 'unknown', stop: 'unknown' }],
    ['/v5/order/history', { ended: 'unknown' }],
    ['/v5/execution/list', { executions: 'unknown' }],
    ['/v5/order/realtime', { openOrders: 'unknown', ended: 'unknown' }],
    ['/v5/market/tickers', { markTicks: Number.NaN, lastTicks: Number.NaN }],
  ])('what %s does not answer is unknown, and the rest is told', async (path, missing) => {
    stage = await openStage();
    stage.exchange.faults.install([{ when: { transport: 'http', path }, times: 5, effect: { tag: 'refuse', code: 10016, message: 'Server error.' } }], 3);

    const reading = await read();

    expect(reading).toMatchObject(missing);
    expect(Object.values(reading).filter((part) => part === 'unknown')).toHaveLength(Object.values(missing).filter((part) => part === 'unknown').length);
  });
  it('nothing answered is a question without an answer', async () => {
    stage = await openStage();
    stage.exchange.faults.install([{ when: { transport: 'http' }, times: 20, effect: { tag: 'refuse', code: 10016, message: 'Server error.' } }], 3);

    stage.send({ tag: 'query-account', leg: 0 });

    expect(await stage.next('request-failed')).toMatchObject({ of: 'query-account', certainty: 'unknown' });
  });
  it.each([['F62', undefined], ['F20', 'more-keys'], ['F20', 'fewer-keys'], ['F20', 'gzip'], ['F30', undefined], ['F32', undefined]] as const)(
    '%s %s changes nothing of what is read', async (id, variant) => {
      stage = await openStage();
      stage.send(enter(7), enter(8, resting));
      await stage.quiet();
      const plain = await read();
      stage.fault(id, variant === undefined ? {} : { variant });

      expect(await read()).toEqual(plain);
    });
  it('130 open orders are read to the last page', async () => {
    stage = await openStage();
    const orders = Array.from({ length: 130 }, (_, i) => enter(i + 1, { ...resting, lots: 1 as never }));
    stage.send(...orders);
    await stage.quiet();

    const { openOrders } = await read();

    expect(openOrders === 'unknown' ? [] : openOrders.map(({ order }) => order).toSorted((a, b) => a - b)).toEqual(orders.map((_, i) => i + 1));
  });
  it('an exit in several fills of one instant comes in the order of the exchange', async () => {
    stage = await openStage();
    stage.send(enter(7), reduce(8, { lots: 1 as never }), reduce(9, { lots: 2 as never }), reduce(10, { lots: 1 as never }));
    await stage.quiet();

    const { executions } = await read();

    expect(executions === 'unknown' ? [] : executions.map(({ order }) => order)).toEqual([7, 8, 9, 10]);
  });
});
