/** What is asked before anything is sent: instruments, key, account, legs, fees, clock, candles. */
import { afterEach, describe, expect, it } from 'vitest';
import { VenueError } from '../../../live/index.ts';
import { marketOf, minute, start } from '../../sim/market.ts';
import { enter, openStage } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
afterEach(async () => { await stage.close(); });

const bars = Array.from({ length: 3_000 }, (_, i) => [100 + i, 105 + i, 95 + i, 101 + i, i + 1] as const);
const opened = async (startAt: number): Promise<void> => { stage = await openStage({ options: { market: { symbols: [marketOf({ bars })] }, startAt } }); };

describe('facts', () => {
  it('the instrument as it is listed', async () => {
    stage = await openStage({ options: { maxLots: 500, maxMarketLots: 100 } });

    const [listed] = await stage.connection.instruments(['AAAUSDT']);

    expect(listed).toMatchObject({ status: 'Trading', maxLots: 500, maxMarketLots: 100, fundingMs: 28_800_000, deliveryAt: null });
    expect(listed!.rules).toMatchObject({ symbol: 'AAAUSDT', kind: 'linear', base: 'AAA', quote: 'USDT', settle: 'USDT', tick: '1', qtyStep: '1', minQty: '1', takerRate: '0.001', makerRate: '0.0005' });
    await expect(stage.connection.instruments(['NONEUSDT'])).rejects.toBeInstanceOf(VenueError);
  });
  it('a key that may trade and no more, and one of which the exchange says otherwise', async () => {
    stage = await openStage({ options: { keyFacts: { permissions: { ContractTrade: ['Order', 'Position'], Wallet: ['AccountTransfer', 'Withdraw'] }, readOnly: 1, deadlineDay: 9 } } });

    expect(await stage.connection.key()).toMatchObject({ canTrade: true, canWithdraw: true, canTransfer: true, readOnly: true, daysLeft: 9 });
    stage.fault('F83', { variant: 'no-trade' });
    expect(await stage.connection.key()).toMatchObject({ canTrade: false });
  });
  it('isolated margin is set when flat and refused while a position is open', async () => {
    stage = await openStage({ options: { marginMode: 'REGULAR_MARGIN' } });

    expect(await stage.connection.account()).toMatchObject({ marginMode: 'cross', balance: '10000' });
    await stage.connection.setIsolated();
    await stage.connection.setIsolated();
    expect((await stage.connection.account()).marginMode).toBe('isolated');
  });
  it('leverage is set and read back; set where it is already it is set as well', async () => {
    stage = await openStage();

    await stage.connection.setLeverage('AAAUSDT', '3');
    await stage.connection.setLeverage('AAAUSDT', '3');

    expect(await stage.connection.legs()).toMatchObject([{ symbol: 'AAAUSDT', leverage: '3', side: 0, mode: 'one-way', reduceOnly: false, orders: [] }]);
    stage.fault('F82', { variant: 'leverage' });
    await expect(stage.connection.setLeverage('AAAUSDT', '4')).rejects.toMatchObject({ kind: 'refused', code: 110013 });
  });
  it('a leg with its position, its stop and the orders that are not the position\'s own', async () => {
    stage = await openStage();
    stage.send(enter(7), enter(8, { type: 'limit', priceTicks: 95, timeInForce: 'GTC' }));
    await stage.quiet();

    const [leg] = await stage.connection.legs();

    expect(leg).toMatchObject({ side: 1, size: '4', stopLoss: '90', mode: 'one-way' });
    expect(leg!.orders.map(({ link }) => link)).toEqual(['abcdef00-8']);
  });
  it('hedge mode is seen, and a margin mode that nobody knows', async () => {
    stage = await openStage();
    stage.fault('F81', { variant: 'hedge' });
    expect((await stage.connection.legs())[0]!.mode).toBe('hedge');

    stage.exchange.faults.install([{ when: { transport: 'http', path: '/v5/account/info' }, times: null, effect: { tag: 'envelope', result: { marginMode: 'MOON_MARGIN' } } }], 3);
    expect((await stage.connection.account()).marginMode).toBe('unrecognised');
  });
  it.each(['404', '10001'])('fees that are not served (%s) are null', async (variant) => {
    stage = await openStage();
    expect(await stage.connection.fees('AAAUSDT')).toEqual({ symbol: 'AAAUSDT', takerRate: '0.001', makerRate: '0.0005' });

    stage.fault('F19', { variant });

    expect(await stage.connection.fees('AAAUSDT')).toBeNull();
  });
  it('a server clock 3 s ahead is measured as such, and requests are taken with it', async () => {
    stage = await openStage();
    stage.fault('F14', { ms: 3_000, times: null });

    const { offsetMs } = await stage.connection.measureClock();

    expect(Math.abs(offsetMs - 3_000)).toBeLessThan(300);
    expect(await stage.connection.account()).toMatchObject({ marginMode: 'isolated' });
  });
});

describe('candles', () => {
  it.each(['', 'repeated-row'])('2,500 of them over three pages, oldest first and without a hole %s', async (variant) => {
    await opened(start + 2_800 * minute);
    if (variant !== '') stage.fault('F63', { variant });

    const candles = await stage.connection.candles({ symbol: 'AAAUSDT', kind: 'last', intervalMs: minute, until: start + 2_800 * minute, count: 2_500 });

    expect(candles).toHaveLength(2_500);
    expect(candles[0]).toEqual({ openedAt: start + 300 * minute, closesAt: start + 301 * minute, open: 400, high: 405, low: 395, close: 401, volume: 301 });
    expect(candles.every(({ openedAt }, i) => openedAt === start + (300 + i) * minute)).toBe(true);
  });
  it('of a market that is younger all there are, and none that is not closed', async () => {
    await opened(start + 10 * minute);

    const candles = await stage.connection.candles({ symbol: 'AAAUSDT', kind: 'last', intervalMs: minute, until: start + 10 * minute, count: 50 });

    expect(candles.map(({ closesAt }) => (closesAt - start) / minute)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
