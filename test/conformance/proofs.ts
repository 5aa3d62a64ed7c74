/** Every sentence with its proof. */
import { accountProofs } from './account.ts';
import type { Behaviour, Proof } from './behaviours.ts';
import { orderProofs } from './orders.ts';
import { stopProofs } from './stops.ts';

export const proofs: Readonly<Record<Behaviour, Proof>> = { ...orderProofs, ...stopProofs, ...accountProofs };
