/**
 * What others do to the account: somebody trades by hand, the venue takes a stop off, reduces or closes a position. Each is
 * sent to the exchange as a message of its own, with an order number of -2 or below.
 */
import type { Direction, ExecutionCause, Instrument } from '../../engine/index.ts';
import { valueNumber } from '../../engine/index.ts';
import type { Exchange, Message, Submit } from '../exchange/index.ts';
import type { Family } from './families.ts';
import type { Odds, Target } from './odds.ts';
import type { Spell } from './spells.ts';
import type { Truth } from './truth.ts';

/** A message of somebody else. `cause` is what its executions are called. */
export interface Act { readonly message: Message; readonly cause: ExecutionCause }

export interface Scene {
  readonly truth: Truth; readonly exchange: Exchange; readonly odds: Odds; readonly instruments: readonly Instrument[];
  /** The next order number that is not ours. */
  readonly number: number;
}

const byHand: ReadonlySet<Family> = new Set<Family>([
  'manual-close', 'manual-open', 'manual-cancel', 'stop-removed', 'stop-moved', 'adl', 'liquidation',
]);

/** Families in which somebody does something at the spell's first instant. */
export const isAct = (family: Family): boolean => byHand.has(family);

/** What the spell makes somebody do now; nothing when there is nothing to do it to. */
export function actsOf(scene: Scene, { family, index }: Spell): readonly Act[] {
  const leg = Math.floor(scene.odds.amount(family, aim(0, index), 4) * scene.truth.legs);
  const target = aim(leg, index);
  const { side, lots } = scene.truth.position(leg);
  switch (family) {
    case 'manual-close': return close(scene, target, scene.odds.amount(family, target) < 0.5 ? lots : Math.ceil(lots / 2), 'foreign');
    case 'adl': return close(scene, target, scene.odds.amount(family, target) < 0.5 ? lots : Math.ceil(lots / 2), 'adl');
    case 'liquidation': return liquidate(scene, target);
    case 'manual-open': return open(scene, target);
    case 'manual-cancel': return cancel(scene, target);
    case 'stop-removed': return side === 0 || scene.truth.stop(leg) === null ? [] : [stop(leg, 0)];
    case 'stop-moved': return move(scene, leg, side);
    default: return [];
  }
}

const aim = (leg: number, index: number): Target => ({ leg, order: 0, action: 'position', attempt: index });

function market(scene: Scene, leg: number, side: Direction, lots: number, reduceOnly: boolean): Submit {
  return {
    tag: 'submit', symbol: leg, order: scene.number, side, lots, type: 'market', priceTicks: 0, triggerTicks: 0, triggerDirection: 0,
    triggerBy: 'last', timeInForce: 'IOC', reduceOnly, expireAt: 0, slTicks: 0, slBy: 'mark', tpTicks: 0, tpBy: 'last', malformed: '',
  };
}

function close(scene: Scene, { leg }: Target, lots: number, cause: ExecutionCause): readonly Act[] {
  const { side } = scene.truth.position(leg);
  if (side === 0) return [];
  return [{ message: market(scene, leg, side === 1 ? -1 : 1, lots, true), cause }];
}

/** The venue cancels what stands, then takes the position over. */
function liquidate(scene: Scene, target: Target): readonly Act[] {
  const { leg } = target;
  const closing = close(scene, target, scene.truth.position(leg).lots, 'liquidation');
  if (closing.length === 0) return [];
  const cancels = scene.truth.standing(leg).map(({ number }): Act => ({ message: { tag: 'cancel', symbol: leg, order: number }, cause: 'order' }));
  return [...cancels, ...closing];
}

/** An order as large as half the position, or the smallest one; either side. */
function open(scene: Scene, target: Target): readonly Act[] {
  const { leg } = target;
  const instrument = scene.instruments[leg]!;
  const price = scene.exchange.markTicks(leg);
  if (!(price > 0)) return [];
  const least = Math.max(instrument.minLots, Math.ceil(instrument.minNotional / valueNumber(instrument, price, 1)) + 1);
  const lots = Math.max(least, Math.floor(scene.truth.position(leg).lots / 2));
  const side = scene.odds.amount('manual-open', target) < 0.5 ? 1 : -1;
  return [{ message: market(scene, leg, side, lots, false), cause: 'foreign' }];
}

function cancel(scene: Scene, target: Target): readonly Act[] {
  const standing = scene.truth.standing(target.leg);
  const chosen = standing[Math.floor(scene.odds.amount('manual-cancel', target) * standing.length)];
  return chosen === undefined ? [] : [{ message: { tag: 'cancel', symbol: target.leg, order: chosen.number }, cause: 'order' }];
}

function stop(leg: number, slTicks: number): Act {
  return {
    message: {
      tag: 'trading-stop', symbol: leg, reference: -2, slTicks, slBy: 'mark', tpTicks: null, tpBy: 'last',
      trailTicks: slTicks === 0 ? 0 : null, activeTicks: null,
    },
    cause: 'order',
  };
}

/** A looser stop: half as far again from the mark. */
function move(scene: Scene, leg: number, side: number): readonly Act[] {
  const present = scene.truth.stop(leg);
  const mark = scene.exchange.markTicks(leg);
  if (side === 0 || present === null) return [];
  const wanted = Math.round(mark + 1.5 * (present.triggerTicks - mark));
  if (wanted <= 0 || wanted === present.triggerTicks) return [];
  const { message } = stop(leg, wanted);
  return [{ message: message.tag === 'trading-stop' ? { ...message, slBy: present.by, trailTicks: null } : message, cause: 'order' }];
}
