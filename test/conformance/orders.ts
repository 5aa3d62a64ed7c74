/** Proofs about orders: what is placed, filled, amended, cancelled and refused. */
import { expect } from 'vitest';
import { multiplyHalfEven } from './money.ts';
import type { Behaviour, Proof } from './behaviours.ts';
import { netLots } from './site.ts';
import type { Site } from './site.ts';

/** A limit order 5 % below the price, accepted. */
async function resting(site: Site, units = 4): Promise<{ readonly order: number; readonly priceTicks: number; readonly lots: number }> {
  const priceTicks = await site.level(-0.05);
  const command = site.limit(priceTicks, { lots: units * site.unit() });
  await site.did(command);
  await site.told('order-accepted', ({ order }) => order === command.order);
  return { order: command.order, priceTicks, lots: command.lots };
}

async function openOrders(site: Site): Promise<readonly object[]> {
  const { openOrders: orders } = await site.read();
  if (orders === 'unknown') throw new Error('open orders are unknown');
  return orders;
}

const limitStandsShown: Proof = async (site) => {
  const { order, priceTicks, lots } = await resting(site);

  expect(await openOrders(site)).toEqual([{ order, side: 1, lots, filled: 0, priceTicks, reduceOnly: false }]);
  expect(site.about('order-accepted', order)).toHaveLength(1);
  expect(site.all('execution')).toEqual([]);
  site.calm();
};
const marketFillsShown: Proof = async (site) => {
  const command = site.enter();
  await site.did(command);
  await site.told('execution', ({ order, leavesLots }) => order === command.order && leavesLots === 0);

  const executions = site.about('execution', command.order);
  const { position } = await site.read();
  expect(netLots(executions)).toBe(command.lots);
  expect(new Set(executions.map(({ id }) => id)).size).toBe(executions.length);
  expect(site.about('order-accepted', command.order)).toHaveLength(1);
  for (const { value, fee, liquidity, cause } of executions) {
    expect([liquidity, cause]).toEqual(['taker', 'order']);
    expect(fee).toBe(multiplyHalfEven(value, site.instruments[0]!.rules.takerRate));
  }
  expect(position).toMatchObject({ side: 1, lots: command.lots, cost: executions.reduce((sum, { value }) => sum + value, 0n) });
  expect(site.about('execution', command.order)).toEqual(executions);
  site.calm();
};
const amendPriceShown: Proof = async (site) => {
  const { order, priceTicks, lots } = await resting(site);
  const better = priceTicks + 1;
  await site.did({ tag: 'amend', leg: 0, order, priceTicks: better, lots: lots as never });

  expect(await site.told('order-changed')).toMatchObject({ order, change: 'amended', lots, priceTicks: better });
  expect(await openOrders(site)).toMatchObject([{ order, lots, priceTicks: better }]);
  site.calm();
};
const amendLotsShown: Proof = async (site) => {
  const { order, priceTicks } = await resting(site);
  const fewer = 3 * site.unit();
  await site.did({ tag: 'amend', leg: 0, order, priceTicks, lots: fewer as never });

  expect(await site.told('order-changed')).toMatchObject({ order, change: 'amended', lots: fewer, priceTicks });
  expect(await openOrders(site)).toMatchObject([{ order, lots: fewer, priceTicks }]);
  site.calm();
};
const amendSameShown: Proof = async (site) => {
  const { order, priceTicks, lots } = await resting(site);
  await site.did({ tag: 'amend', leg: 0, order, priceTicks, lots: lots as never });

  expect(await openOrders(site)).toMatchObject([{ order, lots, priceTicks }]);
  for (const changed of site.all('order-changed')) expect(changed).toMatchObject({ order, change: 'amended', lots, priceTicks });
  site.calm();
};
const cancelShown: Proof = async (site) => {
  const { order } = await resting(site);
  await site.did({ tag: 'cancel', leg: 0, order });

  expect(await site.told('order-cancelled')).toMatchObject({ order, cause: 'requested', filled: 0 });
  expect(await openOrders(site)).toEqual([]);
  expect(site.about('order-cancelled', order)).toHaveLength(1);
  site.calm();
};
const cancelKeepsFillsShown: Proof = async (site) => {
  const command = site.limit(await site.level(0));
  await site.did(command);
  await site.told('execution');
  const filled = netLots(site.about('execution', command.order));
  expect(filled).toBe(2 * site.unit());
  await site.did({ tag: 'cancel', leg: 0, order: command.order });

  expect(await site.told('order-cancelled')).toMatchObject({ order: command.order, cause: 'requested', filled });
  expect(await site.standing()).toEqual({ lots: filled, stop: null, orders: [] });
  expect(netLots(site.about('execution', command.order))).toBe(filled);
};
const sameLinkShown: Proof = async (site) => {
  const command = site.enter();
  await site.did(command, command);

  expect(await site.told('order-rejected')).toMatchObject({ order: command.order, reason: 'duplicate-link' });
  expect(netLots(site.all('execution'))).toBe(command.lots);
  expect((await site.standing()).lots).toBe(command.lots);
};
const reduceNeverFlipsShown: Proof = async (site) => {
  const entry = site.enter();
  const exit = site.reduce({ lots: 10 * site.unit() });
  await site.did(entry, exit);
  await site.told('execution', ({ order }) => order === exit.order);

  expect(netLots(site.about('execution', exit.order))).toBe(-Number(entry.lots));
  expect(await site.standing()).toEqual({ lots: 0, stop: null, orders: [] });
};
const reduceWithoutPositionShown: Proof = async (site) => {
  const exit = site.reduce();
  await site.did(exit);

  expect(await site.told('order-rejected')).toMatchObject({ order: exit.order, reason: 'no-position' });
  expect(await site.standing()).toEqual({ lots: 0, stop: null, orders: [] });
  expect(site.all('execution')).toEqual([]);
};
const reduceSameSideShown: Proof = async (site) => {
  const entry = site.enter();
  const exit = site.reduce({ side: 1 });
  await site.did(entry, exit);

  expect(await site.told('order-rejected')).toMatchObject({ order: exit.order, reason: 'no-position' });
  expect((await site.standing()).lots).toBe(entry.lots);
};
const postOnlyShown: Proof = async (site) => {
  const command = site.limit(await site.level(0.005), { timeInForce: 'PostOnly' });
  await site.did(command);

  expect(await site.told('order-cancelled')).toMatchObject({ order: command.order, cause: 'post-only-would-take', filled: 0 });
  expect(await site.standing()).toEqual({ lots: 0, stop: null, orders: [] });
  expect(site.all('execution')).toEqual([]);
};
const iocRestShown: Proof = async (site) => {
  const command = site.limit(await site.level(-0.05), { timeInForce: 'IOC' });
  await site.did(command);

  expect(await site.told('order-cancelled')).toMatchObject({ order: command.order, cause: 'ioc-unfilled', filled: 0 });
  expect(await site.standing()).toEqual({ lots: 0, stop: null, orders: [] });
};
const iocPartShown: Proof = async (site) => {
  const command = site.limit(await site.level(0), { timeInForce: 'IOC' });
  await site.did(command);

  const part = 2 * site.unit();
  expect(await site.told('order-cancelled')).toMatchObject({ order: command.order, cause: 'ioc-unfilled', filled: part });
  expect(netLots(site.about('execution', command.order))).toBe(part);
  expect(await site.standing()).toEqual({ lots: part, stop: null, orders: [] });
};
const belowMinimumShown: Proof = async (site) => refused(site, site.limit(await site.level(-0.05), { lots: site.instruments[0]!.minLots - 1 }), 'below-min-qty');
const offTickShown: Proof = async (site) => refused(site, site.limit(await site.level(-0.05) + 0.5), 'malformed');
const tooLittleMarginShown: Proof = async (site) => refused(site, site.limit(await site.level(-0.05), { lots: site.mostLots }), 'insufficient-margin');
const cancelGoneShown: Proof = async (site) => {
  const { order } = await resting(site);
  await site.did({ tag: 'cancel', leg: 0, order });
  await site.told('order-cancelled');
  await site.did({ tag: 'cancel', leg: 0, order });

  expect(await site.told('request-failed')).toMatchObject({ order, of: 'cancel', certainty: 'not-applied', reason: 'no-order' });
  expect(site.about('order-cancelled', order)).toHaveLength(1);
};

/** Refused with this word; nothing stands, nothing traded. */
async function refused(site: Site, command: ReturnType<Site['limit']>, reason: string): Promise<void> {
  await site.did(command);

  expect(await site.told('order-rejected')).toMatchObject({ order: command.order, reason });
  expect(site.about('order-accepted', command.order)).toEqual([]);
  expect(await site.standing()).toEqual({ lots: 0, stop: null, orders: [] });
}

export const orderProofs = {
  'limit-stands': limitStandsShown,
  'market-fills': marketFillsShown,
  'amend-price': amendPriceShown,
  'amend-lots': amendLotsShown,
  'amend-same': amendSameShown,
  cancel: cancelShown,
  'cancel-keeps-fills': cancelKeepsFillsShown,
  'same-link': sameLinkShown,
  'reduce-never-flips': reduceNeverFlipsShown,
  'reduce-without-position': reduceWithoutPositionShown,
  'reduce-same-side': reduceSameSideShown,
  'post-only': postOnlyShown,
  'ioc-rest': iocRestShown,
  'ioc-part': iocPartShown,
  'below-minimum': belowMinimumShown,
  'off-tick': offTickShown,
  'too-little-margin': tooLittleMarginShown,
  'cancel-gone': cancelGoneShown,
} satisfies Partial<Record<Behaviour, Proof>>;
