/** `holdfast cases FILE...`: fill cases against the simulator's exchange. Exit 1: one differs, 2: one cannot be read. */
import { readFile } from 'node:fs/promises';
import { CaseFileError, casesIn, formatCase, runCases } from '../sim/index.ts';
import type { CaseOutcome } from '../sim/index.ts';
import { Failure, textOf } from './failure.ts';
import { printJson, printLine } from './output.ts';
import type { CommonOptions } from './output.ts';

interface FileOutcome { readonly file: string; readonly outcomes: readonly CaseOutcome[] }

export async function cases(files: readonly string[], { json }: CommonOptions): Promise<number> {
  const read: { readonly file: string; readonly cases: readonly unknown[] }[] = [];
  for (const file of files) read.push({ file, cases: listed(file, await readJson(file)) });
  const played: readonly FileOutcome[] = read.map(({ file, cases: list }) => ({ file, outcomes: runCases(list) }));
  const all = played.flatMap(({ outcomes }) => outcomes);
  const passed = all.filter((outcome) => outcome.passed).length;
  const failed = all.length - passed;
  if (json === true) printJson({ passed, failed, files: played });
  else {
    for (const { file, outcomes } of played) {
      if (played.length > 1) printLine(file);
      for (const outcome of outcomes) for (const line of formatCase(outcome)) printLine(line);
    }
    printLine(`${passed} passed, ${failed} failed`);
  }
  if (all.some((outcome) => outcome.malformed !== null)) return 2;
  return failed === 0 ? 0 : 1;
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    const was = { ENOENT: 'not there', EISDIR: 'a folder' }[code] ?? `not readable (${textOf(thrown)})`;
    throw new Failure(2, `cases: ${file}: was ${was}, expected a case file. Fix: check the path`);
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    const was = text.trim() === '' ? 'empty' : `not JSON (${textOf(thrown)})`;
    throw new Failure(2, `cases: ${file}: was ${was}, expected a list of cases or {"cases": [...]}. Fix: repair the file`);
  }
}

/** The whole input is looked through before anything runs. */
function listed(file: string, input: unknown): readonly unknown[] {
  try {
    return casesIn(input);
  } catch (thrown) {
    if (!(thrown instanceof CaseFileError)) throw thrown;
    throw new Failure(2, `cases: ${file}: ${thrown.message}. Fix: see holdfast help fill-cases`);
  }
}
