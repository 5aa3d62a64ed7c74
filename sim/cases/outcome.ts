/** Runs cases and says what came of them: passed, each difference with the arithmetic, or why the file is not a case. */
import type { AccountSeen } from './account.ts';
import type { BarFault } from './bars.ts';
import { readCase } from './case.ts';
import type { Case } from './case.ts';
import { compareAccount, compareError } from './compare.ts';
import type { Difference } from './compare.ts';
import { CaseFileError, isFields } from './field.ts';
import { playCase } from './play.ts';

export interface CaseOutcome {
  readonly id: string; readonly row: string; readonly title: string;
  readonly passed: boolean;
  /** Why the case could not be read; null when it ran. */
  readonly malformed: string | null;
  readonly differences: readonly Difference[];
  /** The case's own arithmetic. */
  readonly why: string;
  /** What the account held at the end; null when the case did not run. */
  readonly account: AccountSeen | null;
  readonly error: BarFault | null;
  readonly ambiguousBars: number;
}

function outcomeOf(of: Case): CaseOutcome {
  const { id, row, title, why } = of;
  const played = playCase(of);
  if (played.tag === 'error') {
    const differences = compareError(of, played.fault);
    return {
      id, row, title, passed: differences.length === 0, malformed: null, differences, why, account: null, error: played.fault,
      ambiguousBars: 0,
    };
  }
  const differences = compareAccount(of, played.account);
  return {
    id, row, title, passed: differences.length === 0, malformed: null, differences, why, account: played.account, error: null,
    ambiguousBars: played.ambiguousBars,
  };
}

const idIn = (value: unknown): string => (isFields(value) && typeof value['id'] === 'string' ? value['id'] : '?');

export function runCase(value: unknown, place = 'case'): CaseOutcome {
  try {
    return outcomeOf(readCase(value, place));
  } catch (problem) {
    if (!(problem instanceof CaseFileError)) throw problem;
    return {
      id: idIn(value), row: '', title: '', passed: false, malformed: problem.message, differences: [], why: '', account: null,
      error: null, ambiguousBars: 0,
    };
  }
}

/** Runs a list of cases, `{ cases: [...] }`, or a single case. */
export function runCases(input: unknown): readonly CaseOutcome[] {
  const list: unknown = isFields(input) && 'cases' in input ? input['cases'] : isFields(input) && 'bars' in input ? [input] : input;
  if (!Array.isArray(list)) {
    return [runCase(undefined, 'the file: a list of cases or { "cases": [...] } is expected; it')];
  }
  return list.map((one: unknown, i) => runCase(one, `case ${i + 1} of the file`));
}

/** Lines for a person: one when the case passed, else every difference and the arithmetic. */
export function formatCase(outcome: CaseOutcome): string[] {
  const head = `${outcome.passed ? 'ok  ' : 'FAIL'} ${outcome.id}${outcome.title === '' ? '' : `  ${outcome.title}`}`;
  if (outcome.malformed !== null) return [head, `     ${outcome.malformed}`];
  if (outcome.passed) return [head];
  const lines = outcome.differences.map(({ path, expected, actual }) => `     ${path}: expected ${expected}, was ${actual}`);
  return outcome.why === '' ? [head, ...lines] : [head, ...lines, `     why: ${outcome.why}`];
}
