/** The fewest faults that still break a schedule: its faults as a list, from which one after the other is left out. */
import type { FaultPlan } from '../../sim/faults/index.ts';
import { Loop } from './loop.ts';
import type { Schedule } from './schedule.ts';
import { silent } from './story.ts';

type Injected = FaultPlan['inject'][number];

export function minimise(schedule: Schedule): string[] {
  const whole = new Loop(schedule, silent);
  const wanted = Object.keys(whole.play().report.counts);
  if (wanted.length === 0) return ['nothing to minimise: no invariant is violated'];
  const breaks = (tried: Schedule): boolean => Object.keys(new Loop(tried, silent).play().report.counts).some((name) => wanted.includes(name));
  const faults = whole.struck.map(({ family, leg, order, action, attempt, at, forMs }): Injected => ({ family, leg, order, action, attempt, at, forMs }));
  const withFaults = (inject: readonly Injected[], base: Schedule): Schedule => ({ ...base, plan: bare(base.plan, inject) });
  if (!breaks(withFaults(faults, schedule))) return [`${faults.length} faults, not the same when listed: look at the whole schedule`];
  let kept: readonly Injected[] = faults;
  let base = schedule;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let i = 0; i < kept.length;) {
      const fewer = [...kept.slice(0, i), ...kept.slice(i + size)];
      if (breaks(withFaults(fewer, base))) kept = fewer;
      else i += size;
    }
  }
  for (const lighter of [{ ...base, kills: [] }, { ...base, words: [] }, { ...base, kills: [], words: [] }]) {
    if (breaks(withFaults(kept, lighter))) base = lighter;
  }
  return [
    `violated: ${wanted.join(' ')}; ${faults.length} faults became ${kept.length}, ${base.kills.length} kills, ${base.words.length} words`,
    ...kept.map((one) => `  ${JSON.stringify(one)}`),
  ];
}

/** The same plan with nothing left to chance. */
function bare(plan: FaultPlan, inject: readonly Injected[]): FaultPlan {
  const families = Object.fromEntries(Object.entries(plan.families).map(([name, rate]) => [name, { ...rate, rate: 0 }])) as FaultPlan['families'];
  return { ...plan, families, swarm: false, outages: 0, inject };
}
