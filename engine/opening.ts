/** What the risk review is asked about an order that may open or grow a position, and what it answers. */
import type { EntryKind } from './size.ts';
import type { Direction } from './units.ts';

export interface Opening {
  readonly side: Direction;
  lots: number;
  /** Price the order is valued at, ticks. */
  readonly priceTicks: number;
  /** 0 = waived. */
  readonly stopTicks: number;
  readonly waived: boolean;
  readonly entry: EntryKind;
  /** Lots of the present position that are closed before this order acts. */
  readonly closesFirst: number;
  /** Standing order this one takes the place of; -1 = none. */
  readonly replaces: number;
  /** Ticks the entry's targets hope to gain, weighted by their fractions; 0 = it names none. */
  readonly targetTicks: number;
}

/** `inputs` = the numbers behind a refusal by a rule, '' when no rule is on. */
export type Review =
  | { readonly tag: 'approved' }
  | { readonly tag: 'refused'; readonly why: string; readonly inputs: string };

export const approved: Review = { tag: 'approved' };

export function refused(why: string, inputs = ''): Review {
  return { tag: 'refused', why, inputs };
}
