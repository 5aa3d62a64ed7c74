/** The part of the list that recorded frames of the exchange show. They lie beside the project; without them it is left out. */
import { afterAll, describe, it } from 'vitest';
import { behaviours } from '../behaviours.ts';
import type { Behaviour } from '../behaviours.ts';
import { coverageOf } from '../coverage.ts';
import { shownAt } from '../proofs.ts';
import { hasFrames } from './frames.ts';
import { recordedProofs } from './proofs.ts';

const cannot = Object.fromEntries(behaviours.flatMap((behaviour) => {
  const proof = recordedProofs[behaviour];
  return typeof proof === 'string' ? [[behaviour, proof]] : [];
}));
let shown = 0;
if (!hasFrames) console.log('conformance: recorded frames: left out, ../shared/fixtures/bybit is not there');

async function expectRecorded(behaviour: Behaviour): Promise<void> {
  const proof = recordedProofs[behaviour];
  if (typeof proof === 'string') throw new Error(proof);
  await proof();
}

describe.skipIf(!hasFrames)('conformance recorded frames', () => { // left out without ../shared
  it.each(shownAt({ cannot }))('$sentence', async ({ behaviour }) => {
    await expectRecorded(behaviour);
    shown += 1;
  });
});

afterAll(() => {
  if (hasFrames) coverageOf({ name: 'recorded frames', cannot }, shown);
});
