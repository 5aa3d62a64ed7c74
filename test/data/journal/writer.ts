/** Goes on with the journal in argv[2] for ever, and says after each event which record is durable. */
import { writeSync } from 'node:fs';
import { FilePort } from '../../../data/index.ts';
import { rehydrate } from '../../../engine/index.ts';
import type { Out } from '../../../engine/index.ts';
import { chaoticSetup } from '../../engine/journaled.ts';

const { state, journal } = rehydrate({
  setup: chaoticSetup(3, 1), port: new FilePort(process.argv[2]!), bars: 'journaled',
  identity: { run: 'kill', engine: '1', configHash: '', strategyHash: '', dataHash: '' },
});
const out: Out = { commands: [], notes: [] };
for (let i = 1; ; i++) {
  journal.step(state, { tag: 'wallet', at: Math.max(state.now, Date.UTC(2026, 0, 1)) + i, wallet: 0, balance: BigInt(i) }, out);
  if (i % 40 === 0) journal.snapshot(state);
  writeSync(1, `${journal.seq}\n`);
}
