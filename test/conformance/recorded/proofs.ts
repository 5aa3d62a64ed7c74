/** What recorded frames show of the list, and why they do not show the rest. Expected values are read off the frames. */
import { expect } from 'vitest';
import type { Command, Event, Lots } from '../../../engine/index.ts';
import type { Behaviour } from '../behaviours.ts';
import { framesOf, own, pushed, refusal, withRecorded } from './frames.ts';
import type { Bodies } from './frames.ts';

const told = (events: readonly Event[], tag: Event['tag']): readonly Event[] => events.filter((event) => event.tag === tag);
const enter: Command = {
  tag: 'enter', leg: 0, order: own, side: 1, lots: 10 as Lots, type: 'limit', priceTicks: 600_000, timeInForce: 'GTC', triggerTicks: 0, triggerBy: 'last',
  triggerDirection: 0, stopTicks: 0, stopBy: 'mark',
};
const exit: Command = { tag: 'reduce', leg: 0, order: own, side: -1, lots: 10 as Lots, type: 'market', priceTicks: 0, timeInForce: 'IOC', reduceOnly: true };
const stop = (triggerTicks: number): Command => ({ tag: 'set-stop', leg: 0, triggerTicks, by: 'mark', trailTicks: 0, activeTicks: 0 });

/** A command that is answered like this leads to this event. */
function answered(path: string, body: Bodies[string], command: Command, event: object): () => Promise<void> {
  return () => withRecorded({ [path]: body }, async ({ connection, events, did }) => {
    await connection.instruments(['BTCUSDT']);
    await did(command);
    expect(events[0]).toMatchObject(event);
    expect(told(events, 'request-failed')).toEqual(events[0]!.tag === 'request-failed' ? [events[0]] : []);
  });
}
const create = '/v5/order/create';
const rejected = (words: string, command: Command, reason: string): (() => Promise<void>) =>
  () => answered(create, refusal(words), command, { tag: 'order-rejected', order: own, reason })();

const silence = 'an answer that never came leaves no frame';
const noFrame = (what: string): string => `no recorded frame shows ${what}`;

const limitStandsShown: () => Promise<void> | void = () => {
  expect(pushed(framesOf('seq_synthetic_cancel_vs_fill').slice(0, 1))).toMatchObject([{ tag: 'order-accepted', leg: 0, order: own }]);
};
const marketFillsShown: () => Promise<void> | void = () => {
  const frames = framesOf('seq_synthetic_cancel_vs_fill');

  const events = pushed([...frames, ...frames]);
  expect(events).toMatchObject([
    { tag: 'order-accepted', order: own },
    { tag: 'execution', order: own, id: 'e-0002', side: 1, lots: 10, priceTicks: 600_000, liquidity: 'maker', leavesLots: 0, fee: 120_000_000_000n },
  ]);
};
const cancelShown: () => Promise<void> | void = () => {
  expect(pushed(framesOf('ws_order_cancelled'), true)).toMatchObject([{ tag: 'order-cancelled', order: own, cause: 'requested', filled: 0 }]);
};
const cancelKeepsFillsShown: () => Promise<void> | void = () => {
  expect(pushed(framesOf('seq_synthetic_partial_then_cancel_linear'), true)).toMatchObject([
    { tag: 'order-accepted', order: own }, { tag: 'execution', order: own, lots: 4, leavesLots: 6 },
    { tag: 'order-cancelled', order: own, cause: 'requested', filled: 4 },
  ]);
};
const ridingStopShown: () => Promise<void> | void = () => {
  expect(pushed(framesOf('seq_synthetic_stop_loss_triggered').slice(0, 3))).toMatchObject([{ tag: 'stop-set', leg: 0, triggerTicks: 590_000, by: 'mark' }]);
};
const stopFiresShown: () => Promise<void> | void = () => {
  const events = pushed(framesOf('seq_synthetic_stop_loss_triggered'));
  expect(told(events, 'execution')).toMatchObject([{ order: -1, cause: 'stop', side: -1, lots: 10, priceTicks: 589_900, leavesLots: 0 }]);
};
const stopWithoutPositionShown: () => Promise<void> | void = () => answered('/v5/position/trading-stop', refusal('can not set tp/sl/ts for zero'), stop(480_000), { tag: 'stop-refused', reason: 'no-position' })();
const postOnlyShown: () => Promise<void> | void = () => {
  expect(pushed(framesOf('seq_synthetic_post_only_cancel'))).toMatchObject([{ tag: 'order-cancelled', order: own, cause: 'post-only-would-take', filled: 0 }]);
};
const iocPartShown: () => Promise<void> | void = () => {
  expect(pushed(framesOf('seq_synthetic_ioc_partial_cancel'))).toMatchObject([ // an order at market, so that the cause is its volume
    { tag: 'execution', order: own, lots: 4, leavesLots: 6 }, { tag: 'order-cancelled', order: own, cause: 'no-volume', filled: 4 },
  ]);
};
const readingEqualsShown: () => Promise<void> | void = () => withRecorded({ '/v5/order/realtime': 'http_order_realtime_tp_sl', '/v5/execution/list': 'http_execution_list_multi' }, async ({ connection, did, events }) => {
  await connection.instruments(['BTCUSDT']);
  connection.readFrom(1_672_282_722_429);
  await did({ tag: 'query-account', leg: 0 });

  const [reading] = events;
  expect(events).toHaveLength(1);
  expect(reading).toMatchObject({
    tag: 'account-snapshot', position: { side: 1, lots: 500, entryTicks: 500_000, cost: 25_000_000_000_000_000n }, stop: { triggerTicks: 480_000 },
    openOrders: [{ side: -1, lots: 500, reduceOnly: true }, { side: -1, lots: 500, reduceOnly: true }],
    executions: [{ order: own, side: 1, lots: 100, priceTicks: 500_000, liquidity: 'maker', fee: 15_000_000_000n }],
  });
});
const cancelGoneShown: () => Promise<void> | void = () => answered('/v5/order/cancel', refusal('order not exists or too late to cancel'), { tag: 'cancel', leg: 0, order: own },
  { tag: 'request-failed', of: 'cancel', certainty: 'not-applied', reason: 'no-order' })();
const walletShown: () => Promise<void> | void = () => withRecorded({ '/v5/account/info': 'http_account_info', '/v5/account/wallet-balance': 'http_wallet_balance_usdt' }, async ({ connection }) => {
  expect(pushed(framesOf('ws_wallet_nautilus'))).toMatchObject([{ tag: 'wallet', balance: 9_647_755_376_470_000n }]);
  expect(await connection.account()).toMatchObject({ balance: '1000.50', equity: '1000.50' });
});
const rulesShown: () => Promise<void> | void = async () => {
  await withRecorded({}, async ({ connection }) => {
    const [listed] = await connection.instruments(['BTCUSDT']);
    expect(listed).toMatchObject({
      status: 'Trading', maxLots: 1_190_000, maxMarketLots: 500_000, fundingMs: 28_800_000,
      rules: { symbol: 'BTCUSDT', kind: 'linear', settle: 'USDT', tick: '0.1', qtyStep: '0.001', minQty: '0.001', minNotional: '5', maxLeverage: '100' },
    });
  });
  await withRecorded({ '/v5/market/instruments-info': 'http_instruments_inverse' }, async ({ connection }) => {
    const [listed] = await connection.instruments(['BTCUSD']);
    expect(listed).toMatchObject({
      maxLots: 1_000_000, maxMarketLots: 500_000,
      rules: { symbol: 'BTCUSD', kind: 'inverse', settle: 'BTC', tick: '0.5', qtyStep: '1', minQty: '1', minNotional: '0' },
    });
    // 0.5 beside an initial margin of 1 at 100 times is in percent
    expect(listed!.rules.tiers).toEqual([{ limit: '150', mmr: '0.005', deduction: '0' }]);
  }, 'inverse');
};
const clockShown: () => Promise<void> | void = () => withRecorded({ '/v5/market/time': 'http_market_time' }, async ({ connection }) => {
  const { offsetMs } = await connection.measureClock();
  expect(Math.abs(Date.now() + offsetMs - 1_688_639_403_423)).toBeLessThan(5_000);
});
const leverageShown: () => Promise<void> | void = () => withRecorded({ '/v5/position/set-leverage': 'http_set_leverage_ok' }, async ({ connection }) => {
  await connection.setLeverage('BTCUSDT', '10');
  expect((await connection.legs())[0]!.leverage).toBe('10');
  await expect(connection.setLeverage('BTCUSDT', '5')).rejects.toThrow('reads 10 after it was set to 5');
});
const marginModeShown: () => Promise<void> | void = () => withRecorded({ '/v5/account/info': 'http_account_info', '/v5/account/wallet-balance': 'http_wallet_balance_usdt' }, async ({ connection }) => {
  expect((await connection.account()).marginMode).toBe('cross');
  expect((await connection.legs())[0]!.mode).toBe('one-way');
});
const twoSymbolsShown: () => Promise<void> | void = () => {
  const frames = framesOf('ws_position_short'); // one of ETHUSDT, among frames of BTCUSDT
  expect(pushed([...frames, ...framesOf('seq_synthetic_stop_loss_triggered').slice(0, 3), ...frames])).toMatchObject([{ tag: 'stop-set', leg: 0, triggerTicks: 590_000 }]);
};

export const recordedProofs: Readonly<Record<Behaviour, string | (() => Promise<void> | void)>> = {
  'limit-stands': limitStandsShown,
  'market-fills': marketFillsShown,
  'amend-price': noFrame('an order amended'),
  'amend-lots': noFrame('an order amended'),
  'amend-same': noFrame('an order amended to what it was'),
  cancel: cancelShown,
  'cancel-keeps-fills': cancelKeepsFillsShown,
  'same-link': rejected('OrderLinkedID is duplicate', enter, 'duplicate-link'),
  'riding-stop': ridingStopShown,
  'stop-tightened': noFrame('one position with two stops, one after the other'),
  'stop-same': answered('/v5/position/trading-stop', 'http_error_34040_not_modified', stop(480_000), { tag: 'stop-unchanged', triggerTicks: 480_000 }),
  'stop-removed': noFrame('a stop taken away from an open position'),
  'stop-fires': stopFiresShown,
  'stop-through': answered('/v5/position/trading-stop', 'http_error_10001_sl_breached_short', stop(480_000), { tag: 'stop-refused', triggerTicks: 480_000, reason: 'through-trigger' }),
  'stop-without-position': stopWithoutPositionShown,
  'reduce-never-flips': noFrame('a reduce-only order larger than its position'),
  'reduce-without-position': answered(create, 'http_error_110017_reduce_only_flat', exit, { tag: 'order-rejected', order: own, reason: 'no-position' }),
  'reduce-same-side': rejected('Reduce-only rule not satisfied', exit, 'no-position'),
  'post-only': postOnlyShown,
  'ioc-rest': noFrame('an immediate order that found nothing'),
  'ioc-part': iocPartShown,
  'below-minimum': rejected('The number of contracts exceeds minimum', enter, 'below-min-qty'),
  'off-tick': noFrame('a price off the tick refused'),
  'too-little-margin': rejected('ab not enough for new order', enter, 'insufficient-margin'),
  'reading-equals': readingEqualsShown,
  'paged-executions': noFrame('the second page of a list'),
  'lost-answer-placed': silence,
  'lost-answer-absent': silence,
  'lost-answer-late': silence,
  'cancel-gone': cancelGoneShown,
  wallet: walletShown,
  rules: rulesShown,
  clock: clockShown,
  leverage: leverageShown,
  'margin-mode': marginModeShown,
  'two-symbols': twoSymbolsShown,
};
