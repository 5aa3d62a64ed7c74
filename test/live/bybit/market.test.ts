/** The market as it goes on: bars once and in order, whatever the stream leaves out; marks, funding, what is stale. */
import { afterEach, describe, expect, it } from 'vitest';
import { fundingOf, flat, marketOf, minute, start } from '../../sim/market.ts';
import { connectStage, enter, openStage } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
afterEach(async () => { await stage.close(); });

const closes = (): readonly number[] => stage.events.flatMap((event) => (event.tag === 'bar-closed' ? [(event.closedAt - start) / minute] : []));
async function watched(wish: Parameters<typeof openStage>[0] = {}): Promise<void> {
  stage = await openStage(wish);
  const from = stage.exchange.world.now;
  stage.connection.watchMarket([from - (from % minute)]);
  await stage.next('mark-price');
}

describe('bars', () => {
  it('the market stream that begins is no break of the link; one that breaks is', async () => {
    await watched();
    expect(stage.events.map(({ tag }) => tag)).toEqual(['connected', 'mark-price']);

    stage.exchange.streams.cut('public', 1006);
    await stage.next('disconnected');
    expect(await stage.next('connected')).toMatchObject({ at: start });
  });
  it('each closed bar comes once and in order, at its close and with its prices', async () => {
    const bars = Array.from({ length: 50 }, (_, i) => [100 + i, 105 + i, 95 + i, 101 + i, 7] as const);
    await watched({ options: { market: { symbols: [marketOf({ bars })] } } });

    await stage.play(5);

    expect(closes()).toEqual([1, 2, 3, 4, 5]);
    expect(stage.events.find(({ tag }) => tag === 'bar-closed')).toMatchObject({
      symbol: 0, at: start + minute, openedAt: start, closedAt: start + minute, open: 100, high: 105, low: 95, close: 101, volume: 7,
      openTicks: 100, highTicks: 105, lowTicks: 95, closeTicks: 101,
    });
  });
  it('a bar whose close was lost is fetched before the next one is told', async () => {
    await watched();
    await stage.play(1);
    stage.fault('F59');

    await stage.play(3);

    expect(closes()).toEqual([1, 2, 3, 4]);
  });
  it('a bar told twice is told once', async () => {
    await watched();
    stage.fault('F60', { variant: 'twice' });

    await stage.play(3);

    expect(closes()).toEqual([1, 2, 3]);
  });
  it('bars that closed while the market stream was down are fetched, oldest first', async () => {
    await watched();
    await stage.play(1);

    stage.exchange.streams.cut('public', 1006);
    await stage.next('disconnected');
    await stage.exchange.pace.idle(stage.exchange.world.now + minute);
    await stage.exchange.pace.idle(stage.exchange.world.now + minute);
    await stage.next('connected');
    await stage.play(1);
    await stage.quiet();

    expect(closes()).toEqual([1, 2, 3, 4]);
  });
});

describe('marks and funding', () => {
  it('a mark is told when it changes, from the first whole ticker of a connection on', async () => {
    const bars = Array.from({ length: 50 }, (_, i) => flat(100 + (i >> 1)));
    await watched({ options: { market: { symbols: [marketOf({ bars })] } } });

    await stage.play(6);

    const marks = stage.events.flatMap((event) => (event.tag === 'mark-price' ? [event.markTicks] : []));
    expect(marks).toEqual([100, 101, 102]);
  });
  it('a stamp that is put off is no stamp', async () => {
    await watched({ options: { market: { symbols: [marketOf({
      bars: Array.from({ length: 50 }, () => flat(100)), funding: fundingOf([[start + 10 * minute, 0.0001]]),
    })] } } });
    await stage.play(1);
    stage.exchange.faults.install([{ when: { transport: 'public', topic: 'tickers' }, times: null, effect: { tag: 'edit', row: { nextFundingTime: String(start + 30 * minute) } } }], 3);
    stage.exchange.world.acts.jump('AAAUSDT', '101', 'last');

    await stage.play(2);

    expect(stage.events.filter(({ tag }) => tag === 'funding')).toEqual([]);
  });
  it('a position of 4 lots at 100 pays 0.04 at 0.01 %, once, also when it is read again', async () => {
    await watched({ options: { market: { symbols: [marketOf({
      bars: Array.from({ length: 50 }, () => flat(100)), funding: fundingOf([[start + 3 * minute, 0.0001]]),
    })] } } });
    stage.send(enter(1));
    await stage.quiet();
    await stage.play(5);
    stage.send({ tag: 'query-account', leg: 0 });
    await stage.quiet();

    const paid = stage.events.flatMap((event) => (event.tag === 'funding' && event.payment !== 0n ? [event.payment] : []));
    expect(paid).toEqual([-40_000_000_000n]);
  });
  it('a payment that an earlier life was told is not told again', async () => {
    await watched({ options: { market: { symbols: [marketOf({
      bars: Array.from({ length: 50 }, () => flat(100)), funding: fundingOf([[start + 3 * minute, 0.0001]]),
    })] } } });
    stage.send(enter(1));
    await stage.quiet();
    await stage.play(4);
    const second = connectStage(stage.exchange);
    await second.connection.instruments(['AAAUSDT']);
    second.connection.readFrom(stage.exchange.world.now - minute);

    second.send({ tag: 'query-account', leg: 0 });
    await second.next('account-snapshot');

    expect(second.events.filter(({ tag }) => tag === 'funding')).toEqual([]);
    await second.connection.venue.close(0);
  });
  it('a stamp of funding is told with its rate, and nothing is paid without a position', async () => {
    await watched({ options: { market: { symbols: [marketOf({
      bars: Array.from({ length: 50 }, () => flat(100)), funding: fundingOf([[start + 3 * minute, 0.0001], [start + 20 * minute, 0.0002]]),
    })] } } });

    await stage.play(5);

    expect(stage.events.filter(({ tag }) => tag === 'funding')).toMatchObject([
      { leg: 0, rate: 0.0001, settledAt: start + 3 * minute, nextAt: start + 20 * minute, payment: 0n },
    ]);
  });
});
