/**
 * Six strategies that try the engine, none of which wants to earn anything: a trend follower that moves its stop at every bar,
 * one that reverses at every bar, one that floods, a grid, one that uses everything there is, and one that fails. What they
 * want follows from their seed and the time of the decision alone; from `quietFrom` on they hold.
 */
import { defineStrategy, noStop, z } from '../../engine/index.ts';
import type { AnyStrategy, Intent, Resting } from '../../engine/index.ts';
import { chance } from '../sim/market.ts';
import type { AnyScene } from '../sim/scripted.ts';

export const strategyNames = ['trend', 'reverser', 'spammer', 'grid', 'everything', 'failing'] as const;
export type StrategyName = (typeof strategyNames)[number];

interface StrategyWish { readonly name: StrategyName; readonly seed: number; readonly symbols: readonly string[]; readonly quietFrom: number; readonly stopBy: 'mark' | 'last' }

interface Turn { readonly scene: AnyScene; readonly next: () => number; readonly stopBy: 'mark' | 'last' }

const wants: Readonly<Record<StrategyName, (turn: Turn) => Intent>> = { trend, reverser, spammer, grid, everything, failing };

export const loosens = (name: StrategyName): boolean => name === 'everything';

export function strategyOf({ name, seed, symbols, quietFrom, stopBy }: StrategyWish): AnyStrategy {
  return defineStrategy({
    name, symbols, timeframe: '1s', params: z.object({}), warmup: 5,
    indicators: (on) => ({ mean: on('1s').sma(4), range: on('1s').atr(3) }),
    decide(context): Intent {
      const scene = context as unknown as AnyScene;
      if (scene.time >= quietFrom) return scene.intents.hold;
      const next = chance(Math.imul(seed, 0x85ebca6b) ^ scene.time ^ (scene.symbol.charCodeAt(0) << 8));
      next();
      return wants[name]({ scene, next, stopBy });
    },
  }) as unknown as AnyStrategy;
}

/** A distance that a few bars can reach, quote. */
const distanceOf = ({ scene, next }: Turn): number => Math.max(8 * scene.instrument.tick, scene.ind['range']! * (0.6 + 3 * next()));
const risk = 0.004;

function trend(turn: Turn): Intent {
  const { scene: { bar, ind, position, intents }, next, stopBy } = turn;
  const distance = distanceOf(turn);
  if (position.tag === 'flat') {
    if (next() < 0.6) return intents.hold;
    return intents.enter({ side: bar.close >= ind['mean']! ? 'long' : 'short', risk, stop: { distance }, stopBy });
  }
  const long = position.side === 'long';
  if (next() < 0.06) return intents.exit('trend lost');
  return intents.moveStop(long ? bar.close - distance : bar.close + distance);
}

function reverser(turn: Turn): Intent {
  const { scene: { position, intents }, next, stopBy } = turn;
  const stop = { distance: distanceOf(turn) };
  if (position.tag === 'flat') return intents.enter({ side: next() < 0.5 ? 'long' : 'short', risk, stop, stopBy });
  return intents.reverse({ side: position.side === 'long' ? 'short' : 'long', risk, stop, stopBy });
}

function spammer(turn: Turn): Intent {
  const { scene: { bar, position, instrument, intents }, next, stopBy } = turn;
  const stop = { distance: distanceOf(turn) };
  const side = next() < 0.5 ? 'long' : 'short';
  const away = (side === 'long' ? -1 : 1) * instrument.tick * 40 * (next() - 0.2);
  if (position.tag === 'open') return next() < 0.4 ? intents.exit('again') : intents.hold;
  const roll = next();
  if (roll < 0.15) return intents.cancelEntry;
  if (roll < 0.3) return intents.enter({ side, risk, stop, stopBy });
  if (roll < 0.4) return intents.enter({ side, at: 'trigger', price: bar.close - away, risk, stop, stopBy, validFor: 2 });
  return intents.enter({ side, at: 'limit', price: bar.close + away, postOnly: next() < 0.3, risk, stop, stopBy, validFor: 1 + Math.floor(next() * 3) });
}

function grid({ scene: { bar, time, instrument, account, mark, intents }, stopBy }: Turn): Intent {
  const anchor = Math.round(bar.close / (100 * instrument.tick)) * 100 * instrument.tick;
  const worth = instrument.kind === 'linear' ? (0.2 * account.equity) / mark : 0.2 * account.equity * mark;
  const qty = Math.max(instrument.minQty, Math.floor(worth / instrument.qtyStep) * instrument.qtyStep);
  const orders: Resting[] = [];
  const turnOf = Math.floor(time / 10_000);
  for (let level = 1; level <= 3; level++) {
    orders.push({ key: `${turnOf}b${level}`, side: 'buy', price: anchor - level * 25 * instrument.tick, qty });
    orders.push({ key: `${turnOf}s${level}`, side: 'sell', price: anchor + level * 25 * instrument.tick, qty });
  }
  return intents.rest(orders, { long: anchor - 400 * instrument.tick, short: anchor + 400 * instrument.tick, stopBy });
}

function everything(turn: Turn): Intent {
  const { scene: { bar, position, instrument, account, intents }, next, stopBy } = turn;
  const distance = distanceOf(turn);
  const roll = Math.floor(next() * 12);
  if (position.tag === 'flat') {
    const side = next() < 0.5 ? 'long' : 'short';
    const ahead = side === 'long' ? 1 : -1;
    const waived = next() < 0.15;
    const size = waived ? { qty: Math.max(instrument.minQty, instrument.kind === 'linear' ? Math.round((0.3 * account.equity) / bar.close / instrument.qtyStep) * instrument.qtyStep : Math.floor(0.3 * account.equity * bar.close)) } : { risk };
    const targets = next() < 0.5 ? { targets: [{ price: bar.close + ahead * distance, fraction: 0.5 }, { price: bar.close + ahead * 2 * distance, fraction: 0.5 }] } : {};
    const trail = next() < 0.3 ? { trail: { distance } } : {};
    const breakEven = !waived && next() < 0.3 ? { breakEvenAt: 0.5 } : {};
    if (roll > 6) return intents.hold;
    return intents.enter({ side, ...size, stop: waived ? noStop : next() < 0.5 ? { distance } : bar.close - ahead * distance, stopBy, ...targets, ...trail, ...breakEven } as never);
  }
  const back = position.side === 'long' ? -1 : 1;
  switch (roll) {
    case 0: return intents.exit('done');
    case 1: return intents.add({ qty: Math.max(instrument.minQty, Math.round((position.qty * 0.3) / instrument.qtyStep) * instrument.qtyStep) });
    case 2: return intents.add({ at: 'limit', price: bar.close + back * instrument.tick * 10, qty: instrument.minQty * (instrument.kind === 'linear' ? 10 : 100), validFor: 2 });
    case 3: return intents.reduce({ fraction: 0.2 + next() * 0.8, reason: 'less' });
    case 4: case 5: return intents.moveStop(bar.close + back * distance);
    case 6: return intents.moveStop(bar.close + back * 2 * distance, { loosen: true });
    case 7: return intents.setTargets(next() < 0.3 ? [] : [{ price: bar.close - back * distance, fraction: 0.5 }]);
    case 8: return intents.reverse({ side: position.side === 'long' ? 'short' : 'long', risk, stop: { distance }, stopBy });
    default: return intents.hold;
  }
}

/** A trend follower that throws or returns nonsense once in about a hundred decisions. */
function failing(turn: Turn): Intent {
  const roll = turn.next();
  if (roll < 0.005) throw new TypeError('a strategy failed');
  if (roll < 0.01) return { enter: 'long' } as unknown as Intent;
  return trend(turn);
}
