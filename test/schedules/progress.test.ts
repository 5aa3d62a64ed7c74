/** What a long run says of itself. */
import { expect, it } from 'vitest';
import { Progress } from './progress.ts';
import { emptyTally } from './tally.ts';

const megabytes = 2 ** 20;

it('tells every 1,000 schedules, each failure once, the rate by 20 ms of processor time each, and the most memory', () => {
  const lines: string[] = [];
  const progress = new Progress({ all: 3_000, every: 1_000, print: (line) => lines.push(line) });
  const tally = emptyTally();
  const heard = (schedules: number, memory: number): void => {
    const cpuMs = (schedules - tally.schedules) * 20;
    tally.schedules = schedules;
    progress.heard(tally, { cpuMs, memory: memory * megabytes });
  };
  heard(950, 300);
  tally.failures.push({ seed: 977, violations: [], counts: { I1: 2, I4: 1 } });
  heard(1_000, 200);
  heard(1_050, 200);
  heard(2_100, 250);

  expect(lines.map((line) => line.replace(/[\d.]+ a second,/, '- a second,'))).toEqual([
    'seed 977: I1 I4',
    '1000 of 3000, 1 with a violation, - a second, 50.0 a second of one core, 200 MB, at most 300',
    '2100 of 3000, 1 with a violation, - a second, 50.0 a second of one core, 250 MB, at most 300',
  ]);
});

it('begins nothing more once it was stopped', () => {
  const lines: string[] = [];
  const progress = new Progress({ all: 1, every: 1, print: (line) => lines.push(line) });
  expect(progress.isStopped).toBe(false);
  progress.stop();

  expect([progress.isStopped, lines.length]).toEqual([true, 1]);
});
