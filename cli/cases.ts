/** `holdfast cases FILE...`: fill cases against the simulator's exchange. Exit 1 when one differs, 2 when one cannot be read. */
import { readFile } from 'node:fs/promises';
import { formatCase, runCases } from '../sim/index.ts';
import type { CaseOutcome } from '../sim/index.ts';
import { Failure, textOf } from './failure.ts';
import { printJson, printLine } from './output.ts';
import type { CommonOptions } from './output.ts';

interface FileOutcome { readonly file: string; readonly outcomes: readonly CaseOutcome[] }

export async function cases(files: readonly string[], { json }: CommonOptions): Promise<number> {
  const played: FileOutcome[] = [];
  for (const file of files) played.push({ file, outcomes: runCases(await readJson(file)) });
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
    throw new Failure(2, `cases: ${file}: was not readable (${textOf(thrown)}), expected a case file. Fix: check the path`);
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    throw new Failure(2, `cases: ${file}: was not JSON (${textOf(thrown)}), expected {"cases": [...]}. Fix: repair the file`);
  }
}
