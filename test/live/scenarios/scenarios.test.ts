/** S1 to S10 of the faults page. */
import { afterEach, describe, expect, it } from 'vitest';
import { marketOf, walk } from '../../sim/market.ts';
import { scripted } from '../../sim/scripted.ts';
import { begin, closeAll, differences, isProtected, openPlace, positionOf } from './stage.ts';

afterEach(closeAll);

describe('smoke', () => {
  it('opens, is protected, agrees', async () => {
    const place = await openPlace({ market: marketOf({ bars: walk({ seed: 1, bars: 200, stepTicks: 5, gaps: 0 }) }), config: { cash: 1_000_000 } });
    const life = await begin(place, { strategy: scripted({ warmup: 15, at: { 2: ({ bar, intents }) => intents.enter({ side: 'long', qty: 4, stop: { distance: 400 } }) } }).strategy });
    const t = performance.now();
    await life.until(() => isProtected(life));
    console.log(performance.now() - t, life.logs, life.modes, positionOf(life));
    await life.play(60);
    console.log(performance.now() - t);
    expect(await differences(place, life)).toEqual([]);
  });
});
