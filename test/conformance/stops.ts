/** Proofs about the stop of a position. */
import { expect } from 'vitest';
import type { Behaviour, Proof } from './behaviours.ts';
import { fallMinutes } from './markets.ts';
import { netLots } from './site.ts';
import type { Site } from './site.ts';

/** A long position with its stop 10 % below, both told. */
async function protectedEntry(site: Site): Promise<{ readonly lots: number; readonly stopTicks: number }> {
  const stopTicks = await site.level(-0.1);
  const { order, lots, ...entry } = site.enter({ stopTicks });
  await site.did({ ...entry, order, lots });
  await site.told('execution', (execution) => execution.order === order && execution.leavesLots === 0);
  expect(await site.told('stop-set')).toMatchObject({ leg: 0, triggerTicks: stopTicks, by: 'mark', trailTicks: 0 });
  return { lots, stopTicks };
}

const ridingStopShown: Proof = async (site) => {
  const { lots, stopTicks } = await protectedEntry(site);

  const { stop } = await site.read();
  expect(stop).toEqual({ triggerTicks: stopTicks, by: 'mark' });
  expect(await site.standing()).toEqual({ lots, stop: stopTicks, orders: [] });
  expect(site.all('stop-set')).toHaveLength(1);
  site.calm();
};
const stopTightenedShown: Proof = async (site) => {
  const [wide, tight] = [await site.level(-0.1), await site.level(-0.08)];
  const entry = site.enter();
  await site.did(entry, site.stop(wide));
  await site.told('stop-set', ({ triggerTicks }) => triggerTicks === wide);
  expect((await site.standing()).stop).toBe(wide);

  await site.did(site.stop(tight));
  await site.told('stop-set', ({ triggerTicks }) => triggerTicks === tight);
  expect(await site.standing()).toEqual({ lots: entry.lots, stop: tight, orders: [] });
  site.calm();
};
const stopSameShown: Proof = async (site) => {
  const { stopTicks } = await protectedEntry(site);
  await site.did(site.stop(stopTicks));

  expect(await site.told('stop-unchanged')).toMatchObject({ leg: 0, triggerTicks: stopTicks });
  expect((await site.standing()).stop).toBe(stopTicks);
  site.calm();
};
const stopRemovedShown: Proof = async (site) => {
  const { lots } = await protectedEntry(site);
  await site.hand.removeStop(0);

  await site.told('account-snapshot', ({ stop }) => stop === null);
  expect(await site.standing()).toEqual({ lots, stop: null, orders: [] });
};
const stopFiresShown: Proof = async (site) => {
  const { lots, stopTicks } = await protectedEntry(site);
  await site.play(fallMinutes);
  await site.told('execution', ({ order }) => order === -1);

  const out = site.about('execution', -1);
  expect(netLots(out)).toBe(-lots);
  for (const { cause, liquidity, priceTicks } of out) {
    expect([cause, liquidity]).toEqual(['stop', 'taker']);
    expect(priceTicks).toBeLessThanOrEqual(stopTicks);
  }
  expect(await site.standing()).toEqual({ lots: 0, stop: null, orders: [] });
  expect(site.about('execution', -1)).toEqual(out);
};
const stopThroughShown: Proof = async (site) => {
  const { stopTicks, lots } = await protectedEntry(site);
  const above = await site.level(0.05);
  await site.did(site.stop(above));

  expect(await site.told('stop-refused')).toMatchObject({ leg: 0, triggerTicks: above, reason: 'through-trigger' });
  expect(await site.standing()).toEqual({ lots, stop: stopTicks, orders: [] });
};
const stopWithoutPositionShown: Proof = async (site) => {
  const level = await site.level(-0.1);
  await site.did(site.stop(level));

  expect(await site.told('stop-refused')).toMatchObject({ leg: 0, triggerTicks: level, reason: 'no-position' });
  expect(await site.standing()).toEqual({ lots: 0, stop: null, orders: [] });
};

export const stopProofs = {
  'riding-stop': ridingStopShown,
  'stop-tightened': stopTightenedShown,
  'stop-same': stopSameShown,
  'stop-removed': stopRemovedShown,
  'stop-fires': stopFiresShown,
  'stop-through': stopThroughShown,
  'stop-without-position': stopWithoutPositionShown,
} satisfies Partial<Record<Behaviour, Proof>>;
