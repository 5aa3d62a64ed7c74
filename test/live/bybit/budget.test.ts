/** The request budget, on a clock of its own. Expected times worked out from 80 % of the allowance. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Budget, priorities } from '../../../live/bybit/budget.ts';

beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }); });
afterEach(() => { vi.useRealTimers(); });

interface Left { readonly name: string; readonly at: number }

async function asked(budget: Budget, left: Left[], name: string, priority: (typeof priorities)[keyof typeof priorities], withinMs: number): Promise<void> {
  const from = performance.now();
  const mayLeave = await budget.enter(priority, withinMs);
  left.push({ name: mayLeave ? name : `${name} not`, at: performance.now() - from });
}
function ask(budget: Budget, left: Left[], name: string, priority: (typeof priorities)[keyof typeof priorities], withinMs = 60_000): void {
  void asked(budget, left, name, priority, withinMs);
}

describe('the request budget', () => {
  it('of an allowance of 10 a second 8 leave at once and the ninth a second later', async () => {
    const budget = new Budget(10);
    const left: Left[] = [];
    for (let i = 1; i <= 9; i++) ask(budget, left, `${i}`, priorities.entry);

    await vi.advanceTimersByTimeAsync(999);
    expect(left).toHaveLength(8);

    await vi.advanceTimersByTimeAsync(2);
    expect(left).toHaveLength(9);
  });
  it('a stop that comes last goes before everything that still waits', async () => {
    const budget = new Budget(1);
    const left: Left[] = [];
    ask(budget, left, 'first', priorities.reading);
    ask(budget, left, 'reading', priorities.reading);
    ask(budget, left, 'entry', priorities.entry);
    ask(budget, left, 'cancel', priorities.cancel);
    ask(budget, left, 'exit', priorities.exit);
    ask(budget, left, 'stop', priorities.stop);

    await vi.advanceTimersByTimeAsync(10_000);

    expect(left.map(({ name }) => name)).toEqual(['first', 'stop', 'exit', 'cancel', 'entry', 'reading']);
  });
  it('what could not leave within its 500 ms never leaves', async () => {
    const budget = new Budget(1);
    const left: Left[] = [];
    ask(budget, left, 'first', priorities.entry);
    ask(budget, left, 'late', priorities.entry, 500);

    await vi.advanceTimersByTimeAsync(5_000);

    expect(left.map(({ name }) => name)).toEqual(['first', 'late not']);
    expect(left[1]!.at).toBeLessThan(505);
  });
  it('after the exchange asked to wait 3 s nothing leaves before', async () => {
    const budget = new Budget(10);
    const left: Left[] = [];
    budget.block(3_000);
    ask(budget, left, 'one', priorities.stop);

    await vi.advanceTimersByTimeAsync(2_999);
    expect(left).toEqual([]);

    await vi.advanceTimersByTimeAsync(3);
    expect(left).toHaveLength(1);
  });
  it('an allowance of 20 that a header tells lets 16 leave', async () => {
    const budget = new Budget(10);
    const left: Left[] = [];
    budget.learn(20);
    for (let i = 0; i < 30; i++) ask(budget, left, `${i}`, priorities.reading);

    await vi.advanceTimersByTimeAsync(10);

    expect(left).toHaveLength(16);
  });
  it('at its end everything that waits is told that it must not leave', async () => {
    const budget = new Budget(1);
    const left: Left[] = [];
    ask(budget, left, 'first', priorities.entry);
    ask(budget, left, 'second', priorities.entry);

    budget.end();
    await vi.advanceTimersByTimeAsync(0);

    expect(left.map(({ name }) => name)).toEqual(['first', 'second not']);
  });
  it('invariant 1: in no second does more than the share leave, whatever comes when', async () => {
    const waits = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 40 });

    await fc.assert(fc.asyncProperty(waits, fc.integer({ min: 2, max: 20 }), async (pauses, perSecond) => {
      const budget = new Budget(perSecond);
      const left: Left[] = [];
      const began = performance.now();
      const times: number[] = [];
      const leave = async (): Promise<void> => {
        await asked(budget, left, 'one', priorities.entry, 600_000);
        times.push(performance.now() - began);
      };
      for (const pause of pauses) {
        void leave();
        await vi.advanceTimersByTimeAsync(pause);
      }
      await vi.advanceTimersByTimeAsync(60_000);

      expect(times).toHaveLength(pauses.length);
      const most = Math.max(1, Math.floor(perSecond * 0.8));
      for (let i = most; i < times.length; i++) expect(times[i]! - times[i - most]!).toBeGreaterThanOrEqual(1_000);
    }), { numRuns: 60 });
  });
});
