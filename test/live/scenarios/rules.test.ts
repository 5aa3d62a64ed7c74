/** The exchange changes the rules of a symbol while a run goes on: no entries, protection goes on, people are told once. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Intent } from '../../../engine/index.ts';
import { flat, marketOf, minute } from '../../sim/market.ts';
import type { AnyScene } from '../../sim/scripted.ts';
import { begin, closeAll, differences, isFlat, isProtected, isTrading, obedient, openPlace, positionOf } from './stage.ts';

afterEach(async () => { await closeAll(); });

const market = () => marketOf({ bars: Array.from({ length: 400 }, (_, i) => flat(10_000 + i % 2)) });
const enter = ({ intents }: AnyScene): Intent => intents.enter({ side: 'long', qty: 4, stop: { distance: 400 } });
const relisted = { id: 'F85', when: { transport: 'http', path: '/v5/market/instruments-info' }, times: null, effect: { tag: 'rows', how: 'edit', set: { priceFilter: { tickSize: '5' }, status: 'Settling' } } };

describe('rules that change under a run', () => {
  it('are seen at the next look: one alarm with old and new, the stop still moves and the position still leaves, nothing opens until they are back', async () => {
    const place = await openPlace({ market: market() });
    const script = obedient();
    const life = await begin(place, { strategy: script.strategy, polls: { waiting: minute, open: minute, flat: minute, rules: 30 * minute } });
    script.want(enter);
    await life.until(() => isProtected(life), 5, 'a protected position');
    await place.fault(relisted);
    const blocked = (): boolean => life.state.legs[0]!.hold.tag === 'blocked';
    await life.until(blocked, 31, 'the look at the rules');

    expect(life.notices).toEqual([{
      tag: 'notify', severity: 'alarm', cause: 'instrument AAAUSDT',
      text: 'AAAUSDT: the rules changed: tick 1, now 5; status Trading, now Settling; no entries until they are as before, or a new run takes them',
    }]);
    script.want(({ intents }) => intents.moveStop(9_700));
    await life.until(() => {
      const protection = positionOf(life)?.protection;
      return protection?.tag === 'armed' && protection.trigger === 9_700;
    }, 5, 'the moved stop');
    script.want(({ intents }) => intents.exit('done'));
    await life.until(() => isFlat(life), 5, 'flat');
    script.want(enter);
    await life.play(65);
    expect([isFlat(life), isTrading(life), life.state.refusals['blocked-instrument'], life.notices.length]).toEqual([true, true, 1, 1]);

    await place.admin('DELETE', '/faults');
    await life.until(() => !blocked(), 31, 'rules as before');
    script.want(enter);
    await life.until(() => isProtected(life), 5, 'a position again');
    expect(await differences(place, life)).toEqual([]);
  });
});
