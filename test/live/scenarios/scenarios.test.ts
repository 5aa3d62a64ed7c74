/**
 * The compound scenarios S1 to S9 of the faults page, over the wire: several things go wrong at once, and at the end engine
 * and exchange agree, every position has its stop at the venue, and the mode is what it should be. S6 is `kills.test.ts`, S10
 * is `soak.test.ts`.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Intent } from '../../../engine/index.ts';
import { flat, fundingOf, marketOf, minute, start } from '../../sim/market.ts';
import type { Row } from '../../sim/market.ts';
import type { AnyScene } from '../../sim/scripted.ts';
import { begin, closeAll, cut, differences, isFlat, isProtected, isTrading, matchesOf, obedient, openPlace, positionOf } from './stage.ts';
import type { Life, Place, Script } from './stage.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  await closeAll();
});

/** 10,000 and 10,001 in turn; what `at` says from a bar on. */
function calm(bars: number, at: Readonly<Record<number, Row>> = {}): Row[] {
  return Array.from({ length: bars }, (_, i) => at[i] ?? flat(10_000 + i % 2));
}
const stepAt = (bar: number, ticks: number, bars = 300): Row[] => calm(bars).map((row, i) => (i < bar ? row : flat(ticks + i % 2)));

const opening = (side: 'long' | 'short', stop = 400) => ({ intents }: AnyScene): Intent => intents.enter({ side, qty: 4, stop: { distance: stop } });

async function opened(life: Life, { want }: Script, side: 'long' | 'short' = 'long'): Promise<void> {
  want(opening(side));
  await life.until(() => isProtected(life), 5, 'a protected position');
}

async function agreed(place: Place, life: Life): Promise<void> {
  expect(await differences(place, life)).toEqual([]);
}

/** Own orders that filled, by link. */
const linksOf = (place: Place): readonly string[] => [...new Set(matchesOf(place).map(({ orderLinkId }) => orderLinkId))];
const leftovers = async (place: Place): Promise<readonly unknown[]> => {
  const { legs: [leg] } = await place.truth();
  return [leg!.side * leg!.lots, leg!.orders.length];
};

describe('S1: a restart with a short position and the mark above the stop that is wanted', () => {
  it('the stop having been moved away by hand meanwhile: one reduce-only exit, flat, no halt', async () => {
    const place = await openPlace({ market: marketOf({ bars: stepAt(60, 10_600) }) });
    const script = obedient();
    const first = await begin(place, { strategy: script.strategy });
    await opened(first, script, 'short');
    await first.kill();
    await place.admin('POST', '/foreign-stop', { symbol: 'AAAUSDT', price: '12000' });
    while (place.exchange.world.now < start + 65 * minute) await place.admin('POST', '/idle', { until: start + 65 * minute });

    const life = await begin(place, { strategy: script.strategy, port: first.port });
    await life.until(() => isTrading(life) && isFlat(life), 5, 'flat');
    await life.play(3);

    expect(life.modes).not.toContain('halted');
    expect(await leftovers(place)).toEqual([0, 0]);
    expect(linksOf(place)).toEqual(['abcdef00-1', 'abcdef00-2']);
    await agreed(place, life);
  });

  it('the mark jumping over it while the stop is on its way (F38): the same', async () => {
    const place = await openPlace({ market: marketOf({ bars: stepAt(60, 10_300) }) });
    const script = obedient();
    const first = await begin(place, { strategy: script.strategy });
    await opened(first, script, 'short');
    await first.kill();
    await place.admin('POST', '/foreign-stop', { symbol: 'AAAUSDT', price: '12000' });
    while (place.exchange.world.now < start + 65 * minute) await place.admin('POST', '/idle', { until: start + 65 * minute });
    await place.fault({ id: 'F38', percent: 5 });

    const life = await begin(place, { strategy: script.strategy, port: first.port });
    await life.until(() => isTrading(life) && isFlat(life), 5, 'flat');
    await life.play(3);

    expect(await place.admin('GET', '/faults')).toMatchObject({ count: 1 });
    expect(life.modes).not.toContain('halted');
    expect(await leftovers(place)).toEqual([0, 0]);
    expect(linksOf(place)).toEqual(['abcdef00-1', 'abcdef00-2']);
    await agreed(place, life);
  });
});

describe('S2: the reply to an exit is lost, the stop fires before it, cancels are late', () => {
  it('exactly flat, never reversed, nothing left standing', async () => {
    const place = await openPlace({ market: marketOf({ bars: calm(300) }) });
    const script = obedient();
    const life = await begin(place, { strategy: script.strategy });
    script.want(({ bar, intents }) => intents.enter({ side: 'long', qty: 4, stop: { distance: 400 }, targets: [{ price: bar.close + 300, fraction: 0.5 }] }));
    await life.until(() => isProtected(life) && life.state.legs[0]!.orders.some(({ role, state: { tag } }) => role === 'target' && tag === 'working'), 5);
    const create = { transport: 'http', method: 'POST', path: '/v5/order/create' };
    await place.admin('POST', '/faults', {
      faults: [
        { id: 'stop fires', when: { ...create, has: { orderType: 'Market' } }, effect: { tag: 'jump', kind: 'both', percent: -8 } },
        { id: 'F02', when: { ...create, has: { orderType: 'Market' } }, effect: { tag: 'unanswered' } },
        { id: 'late cancel', when: { transport: 'http', path: '/v5/order/cancel' }, times: null, effect: { tag: 'late', ms: 60 } },
      ],
    });
    script.want(({ intents }) => intents.exit('enough'));
    await life.until(() => isFlat(life) && life.state.legs[0]!.orders.length === 0, 10, 'flat without orders');
    await life.play(3);

    expect(await leftovers(place)).toEqual([0, 0]);
    const sold = matchesOf(place).filter(({ side }) => side === 'Sell').reduce((sum, { execQty }) => sum + Number(execQty), 0);
    expect(sold).toBe(4);
    expect(life.modes.at(-1)).toBe('trading');
    await agreed(place, life);
  });

  it('the exit finds the position closed a moment before (F34): the same', async () => {
    const place = await openPlace({ market: marketOf({ bars: calm(300) }) });
    const script = obedient();
    const life = await begin(place, { strategy: script.strategy });
    await opened(life, script);
    await place.fault({ id: 'F34' }, { id: 'F02', nth: 1 });
    script.want(({ intents }) => intents.exit('enough'));
    await life.until(() => isFlat(life) && life.state.legs[0]!.orders.length === 0, 10, 'flat without orders');
    await life.play(2);

    expect(await leftovers(place)).toEqual([0, 0]);
    await agreed(place, life);
  });
});

describe('S3: an entry fills while the account\'s stream is away, and the first reconnect is dropped while authenticating (F51)', () => {
  it('the position is found and protected within 10 s of the recovery', async () => {
    const place = await openPlace({ market: marketOf({ bars: stepAt(30, 9_900) }) });
    const script = obedient();
    const life = await begin(place, { strategy: script.strategy });
    script.want(({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 9_950, qty: 4, stop: 9_500, validFor: 30 }));
    await life.until(() => life.state.legs[0]!.orders.some(({ state: { tag } }) => tag === 'working'), 5, 'a standing entry');
    await life.until(() => life.now >= start + 30 * minute - 5_000, 20);
    await place.fault({ id: 'F55', times: null });
    await cut(place, life, 'private');
    const downAt = life.now;
    life.lostStepMs = 5_000;
    await life.play(0.5);
    life.lostStepMs = 50;
    await place.fault({ id: 'F51', times: 1 });
    await life.until(() => life.state.link.tag === 'up', 3, 'the link up');
    const upAt = life.now;
    await life.until(() => isProtected(life), 1, 'a protected position');

    expect(await place.admin('GET', '/faults')).toMatchObject({ count: 1 });
    expect(upAt - downAt).toBeGreaterThanOrEqual(30_000);
    expect(life.now - upAt).toBeLessThanOrEqual(10_000);
    expect(positionOf(life)).toMatchObject({ side: 1, lots: 4 });
    await life.until(() => isTrading(life), 2, 'trading');
    expect(life.notices.map(({ cause }) => cause)).toContain('link');
    await agreed(place, life);
  });
});

describe('S4: too many requests (10006) while a stop has to be moved', () => {
  it('the old stop stays until the move gets through, and it is the first that does', async () => {
    const place = await openPlace({ market: marketOf({ bars: calm(300) }) });
    const script = obedient();
    const life = await begin(place, { strategy: script.strategy });
    await opened(life, script);
    const shown = new Set<string>();
    const { world } = place.exchange;
    const { published } = world;
    world.published = (push) => {
      if (push.topic === 'position') for (const row of push.rows) if (Number(row['size']) > 0) shown.add(String(row['stopLoss']));
      published(push);
    };
    const before = (await place.truth()).legs[0]!.slTicks;
    await place.fault({ id: 'F10', path: '/v5/position/trading-stop', times: 2, ms: 100 }, { id: 'F10', path: '/v5/order/create', times: 2, ms: 100 });
    script.want(({ intents }) => intents.moveStop(before + 100));
    await life.until(() => isProtected(life) && life.state.legs[0]!.position.tag === 'open' && positionOf(life)!.wantedStop === before + 100, 3, 'the stop moved');

    expect((await place.truth()).legs[0]!.slTicks).toBe(before + 100);
    expect([...shown]).toEqual([String(before + 100)]);
    const { fired } = await place.admin<{ readonly fired: readonly { readonly what: string }[] }>('GET', '/faults');
    expect(fired.map(({ what }) => what)).toEqual(['POST /v5/position/trading-stop', 'POST /v5/position/trading-stop']);
    expect(life.modes.at(-1)).toBe('trading');
    await agreed(place, life);
  });
});

describe('S5: the address is banned (403) while a position is open', () => {
  it('no request for ten minutes, decisions go on by the streams, the stop stays at the venue, then it goes on', async () => {
    const place = await openPlace({ market: marketOf({ bars: calm(300) }) });
    const script = obedient();
    const life = await begin(place, { strategy: script.strategy });
    await opened(life, script);
    const before = (await place.truth()).legs[0]!.slTicks;
    await place.admin('POST', '/faults', { faults: [{ id: 'F11', when: { transport: 'http' }, times: null, effect: { tag: 'substitute', httpStatus: 403, body: '<html>access too frequent</html>' } }] });
    const decisions = life.state.decisionSequence;
    script.want(({ intents }) => intents.moveStop(before + 50));
    await life.play(5);
    const { count } = await place.admin<{ readonly count: number }>('GET', '/faults');

    expect(life.state.decisionSequence - decisions).toBe(5);
    expect(count).toBeLessThanOrEqual(5); // one reading of one leg is five requests at once
    expect((await place.truth()).legs[0]!.slTicks).toBe(before);
    expect(life.logs.filter((line) => line.includes('bans this address')).length).toBeGreaterThan(0);
    await place.admin('DELETE', '/faults');
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + 600_001);
    await life.play(2);
    script.want(({ intents }) => intents.moveStop(before + 70));
    await life.play(2);

    expect((await place.truth()).legs[0]!.slTicks).toBe(before + 70);
    await agreed(place, life);
  });
});

describe('S7: the client\'s clock is 1.2 s ahead at the start and is set back while it trades', () => {
  it('requests refused for their time are put right by the exchange\'s own clock: it enters, moves its stop and leaves', async () => {
    const place = await openPlace({ market: marketOf({ bars: calm(300) }) });
    await place.fault({ id: 'F12', ms: 1_200 });
    const script = obedient();
    const life = await begin(place, { strategy: script.strategy });
    await life.until(() => isTrading(life), 2, 'trading');
    await opened(life, script);
    const { count } = await place.admin<{ readonly count: number }>('GET', '/faults');
    expect(count).toBeGreaterThan(0);
    await place.fault({ id: 'F14', ms: 3_000, times: null });
    const before = (await place.truth()).legs[0]!.slTicks;
    script.want(({ intents }) => intents.moveStop(before + 100));
    await life.play(2);
    expect((await place.truth()).legs[0]!.slTicks).toBe(before + 100);
    await place.admin('DELETE', '/faults');
    script.want(({ intents }) => intents.exit('enough'));
    await life.until(() => isFlat(life), 3, 'flat');

    expect(life.modes).not.toContain('halted');
    await agreed(place, life);
  });
});

describe('S8: a gap through the stop, filled in parts, with funding in the same millisecond', () => {
  it('flat after the last part, every part and the payment counted once', async () => {
    const bars = calm(300);
    for (let i = 60; i < 300; i++) bars[i] = [9_300, 9_300, 9_300, 9_300, 20];
    const stamp = start + 60 * minute;
    const place = await openPlace({ market: marketOf({ bars, funding: fundingOf([[stamp, 0.001]]) }), config: { participation: 0.05 } });
    const script = obedient();
    const life = await begin(place, { strategy: script.strategy });
    script.want(opening('long'));
    await life.until(() => isProtected(life), 5, 'a protected position');
    await life.until(() => isFlat(life), 80, 'flat');
    await life.play(2);

    const matches = matchesOf(place);
    expect(matches.filter(({ side }) => side === 'Buy')).toHaveLength(1);
    expect(matches.filter(({ side }) => side === 'Sell')).toHaveLength(4);
    // 4 lots held at the stamp: at 9,300 or 10,001 and a rate of 0.1 % some 37 to 40 of 10,000 are paid.
    expect(Number(life.state.wallet.balance) / 1e12).toBeLessThan(10_000 - 4 * 700 - 37);
    await agreed(place, life);
  });
});

describe('S9: somebody acts in the app while the engine finds out what there is', () => {
  it.each(['close-by-hand', 'trade-by-hand', 'stop-by-hand', 'leverage-by-hand'] as const)('%s: position, stop and wallet are the exchange\'s, and no position is bare', async (tag) => {
    const place = await openPlace({ market: marketOf({ bars: calm(300) }), config: { cash: 1_000_000 } });
    const script = obedient();
    const first = await begin(place, { strategy: script.strategy });
    await opened(first, script);
    await first.kill();
    const own = { 'close-by-hand': { percent: 50 }, 'trade-by-hand': { side: 'Buy', size: '3' }, 'stop-by-hand': { percent: -2 }, 'leverage-by-hand': { leverage: '5' } }[tag];
    await place.admin('POST', '/faults', { faults: [{ id: 'S9', when: { transport: 'http', path: '/v5/execution/list' }, effect: { tag, ...own } }] });

    const life = await begin(place, { strategy: script.strategy, port: first.port });
    await life.play(3);

    const { legs: [leg] } = await place.truth();
    expect(leg!.lots).toBe({ 'close-by-hand': 2, 'trade-by-hand': 7, 'stop-by-hand': 4, 'leverage-by-hand': 4 }[tag]);
    expect([isProtected(life), leg!.slTicks > 0]).toEqual([true, true]);
    expect(await place.admin('GET', '/faults')).toMatchObject({ count: 1 });
    await agreed(place, life);
  });
});
