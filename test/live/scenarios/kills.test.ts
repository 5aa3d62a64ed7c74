/**
 * 200 deaths at named points: before and after every write, sync, request and answer of an entry, its protection, a move of
 * its stop, an exit and a recovery. Five accounts die 40 times each, in an order drawn from their seed, and are looked at
 * against the exchange's own truth after every one.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { Intent } from '../../../engine/index.ts';
import { chance, marketOf, minute, walk } from '../../sim/market.ts';
import { scripted } from '../../sim/scripted.ts';
import type { AnyScene } from '../../sim/scripted.ts';
import { answers, KillingPort, phases, points } from './killing-port.ts';
import type { Plan } from './killing-port.ts';
import { begin, closeAll, differences, isTrading, matchesOf, openPlace, positionOf } from './stage.ts';
import type { LifeWish, Place } from './stage.ts';

afterEach(closeAll);

const seeds = [1, 2, 3, 4, 5];
const lots = 4;

/** In and out all the time: enters four lots either way, moves its stop once or twice, and leaves. */
function busy({ position, entry, bar, time, intents }: AnyScene): Intent {
  const n = Math.round(time / minute);
  if (position.tag === 'open') return n % 4 === 3 ? intents.exit('turn') : intents.moveStop(bar.close - (position.side === 'long' ? 1 : -1) * (400 - 10 * (n % 4)));
  if (entry.tag !== 'none' || n % 2 === 1) return intents.hold;
  return intents.enter({ side: n % 3 === 0 ? 'long' : 'short', qty: lots, stop: { distance: 700 } });
}

function shuffled<T>(list: readonly T[], next: () => number): T[] {
  return list.map((one) => ({ one, lot: next() })).toSorted((a, b) => a.lot - b.lot).map(({ one }) => one);
}

/** Creates that reached the exchange, by link, with what it answered. */
function creates({ exchange: { world } }: Place): { readonly link: string; readonly code: number }[] {
  const seen: { readonly link: string; readonly code: number }[] = [];
  const create = world.writes.create.bind(world.writes);
  world.writes.create = async (body) => {
    const answer = await create(body);
    seen.push({ link: String(body['orderLinkId']), code: answer.code });
    return answer;
  };
  return seen;
}

/** Numbers of the orders that a journal decided on. */
const decidedIn = (port: KillingPort): ReadonlySet<number> => new Set([...port.lines()].flatMap((line) =>
  [...line.matchAll(/"tag":"(?:enter|reduce)","leg":0,"order":(\d+)/g)].map((match) => Number(match[1]))));
const numberOf = (link: string): number => Number.parseInt(link.split('-')[1]!, 36);

describe(`a trading process that dies, ${seeds.length * phases.length * points.length} times at named points`, () => {
  it.each(seeds)('seed %i, 40 deaths: nothing lost, nothing twice, the truth is the exchange\'s and every position has its stop within 10 s', async (seed) => {
    const next = chance(seed);
    const place = await openPlace({
      market: marketOf({ bars: walk({ seed, bars: 1_500, stepTicks: 8, gaps: 0 }) }),
      config: { cash: 1_000_000, slippage: { kind: 'ticks', n: 3 } },
    });
    const sent = creates(place);
    const port = new KillingPort();
    const strategy = scripted({ warmup: 15, always: busy }).strategy;
    const plans = shuffled(phases.flatMap((phase) => points.map((point): Plan => ({ phase, point, answer: answers[phase][next() < 0.5 ? 0 : 1] }))), next);

    const sending: LifeWish['sending'] = (commands, at, send) => { port.sending(commands, at, send); };
    let life = await begin(place, { strategy, port, sending });
    for (const [round, plan] of plans.entries()) {
      const what = `seed ${seed}, round ${round}, ${plan.phase}: ${plan.point} (${plan.answer})`;
      if (plan.phase === 'recover') {
        await life.kill();
        port.reborn(0);
        port.arm(plan);
        life = await begin(place, { strategy, port, sending, mayDie: true });
      } else port.arm(plan);
      if (!life.isOver) await life.until(() => life.isOver, 40, what);
      expect([what, String(life.failure)]).toEqual([what, expect.stringContaining(`${plan.phase}: ${plan.point}`)]);
      await life.kill();
      port.reborn(next() < 0.5 ? 0 : next());
      if (next() < 0.3) await place.exchange.pace.idle(place.exchange.world.now + Math.floor(next() * 150_000));

      const again = await begin(place, { strategy, port, sending });
      const since = again.now;
      await again.until(() => isTrading(again) || again.now - since >= 10_000, 5, what);
      const { legs: [leg] } = await place.truth();
      if (leg!.lots > 0) expect([what, positionOf(again)?.protection.tag, leg!.slTicks > 0]).toEqual([what, 'armed', true]);
      await again.until(() => isTrading(again), 1, what);
      expect([what, leg!.lots <= lots]).toEqual([what, true]);
      expect([what, await differences(place, again)]).toEqual([what, []]);
      life = again;
    }
    await life.kill();
    port.reborn(0);

    const last = await begin(place, { strategy, port });
    await last.until(() => isTrading(last));
    await last.play(5);
    const journal = [...port.lines()].join('');
    const decided = decidedIn(port);
    const matches = matchesOf(place);
    expect(await differences(place, last)).toEqual([]);
    expect(matches.length).toBeGreaterThan(20);
    expect(matches.filter(({ execId }) => !journal.includes(execId))).toEqual([]);
    const applied = sent.filter(({ code }) => code === 0).map(({ link }) => link);
    expect(applied.length).toBe(new Set(applied).size);
    expect(sent.filter(({ link }) => !decided.has(numberOf(link)))).toEqual([]);
  });
});
