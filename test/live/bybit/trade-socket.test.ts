/**
 * Orders by the trade socket: the same words as by HTTP, nothing lost when it fails. Which way an order went is told by a
 * fault that only one way can have: one that refuses every `order.create` frame, or every POST to create.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { Event } from '../../../engine/index.ts';
import { enter, openStage, reduce } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
afterEach(async () => { await stage.close(); });

const resting = { type: 'limit', priceTicks: 95, timeInForce: 'GTC' } as const;
const patience = { requestMs: 300, subscribeMs: 300, pongMs: 300 } as const;

/** Connected with the socket up. */
async function open(): Promise<Stage> {
  stage = await openStage({ entry: 'ws', timing: patience });
  await until(() => stage.logged.some((line) => line.includes('orders go by the trade socket')));
  return stage;
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !holds(); i++) await new Promise((resolve) => { setTimeout(resolve, 5); });
  if (!holds()) throw new Error(`never came to hold; logged: ${stage.logged.join(' | ')}`);
}

const after = (tag: Event['tag']): readonly Event[] => stage.events.filter((event) => event.tag === tag);
const truth = (): { readonly side: number; readonly lots: number; readonly slTicks: number; readonly orders: readonly unknown[] } =>
  (stage.exchange.world.truth()['legs'] as readonly { readonly side: number; readonly lots: number; readonly slTicks: number; readonly orders: readonly unknown[] }[])[0]!;
const held = (): number => after('execution').reduce((sum, event) => sum + (event.tag === 'execution' ? event.side * event.lots : 0), 0);

describe('orders by the trade socket', () => {
  it('an entry with its stop, a resting order amended and cancelled, and the exit: the words are those of HTTP', async () => {
    await open();
    stage.send(enter(1), enter(2, resting));
    await stage.quiet();
    stage.send({ tag: 'amend', leg: 0, order: 2, priceTicks: 94, lots: 3 as never });
    stage.send({ tag: 'cancel', leg: 0, order: 2 });
    stage.send(reduce(3));
    await stage.quiet();

    expect(after('order-accepted')).toMatchObject([{ order: 1 }, { order: 2 }, { order: 3 }]);
    expect(after('order-changed')).toMatchObject([{ order: 2, lots: 3, priceTicks: 94 }]);
    expect(after('order-cancelled')).toMatchObject([{ order: 2, cause: 'requested', filled: 0 }]);
    expect(after('stop-set')).toMatchObject([{ triggerTicks: 90 }]);
    expect(truth()).toMatchObject({ side: 0, lots: 0, orders: [] });
    expect(held()).toBe(0);
  });
  it('they go by the socket: frames refused there are refused, and HTTP is not tried in their place', async () => {
    await open();
    stage.fault('F80', { times: 1 }); // 20006 to one order.create frame

    stage.send(enter(1));
    await stage.quiet();

    expect(after('request-failed')).toMatchObject([{ order: 1, of: 'enter', certainty: 'unknown' }]);
    expect(truth()).toMatchObject({ lots: 0 });
  });
  it('an order that the exchange refuses is refused with its word, and the socket stays up for the next', async () => {
    await open();

    stage.send(reduce(1), enter(2));
    await stage.quiet();

    expect(after('order-rejected')).toMatchObject([{ order: 1, reason: 'no-position' }]);
    expect(after('request-failed')).toEqual([]);
    expect(after('execution')).toMatchObject([{ order: 2, lots: 4 }]);
    expect(stage.logged.some((line) => line.includes('trade socket down'))).toBe(false);
  });
  it('a refused sign-in is no sign-in: orders go by HTTP and the socket is tried again', async () => {
    stage = await openStage({ entry: 'ws', timing: patience, options: {} });
    stage.fault('F52', { times: 50 });
    stage.exchange.streams.cut('trade', 1006);
    await until(() => stage.logged.some((line) => /trade socket down/.test(line)));

    stage.send(enter(1));
    await stage.quiet();

    expect(after('execution')).toMatchObject([{ order: 1, lots: 4 }]);
    expect(truth()).toMatchObject({ side: 1, lots: 4, slTicks: 90 });
  });
  it.each(['lost', 'no-id', 'wrong-id'])('an answer that is %s leaves the outcome open; the order is not sent again, and its fill is counted once', async (variant) => {
    await open();
    stage.fault('F53', { variant, times: 1 });

    stage.send(enter(1));
    await stage.quiet();
    await until(() => after('request-failed').length + after('order-accepted').length > 0);
    await stage.quiet();

    expect(truth()).toMatchObject({ side: 1, lots: 4, slTicks: 90 });
    expect(held()).toBe(4);
    expect(after('request-failed').every((event) => event.tag === 'request-failed' && event.certainty === 'unknown')).toBe(true);
  });
  it.each([true, false])('a socket that drops with an order on its way, carried out: %s: open, and the exit after it goes by HTTP at once', async (isApplied) => {
    await open();
    stage.send(enter(1));
    await stage.quiet();
    stage.fault('F54', { isApplied, times: 1 });
    const before = stage.events.length;

    stage.send(enter(2, resting));
    await until(() => stage.events.slice(before).some(({ tag }) => tag === 'request-failed' || tag === 'order-accepted'));
    stage.exchange.faults.clear();
    stage.send(reduce(3));
    await stage.quiet();

    expect(stage.events.slice(before).filter(({ tag }) => tag === 'request-failed').every((event) => event.tag === 'request-failed' && event.certainty === 'unknown' && event.order === 2)).toBe(true);
    expect(truth()).toMatchObject({ lots: 0 });
    expect(truth().orders).toHaveLength(isApplied ? 1 : 0);
    expect(held()).toBe(0);
  });
  it('a service that restarts is left for a new connection, and the next order gets through', async () => {
    await open();
    stage.fault('F79', { times: 1 });
    stage.send(enter(1));
    await until(() => after('request-failed').length === 1);
    stage.exchange.faults.clear();

    stage.send(enter(2));
    await stage.quiet();

    expect(after('request-failed')).toMatchObject([{ order: 1, certainty: 'unknown' }]);
    expect(after('execution')).toMatchObject([{ order: 2, lots: 4 }]);
  });
  it('neither key nor secret stands in anything that was said', async () => {
    await open();
    stage.fault('F52', { times: 5 });
    stage.send(enter(1));
    await stage.quiet();

    expect(stage.logged.filter((line) => line.includes('canary'))).toEqual([]);
  });
});
