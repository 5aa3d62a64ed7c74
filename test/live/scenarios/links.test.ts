/**
 * The way to the exchange lost in parts (lifecycle ): streams alone, requests alone, both; and what an operator sees
 * and does meanwhile, with Ctrl-C and a restart under faults.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Intent } from '../../../engine/index.ts';
import { operate } from '../../../live/index.ts';
import type { LegFacts, OperatorOrder } from '../../../live/index.ts';
import { flat, marketOf } from '../../sim/market.ts';
import type { AnyScene } from '../../sim/scripted.ts';
import { begin, closeAll, cut, differences, isFlat, isProtected, isTrading, matchesOf, obedient, openPlace, positionOf } from './stage.ts';
import type { Life, Place, Script } from './stage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  await closeAll();
});

const market = () => marketOf({ bars: Array.from({ length: 300 }, (_, i) => flat(10_000 + i % 2)) });
const enter = ({ intents }: AnyScene): Intent => intents.enter({ side: 'long', qty: 4, stop: { distance: 400 } });

async function opened(): Promise<{ readonly place: Place; readonly life: Life; readonly script: Script }> {
  const place = await openPlace({ market: market() });
  const script = obedient();
  const life = await begin(place, { strategy: script.strategy });
  script.want(enter);
  await life.until(() => isProtected(life), 5, 'a protected position');
  return { place, life, script };
}

const noSocket = (times: number | null) => ['private', 'public'].map((transport) => ({ id: 'no stream', when: { transport }, times, effect: { tag: 'refuse-upgrade', how: 503 } }));
const noRequest = { id: 'no request', when: { transport: 'http' }, times: null, effect: { tag: 'lost' } };
const stopOf = async (place: Place): Promise<number> => (await place.truth()).legs[0]!.slTicks;

describe('the streams are lost', () => {
  it('for less than a minute: a warning, no entry meanwhile, the stop stays, then everything is asked for and it trades on', async () => {
    const { place, life } = await opened();
    const stop = await stopOf(place);
    await place.admin('POST', '/faults', { faults: noSocket(3) });
    await cut(place, life);
    expect(await stopOf(place)).toBe(stop);
    await life.until(() => isTrading(life) && life.state.link.tag === 'up', 3, 'trading again');

    expect(life.modes.slice(-3)).toEqual(['trading', 'recovering', 'trading']);
    expect(life.modes).not.toContain('halted');
    expect(life.notices.map(({ severity, cause }) => `${severity} ${cause}`)).toEqual(['warning link']);
    expect([isProtected(life), await stopOf(place)]).toEqual([true, stop]);
    expect(await differences(place, life)).toEqual([]);
  });

  it('for a minute: an alarm and a halt, the stop stays; back, the halt stays until an operator resumes', async () => {
    const { place, life, script } = await opened();
    const stop = await stopOf(place);
    await place.admin('POST', '/faults', { faults: noSocket(null) });
    await cut(place, life);
    life.lostStepMs = 5_000;
    await life.until(() => life.state.mode.tag === 'halted', 3, 'a halt');
    life.lostStepMs = 50;
    expect(life.state.mode).toMatchObject({ tag: 'halted', cause: 'link', evidence: 'no connection for 60000 ms' });
    expect(life.notices.map(({ severity, cause }) => `${severity} ${cause}`)).toEqual(['warning link', 'alarm link']);
    expect(await stopOf(place)).toBe(stop);

    await place.admin('DELETE', '/faults');
    await life.until(() => life.state.link.tag === 'up' && isProtected(life), 3, 'the link up');
    await life.play(2);
    expect(life.state.mode.tag).toBe('halted');
    life.queue.push({ tag: 'operator', at: life.now, verb: 'resume' });
    await life.until(() => isTrading(life), 2, 'trading');
    script.want(({ intents }) => intents.exit('enough'));
    await life.until(() => isFlat(life), 3, 'flat');
    expect(await differences(place, life)).toEqual([]);
  });

  it('requests go on: a stop that fires meanwhile is found as soon as they are back, and counted once', async () => {
    const { place, life } = await opened();
    await place.admin('POST', '/faults', { faults: noSocket(4) });
    await cut(place, life);
    await place.admin('POST', '/jump', { symbol: 'AAAUSDT', price: '9000' });
    await place.admin('POST', '/jump', { symbol: 'AAAUSDT', price: '9000', kind: 'mark' });
    await life.until(() => isFlat(life), 3, 'flat');
    await life.until(() => isTrading(life), 3, 'trading');

    expect(matchesOf(place)).toHaveLength(2);
    expect(await differences(place, life)).toEqual([]);
  });
});

describe('requests are lost, the streams are there', () => {
  it('a moved stop is tried again, the old one protects; the fill of the stop is told by the stream', async () => {
    const { place, life, script } = await opened();
    const stop = await stopOf(place);
    await place.admin('POST', '/faults', { faults: [noRequest] });
    script.want(({ intents }) => intents.moveStop(stop + 100));
    await life.play(2);
    expect(await stopOf(place)).toBe(stop);
    expect(positionOf(life)!.protection).toMatchObject({ replaces: stop });
    await place.admin('DELETE', '/faults');
    await life.play(2);

    expect(await stopOf(place)).toBe(stop + 100);
    expect(await differences(place, life)).toEqual([]);
  });

  it('an entry whose outcome nobody knows is not sent twice, and nothing is believed flat', async () => {
    const place = await openPlace({ market: market() });
    const script = obedient();
    const life = await begin(place, { strategy: script.strategy });
    await place.fault({ id: 'F02', times: null }, { id: 'F77', topic: 'order', times: null }, { id: 'F77', topic: 'execution', times: null }, { id: 'F77', topic: 'position', times: null });
    script.want(enter);
    await life.play(1);
    await place.admin('DELETE', '/faults');
    await life.until(() => isProtected(life), 3, 'a protected position');

    expect(matchesOf(place)).toHaveLength(1);
    expect(positionOf(life)).toMatchObject({ side: 1, lots: 4 });
    expect(await differences(place, life)).toEqual([]);
  });
});

describe('streams and requests are lost', () => {
  it('for a minute: halted with an alarm, the stop stays; back, the position is the exchange\'s', async () => {
    const { place, life } = await opened();
    const stop = await stopOf(place);
    await place.admin('POST', '/faults', { faults: [...noSocket(null), noRequest] });
    await cut(place, life);
    life.lostStepMs = 5_000;
    await life.until(() => life.state.mode.tag === 'halted', 3, 'a halt');
    life.lostStepMs = 50;
    expect(life.state.mode).toMatchObject({ cause: 'link' });
    expect(await stopOf(place)).toBe(stop);
    await place.admin('DELETE', '/faults');
    await life.until(() => life.state.link.tag === 'up' && isProtected(life), 5, 'the link up');

    expect(life.notices.filter(({ severity }) => severity === 'alarm').length).toBeGreaterThan(0);
    expect(await differences(place, life)).toEqual([]);
  });
});

/** What an operator asks of a running shell, while market time goes on. */
async function order(life: Life, wish: OperatorOrder): Promise<readonly LegFacts[]> {
  const { connection, clock, queue, brain } = life.shell;
  let isOver = false;
  life.stepMs = 1_000; // the answer is looked for every 100 ms of wall time, in which an unpaced market goes on for half an hour
  const asked = operate({ connection, clock, queue, brain, symbols: ['AAAUSDT'] }, wish).finally(() => { isOver = true; });
  await life.until(() => isOver, 30, `the end of ${wish.verb}`);
  life.stepMs = null;
  return await asked;
}

describe('an operator under faults', () => {
  it.each(['F02', 'F01', 'F04', 'F06', 'F10', 'F23'])('flatten with %s on the exit: flat, once, and the answer says so', async (id) => {
    const { place, life } = await opened();
    await place.fault({ id });
    const [leg] = await order(life, { verb: 'flatten', symbol: null, manual: null });

    expect([leg!.side, leg!.orders.length]).toEqual([0, 0]);
    expect(matchesOf(place).filter(({ side }) => side === 'Sell').map(({ execQty }) => execQty)).toEqual(['4']);
    expect(await differences(place, life)).toEqual([]);
  });

  it('halt, then close SYMBOL with the streams cut in between: flat, and the halt stays', async () => {
    const { place, life } = await opened();
    await order(life, { verb: 'halt', symbol: null, manual: null });
    await cut(place, life);
    const [leg] = await order(life, { verb: 'close', symbol: 'AAAUSDT', manual: null });

    expect([leg!.side, life.state.mode.tag]).toEqual([0, 'halted']);
    expect(await differences(place, life)).toEqual([]);
  });
});

describe('Ctrl-C under faults', () => {
  it.each(['F02', 'F26'])('with %s on the cancel of an entry: position and stop are left, no entry stands after the next start', async (id) => {
    const { place, life, script } = await opened();
    script.want(({ bar, intents }) => intents.add({ at: 'limit', price: bar.close - 300, qty: 2, validFor: 100 }));
    await life.until(() => life.state.legs[0]!.orders.some(({ role, state: { tag } }) => role !== 'target' && tag === 'working'), 3, 'a standing addition');
    await place.fault({ id, path: '/v5/order/cancel' });
    life.run.stop();
    const { why, left } = await life.ended;
    expect([why, left![0]!.side, life.stoodDown]).toEqual(['stopped', 1, true]);
    expect(await stopOf(place)).toBeGreaterThan(0);
    await place.admin('DELETE', '/faults');

    const next = await begin(place, { strategy: script.strategy, port: life.port, stoodDown: true });
    await next.until(() => isTrading(next), 3, 'trading');
    expect([isProtected(next), (await place.truth()).legs[0]!.orders.length]).toEqual([true, 0]);
    expect(await differences(place, next)).toEqual([]);
  });
});
