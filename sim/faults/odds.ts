/**
 * Judges of every object whether a family of the plan strikes it, and keeps what struck.
 *
 * 1. Whether and how much follow from the seed and the object alone (`chance.ts`).
 * 2. What struck is written down in the form in which a plan names single faults: with all rates at 0 and this list
 *    injected, the same faults happen again.
 */
import type { Ms } from '../../engine/index.ts';
import { chanceOf, streams } from './chance.ts';
import { familyNames } from './families.ts';
import type { Family } from './families.ts';
import { actingRates, actions } from './plan.ts';
import type { Action, FaultPlan, Injected, Rate } from './plan.ts';
import { wordOf } from './words.ts';

/** What a fault is about: an attempt of a request, an order, or a message of the stream. */
export interface Target { readonly leg: number; readonly order: number; readonly action: Action; readonly attempt: number }

/** A fault that happened. `forMs` is its delay or length. */
export interface Struck extends Target { readonly family: Family; readonly at: Ms; readonly forMs: Ms }

/** Faults written down at most; later ones are counted only. */
const struckLimit = 100_000;

export class Odds {
  readonly struck: Struck[] = [];
  readonly fired: Partial<Record<Family, number>> = {};
  readonly seed: number;
  readonly #rates: Readonly<Record<Family, Rate>>;
  readonly #injected = new Map<Family, readonly Injected[]>();
  /** From here on nothing strikes. */
  readonly quietAt: Ms;

  constructor(plan: FaultPlan, from: Ms) {
    this.seed = plan.seed;
    this.#rates = actingRates(plan);
    for (const one of plan.inject) this.#injected.set(one.family, [...this.#injected.get(one.family) ?? [], one]);
    this.quietAt = plan.quietAfter === null ? Number.POSITIVE_INFINITY : from + plan.quietAfter;
  }

  rate(family: Family): Rate { return this.#rates[family]; }

  /** Whether the family strikes this object at `at`; if so it is written down. */
  strikes(family: Family, target: Target, at: Ms): boolean {
    if (at >= this.quietAt || !this.#isDue(family, target)) return false;
    this.note({ ...target, family, at, forMs: this.length(family, target) });
    return true;
  }

  #isDue(family: Family, target: Target): boolean {
    const { rate } = this.#rates[family];
    if (rate > 0 && chanceOf(this.seed, streams.faults, wordsOf(family, target)) < rate) return true;
    const named = this.#injected.size === 0 ? undefined : this.#injected.get(family);
    return named !== undefined && named.some((one) => matches(one, target));
  }

  /** How long the fault delays, ms: between the family's bounds, by the stream of amounts. */
  length(family: Family, target: Target): Ms {
    const { minMs, maxMs } = this.#rates[family];
    return minMs === maxMs ? minMs : minMs + Math.floor(this.amount(family, target) * (maxMs - minMs + 1));
  }

  /** A number in [0, 1) of this object, by the stream of amounts; `which` tells several of one object apart. */
  amount(family: Family, target: Target, which = 0): number {
    return chanceOf(this.seed, streams.venue, [...wordsOf(family, target), which]);
  }

  note(struck: Struck): void {
    this.fired[struck.family] = (this.fired[struck.family] ?? 0) + 1;
    if (this.struck.length < struckLimit) this.struck.push(struck);
  }
}

const familyWords = Object.fromEntries(familyNames.map((family) => [family, wordOf(family)])) as Readonly<Record<Family, number>>;

function wordsOf(family: Family, { leg, order, action, attempt }: Target): number[] {
  return [familyWords[family], leg, order, actions.indexOf(action), attempt];
}

function matches({ leg, order, action, attempt }: Injected, target: Target): boolean {
  return (leg === undefined || leg === target.leg) && (order === undefined || order === target.order)
    && (action === undefined || action === target.action) && (attempt === undefined || attempt === target.attempt);
}
