/** The live engine in its own thread: the same as beside the caller, and closed against clock and chance. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startBrain } from '../../cli/brain/index.ts';
import type { ThreadedBrain } from '../../cli/brain/index.ts';
import { bundleStrategy } from '../../cli/strategy/index.ts';
import { packagedRules } from '../../data/index.ts';
import { runConfig } from '../../engine/index.ts';
import type { BarClosed, Event } from '../../engine/index.ts';
import { folderWith, strategyText } from './command.ts';

const started: ThreadedBrain[] = [];
afterEach(async () => {
  for (const brain of started.splice(0)) await brain.end();
});

const start = 1_699_920_000_000;
const fiveMinutes = 300_000;
const bar = (n: number, close: number): BarClosed => {
  const closedAt = start + (n + 1) * fiveMinutes;
  return {
    tag: 'bar-closed', at: closedAt, symbol: 0, openedAt: closedAt - fiveMinutes, closedAt, open: close, high: close + 10, low: close - 10, close, volume: 5,
    openTicks: close * 10, highTicks: close * 10 + 100, lowTicks: close * 10 - 100, closeTicks: close * 10,
  };
};
const reading = (at: number): Event => ({
  tag: 'account-snapshot', at, takenAt: at, leg: 0, position: { side: 0, lots: 0, entryTicks: 0, cost: 0n }, stop: null, openOrders: [], ended: [],
  executions: [], markTicks: Number.NaN, lastTicks: Number.NaN,
});

async function brainWith(body: string, journal = mkdtempSync(join(tmpdir(), 'holdfast-brain-'))): Promise<ThreadedBrain> {
  const folder = folderWith({ 'probe.ts': strategyText({ body }) });
  const brain = startBrain();
  started.push(brain);
  const bundle = await bundleStrategy(join(folder, 'probe.ts'), folder);
  await brain.load(bundle, [{ name: 'n', value: 2, text: '2' }]);
  const identity = { run: 'abcdef', engine: 'test', configHash: 'c', strategyHash: bundle.hash, dataHash: '' };
  await brain.open({ config: runConfig.parse({}), rules: [packagedRules({ venue: 'bybit', category: 'linear' }, 'BTCUSDT')!], folder: journal, identity });
  return brain;
}

/** Up to the first decision: as many bars as the strategy says, restart, a reading of a flat account, one more bar and its cycle. */
async function decided(brain: ThreadedBrain, warmupBars: number): ReturnType<ThreadedBrain['take']> {
  await brain.wake();
  await brain.take(Array.from({ length: warmupBars - 1 }, (_, n) => bar(n, 50_000 + n)));
  const at = start + (warmupBars - 1) * fiveMinutes;
  await brain.restart(at);
  await brain.take([reading(at)]);
  return await brain.take([bar(warmupBars - 1, 50_100), { tag: 'cycle-closed', at: at + fiveMinutes, missing: [] }]);
}

const warmupOf = async (): Promise<number> => {
  const folder = folderWith({ 'probe.ts': strategyText() });
  const brain = startBrain();
  started.push(brain);
  return (await brain.load(await bundleStrategy(join(folder, 'probe.ts'), folder), [{ name: 'n', value: 2, text: '2' }])).warmupBars;
};

describe('the engine in its thread', () => {
  it('asks for the account when it comes up, and enters at the first cycle', async () => {
    const warmup = await warmupOf();
    const brain = await brainWith('return intents.enter({ side: p.side, qty: 0.01, stop: bar.close - 500 });');

    const thought = await decided(brain, warmup);

    expect(thought.mode.tag).toBe('trading');
    expect(thought.decided).toHaveLength(1);
    expect(thought.decided[0]!.commands[0]).toMatchObject({ tag: 'enter', leg: 0, order: 1, side: 1, lots: 10, stopTicks: 496_000 });
    expect(thought).toMatchObject({ isOpening: true, isOpen: false, decisions: 1, failure: null, hasRoom: true });
  });
  it('has written the entry before it hands it back, and reads itself back from its journal in a new thread', async () => {
    const warmup = await warmupOf();
    const journal = mkdtempSync(join(tmpdir(), 'holdfast-brain-'));
    const body = 'return intents.enter({ side: p.side, qty: 0.01, stop: bar.close - 500 });';
    const brain = await brainWith(body, journal);
    await decided(brain, warmup);
    const lines = readdirSync(journal).filter((name) => /^\d/.test(name)).flatMap((name) => readFileSync(join(journal, name), 'utf8').trim().split('\n'));
    await brain.end();

    const woken = await (await brainWith(body, journal)).wake();

    expect(lines.at(-1)).toContain('"k":"commands","list":[{"tag":"enter"');
    expect(woken).toMatchObject({ isFresh: false, closedAt: [start + warmup * fiveMinutes], mode: { tag: 'trading' }, cut: 0, unsent: 0 });
  });
  it('a strategy that asks for the time halts, with its own words as evidence', async () => {
    const warmup = await warmupOf();
    const brain = await brainWith('if (Date.now() > 0) return intents.hold; return intents.hold;');

    const thought = await decided(brain, warmup);

    expect(thought.mode).toMatchObject({ tag: 'halted', cause: 'strategy-failed' });
    expect(thought.failure!.message).toContain('Date.now is not available to a strategy');
  });
  it('a journal of another configuration is refused as foreign', async () => {
    const journal = mkdtempSync(join(tmpdir(), 'holdfast-brain-'));
    const brain = await brainWith('return intents.hold;', journal);
    await brain.wake();
    await brain.end();
    const other = await brainWith('return intents.hold; /* another */', journal);

    await expect(other.wake()).rejects.toMatchObject({ name: 'BrainError', kind: 'journal', problem: 'foreign' });
  });
});
