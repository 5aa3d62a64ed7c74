/** Streams that drop, refuse, fall silent and come again: what is told of them, and that nothing is left behind. */
import { afterEach, describe, expect, it } from 'vitest';
import { connectStage, enter, openStage } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
afterEach(async () => { await stage.close(); });

const links = (): readonly string[] => stage.events.flatMap(({ tag }) => (tag === 'connected' || tag === 'disconnected' ? [tag] : []));
/** Asks for everything that `openStage` asks for, but waits for nothing. */
async function begin(made: Stage): Promise<void> {
  await made.connection.measureClock();
  await made.connection.instruments(['AAAUSDT']);
  made.connection.venue.recover();
}

describe('the private stream', () => {
  it.each([1000, 1006, 1011, 'reset'] as const)('a close with %s is told at once, and the stream comes again', async (code) => {
    stage = await openStage();

    stage.exchange.streams.cut('private', code);
    await stage.next('disconnected');
    await stage.next('connected');

    expect(links()).toEqual(['connected', 'disconnected', 'connected']);
    stage.send(enter(7));
    expect(await stage.next('execution')).toMatchObject({ order: 7 });
  });
  it.each([
    ['between question and answer of auth', 'F51', 'silent'], ['right after a refused auth', 'F51', 'refused'], ['on connecting', 'F55', 'reset'],
    ['on connecting with 503', 'F55', 'status'], ['at the subscription', 'F57', 'refused'], ['of the subscription\'s answer', 'F57', 'ack-lost'],
  ] as const)(
    'a drop %s does not keep it from coming up', async (_what, id, variant) => {
      stage = await openStage({ timing: { subscribeMs: 300 } });
      stage.fault(id, { variant });

      stage.exchange.streams.cut('private', 1006);
      await stage.next('connected');

      expect(links()).toEqual(['connected', 'disconnected', 'connected']);
    });
  it('a subscription that is never answered is given up after 200 ms and asked for anew', async () => {
    stage = await openStage({ timing: { subscribeMs: 200 } });
    stage.exchange.faults.install([{ when: { transport: 'private', op: 'subscribe' }, effect: { tag: 'drop' } }], 3);

    stage.exchange.streams.cut('private', 1006);
    await stage.next('connected');

    expect(stage.logged.filter((line) => line.includes('not subscribed in time'))).toHaveLength(1);
  });
  it('an answer about one topic of four is not taken for the others', async () => {
    stage = await openStage({ timing: { subscribeMs: 200 } });
    stage.exchange.faults.install([{ when: { transport: 'private', op: 'subscribe' }, effect: { tag: 'answer', body: { success: true, ret_msg: '', op: 'subscribe', req_id: 'order' } } }], 3);

    stage.exchange.streams.cut('private', 1006);
    await stage.next('connected');

    expect(stage.logged.filter((line) => line.includes('not subscribed in time'))).toHaveLength(1);
  });
  it('a refused key is no reason to stop asking, nor to say that it is connected', async () => {
    const opened = await openStage();
    stage = connectStage(opened.exchange, { timing: { reconnectFirstMs: 20 } });
    opened.exchange.faults.install([{ when: { transport: 'private', op: 'auth' }, times: 2, effect: { tag: 'answer', body: { success: false, ret_msg: 'params error' } } }], 3);

    await begin(stage);
    await stage.next('connected');

    expect(links()).toEqual(['connected']);
    await opened.connection.venue.close(0);
  });
  it('asked to recover while it is up, it says that it went down and comes again', async () => {
    stage = await openStage();

    stage.connection.venue.recover();
    await stage.next('connected');

    expect(links()).toEqual(['connected', 'disconnected', 'connected']);
  });
  it('waits grow from 30 ms to twice that, and no further than 100 ms', async () => {
    stage = await openStage({ timing: { reconnectFirstMs: 30, reconnectMostMs: 100, subscribeMs: 100 } });
    stage.exchange.faults.install([{ when: { transport: 'private', op: 'subscribe' }, times: 4, effect: { tag: 'drop' } }], 3);

    stage.exchange.streams.cut('private', 1006);
    await stage.next('connected');

    const waits = stage.logged.flatMap((line) => (line.includes('stream down') ? [Number(/"againMs":(\d+)/.exec(line)?.[1])] : []));
    expect(waits).toEqual([30, 60, 100, 100, 100]);
  });
  it('nothing is told after the connection was closed', async () => {
    stage = await openStage();
    const told = stage.events.length;

    await stage.connection.venue.close(100);
    stage.exchange.streams.cut('private', 1006);
    await new Promise((resolve) => { setTimeout(resolve, 100); });

    expect(stage.events).toHaveLength(told);
  });
});
