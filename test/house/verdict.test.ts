import { describe, expect, it } from 'vitest';
import { verdictOf } from './verdict.ts';
import type { TestReport } from './verdict.ts';

const report = (...statuses: string[]): TestReport => ({
  testResults: [{
    name: 'a.test.ts', status: statuses.includes('failed') ? 'failed' : 'passed',
    assertionResults: statuses.map((status, i) => ({ fullName: `test ${i}`, status })),
  }],
});

describe('verdict of a test run', () => {
  it('2 passed, 1 failed and 1 skipped count as 2, 1 and one left out', () => {
    const verdict = verdictOf(report('passed', 'passed', 'failed', 'skipped'), {}, false);

    expect(verdict).toEqual({ passed: 2, failed: 1, leftOut: ['test 3'], unexcused: [] });
  });
  it('a test left out without a reason fails where nothing may be missing, with a reason it does not', () => {
    const skipped = report('passed', 'skipped');

    expect(verdictOf(skipped, {}, true).failed).toBe(1);
    expect(verdictOf(skipped, { 'test 1': 'needs a browser' }, true).failed).toBe(0);
  });
  it('a file that could not be loaded is one failure although it holds no test', () => {
    const broken: TestReport = { testResults: [{ name: 'b.test.ts', status: 'failed', assertionResults: [] }] };

    expect(verdictOf(broken, {}, false)).toMatchObject({ passed: 0, failed: 1 });
  });
});
