/** Every sentence with its proof, and the sentences that a venue shows. */
import { accountProofs } from './account.ts';
import { behaviours, sentences } from './behaviours.ts';
import type { Behaviour, Proof } from './behaviours.ts';
import { orderProofs } from './orders.ts';
import type { Site } from './site.ts';
import { stopProofs } from './stops.ts';
import type { Venue } from './venue.ts';

const proofs: Readonly<Record<Behaviour, Proof>> = { ...orderProofs, ...stopProofs, ...accountProofs };

/** Shows one behaviour at a site, and leaves it. */
export async function expectShown(behaviour: Behaviour, site: Site): Promise<void> {
  try {
    await proofs[behaviour](site);
  } finally {
    await site.close();
  }
}

export interface Shown { readonly behaviour: Behaviour; readonly sentence: string }
export const shownAt = ({ cannot }: Pick<Venue, 'cannot'>): readonly Shown[] =>
  behaviours.filter((behaviour) => cannot[behaviour] === undefined).map((behaviour) => ({ behaviour, sentence: sentences[behaviour] }));
