/**
 * Every fault of the catalogue that can be set, while a small day of trading goes over the wire. Whatever it does: each
 * request ends, nothing of the connector itself fails, no fill is lost and none counted twice, and once the fault is over
 * a reading shows what is true.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { AccountSnapshot, Event, Execution } from '../../../engine/index.ts';
import { catalogue } from '../../../live/exchange/index.ts';
import { flat, marketOf } from '../../sim/market.ts';
import { enter, openStage, reduce } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
afterEach(async () => { await stage.close(); });

/** Wall times that would make a test wait: shorter, and still longer than the client waits. */
const shorter: Readonly<Record<string, number>> = { F03: 500, F13: 500, F17: 400, F29: 100, F60: 300, F76: 300 };
/** Left out: an address that is shut out answers nothing for ten minutes, also afterwards. Its own test is in `orders.test.ts`. */
const leftOut: readonly string[] = ['F11'];
const cases = catalogue.flatMap((entry) => ('plan' in entry && !leftOut.includes(entry.id)
  ? (entry.variants.length === 0 ? [undefined] : entry.variants).map((variant) => [entry.id, variant ?? '', entry.title] as const) : []));

const resting = { type: 'limit', priceTicks: 95, timeInForce: 'GTC' } as const;
const stopAt = (triggerTicks: number) => ({ tag: 'set-stop', leg: 0, triggerTicks, by: 'mark', trailTicks: 0, activeTicks: 0 } as const);

async function trade(): Promise<void> {
  stage.send(enter(1));
  await stage.quiet();
  stage.send(stopAt(92), enter(2, resting));
  stage.send({ tag: 'query-account', leg: 0 });
  await stage.quiet();
  stage.send({ tag: 'amend', leg: 0, order: 2, priceTicks: 94, lots: 3 as never });
  await stage.play(1);
  stage.send({ tag: 'cancel', leg: 0, order: 2 }, enter(3, { ...resting, priceTicks: 99, timeInForce: 'PostOnly' }));
  stage.send(reduce(4, { lots: 2 as never }));
  await stage.play(2);
  stage.send(reduce(5, { ...resting, priceTicks: 104, lots: 1 as never }), { tag: 'query-account', leg: 0 });
  await stage.quiet();
}

/** A whole reading, once there is one. */
async function wholeReading(): Promise<AccountSnapshot> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const before = stage.events.length;
    stage.send({ tag: 'query-account', leg: 0 });
    await stage.quiet();
    const reading = stage.events.slice(before).findLast((event): event is AccountSnapshot => event.tag === 'account-snapshot');
    if (reading !== undefined && ![reading.position, reading.openOrders, reading.ended, reading.executions].includes('unknown')) return reading;
    await new Promise((resolve) => { setTimeout(resolve, 60); });
  }
  throw new Error('no whole reading');
}

const executionsOf = (events: readonly Event[]): readonly Execution[] => [...new Map(events
  .flatMap((event) => (event.tag === 'execution' ? [event] : event.tag === 'account-snapshot' && event.executions !== 'unknown' ? event.executions : []))
  .map((one) => [one.id, one])).values()];

describe(`${cases.length} forms of ${new Set(cases.map(([id]) => id)).size} faults`, () => {
  it.each(cases)('%s %s (%s)', async (id, variant) => {
    const bars = Array.from({ length: 200 }, (_, i) => flat(100 + (i % 2)));
    stage = await openStage({ timing: { requestMs: 300, subscribeMs: 300, pongMs: 300 }, options: { market: { symbols: [marketOf({ bars })] } } });
    const began = stage.exchange.world.now;
    stage.connection.watchMarket([began]);
    await stage.next('mark-price');
    stage.fault(id, { ...(variant === '' ? {} : { variant }), ...(shorter[id] === undefined ? {} : { ms: shorter[id] }) });

    await trade();
    stage.exchange.faults.clear();
    await new Promise((resolve) => { setTimeout(resolve, shorter[id] ?? 0); });
    const reading = await wholeReading();

    const [truth] = stage.exchange.world.truth()['legs'] as readonly { readonly side: number; readonly lots: number; readonly slTicks: number; readonly orders: readonly { readonly link: string; readonly order: number }[] }[];
    const held = executionsOf(stage.events).reduce((sum, { side, lots }) => sum + side * lots, 0);
    expect(held).toBe(truth!.side * truth!.lots);
    expect(reading.position).toMatchObject({ side: truth!.side, lots: truth!.lots });
    expect(reading.stop === 'unknown' || reading.stop === null ? 0 : reading.stop.triggerTicks).toBe(truth!.slTicks);
    expect(reading.openOrders).toHaveLength(truth!.orders.length);
    expect(stage.connection.venue.underWay).toBe(0);
    for (const order of [1, 2, 3, 4, 5]) expect(stage.events.some((event) => 'order' in event && event.order === order), `a word on order ${order}`).toBe(true);
    expect(stage.logged.filter((line) => /connector itself|could not be taken in/.test(line))).toEqual([]);
    expect(stage.events.every(({ at }) => Number.isFinite(at))).toBe(true);
  }, 20_000);
});
