/** The line that a venue ends with: how much of the list it showed, and why not the rest. */
import { behaviours, sentences } from './behaviours.ts';
import type { Behaviour } from './behaviours.ts';
import type { Venue } from './venue.ts';

/** Prints it, and returns what was shown. */
export function coverageOf({ name, cannot }: Pick<Venue, 'name' | 'cannot'>, shown: number): number {
  const why = behaviours.flatMap((behaviour: Behaviour) => (cannot[behaviour] === undefined ? [] : [`  not "${sentences[behaviour]}": ${cannot[behaviour]}`]));
  console.log([`conformance: ${name}: ${shown} of ${behaviours.length} behaviours shown, ${why.length} cannot be`, ...why].join('\n'));
  return shown;
}
