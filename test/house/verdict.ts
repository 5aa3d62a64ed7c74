/**
 * What a finished test run means: how many passed and failed, what was left out, and whether leaving it out
 * was allowed. Where the reference files are present, in CI, nothing may be left out without a reason here.
 */
export interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Test name (or part of it) -> why it may be left out although the reference files are present. */
export type Reasons = Readonly<Record<string, string>>;

export interface Verdict { readonly passed: number; readonly failed: number; readonly leftOut: readonly string[]; readonly unexcused: readonly string[] }

export function verdictOf(report: TestReport, reasons: Reasons, nothingMayBeMissing: boolean): Verdict {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  // A file that could not be loaded has no tests, and is one failure.
  const broken = report.testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((t) => t.status === 'failed'));
  const leftOut = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed').map((test) => test.fullName);
  const excused = (name: string): boolean => Object.keys(reasons).some((part) => name.includes(part));
  const unexcused = nothingMayBeMissing ? leftOut.filter((name) => !excused(name)) : [];
  const passed = tests.filter((test) => test.status === 'passed').length;
  const failed = tests.filter((test) => test.status === 'failed').length + broken.length;
  return { passed, failed: failed + unexcused.length, leftOut, unexcused };
}
