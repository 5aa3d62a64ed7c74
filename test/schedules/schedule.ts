/** A schedule: everything that two minutes of faults follow from, made of one number. */
import { runConfig } from '../../engine/index.ts';
import type { AnyStrategy, Ms, Operator, RunConfig } from '../../engine/index.ts';
import { families, namedPlan, restartsOf } from '../../sim/faults/index.ts';
import type { FaultPlan, Restart } from '../../sim/faults/index.ts';
import type { Market } from '../../sim/index.ts';
import { Lots } from './chance.ts';
import { faultSeconds, from, marketOf, paths, second } from './market.ts';
import type { Path } from './market.ts';
import { strategyNames, strategyOf } from './strategies.ts';
import type { StrategyName } from './strategies.ts';

export interface Word { readonly at: Ms; readonly verb: Operator['verb'] }

export interface Schedule {
  readonly seed: number;
  readonly config: RunConfig;
  readonly path: Path;
  readonly kind: 'linear' | 'inverse';
  readonly market: Market;
  readonly strategyName: StrategyName;
  readonly strategy: AnyStrategy;
  readonly plan: FaultPlan;
  readonly kills: readonly Restart[];
  readonly words: readonly Word[];
}

/** How hard the faults blow: seldom ones find what many hide. */
const shares = [0, 0.03, 0.1, 0.3, 1, 1, 1] as const;

export function scheduleOf(seed: number): Schedule {
  const world = new Lots(seed, 'world');
  const kind = world.happens(0.75) ? 'linear' : 'inverse';
  const symbols = kind === 'linear' ? ['AAAUSDT', 'BBBUSDT'].slice(0, world.happens(0.25) ? 2 : 1) : ['AAAUSD'];
  const path = world.one(paths);
  const strategyName = world.one(strategyNames);
  const share = world.one(shares);
  const stopBy = world.happens(0.5) ? 'mark' : 'last';
  const config = configOf(world, kind, path);
  return {
    seed, kind, path, strategyName, config,
    market: marketOf(new Lots(seed, 'market'), path, kind, symbols),
    strategy: strategyOf({ name: strategyName, seed, symbols, quietFrom: from + faultSeconds * second, stopBy }),
    plan: planOf(seed, share),
    kills: share > 0 && world.happens(0.4) ? killsOf(world, seed, Math.max(1, Math.round(share * 6))) : [],
    words: world.happens(0.12) ? wordsOf(world) : [],
  };
}

function configOf(world: Lots, kind: 'linear' | 'inverse', path: Path): RunConfig {
  return runConfig.parse({
    cash: kind === 'linear' ? 10_000 : 1, leverage: world.one([2, 5, 10]), latencyMs: world.whole(0, 120), responseLatencyMs: world.whole(0, 80),
    participation: path === 'thin' ? 0.5 : null,
    slippage: world.happens(0.3) ? { kind: 'ticks', n: world.whole(1, 5) } : { kind: 'none' },
    adopt: { positions: world.one(['adopt', 'adopt', 'refuse', 'flatten']), orders: world.one(['adopt', 'refuse', 'flatten']) },
    exit: world.happens(0.3) ? { limitMs: world.whole(0, 3_000), iocMs: world.whole(0, 2_000) } : {},
    unprotected: world.happens(0.8) ? 'flatten' : 'hold',
  });
}

/** Families whose spells would outlast two minutes, made shorter. */
const shorter: Readonly<Record<string, readonly [Ms, Ms]>> = {
  ban: [2_000, 20_000], 'zombie-topic': [5_000, 40_000], stall: [5_000, 30_000], sleep: [10_000, 40_000], 'venue-cancel': [50, 20_000],
};

function planOf(seed: number, share: number): FaultPlan {
  const base = namedPlan('storm', seed);
  const rates = Object.fromEntries(Object.entries(families).map(([name, { most, minMs, maxMs }]) => {
    const [least, longest] = shorter[name] ?? [minMs, maxMs];
    return [name, { rate: most * share, minMs: least, maxMs: longest }];
  })) as FaultPlan['families'];
  const outages = share === 0 ? 0 : seed % 5;
  return {
    ...base, plan: `share ${share}`, families: rates, swarm: true, quietAfter: faultSeconds * second, outages: share < 1 ? Math.min(1, outages) : outages,
    windowMs: 20_000,
  };
}

/** Kills whose process is back before the faults end. */
function killsOf(world: Lots, seed: number, most: number): readonly Restart[] {
  const to = from + faultSeconds * second;
  let free = from;
  return restartsOf(seed, world.whole(1, most), from, to).flatMap((kill) => {
    const at = Math.max(kill.at, free);
    const until = Math.min(Math.max(kill.until, at), to - kill.downMs);
    free = until + kill.downMs;
    return at < until ? [{ ...kill, at, until }] : [];
  });
}

function wordsOf(world: Lots): readonly Word[] {
  const first = from + world.whole(5_000, 80_000);
  const verb = world.one(['halt', 'flatten', 'reduce-only'] as const);
  const words: Word[] = [{ at: first, verb }];
  if (world.happens(0.7)) words.push({ at: first + world.whole(500, 30_000), verb: 'resume' });
  return words;
}
