/** What a decision is shown of positions, entries, resting orders and the account. The engine alone. */
import { describe, expect, it } from 'vitest';
import { noStop, StrategyError } from '../../engine/index.ts';
import type { PositionView } from '../../engine/strategy.ts';
import { linear, minute, start } from '../sim/market.ts';
import { scripted } from '../sim/scripted.ts';
import type { AnyScene } from '../sim/scripted.ts';
import { engineOf, enter, heldEngine } from './closing.ts';
import type { At, Wish } from './closing.ts';
import { bar, cycle, execution, stepped } from './stepped.ts';

/** What decision 1 sees after `first` was wanted at decision 0 and the events in between. */
function seenAfter<T>(first: At[number], between: (engine: ReturnType<typeof engineOf>) => void, see: (scene: AnyScene) => T, wish: Wish = {}): T {
  const seen: T[] = [];
  const engine = engineOf({ 0: first, 1: (scene) => { seen.push(see(scene)); return scene.intents.hold; } }, wish);
  engine.close();
  between(engine);
  engine.close();
  return seen[0]!;
}
const plain = (view: object): unknown => {
  const shown: Record<string, unknown> = {};
  for (const key of ['tag', 'side', 'qty', 'entryPrice', 'openedAt', 'barsHeld', 'unrealised', 'r', 'stop', 'isProtected', 'adopted']) shown[key] = (view as Record<string, unknown>)[key];
  return shown;
};
const limit = enter({ side: 'short', qty: 4, stop: 55, at: 'limit', price: 52.5, validFor: 3 });
const half = { instrument: linear({ tick: '0.5', qtyStep: '0.1', minQty: '0.1' }) };

describe('the position', () => {
  it('is flat when there is none', () => {
    expect(seenAfter(({ intents }) => intents.hold, () => undefined, ({ position }) => ({ ...position }))).toEqual({ tag: 'flat' });
  });

  it('of a short is shown in quote and base, its stop not yet confirmed', () => {
    const view = seenAfter(enter({ side: 'short', qty: 4, stop: 55 }), (engine) => {
      engine.take(execution(half.instrument, { at: start, id: 1, side: -1, lots: 40, priceTicks: 101, order: 1 }));
    }, ({ position }) => plain(position), half);

    // Sold 4 at 50.5, the mark at 50: 2 up. A lot of 0.1 risks 5 (from 50 to 55) and 0.1 % of 50 and 55: 0.5105; forty of them 20.42.
    expect(view).toEqual({
      tag: 'open', side: 'short', qty: 4, entryPrice: 50.5, openedAt: start, barsHeld: 0, unrealised: 2, r: expect.closeTo(2 / 20.42, 9) as number, stop: 55, isProtected: false, adopted: false,
    });
  });

  it('without a stop has none, and no R', () => {
    const view = seenAfter(enter({ side: 'long', qty: 4, stop: noStop }), (engine) => {
      engine.take(execution(linear(), { at: start, id: 1, side: 1, lots: 4, priceTicks: 100, order: 1 }));
    }, ({ position }) => plain(position));

    expect(view).toMatchObject({ side: 'long', r: null, stop: null, isProtected: false });
  });

  it('is protected once the venue says so, and stays so while its stop is moved', () => {
    const seen: unknown[] = [];
    const look: At[number] = ({ position, intents }) => { seen.push(position.tag === 'open' && [position.stop, position.isProtected]); return intents.moveStop(95); };
    const engine = heldEngine({ 1: look, 2: look });
    engine.close();
    engine.close();

    expect(seen).toEqual([[90, true], [95, true]]);
  });

  it('kept beyond its decision and read when it is gone is the strategy\'s fault', () => {
    let kept: PositionView | null = null;
    const engine = heldEngine({ 1: ({ position, intents }) => { kept = position as PositionView; return intents.hold; } });
    engine.close();
    engine.take({ ...execution(linear(), { at: start + minute, id: 2, side: -1, lots: 4, priceTicks: 90 }), cause: 'stop' });

    expect(() => (kept as unknown as { qty: number }).qty).toThrow(new StrategyError('a position view is valid inside its decision only'));
  });
});

describe('the entry', () => {
  const shown = (first: At[number], between: (engine: ReturnType<typeof engineOf>) => void = () => undefined): unknown => seenAfter(first, between, ({ entry }) => ({ ...entry }), half);
  const accepted = (engine: ReturnType<typeof engineOf>): void => { engine.take({ tag: 'order-accepted', at: start, leg: 0, order: 1 }); };

  it('is none without one', () => {
    expect(shown(({ intents }) => intents.hold)).toEqual({ tag: 'none' });
  });

  it('at a limit shows its price, what filled and the decisions left', () => {
    expect(shown(limit, accepted)).toEqual({ tag: 'working', side: 'short', qty: 4, filled: 0, price: 52.5, barsLeft: 2 });
    expect(shown(limit, (engine) => { engine.take(execution(half.instrument, { at: start, id: 1, side: -1, lots: 15, priceTicks: 105, order: 1, leaves: 25 })); }))
      .toEqual({ tag: 'working', side: 'short', qty: 4, filled: 1.5, price: 52.5, barsLeft: 2 });
  });

  it('at market has no price, at a trigger that of the trigger, behind a trigger its limit', () => {
    expect(shown(enter({ side: 'long', qty: 4, stop: 45, validFor: 9 }))).toMatchObject({ side: 'long', price: null, barsLeft: 8 });
    expect(shown(enter({ side: 'long', qty: 4, stop: 45, at: 'trigger', price: 53, validFor: 9 }))).toMatchObject({ price: 53 });
    expect(shown(enter({ side: 'long', qty: 4, stop: 45, at: 'trigger', price: 53, limit: 54, validFor: 9 }))).toMatchObject({ price: 54 });
  });

  it('is ending at its last close, and while its cancel is under way', () => {
    expect(shown(enter({ side: 'long', qty: 4, stop: 45, at: 'limit', price: 49 }), accepted)).toEqual({ tag: 'ending', side: 'long', qty: 4, filled: 0 });
    const seen: unknown[] = [];
    const engine = engineOf({ 0: limit, 1: ({ intents }) => intents.cancelEntry, 2: ({ entry, intents }) => { seen.push({ ...entry }); return intents.hold; } }, half);
    engine.close();
    accepted(engine);
    engine.close();
    engine.close();

    expect(seen).toEqual([{ tag: 'ending', side: 'short', qty: 4, filled: 0 }]);
  });
});

describe('resting orders', () => {
  it('are shown by key in quote and base, other orders not among them; without a set there are none', () => {
    const orders = [{ key: 'b', side: 'buy', price: 48.5, qty: 1.5 }, { key: 's', side: 'sell', price: 52, qty: 0.5 }] as const;
    const see = ({ resting }: AnyScene): unknown => resting.map((order) => ({ ...order }));

    expect(seenAfter(({ intents }) => intents.hold, () => undefined, see, half)).toEqual([]);
    expect(seenAfter(limit, () => undefined, see, half)).toEqual([]);
    expect(seenAfter(({ intents }) => intents.all(intents.rest(orders, { long: 45, short: 55 }), intents.enter({ side: 'long', qty: 1, stop: 45, validFor: 9 })), (engine) => {
      engine.take({ tag: 'order-accepted', at: start, leg: 0, order: 1 });
      engine.take(execution(half.instrument, { at: start, id: 1, side: 1, lots: 5, priceTicks: 97, order: 1, leaves: 10 }));
    }, see, half)).toEqual([{ key: 'b', side: 'buy', price: 48.5, qty: 1.5, filled: 0.5 }, { key: 's', side: 'sell', price: 52, qty: 0.5, filled: 0 }]);
  });
});

describe('the account', () => {
  it('has available what no position and no standing order binds, the first order included, never less than nothing', () => {
    const available = ({ account }: AnyScene): number => account.available;

    // 40 lots of 5 at 10 x: 20, 0.1 % of 200 in, 0.1 % of 220 out at the worst.
    expect(seenAfter(enter({ side: 'long', qty: 4, stop: 45, at: 'limit', price: 50, validFor: 3 }), () => undefined, available, half)).toBeCloseTo(10_000 - 20 - 0.2 - 0.22, 9);
    expect(seenAfter(enter({ side: 'long', qty: 4, stop: 45 }), (engine) => { engine.state.wallet.balanceNumber = 1; }, available, half)).toBe(0);
  });

  it('shows equity at the mark, its coin and the open risk with the first order in it', () => {
    const risk = seenAfter(limit, () => undefined, ({ account }) => [account.equity, account.settle, account.openRiskFraction], half);

    // 40 lots of 0.1 from 52.5 to 55: 2.5 and 0.1 % of both.
    expect(risk).toEqual([10_000, 'USDT', expect.closeTo((4 * (2.5 + 0.0525 + 0.055)) / 10_000, 12)]);
  });
});

describe('a closed bar', () => {
  it('of the past is shown whole, newest first, round the ring', () => {
    const { strategy, seen } = scripted({ warmup: 3, see: ({ history }) => [history(0), history(1), history(2)] });
    const engine = stepped({ strategy, instruments: [linear({ tick: '0.5' })] });
    const rows = [0, 1, 2, 3, 4].map((i) => ({ ...bar(linear({ tick: '0.5' }), start + (i + 1) * minute, [100 + i, 110 + 2 * i, 90 - i, 104 + 3 * i]), volume: 7 + i }));
    for (const row of rows) {
      engine.take(row);
      engine.take(cycle(row.at));
    }
    const shown = (i: number): unknown => ({
      openedAt: start + i * minute, closedAt: start + (i + 1) * minute, open: (100 + i) / 2, high: (110 + 2 * i) / 2, low: (90 - i) / 2, close: (104 + 3 * i) / 2, volume: 7 + i,
    });

    expect(seen).toEqual([[2, 1, 0], [3, 2, 1], [4, 3, 2]].map((row) => row.map(shown)));
  });

  it('names its symbol, its instrument, its time and the mark', () => {
    const scene = seenAfter(({ intents }) => intents.hold, () => undefined, ({ symbol, time, mark, instrument, funding, closed }) => ({ symbol, time, mark, instrument, funding, closed }), half);

    expect(scene).toEqual({
      symbol: 'AAAUSDT', time: start + minute, mark: 50, funding: null, closed: [],
      instrument: { symbol: 'AAAUSDT', kind: 'linear', tick: 0.5, qtyStep: 0.1, minQty: 0.1, minNotional: 0, settle: 'USDT' },
    });
  });

  it('shows the funding that was settled, of 0 at the epoch none', () => {
    const funding = (engine: ReturnType<typeof engineOf>): void => {
      engine.take({ tag: 'funding', at: start, symbol: 0, leg: 0, rate: 0.0001, settledAt: start, nextAt: null, payment: 0n });
    };

    expect(seenAfter(({ intents }) => intents.hold, funding, (scene) => ({ ...scene.funding }))).toEqual({ rate: 0.0001, settledAt: start, nextAt: null });
  });
});
