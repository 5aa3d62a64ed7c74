/** The part of the list that recorded frames of the exchange show. They lie beside the project; without them it is left out. */
import { afterAll, describe, expect, it } from 'vitest';
import { behaviours, sentences } from '../behaviours.ts';
import { coverageOf } from '../coverage.ts';
import { hasFrames } from './frames.ts';
import { recordedProofs } from './proofs.ts';

const cannot = Object.fromEntries(behaviours.flatMap((behaviour) => {
  const proof = recordedProofs[behaviour];
  return typeof proof === 'string' ? [[behaviour, proof]] : [];
}));
let shown = 0;

describe.skipIf(!hasFrames)('recorded frames', () => { // left out without ../shared
  for (const behaviour of behaviours) {
    const proof = recordedProofs[behaviour];
    if (typeof proof === 'string') continue;
    it(sentences[behaviour], async () => {
      await proof();
      shown += 1;
    });
  }
});

afterAll(() => {
  if (!hasFrames) console.log('conformance: recorded frames: left out, ../shared/fixtures/bybit is not there');
  else expect(coverageOf({ name: 'recorded frames', cannot }, shown)).toBeGreaterThan(0);
});
