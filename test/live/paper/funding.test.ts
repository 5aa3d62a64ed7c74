/** Funding of a paper account that no ticker told: read from the history of the exchange, booked once. */
import { afterEach, describe, expect, it } from 'vitest';
import { runConfig } from '../../../engine/index.ts';
import type { Event } from '../../../engine/index.ts';
import type { Clock } from '../../../live/index.ts';
import { openPaper } from '../../../live/paper/index.ts';
import { flat, fundingOf, linear, marketOf, minute, start } from '../../sim/market.ts';
import { openStage } from '../bybit/stage.ts';
import type { Stage } from '../bybit/stage.ts';

let stage: Stage;
afterEach(async () => { await stage.close(); });

/** 250 stamps, a minute between them, from the 10th minute on. */
const stamps = Array.from({ length: 250 }, (_, i) => [start + (10 + i) * minute, (i + 1) / 1e6] as const);
const market = marketOf({ bars: Array.from({ length: 400 }, () => flat(100)), funding: fundingOf(stamps) });

describe('funding from the history', () => {
  it('comes oldest first and whole, over pages of 200, and only between its bounds', async () => {
    stage = await openStage({ options: { market: { symbols: [market] } } });
    await stage.play(300);
    const wish = { symbol: 'AAAUSDT', from: start + 11 * minute, until: start + 258 * minute };

    const found = await stage.connection.fundings(wish);

    // The second to the 249th.
    expect([found.length, found[0], found.at(-1)]).toEqual([248, { settledAt: wish.from, rate: 2e-6 }, { settledAt: wish.until, rate: 249e-6 }]);
    expect(found.every(({ settledAt }, i) => settledAt === wish.from + i * minute)).toBe(true);
  });
  it('is asked for when the stream comes back: a stamp of meanwhile is booked in its bar, once', async () => {
    stage = await openStage({ options: { market: { symbols: [market] } } });
    await stage.play(9);
    const told: Event[] = [];
    const now = (): number => stage.exchange.world.now;
    const clock: Clock = { isStepped: true, now, rest: () => Promise.resolve(), interrupt: () => {}, close: () => {} };
    const { connection: paper } = await openPaper({
      market: stage.connection, clock, rules: [linear().rules], config: runConfig.parse({}), barMs: minute, journal: [], tell: (event) => told.push(event), log: () => {},
    });
    const last = paper.now();
    paper.heard({ tag: 'connected', at: now() });
    await stage.play(2.5);
    expect(paper.venue.underWay).toBe(0);
    for (const _ of [1, 2]) paper.heard({ tag: 'connected', at: now() });
    while (paper.venue.underWay > 0) await paper.settled().then(() => new Promise((resolve) => { setImmediate(resolve); }));

    for (let openedAt = last; openedAt < last + 3 * minute; openedAt += minute) {
      paper.heard({
        tag: 'bar-closed', at: openedAt + minute, symbol: 0, openedAt, closedAt: openedAt + minute, open: 100, high: 100, low: 100, close: 100, volume: 0,
        openTicks: 100, highTicks: 100, lowTicks: 100, closeTicks: 100,
      });
    }
    while (paper.venue.underWay > 0) await new Promise((resolve) => { setImmediate(resolve); });
    while (told.filter(({ tag }) => tag === 'bar-closed').length < 3) await paper.rest(Number.POSITIVE_INFINITY);

    expect(told.flatMap((event) => (event.tag === 'funding' ? [[(event.settledAt - start) / minute, event.rate]] : []))).toEqual([[10, 1e-6], [11, 2e-6]]);
  });
});
