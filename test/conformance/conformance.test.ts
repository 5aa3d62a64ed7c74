/** Every venue shows every behaviour, or says why it cannot. */
import { afterAll, describe, expect, it } from 'vitest';
import { behaviours, sentences } from './behaviours.ts';
import { coverageOf } from './coverage.ts';
import { proofs } from './proofs.ts';
import { inProcess } from './venues/in-process.ts';
import { overTheWire } from './venues/local.ts';

const venues = [inProcess, overTheWire('linear'), overTheWire('inverse'), overTheWire('linear', 'ws')];
const shown = new Map<string, number>();

describe.each(venues)('$name', ({ name, open, cannot }) => {
  for (const behaviour of behaviours) {
    if (cannot[behaviour] !== undefined) continue;
    it(sentences[behaviour], async () => {
      const site = await open(behaviour);
      try {
        await proofs[behaviour](site);
      } finally {
        await site.close();
      }
      shown.set(name, (shown.get(name) ?? 0) + 1);
    });
  }
});

afterAll(() => {
  const total = venues.reduce((sum, venue) => sum + coverageOf(venue, shown.get(venue.name) ?? 0), 0);
  console.log(`conformance: ${total} of ${venues.length} venues x ${behaviours.length} behaviours shown`);
  expect(total).toBeGreaterThan(0);
});
