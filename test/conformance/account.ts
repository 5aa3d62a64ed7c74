/** Proofs about readings, lost answers, and what is asked of the account before anything is sent. */
import { expect } from 'vitest';
import { parseDecimal, valueAt } from '../../engine/index.ts';
import type { Behaviour, Proof } from './behaviours.ts';
import { fallMinutes } from './markets.ts';

/** Round trips that make 102 executions: one page holds 100. */
const roundTrips = 51;

const readingEqualsShown: Proof = async (site) => {
  const [stopTicks, low, high] = [await site.level(-0.1), await site.level(-0.05), await site.level(0.05)];
  const entry = site.enter({ stopTicks });
  const buy = site.limit(low, { lots: 2 * site.unit() });
  const target = site.reduce({ type: 'limit', timeInForce: 'GTC', priceTicks: high, lots: 3 * site.unit() });
  await site.did(entry, buy, target);
  await site.told('order-accepted', ({ order }) => order === target.order);
  const [price] = site.about('execution', entry.order).map(({ priceTicks }) => priceTicks);

  const { position, stop, openOrders } = await site.read();
  expect(position).toMatchObject({ side: 1, lots: entry.lots });
  if (site.about('execution', entry.order).length === 1) {
    expect(position).toMatchObject({ cost: valueAt(site.instruments[0]!, price!, entry.lots) });
    expect(position === 'unknown' ? 0 : position.entryTicks).toBeCloseTo(price!, 6);
  }
  expect(stop).toEqual({ triggerTicks: stopTicks, by: 'mark' });
  expect(openOrders === 'unknown' ? [] : openOrders.toSorted((a, b) => a.order - b.order)).toEqual([
    { order: buy.order, side: 1, lots: buy.lots, filled: 0, priceTicks: low, reduceOnly: false },
    { order: target.order, side: -1, lots: target.lots, filled: 0, priceTicks: high, reduceOnly: true },
  ]);
  site.calm();
};
const pagedExecutionsShown: Proof = async (site) => {
  const orders = Array.from({ length: roundTrips }, () => [site.enter({ lots: site.unit() }), site.reduce({ lots: site.unit() })]).flat();
  await site.did(...orders);

  const { executions } = await site.read();
  if (executions === 'unknown') throw new Error('executions are unknown');
  expect(executions.map(({ order }) => order)).toEqual(orders.map(({ order }) => order));
  expect(new Set(executions.map(({ id }) => id)).size).toBe(2 * roundTrips);
  expect(executions.map(({ id, lots, fee }) => [id, lots, fee])).toEqual(site.all('execution').map(({ id, lots, fee }) => [id, lots, fee]));
};
const lostAnswerPlacedShown: Proof = async (site) => {
  const command = site.limit(await site.level(-0.05));
  site.line.loseNextAnswer('placed');
  await site.did(command);

  expect(await site.told('request-failed')).toMatchObject({ order: command.order, of: 'enter', certainty: 'unknown' });
  expect((await site.standing()).orders).toEqual([command.order]);
  expect(site.about('order-accepted', command.order)).toHaveLength(1);
};
const lostAnswerAbsentShown: Proof = async (site) => {
  const command = site.limit(await site.level(-0.05));
  site.line.loseNextAnswer('absent');
  await site.did(command);
  const { at } = await site.told('request-failed', ({ certainty }) => certainty === 'unknown');

  for (let reading = 0; reading < 2; reading++) {
    const { openOrders, ended, takenAt, executions } = await site.read();
    expect(takenAt).toBeGreaterThanOrEqual(at);
    expect([openOrders, ended, executions]).toEqual([[], [], []]);
  }
  expect(site.about('order-accepted', command.order)).toEqual([]);
};
const lostAnswerLateShown: Proof = async (site) => {
  const command = site.limit(await site.level(-0.05));
  site.line.loseNextAnswer('late');
  await site.did(command);
  await site.told('request-failed', ({ certainty }) => certainty === 'unknown');

  expect((await site.standing()).orders).toEqual([]);
  await site.line.lateArrived();
  expect((await site.standing()).orders).toEqual([command.order]);
  expect(site.about('order-accepted', command.order)).toHaveLength(1);
  expect(site.all('execution')).toEqual([]);
};
const walletShown: Proof = async (site) => {
  const entry = site.enter();
  await site.did(entry);
  await site.play(fallMinutes);
  const exit = site.reduce();
  await site.did(exit);
  const out = await site.told('execution', ({ order, leavesLots }) => order === exit.order && leavesLots === 0);

  const [opened, ...more] = site.about('execution', entry.order);
  expect([more, site.about('execution', exit.order)]).toEqual([[], [out]]);
  const lost = site.instruments[0]!.kind === 'linear' ? opened!.value - out.value : out.value - opened!.value;
  expect(lost).toBeGreaterThan(0n);
  const left = site.cash - lost - opened!.fee - out.fee;
  expect((await site.told('wallet', ({ balance }) => balance === left)).balance).toBe(left);
  expect(parseDecimal((await site.connection.account()).balance, site.instruments[0]!.moneyScale)).toBe(left);
};
const rulesShown: Proof = async (site) => {
  const listed = await site.connection.instruments(site.instruments.map(({ symbol }) => symbol));
  const level = await site.level(-0.05);
  const order = site.limit(level, { lots: site.unit() });
  await site.did(order);

  for (const [leg, { rules, status }] of listed.entries()) {
    const { source: _, ...traded } = site.instruments[leg]!.rules;
    expect({ rules, status }).toMatchObject({ rules: traded, status: 'Trading' });
  }
  const { openOrders } = await site.read();
  expect(openOrders).toMatchObject([{ order: order.order, priceTicks: level, lots: site.unit() }]);
};
const clockShown: Proof = async (site) => {
  const { offsetMs, spreadMs, roundTripMs } = await site.connection.measureClock();

  expect([offsetMs, spreadMs, roundTripMs].every(Number.isFinite)).toBe(true);
  expect(spreadMs).toBeGreaterThanOrEqual(0);
  expect(roundTripMs).toBeGreaterThanOrEqual(0);
  expect(Math.abs(offsetMs - site.offsetMs)).toBeLessThan(1_000);
};
const leverageShown: Proof = async (site) => {
  for (const leverage of ['5', '3']) {
    await site.connection.setLeverage(site.instruments[0]!.symbol, leverage);
    expect(Number((await site.connection.legs())[0]!.leverage)).toBe(Number(leverage));
  }
  await site.connection.setLeverage(site.instruments[0]!.symbol, '3');
  expect(Number((await site.connection.legs())[0]!.leverage)).toBe(3);
};
const marginModeShown: Proof = async (site) => {
  await site.connection.setIsolated();

  expect((await site.connection.account()).marginMode).toBe('isolated');
  for (const leg of await site.connection.legs()) expect(leg).toMatchObject({ mode: 'one-way', side: 0, orders: [] });
};
const twoSymbolsShown: Proof = async (site) => {
  const entry = site.enter({ stopTicks: await site.level(-0.1) });
  const other = site.limit(await site.level(-0.05, 1), { leg: 1, order: entry.order });
  await site.did(entry, other);
  await site.told('order-accepted', ({ leg }) => leg === 1);

  expect(site.all('execution').every(({ leg }) => leg === 0)).toBe(true);
  expect(await site.standing(0)).toMatchObject({ lots: entry.lots, stop: entry.stopTicks, orders: [] });
  expect(await site.standing(1)).toEqual({ lots: 0, stop: null, orders: [other.order] });

  await site.did({ tag: 'cancel', leg: 1, order: other.order });
  expect(await site.told('order-cancelled')).toMatchObject({ leg: 1, order: other.order });
  expect(await site.standing(0)).toMatchObject({ lots: entry.lots, stop: entry.stopTicks });
  expect(await site.standing(1)).toEqual({ lots: 0, stop: null, orders: [] });
  site.calm();
};

export const accountProofs = {
  'reading-equals': readingEqualsShown,
  'paged-executions': pagedExecutionsShown,
  'lost-answer-placed': lostAnswerPlacedShown,
  'lost-answer-absent': lostAnswerAbsentShown,
  'lost-answer-late': lostAnswerLateShown,
  wallet: walletShown,
  rules: rulesShown,
  clock: clockShown,
  leverage: leverageShown,
  'margin-mode': marginModeShown,
  'two-symbols': twoSymbolsShown,
} satisfies Partial<Record<Behaviour, Proof>>;
