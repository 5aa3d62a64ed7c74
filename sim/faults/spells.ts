/**
 * Faults that last: time is cut into stretches, each family is asked once for each, and begins somewhere inside it. Outages
 * are counted instead: so many over the whole run. All of it is known before the first bar.
 */
import type { Ms } from '../../engine/index.ts';
import { chanceOf, streams } from './chance.ts';
import { families, familyNames } from './families.ts';
import type { Family } from './families.ts';
import type { Odds } from './odds.ts';
import type { FaultPlan } from './plan.ts';
import { wordOf } from './words.ts';

/** From `at` to before `until`. */
export interface Spell { readonly family: Family; readonly at: Ms; readonly until: Ms; readonly index: number }

const lasting = familyNames.filter((family) => families[family].about === 'spell');

/** Every spell of the run, by the time it begins. */
export function spellsOf(plan: FaultPlan, odds: Odds, from: Ms, to: Ms): readonly Spell[] {
  const spells: Spell[] = [];
  for (const family of lasting) {
    if (family === 'outage') addOutages(plan, odds, from, to, spells);
    else addByWindow(family, plan, odds, from, to, spells);
  }
  for (const { family, at, forMs } of plan.inject) {
    if (at !== undefined && families[family].about === 'spell') add(spells, odds, { family, at, index: at }, forMs ?? odds.rate(family).maxMs);
  }
  return spells.sort((a, b) => a.at - b.at || wordOf(a.family) - wordOf(b.family));
}

function addByWindow(family: Family, { windowMs }: FaultPlan, odds: Odds, from: Ms, to: Ms, spells: Spell[]): void {
  const { rate } = odds.rate(family);
  if (rate === 0) return;
  const last = Math.floor((to - 1) / windowMs);
  for (let index = Math.floor(from / windowMs); index <= last; index++) {
    if (chanceOf(odds.seed, streams.faults, [wordOf(family), index]) >= rate) continue;
    const at = index * windowMs + Math.floor(chanceOf(odds.seed, streams.venue, [wordOf(family), index, 1]) * windowMs);
    if (at >= from && at < to) add(spells, odds, { family, at, index }, lengthOf(family, odds, index));
  }
}

function addOutages({ outages }: FaultPlan, odds: Odds, from: Ms, to: Ms, spells: Spell[]): void {
  for (let index = 0; index < outages; index++) {
    const at = from + Math.floor(chanceOf(odds.seed, streams.faults, [wordOf('outage'), index]) * (to - from));
    add(spells, odds, { family: 'outage', at, index }, lengthOf('outage', odds, index));
  }
}

function lengthOf(family: Family, odds: Odds, index: number): Ms {
  const { minMs, maxMs } = odds.rate(family);
  return minMs + Math.floor(chanceOf(odds.seed, streams.venue, [wordOf(family), index, 2]) * (maxMs - minMs + 1));
}

function add(spells: Spell[], odds: Odds, { family, at, index }: Pick<Spell, 'family' | 'at' | 'index'>, forMs: Ms): void {
  if (at >= odds.quietAt) return;
  spells.push({ family, at, until: Math.min(at + forMs, odds.quietAt), index });
}

/** The spells of some families under way, asked with times that never run back by more than a spell. */
export class Weather {
  readonly #spells: readonly Spell[];

  constructor(spells: readonly Spell[], ...of: readonly Family[]) {
    this.#spells = spells.filter(({ family }) => of.includes(family));
  }

  /** The spell of these families that `at` lies in, null when there is none. */
  during(at: Ms): Spell | null {
    for (let i = this.#before(at); i >= 0; i--) {
      const spell = this.#spells[i]!;
      if (spell.until > at) return spell;
      if (spell.at < at - longestMs) return null;
    }
    return null;
  }

  /** Index of the last spell that begins at or before `at`, -1 = none. */
  #before(at: Ms): number {
    let low = 0;
    let high = this.#spells.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#spells[middle]!.at <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** No spell lasts longer than a day. */
const longestMs = 86_400_000;
