/**
 * `npm run bench`: W1 in our engine, in the bare loop and in the peers, in one sitting.
 *
 *   --bars N     ours at N bars only (default 100,000 and 1,000,000)
 *   --peers N    peers at N bars (default 100,000; 0 leaves them out)
 *   --python P   the Python that has the peers (default python3)
 *   --json       one object on stdout and nothing else: { w1: [...], leftOut: [...] }
 *
 * Exit code 1 when an engine disagrees with the reference answers, or one of ours fails.
 */
import { parseArgs } from 'node:util';
import { w1File } from './data.ts';
import { runPeers } from './peers.ts';
import { sit } from './sitting.ts';
import type { LeftOut, Measured } from './sitting.ts';
import { tableOf } from './table.ts';
import { agreesWithReference } from './w1.ts';

const ours = ['bare', 'holdfast', 'holdfast all'] as const;

const { values } = parseArgs({
  options: {
    bars: { type: 'string' }, peers: { type: 'string', default: '100000' }, python: { type: 'string', default: 'python3' },
    json: { type: 'boolean', default: false },
  },
});

await main();

async function main(): Promise<void> {
  const sizes = values.bars === undefined ? [100_000, 1_000_000] : [wholeNumber('--bars', values.bars, 100)];
  const peerBars = wholeNumber('--peers', values.peers, 0);
  const measured: Measured[] = [];
  const leftOut: LeftOut[] = [];
  for (const bars of sizes) {
    const file = w1File(bars);
    for (const engine of ours) place(await sit(engine, file), measured, leftOut);
  }
  const failed = leftOut.length > 0;
  if (peerBars > 0) for (const found of await runPeers(w1File(peerBars), peerBars, values.python)) place(found, measured, leftOut);
  compareWithBare(measured);
  if (values.json) process.stdout.write(`${JSON.stringify({ w1: measured, leftOut })}\n`);
  else process.stdout.write(tableOf(measured, leftOut));
  const wrong = measured.filter(({ bars, trades, equity }) => agreesWithReference(bars, { trades, equity }) === false);
  for (const { engine, bars } of wrong) process.stderr.write(`${engine} disagrees with the reference answer at ${bars} bars\n`);
  process.exitCode = wrong.length === 0 && !failed ? 0 : 1;
}

function place(found: Measured | LeftOut, measured: Measured[], leftOut: LeftOut[]): void {
  if ('why' in found) leftOut.push(found);
  else measured.push(found);
}

/** Bare at the same size, else at the largest size measured. */
function compareWithBare(measured: readonly Measured[]): void {
  const bare = measured.filter(({ engine }) => engine === 'bare');
  for (const row of measured) {
    const same = bare.find(({ bars }) => bars === row.bars) ?? bare.at(-1);
    if (same !== undefined) row.ratioToBare = Number((same.barsPerSecond / row.barsPerSecond).toFixed(2));
  }
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  process.stderr.write(`${name} must be a whole number of at least ${least}, was '${text}'\n`);
  process.exit(2);
}
