/** What a venue of the suite is: how to stand before it, and what it cannot show, each with its reason. */
import type { Behaviour } from './behaviours.ts';
import type { Site } from './site.ts';

export interface Venue {
  readonly name: string;
  open(behaviour: Behaviour): Promise<Site>;
  /** Why a behaviour is not shown here, in one line. */
  readonly cannot: Partial<Readonly<Record<Behaviour, string>>>;
}
