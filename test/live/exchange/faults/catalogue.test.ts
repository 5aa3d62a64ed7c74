/** The catalogue is complete: each of F01 to F88 once, with a plan that can be set in every variant, or with a reason. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue, faultIds, faultPlan } from '../../../../live/exchange/faults/index.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => { stage = await openStage(); });
afterAll(async () => { await stage.close(); });

const missing = catalogue.flatMap((entry) => ('reason' in entry ? [entry] : []));

describe(`the catalogue of faults: ${faultIds.length} of ${catalogue.length} can be set`, () => {
  console.log(`faults: ${faultIds.length} of ${catalogue.length} can be set; not: ${missing.map(({ id, title, reason }) => `${id} ${title} (${reason})`).join('; ')}`);

  it('names F01 to F88, each once, in order', () => {
    expect(catalogue.map(({ id }) => id)).toEqual(Array.from({ length: 88 }, (_, i) => `F${String(i + 1).padStart(2, '0')}`));
  });
  it('has at least 60 with a plan', () => {
    expect(faultIds.length).toBeGreaterThanOrEqual(60);
  });
  it.each(catalogue.flatMap((entry) => ('plan' in entry ? [entry] : [])))('$id, $title: every variant is a plan', ({ id, variants }) => {
    for (const variant of [undefined, ...variants]) {
      const options = variant === undefined ? {} : { variant };
      expect(faultPlan(id, options).length).toBeGreaterThan(0);
      expect(stage.desk.set({ seed: 3, faults: [{ id, ...options, symbol: 'BTCUSDT', nth: 2, probability: 0.5 }] })).toMatchObject({ seed: 3 });
    }
  });
  it.each(missing)('$id, $title: is refused with its reason', ({ id, reason }) => {
    expect(() => stage.desk.set({ faults: [{ id }] })).toThrow(reason);
  });
  it('a plan with an unknown number, variant or member is refused and says so', () => {
    expect(() => stage.desk.set({ faults: [{ id: 'F99' }] })).toThrow('faults');
    expect(() => stage.desk.set({ faults: [{ id: 'F01', variant: 'x' }] })).toThrow('variant of F01 must be one of lost, unread, was \'x\'');
    expect(() => stage.desk.set({ faults: [{ effect: { tag: 'nothing' } }] })).toThrow('faults');
    expect(() => stage.desk.set({ faults: [] })).toThrow('faults');
  });
});
