/** Orders of a person's own over the wire: what the exchange holds afterwards, and what the journal says of it. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Intent } from '../../../engine/index.ts';
import { operate } from '../../../live/index.ts';
import type { LegFacts, Manual, OperatorOrder } from '../../../live/index.ts';
import { flat, marketOf } from '../../sim/market.ts';
import type { AnyScene } from '../../sim/scripted.ts';
import { begin, closeAll, differences, isProtected, isTrading, matchesOf, obedient, openPlace } from './stage.ts';
import type { Life, Place } from './stage.ts';

afterEach(async () => { await closeAll(); });

const market = () => marketOf({ bars: Array.from({ length: 300 }, (_, i) => flat(10_000 + i % 2)) });
const enter = ({ intents }: AnyScene): Intent => intents.enter({ side: 'long', qty: 4, stop: { distance: 400 } });

async function trading(): Promise<{ readonly place: Place; readonly life: Life; readonly open: () => Promise<void> }> {
  const place = await openPlace({ market: market() });
  const script = obedient();
  const life = await begin(place, { strategy: script.strategy });
  await life.until(() => isTrading(life), 5, 'trading');
  return {
    place, life,
    open: async () => {
      script.want(enter);
      await life.until(() => isProtected(life), 5, 'a protected position');
    },
  };
}

let asked = 0;
async function order(life: Life, own: Partial<Manual>): Promise<{ readonly leg: LegFacts; readonly answered: string }> {
  const manual: Manual = { name: `order ${++asked}`, side: 'sell', isOpening: false, qty: 0, risk: 0, notional: 0, price: 0, stop: 0, bars: 1, ...own };
  const wanted: OperatorOrder = { verb: 'order', symbol: 'AAAUSDT', manual };
  let isOver = false;
  life.stepMs = 1_000; // answers are looked for in wall time
  const done = operate({ ...life.shell, symbols: ['AAAUSDT'] }, wanted).finally(() => { isOver = true; });
  await life.until(() => isOver, 30, 'an answer');
  life.stepMs = null;
  const [leg] = await done;
  return { leg: leg!, answered: (await life.shell.brain.status()).answered[manual.name] ?? 'nothing' };
}

describe('an order of a person\'s own over the wire', () => {
  it('sells 1 of 4: the exchange shows 3, still protected, and engine and exchange agree', async () => {
    const { place, life, open } = await trading();
    await open();
    const { leg, answered } = await order(life, { qty: 1 });

    expect([leg.side, leg.size, answered]).toEqual([1, '3', '']);
    expect(leg.stopLoss).not.toBeNull();
    expect(await differences(place, life)).toEqual([]);
  });
  it('of 50 closes the 4 and opens nothing', async () => {
    const { place, life, open } = await trading();
    await open();
    const { leg } = await order(life, { qty: 50 });

    expect([leg.side, leg.orders.length]).toEqual([0, 0]);
    expect(matchesOf(place).filter(({ side }) => side === 'Sell').map(({ execQty }) => execQty)).toEqual(['4']);
  });
  it('opens 2 with a stop at 9,500: the exchange shows both', async () => {
    const { place, life } = await trading();
    const { leg, answered } = await order(life, { side: 'buy', isOpening: true, qty: 2, stop: 9_500 });

    expect([leg.side, leg.size, leg.stopLoss, answered]).toEqual([1, '2', '9500', '']);
    expect(await differences(place, life)).toEqual([]);
  });
  it('for 25,000 of quote opens 2 at 10,000 and says so; for 9,000 nothing, and for 15,000 it sells 1 of the 2', async () => {
    const { place, life } = await trading();
    const said = async (own: Partial<Manual>): Promise<readonly unknown[]> => {
      const { leg, answered } = await order(life, own);
      const { sized } = await life.shell.brain.status();
      return [leg.size, answered, sized[`order ${asked}`]?.qty];
    };
    // Bars stand at 10,000 and 10,001: one lot of 1 is worth 10,000 to 10,001.
    expect(await said({ side: 'buy', isOpening: true, notional: 9_000, stop: 9_500 })).toEqual(['0', 'refused: below-min-qty', 0]);
    expect(await said({ side: 'buy', isOpening: true, notional: 25_000, stop: 9_500 })).toEqual(['2', '', 2]);
    expect(await said({ notional: 15_000 })).toEqual(['1', '', 1]);
    expect(await said({ notional: 9_000 })).toEqual(['1', 'refused: below-min-qty', undefined]);
    expect(await differences(place, life)).toEqual([]);
  });
  it('without a stop opens nothing and says why; nor does one in a halt', async () => {
    const { place, life } = await trading();
    const bare = await order(life, { side: 'buy', isOpening: true, qty: 2 });
    expect([bare.leg.side, bare.answered]).toEqual([0, 'refused: no-stop']);

    life.shell.queue.push({ tag: 'operator', at: life.shell.clock.now(), verb: 'halt' });
    const halted = await order(life, { side: 'buy', isOpening: true, qty: 2, stop: 9_500 });
    expect([halted.leg.side, halted.answered]).toEqual([0, 'refused: halted']);
    expect(matchesOf(place)).toEqual([]);
  });
  it('two at once get each their own answer: one closes, the other is refused', async () => {
    const { life } = await trading();
    life.stepMs = 1_000;
    const manual = (name: string, own: Partial<Manual>): OperatorOrder => ({ verb: 'order', symbol: 'AAAUSDT', manual: { name, side: 'sell', isOpening: false, qty: 1, risk: 0, notional: 0, price: 0, stop: 0, bars: 1, ...own } });
    let over = 0;
    const shell = { ...life.shell, symbols: ['AAAUSDT'] };
    const both = [manual('a', { side: 'buy', isOpening: true, stop: 9_500 }), manual('b', { side: 'buy', isOpening: true })].map((wanted) => operate(shell, wanted).finally(() => { over += 1; }));
    await life.until(() => over === 2, 30, 'both answers');
    await Promise.all(both);

    expect((await life.shell.brain.status()).answered).toEqual({ a: '', b: 'refused: no-stop' });
  });
  it('names a symbol of the run or is refused before it reaches the engine', async () => {
    const { life } = await trading();
    const wanted: OperatorOrder = { verb: 'order', symbol: 'ZZZ', manual: { name: 'x', side: 'sell', isOpening: false, qty: 1, risk: 0, notional: 0, price: 0, stop: 0, bars: 1 } };

    await expect(operate({ ...life.shell, symbols: ['AAAUSDT'] }, wanted)).rejects.toThrow('order: was ZZZ, expected one of AAAUSDT');
  });
});
