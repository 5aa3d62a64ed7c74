/** Rules of a symbol that change while it is traded, over the wire: what is told of them, and what orders are counted by meanwhile. */
import { afterEach, describe, expect, it } from 'vitest';
import { linear } from '../../sim/market.ts';
import { connectStage, enter, openStage } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
afterEach(async () => { await stage.close(); });

const listing = { transport: 'http', path: '/v5/market/instruments-info' } as const;
const create = { transport: 'http', path: '/v5/order/create' } as const;
/** From now on the exchange lists this. */
const relist = (set: Readonly<Record<string, unknown>>): void => { stage.exchange.faults.install([{ when: listing, times: null, effect: { tag: 'rows', how: 'edit', set } }], 3); };
const changes = (): readonly string[] => stage.events.flatMap((event) => (event.tag === 'instrument-changed' ? [event.change] : []));
async function look(): Promise<void> {
  stage.connection.lookAtRules();
  await stage.quiet();
}

describe('the rules of a symbol', () => {
  it.each([
    ['the tick', { priceFilter: { tickSize: '5' } }, 'tick 1, now 5'],
    ['the step and the least quantity', { lotSizeFilter: { qtyStep: '10', minOrderQty: '10' } }, 'quantity step 1, now 10; least quantity 1, now 10'],
    ['the least notional', { lotSizeFilter: { minNotionalValue: '250' } }, 'least notional 0, now 250'],
    ['the status', { status: 'Closed' }, 'status Trading, now Closed'],
    ['the tick, written differently', { priceFilter: { tickSize: '1.00' } }, ''],
  ])('%s: told once, with old and new, until it is as before', async (_what, set, change) => {
    stage = await openStage();
    await look();
    expect(changes()).toEqual([]);

    relist(set);
    await look();
    await look();
    expect(changes()).toEqual(change === '' ? [] : [change]);
    stage.exchange.faults.install([], 3);
    await look();

    expect(changes()).toEqual(change === '' ? [] : [change, '']);
  });
  it('that is not listed any more is told as such; one that cannot be read proves nothing', async () => {
    stage = await openStage();
    stage.exchange.faults.install([{ when: listing, times: 1, effect: { tag: 'refuse', code: 10_016, message: 'Server error.' } }], 3);
    await look();
    expect([changes(), stage.logged.filter((line) => line.includes('rules of a symbol')).length]).toEqual([[], 1]);

    stage.exchange.faults.install([{ when: listing, times: null, effect: { tag: 'rows', how: 'none' } }], 3);
    await look();
    expect(changes()).toEqual(['status Trading, now not listed']);
  });
  it('are read again after a refusal that they could explain, at most once in a minute, and not after one for want of margin', async () => {
    stage = await openStage();
    relist({ priceFilter: { tickSize: '5' } });
    const refuse = (code: number, message: string): void => {
      stage.exchange.faults.install([
        { when: create, times: null, effect: { tag: 'refuse', code, message } }, { when: listing, times: null, effect: { tag: 'rows', how: 'edit', set: { priceFilter: { tickSize: '5' } } } },
      ], 3);
    };
    refuse(110_007, 'ab not enough for new order');
    stage.send(enter(7));
    await stage.quiet();
    expect(changes()).toEqual([]);

    refuse(10_001, 'params error: price is not a multiple of the tick');
    stage.send(enter(8));
    await stage.quiet();
    expect(changes()).toEqual(['tick 1, now 5']);
    expect(stage.events.filter(({ tag }) => tag === 'order-rejected')).toMatchObject([{ reason: 'insufficient-margin' }, { reason: 'malformed' }]);
  });
  it('that changed between two starts change nothing of how a run that goes on counts: 8 lots of 0.5 are 4 where the exchange lists steps of 1', async () => {
    stage = await openStage();
    const { exchange } = stage;
    const rules = [{ ...linear().rules, qtyStep: '0.5' }];
    const later = connectStage(exchange, { rules });
    await later.connection.measureClock();
    await later.connection.instruments(['AAAUSDT']);
    expect(later.events).toMatchObject([{ tag: 'instrument-changed', symbol: 0, change: 'quantity step 0.5, now 1' }]);
    later.connection.readFrom(exchange.world.now);
    later.connection.venue.recover();
    await later.next('connected');

    later.send(enter(7, { lots: 8 as never }));
    await later.quiet();

    expect(later.events.find(({ tag }) => tag === 'execution')).toMatchObject({ lots: 8 });
    expect((await later.connection.legs())[0]).toMatchObject({ size: '4' });
    await later.connection.venue.close(0);
  });
});
