/** Runs cases and says what came of them: passed, each difference with the arithmetic, or why the file is not a case. */
import type { AccountSeen } from './account.ts';
import { arithmeticOf } from './arithmetic.ts';
import type { BarFault } from './bars.ts';
import { readCase } from './case.ts';
import type { Case } from './case.ts';
import { compareAccount, compareError } from './compare.ts';
import type { Difference } from './compare.ts';
import { CaseFileError, failField, isFields } from './field.ts';
import { playCase } from './play.ts';

export interface CaseOutcome {
  readonly id: string; readonly row: string; readonly title: string;
  readonly passed: boolean;
  /** Why the case could not be read; null when it ran. */
  readonly malformed: string | null;
  readonly differences: readonly Difference[];
  /** The case's own arithmetic. */
  readonly why: string;
  /** Ours, line by line, of a case that differs. */
  readonly arithmetic: readonly string[];
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
      id, row, title, passed: differences.length === 0, malformed: null, differences, why, arithmetic: [], account: null,
      error: played.fault, ambiguousBars: 0,
    };
  }
  const differences = compareAccount(of, played.account);
  return {
    id, row, title, passed: differences.length === 0, malformed: null, differences, why,
    arithmetic: differences.length === 0 ? [] : arithmeticOf(of, played.account), account: played.account, error: null,
    ambiguousBars: played.ambiguousBars,
  };
}

const idIn = (value: unknown): string => (isFields(value) && typeof value['id'] === 'string' ? value['id'] : '?');

function malformed(value: unknown, why: string): CaseOutcome {
  return {
    id: idIn(value), row: '', title: '', passed: false, malformed: why, differences: [], why: '', arithmetic: [], account: null,
    error: null, ambiguousBars: 0,
  };
}

export function runCase(value: unknown, place = 'case'): CaseOutcome {
  try {
    return outcomeOf(readCase(value, place));
  } catch (problem) {
    if (!(problem instanceof CaseFileError)) throw problem;
    return malformed(value, problem.message);
  }
}

/** The cases of a file: a list of them, `{ cases: [...] }`, or a single case. Throws `CaseFileError` when there is none. */
export function casesIn(input: unknown): readonly unknown[] {
  const list: unknown = isFields(input) && 'cases' in input ? input['cases'] : isFields(input) && 'bars' in input ? [input] : input;
  if (Array.isArray(list) && list.length > 0) return list as readonly unknown[];
  return failField('the file', input, 'a list of cases, {"cases": [...]} or a single case');
}

/** Runs every case of a file. Of two cases with one id the second is not understood. */
export function runCases(input: unknown): readonly CaseOutcome[] {
  const places = new Map<string, number>();
  return casesIn(input).map((one, i) => {
    const id = idIn(one);
    const before = places.get(id);
    if (before !== undefined && id !== '?') return malformed(one, `case ${i + 1} of the file has the id of case ${before + 1}; every case needs its own`);
    places.set(id, i);
    return runCase(one, `case ${i + 1} of the file`);
  });
}

/** Lines for a person: one when the case passed, else every difference and the arithmetic. */
export function formatCase(outcome: CaseOutcome): string[] {
  const head = `${outcome.passed ? 'ok  ' : 'FAIL'} ${outcome.id}${outcome.title === '' ? '' : `  ${outcome.title}`}`;
  if (outcome.malformed !== null) return [head, `     ${outcome.malformed}`];
  if (outcome.passed) return [head];
  const lines = outcome.differences.map(({ path, expected, actual }) => `     ${path}: expected ${expected}, was ${actual}`);
  const worked = outcome.arithmetic.map((one) => `     was: ${one}`);
  return outcome.why === '' ? [head, ...lines, ...worked] : [head, ...lines, ...worked, `     why: ${outcome.why}`];
}
