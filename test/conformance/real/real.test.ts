/** The same list at demo and testnet, when their keys are in the environment; left out with a reason otherwise. */
import { afterAll, describe, expect, it } from 'vitest';
import { coverageOf } from '../coverage.ts';
import { expectShown, shownAt } from '../proofs.ts';
import { cannot, hasKeys, namesOf, networks, TrialAccount, trialPlace } from './account.ts';

describe.each(networks)('conformance at %s', (network) => {
  const account = new TrialAccount(() => trialPlace(network));
  let shown = 0;
  if (!hasKeys(network)) console.log(`conformance: ${network}: left out, ${namesOf(network).join(' and ')} are not in the environment`);
  it.skipIf(!hasKeys(network))(`stands before a flat account, with ${namesOf(network).join(' and ')}`, async () => {
    const site = await account.open();
    expect(site.instruments).toHaveLength(2);
    await site.close();
  });
  it.each(hasKeys(network) ? shownAt({ cannot }) : [])('$sentence', async ({ behaviour }) => {
    await expectShown(behaviour, await account.open());
    shown += 1;
  });
  afterAll(async () => {
    await account.close();
    if (hasKeys(network)) coverageOf({ name: network, cannot }, shown);
  });
});
