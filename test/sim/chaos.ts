/**
 * A strategy that wants everything there is to want, by a chance that depends only on what a decision sees, and writes
 * what it saw into the reason of every want: whatever leaked from the future would change its rows.
 */
import { defineStrategy, noStop, z } from '../../engine/index.ts';
import type { AnyStrategy, Intent, Resting } from '../../engine/index.ts';
import { chance } from './market.ts';
import type { AnyScene } from './scripted.ts';

export interface ChaosWish { readonly seed: number; readonly symbols?: readonly string[]; readonly mayLoosen?: boolean; readonly rests?: boolean; readonly stopBy?: 'mark' | 'last'; readonly longer?: boolean; readonly timeframe?: '1m' | '3m'; readonly holds?: number }

export function chaos({ seed, symbols = ['AAAUSDT'], mayLoosen = true, rests = true, stopBy = 'mark', longer = true, timeframe = '1m', holds = 0 }: ChaosWish): AnyStrategy {
  return defineStrategy({
    name: 'chaos', symbols, timeframe, params: z.object({}), warmup: 12,
    indicators: (on) => ({
      mean: on(timeframe).sma(3), top: on(timeframe).highest(5), longer: on(longer ? '3m' : timeframe).sma(2), range: on(timeframe).atr(3),
    }),
    memory: () => ({ calls: 0 }),
    decide(context): Intent {
      const scene = context as unknown as AnyScene;
      (context.memory as unknown as { calls: number }).calls += 1;
      const next = chance(seed ^ scene.time ^ Math.round(scene.bar.close * 8_191) ^ scene.symbol.charCodeAt(0));
      return want(scene, next, { mayLoosen, rests, stopBy, holds }, sawOf(scene));
    },
  }) as unknown as AnyStrategy;
}

/** Everything a decision can look at, as one text. */
function sawOf(scene: AnyScene): string {
  const { bar, ind, prev, position, entry, resting, closed, account, mark, funding, history } = scene;
  const there = position.tag === 'open' ? `${position.qty} ${position.entryPrice} ${position.barsHeld} ${position.stop} ${position.unrealised}` : 'flat';
  const values = [bar.close, history(11).open, ind['mean'], prev['mean'], ind['longer'], prev['longer'], ind['top'], mark, account.equity, account.openRiskFraction];
  const text = `${values.join(' ')} ${there} ${JSON.stringify(entry)} ${resting.length} ${closed.map((t) => t.net).join()} ${JSON.stringify(funding)}`;
  return text.slice(0, 200);
}

/** `holds` = chances of doing nothing beside 14 others. */
interface Manners { readonly mayLoosen: boolean; readonly rests: boolean; readonly stopBy: 'mark' | 'last'; readonly holds: number }

function want(scene: AnyScene, next: () => number, manners: Manners, reason: string): Intent {
  const { intents, position } = scene;
  const roll = Math.floor(next() * (14 + manners.holds));
  if (manners.rests && roll >= 12 && roll < 14) return rest(scene, next);
  if (position.tag === 'flat') return roll < 6 ? enter(scene, next, manners, reason, next() < 0.5 ? 'long' : 'short', 'enter') : roll < 7 ? intents.cancelEntry : intents.hold;
  const away = position.side === 'long' ? -1 : 1;
  const level = scene.bar.close + away * next() * 60;
  switch (roll) {
    case 0: return intents.exit(reason);
    case 1: return enter(scene, next, manners, reason, position.side === 'long' ? 'short' : 'long', 'reverse');
    case 2: return intents.reduce({ fraction: 0.1 + next() * 0.9, reason });
    case 3: return intents.add({ risk: 0.002 + next() * 0.004, reason });
    case 4: return intents.add({ at: 'limit', price: scene.bar.close + away * 10, qty: 1 + Math.floor(next() * 5), stop: level, reason });
    case 5: case 6: case 7: return intents.moveStop(level);
    case 8: return manners.mayLoosen ? intents.moveStop(level, { loosen: true }) : intents.hold;
    case 9: return intents.setTargets(next() < 0.3 ? [] : [{ price: scene.bar.close - away * 30, fraction: 0.5 }]);
    default: return intents.hold;
  }
}

type Enter = Parameters<AnyScene['intents']['enter']>[0];

function enter(scene: AnyScene, next: () => number, { stopBy }: Manners, reason: string, side: 'long' | 'short', how: 'enter' | 'reverse'): Intent {
  const away = side === 'long' ? -1 : 1;
  const { close } = scene.bar;
  const price = Math.round(close + (next() < 0.6 ? away : -away) * next() * 30);
  const kind = Math.floor(next() * 4);
  const at = kind === 1 ? { at: 'limit', price, postOnly: next() < 0.3 } : kind === 2 ? { at: 'trigger', price } : kind === 3 ? { at: 'trigger', price, limit: price - away * 5 } : {};
  const far = 20 + next() * 80;
  const waived = next() < 0.08;
  const stop = waived ? noStop : next() < 0.5 ? { distance: far } : (kind === 0 ? close : price) + away * far;
  const size = waived || next() < 0.3 ? { qty: 1 + Math.floor(next() * 20) } : { risk: 0.002 + next() * 0.01 };
  const targets = next() < 0.5 ? { targets: [{ price: close - away * 40, fraction: 0.4 }, { price: close - away * 80, fraction: 0.6 }] } : {};
  const trail = next() < 0.25 ? { trail: next() < 0.5 ? { distance: 30 } : { distance: 30, from: close - away * 25 } } : {};
  const breakEven = !waived && next() < 0.3 ? { breakEvenAt: 0.5 } : {};
  return scene.intents[how]({ side, ...at, ...size, stop, stopBy, ...targets, ...trail, ...breakEven, validFor: 1 + Math.floor(next() * 4), reason } as Enter);
}

function rest({ intents, bar }: AnyScene, next: () => number): Intent {
  const orders: Resting[] = [];
  for (let i = 1; i <= 3; i++) {
    if (next() < 0.2) continue;
    orders.push({ key: `b${i}`, side: 'buy', price: bar.close - i * 15, qty: 1 + i, once: next() < 0.5 });
    orders.push({ key: `s${i}`, side: 'sell', price: bar.close + i * 15, qty: 1 + i, once: next() < 0.5, reduceOnly: next() < 0.2 });
  }
  return intents.rest(orders, { long: bar.close - 150, short: bar.close + 150 });
}
