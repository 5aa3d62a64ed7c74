/** Random markets and messages for the properties of the matching core: walks around 2,000 ticks, every message of the page. */
import fc from 'fast-check';
import type { Message } from '../../../sim/index.ts';
import { epoch, minute, stopAt, submit } from './desk.ts';
import type { Candle, Sent } from './desk.ts';

export const seed = 20_251_010;

interface Walk { readonly gapTicks?: number; readonly volumes?: readonly number[]; readonly bars?: number }

/** A walk with gaps; bars without volume only where `volumes` holds a 0. The first bar always trades. */
export function walkOf({ gapTicks = 8, volumes = [0, 1, 5, 1_000, 1_000], bars = 30 }: Walk = {}): fc.Arbitrary<Candle[]> {
  return fc.array(fc.record({
    gap: fc.integer({ min: -gapTicks, max: gapTicks }), body: fc.integer({ min: -25, max: 25 }), up: fc.integer({ min: 0, max: 20 }),
    down: fc.integer({ min: 0, max: 20 }), volume: fc.constantFrom(...volumes),
  }), { minLength: 12, maxLength: bars }).map((steps) => {
    let price = 2_000;
    return steps.map(({ gap, body, up, down, volume }, k): Candle => {
      const open = Math.max(200, price + gap);
      const close = Math.max(200, open + body);
      price = close;
      return [open, Math.max(open, close) + up, Math.min(open, close) - down, close, k === 0 ? 1_000 : volume];
    });
  });
}

export const side = fc.constantFrom<1 | -1>(1, -1);
export const level = fc.integer({ min: 1_950, max: 2_050 });
const rarely = fc.constantFrom(true, false, false, false);
const lots = fc.integer({ min: 1, max: 4_000 });
const orNone = (value: fc.Arbitrary<number>): fc.Arbitrary<number> => fc.oneof(fc.constant(0), value);

/** A message of the order or about an order sent before it. */
function anyMessage(order: number): fc.Arbitrary<Message> {
  const target = fc.integer({ min: 0, max: Math.max(0, order - 1) });
  const expireAt = fc.oneof({ arbitrary: fc.constant(0), weight: 4 }, { arbitrary: fc.integer({ min: 1, max: 16 }).map((k) => epoch + k * minute), weight: 1 });
  return fc.oneof(
    fc.record({ side, lots, slTicks: orNone(level), tpTicks: orNone(level), reduceOnly: rarely }).map((m) => submit(order, m.side, m.lots, m)),
    fc.record({ side, lots, priceTicks: level, timeInForce: fc.constantFrom<'GTC' | 'IOC' | 'FOK' | 'PostOnly'>('GTC', 'GTC', 'IOC', 'FOK', 'PostOnly'), reduceOnly: rarely, expireAt })
      .map((m) => submit(order, m.side, m.lots, { ...m, type: 'limit' })),
    fc.record({ side, triggerTicks: level, triggerDirection: fc.constantFrom<1 | 2>(1, 2), reduceOnly: rarely, slTicks: orNone(level), expireAt })
      .map((m) => submit(order, m.side, 1_000, m)),
    fc.record({ side, triggerTicks: level, triggerDirection: fc.constantFrom<1 | 2>(1, 2), priceTicks: level })
      .map((m) => submit(order, m.side, 1_000, { ...m, type: 'limit' })),
    fc.record({ slTicks: fc.option(level), tpTicks: fc.option(level) }).map((m) => stopAt(m.slTicks, { tpTicks: m.tpTicks })),
    fc.record({ trailTicks: fc.integer({ min: 3, max: 30 }), activeTicks: fc.option(level) }).map((m) => stopAt(null, m)),
    target.map((one): Message => ({ tag: 'cancel', symbol: 0, order: one })),
    fc.record({ target, priceTicks: level, lots: orNone(lots) })
      .map((m): Message => ({ tag: 'amend', symbol: 0, order: m.target, priceTicks: m.priceTicks, lots: m.lots, triggerTicks: 0, malformed: '' })),
    fc.integer({ min: 1, max: 50 }).map((amount): Message => ({ tag: 'add-margin', symbol: 0, reference: order, amount: BigInt(amount) * 10n ** 12n })),
  );
}

const opens = fc.constant(0);
/** An open, a vertex of the path, or any ms of the bar. */
const anyOffset = fc.oneof(opens, fc.constantFrom(20_000, 40_000), fc.integer({ min: 1, max: minute - 1 }));

function script(offsetMs: fc.Arbitrary<number>): fc.Arbitrary<Sent[]> {
  return fc.tuple(...Array.from({ length: 20 }, (_, order) => fc.record({ bar: fc.integer({ min: 1, max: 14 }), offsetMs, message: anyMessage(order) })));
}

/** Twenty messages at opens. */
export const openScript = script(opens);
/** Twenty messages at any time. */
export const timedScript = script(anyOffset);

export const toSymbol = (sent: readonly Sent[], symbol: number): Sent[] => sent.map((one) => ({ ...one, message: { ...one.message, symbol } }));
