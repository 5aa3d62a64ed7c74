/** What the invariants found: a bounded list of violations, and how many there were of each. */
import type { Ms } from '../../engine/index.ts';

/** Numbers of the invariants, as in the header of `auditor.ts`. */
export const invariants = [
  'I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10', 'I11', 'I12', 'I13', 'I14', 'I15', 'I16', 'I17', 'I18', 'I19', 'I20', 'I21',
] as const;
export type Invariant = (typeof invariants)[number];

/** `leg` is -1 where the whole engine is meant. */
export interface Violation { readonly invariant: Invariant; readonly at: Ms; readonly leg: number; readonly text: string }

/** Violations kept with their text; the rest is counted only. */
export const keptViolations = 100;

export class Findings {
  readonly kept: Violation[] = [];
  readonly #counts = new Map<Invariant, number>();

  add(invariant: Invariant, at: Ms, leg: number, text: string): void {
    this.#counts.set(invariant, (this.#counts.get(invariant) ?? 0) + 1);
    if (this.kept.length < keptViolations) this.kept.push({ invariant, at, leg, text });
  }

  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }

  /** Count of every invariant that was violated. */
  get counts(): Readonly<Partial<Record<Invariant, number>>> {
    return Object.fromEntries(invariants.flatMap((name) => (this.#counts.has(name) ? [[name, this.#counts.get(name)!]] : [])));
  }
}
