/**
 * "Wanting" of the public rules, ways out: moved stops, break-even, trailing, targets, reduce, exit. Instruments have
 * tick 1, lot 1, taker 0.1 %, maker 0.05 %.
 */
import { describe, expect, it } from 'vitest';
import { noStop } from '../../engine/index.ts';
import { flat, marketOf, minute, series, start } from '../sim/market.ts';
import type { Row } from '../sim/market.ts';
import { follow, pick } from '../sim/played.ts';
import type { Played } from '../sim/played.ts';
import type { AnyScene, Script } from '../sim/scripted.ts';

const opensAt = (bar: number): number => start + bar * minute;
const still = (bars: number, ticks = 100): Row[] => Array.from({ length: bars }, () => flat(ticks));
const long = ({ intents }: AnyScene): ReturnType<AnyScene['intents']['enter']> => intents.enter({ side: 'long', qty: 4, stop: 90 });

/** A long of 4 from 100 with a stop at 90 after the first decision, then the script. */
const held = (bars: readonly Row[], at: NonNullable<Script['at']>, config: Parameters<typeof follow>[2] = {}): Played =>
  follow(marketOf({ bars }), { at: { 0: long, ...at } }, config);

describe('moveStop', () => {
  it('to 95 tightens the stop, and the next bar down to 94 leaves at 95', () => {
    const { rows } = held([...still(3), [100, 100, 94, 94], flat(94)], { 1: ({ intents }) => intents.moveStop(95) });

    expect(pick(rows('trades'), 'exit_price', 'exit_reason')).toEqual([[95, 'stop']]);
    expect(pick(rows('stops'), 'change', 'trigger', 'cause')).toEqual([
      ['requested', 90, 'rides on the entry'], ['armed', 90, 'confirmed'], ['armed', 95, 'confirmed'], ['fired', null, 'stop'],
    ]);
  });

  it('to a looser 85 is hold, stored once as looser', () => {
    const { rows, state, result } = held(still(5), {
      1: ({ intents }) => intents.moveStop(85), 2: ({ intents }) => intents.moveStop(84), 3: ({ intents }) => intents.moveStop(85),
    });

    expect(state.legs[0]!.position).toMatchObject({ protection: { tag: 'armed', trigger: 90 } });
    expect(pick(rows('decisions').slice(1), 'outcome', 'reason')).toEqual([['changed', 'looser']]);
    expect(result.refusals).toEqual({ looser: 3 });
  });

  it('to 85 with loosen moves it there', () => {
    const { state } = held(still(4), { 1: ({ intents }) => intents.moveStop(85, { loosen: true }) });

    expect(state.legs[0]!.position).toMatchObject({ protection: { tag: 'armed', trigger: 85 } });
  });

  it('to 101 with the mark at 100 is an exit at the next open', () => {
    const { rows } = held([...still(2), flat(99), flat(99)], { 1: ({ intents }) => intents.moveStop(101) });

    expect(pick(rows('trades'), 'exit_price', 'exit_reason', 'closed_at')).toEqual([[99, 'stop already through', opensAt(2)]]);
    expect(pick(rows('decisions').slice(1), 'intent', 'outcome', 'reason')).toEqual([['move-stop', 'changed', 'stop-already-through']]);
  });

  it('to a level that a gap makes impossible, refused at its arrival, is an exit too', () => {
    // The decision at 100 wants 98; the next open is 97: the venue refuses, the engine leaves at once.
    const { rows } = held([...still(2), flat(97), flat(97)], { 1: ({ intents }) => intents.moveStop(98) });

    expect(pick(rows('trades'), 'exit_price', 'exit_reason', 'closed_at')).toEqual([[97, 'stop already through', opensAt(2)]]);
  });

  it('judges a stop by mark against the mark: 97 is through with the mark at 96 and the last price at 100', () => {
    const mark = series([...still(2), flat(96), flat(96)]);
    const { rows } = follow(marketOf({ bars: still(5), mark }), { at: { 0: long, 2: ({ intents }) => intents.moveStop(97) } });

    expect(pick(rows('trades'), 'exit_price', 'exit_reason')).toEqual([[100, 'stop already through']]);
  });

  it('judges a stop by last against the last price: 97 stands although the mark is at 96', () => {
    const mark = series([...still(2), flat(96), flat(96)]);
    const { state } = follow(marketOf({ bars: still(5), mark }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 90, stopBy: 'last' }), 2: ({ intents }) => intents.moveStop(97) },
    });

    expect(state.legs[0]!.position).toMatchObject({ protection: { tag: 'armed', trigger: 97, by: 'last' } });
  });

  it('without a position is refused', () => {
    const { result } = follow(marketOf({ bars: still(2) }), { at: { 0: ({ intents }) => intents.moveStop(90) } });

    expect(result.refusals).toEqual({ 'no-position': 1 });
  });

  it('gives a waived position its first stop', () => {
    const { state } = follow(marketOf({ bars: still(4) }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: noStop }), 1: ({ intents }) => intents.moveStop(90) },
    });

    expect(state.legs[0]!.position).toMatchObject({ protection: { tag: 'armed', trigger: 90 } });
  });
});

describe('breakEvenAt', () => {
  // A lot risks 10 + 0.1 + 0.09 = 10.19; 1 R of 4 lots is 40.76, so a close at 111 (gain 44) is the first beyond it.
  const enter = ({ intents }: AnyScene): ReturnType<AnyScene['intents']['enter']> =>
    intents.enter({ side: 'long', qty: 4, stop: 90, breakEvenAt: 1 });

  it('of 1 R waits at 110 and moves the stop to 101 at a close of 111: 100 and both fees are 100.2, one tick up', () => {
    const { seen } = follow(marketOf({ bars: [...still(2), flat(110), flat(111), flat(111)] }), {
      at: { 0: enter }, see: ({ position }) => (position.tag === 'open' ? position.stop : null),
    });

    expect(seen).toEqual([null, 90, 90, 101, 101]);
  });

  it('leaves no loss when that stop fills at its trigger with 2 ticks of slippage', () => {
    const { rows } = follow(marketOf({ bars: [...still(2), flat(120), [120, 120, 95, 95], flat(95)] }), { at: { 0: enter } }, {
      slippage: { kind: 'ticks', n: 2 },
    });

    const [trade] = rows('trades');
    expect(trade).toMatchObject({ exit_reason: 'stop' });
    expect(trade!['net']).toBeGreaterThanOrEqual(0);
    expect(trade!['net']).toBeLessThan(4); // less than one tick on 4 lots
  });

  it('is judged at closes only: a high of 130 inside a bar that closes at 105 moves nothing', () => {
    const { state } = follow(marketOf({ bars: [...still(2), [100, 130, 100, 105], flat(105)] }), { at: { 0: enter } });

    expect(state.legs[0]!.position).toMatchObject({ protection: { trigger: 90 } });
  });

  it('never takes a tighter stop back', () => {
    const { state } = follow(marketOf({ bars: [...still(2), flat(115), flat(115), flat(115)] }), {
      at: { 0: (scene) => scene.intents.enter({ side: 'long', qty: 4, stop: 90, breakEvenAt: 5 }), 2: ({ intents }) => intents.moveStop(110) },
    });

    expect(state.legs[0]!.position).toMatchObject({ protection: { trigger: 110 } });
  });
});

describe('trail', () => {
  it('of 5 leaves at 115 after a high of 120', () => {
    const { rows } = follow(marketOf({ bars: [...still(2), [100, 120, 100, 118], [118, 118, 110, 110], flat(110)] }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 90, trail: { distance: 5 } }) },
    }, { path: 'olhc' });

    expect(pick(rows('trades'), 'exit_price', 'exit_reason')).toEqual([[115, 'trailing']]);
  });

  it('of 5 from 110 sleeps below it: a fall from 108 to 96 does not fire it, one from 112 to 107 does', () => {
    const { rows } = follow(marketOf({ bars: [...still(2), flat(108), flat(96), flat(112), [112, 112, 106, 106], flat(106)] }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 90, trail: { distance: 5, from: 110 } }) },
    });

    // Passed in the gap to 112: best is the open, 112 - 5 = 107.
    expect(pick(rows('trades'), 'exit_price', 'exit_reason')).toEqual([[107, 'trailing']]);
  });

  it('works without a stop when that was waived', () => {
    const { rows } = follow(marketOf({ bars: [...still(2), flat(120), [120, 120, 110, 110], flat(110)] }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: noStop, trail: { distance: 5 } }) },
    });

    expect(pick(rows('trades'), 'exit_price', 'exit_reason')).toEqual([[115, 'trailing']]);
  });
});

describe('targets', () => {
  it('of 0.25 at 105 and 0.75 at 110 take 1 and 3 of 4 lots, as makers', () => {
    const { rows } = follow(marketOf({ bars: [...still(2), [100, 106, 100, 106], [106, 111, 106, 111], flat(111)] }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 90, targets: [{ price: 105, fraction: 0.25 }, { price: 110, fraction: 0.75 }] }) },
    });

    expect(pick(rows('executions'), 'side', 'qty', 'price', 'liquidity')).toEqual([
      ['buy', 4, 100, 'taker'], ['sell', 1, 105, 'maker'], ['sell', 3, 110, 'maker'],
    ]);
    expect(pick(rows('trades'), 'gross', 'exit_reason')).toEqual([[5 + 30, 'target']]);
  });

  it('are fractions of what filled: of 4 wanted 2 fill, half of them is one lot', () => {
    const { rows } = follow(marketOf({ bars: [...still(1), [100, 100, 94, 100, 4], ...still(2)] }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', at: 'limit', price: 95, qty: 4, stop: 90, targets: [{ price: 105, fraction: 0.5 }] }) },
    }, { participation: 0.5 });

    expect(pick(rows('orders').filter((o) => o['role'] === 'target'), 'qty', 'price', 'reduce_only')).toEqual([[1, 105, true]]);
  });

  it('end with the position: the stop at 90 fires and no target is left', () => {
    const { rows } = follow(marketOf({ bars: [...still(2), [100, 100, 89, 89], [110, 110, 110, 110], flat(110)] }), {
      at: { 0: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 90, targets: [{ price: 105, fraction: 1 }] }) },
    });

    expect(pick(rows('orders'), 'role', 'outcome')).toEqual([['entry', 'filled'], ['target', 'cancelled']]);
    expect(rows('executions')).toHaveLength(2);
  });

  it('are replaced by setTargets: 105 goes, 108 for the whole comes', () => {
    const { rows } = follow(marketOf({ bars: [...still(3), [100, 109, 100, 109], flat(109)] }), {
      at: {
        0: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 90, targets: [{ price: 105, fraction: 1 }] }),
        1: ({ intents }) => intents.setTargets([{ price: 108, fraction: 1 }]),
      },
    });

    expect(pick(rows('orders').filter((o) => o['role'] === 'target'), 'price', 'outcome')).toEqual([[105, 'cancelled'], [108, 'filled']]);
    expect(pick(rows('trades'), 'exit_price')).toEqual([[108]]);
  });

  it('are all removed by an empty list', () => {
    const { rows, result } = follow(marketOf({ bars: [...still(3), [100, 109, 100, 109], flat(109)] }), {
      at: {
        0: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 90, targets: [{ price: 105, fraction: 1 }] }),
        1: ({ intents }) => intents.setTargets([]),
      },
    });

    expect(rows('trades')).toEqual([]);
    expect(result.open).toHaveLength(1);
  });

  it('stay after an add', () => {
    const { rows } = follow(marketOf({ bars: [...still(4), [100, 106, 100, 106], flat(106)] }), {
      at: {
        0: ({ intents }) => intents.enter({ side: 'long', qty: 4, stop: 90, targets: [{ price: 105, fraction: 0.5 }] }),
        1: ({ intents }) => intents.add({ qty: 2 }),
      },
    });

    expect(pick(rows('orders').filter((o) => o['role'] === 'target'), 'price', 'outcome')).toEqual([[105, 'filled']]);
  });
});

describe('reduce', () => {
  it('by 0.5 sells 2 of 4 reduce-only at the next open; the stop stays', () => {
    const { rows, state } = held(still(4), { 1: ({ intents }) => intents.reduce({ fraction: 0.5, reason: 'half' }) });

    expect(pick(rows('orders'), 'role', 'qty', 'reduce_only')).toEqual([['entry', 4, false], ['exit', 2, true]]);
    expect(state.legs[0]!.position).toMatchObject({ lots: 2, protection: { tag: 'armed', trigger: 90 } });
  });

  it('twice by 0.5 is a quarter left: the fraction is of the present position', () => {
    const { state } = held(still(5), {
      1: ({ intents }) => intents.reduce({ fraction: 0.5, reason: 'half' }), 2: ({ intents }) => intents.reduce({ fraction: 0.5, reason: 'half' }),
    });

    expect(state.legs[0]!.position).toMatchObject({ lots: 1 });
  });

  it('by 0.2 of 4 lots is less than one lot: refused below-min-qty', () => {
    const { result } = held(still(4), { 1: ({ intents }) => intents.reduce({ fraction: 0.2, reason: 'bit' }) });

    expect(result.refusals).toEqual({ 'below-min-qty': 1 });
    expect(result.open).toMatchObject([{ qty: 4 }]);
  });

  it('by 1 closes the position with its reason', () => {
    const { rows } = held(still(4), { 1: ({ intents }) => intents.reduce({ fraction: 1, reason: 'all of it' }) });

    expect(pick(rows('trades'), 'exit_reason')).toEqual([['all of it']]);
  });
});

describe('exit', () => {
  it('closes at the next open with its reason and ends a working add', () => {
    const { rows, result } = held([...still(3), flat(95), flat(95)], {
      1: ({ intents }) => intents.add({ at: 'limit', price: 96, qty: 1, validFor: 9 }),
      2: ({ intents }) => intents.exit('done here'),
    });

    expect(pick(rows('trades'), 'exit_reason', 'exit_price')).toEqual([['done here', 95]]);
    expect(pick(rows('orders'), 'role', 'outcome')).toEqual([['entry', 'filled'], ['entry', 'cancelled'], ['exit', 'filled']]);
    expect(result.open).toEqual([]);
  });

  it('that the volume cuts to 3 of 4 stays wanted: the rest goes at the following opens', () => {
    const { rows, result } = held([...still(2), [100, 100, 100, 100, 6], [100, 100, 100, 100, 6], flat(100), flat(100)], {
      1: ({ intents }) => intents.exit('out'),
    }, { participation: 0.5 });

    expect(pick(rows('executions'), 'time', 'side', 'qty')).toEqual([
      [opensAt(1), 'buy', 4], [opensAt(2), 'sell', 3], [opensAt(3), 'sell', 1],
    ]);
    expect(result.open).toEqual([]);
  });

  it('of a breached position that the volume cuts is finished at the following opens', () => {
    const { rows, result } = held([...still(2), [97, 97, 97, 97, 6], [97, 97, 97, 97, 6], flat(97), flat(97)], {
      1: ({ intents }) => intents.moveStop(98),
    }, { participation: 0.5 });

    expect(pick(rows('executions').slice(1), 'time', 'qty')).toEqual([[opensAt(2), 3], [opensAt(3), 1]]);
    expect(result.open).toEqual([]);
  });

  it('of nothing is hold', () => {
    const { result } = follow(marketOf({ bars: still(2) }), { at: { 0: ({ intents }) => intents.exit('why not') } });

    expect(result.refusals).toEqual({ 'nothing-open': 1 });
  });
});
