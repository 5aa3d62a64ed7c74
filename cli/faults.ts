/** `--faults`, `--fault-seed`, `--restarts`: what a run is to be put through. */
import { readFile } from 'node:fs/promises';
import { namedPlan, PlanError, planNames, readPlan } from '../sim/index.ts';
import type { FaultPlan, Hardship } from '../sim/index.ts';
import { Failure, nearest, textOf } from './failure.ts';

export interface FaultOptions {
  /** Name of a plan, or a JSON file. */
  readonly faults?: string;
  readonly faultSeed?: number;
  readonly restarts?: number;
}

/** Null when nothing is to go wrong. Kills alone come on a calm day. */
export async function readHardship({ faults, faultSeed, restarts = 0 }: FaultOptions): Promise<Hardship | null> {
  if (faults === undefined && restarts === 0) {
    if (faultSeed === undefined) return null;
    throw new Failure(2, 'arguments: --fault-seed: was given alone, expected --faults or --restarts with it. Fix: add --faults rough');
  }
  return { plan: await planOf(faults ?? 'calm', faultSeed ?? null), restarts };
}

async function planOf(wanted: string, seed: number | null): Promise<FaultPlan> {
  const name = planNames.find((one) => one === wanted);
  if (name !== undefined) return namedPlan(name, seed ?? 1);
  if (!wanted.endsWith('.json')) {
    const near = nearest(wanted, planNames);
    throw new Failure(2, `arguments: --faults: was '${wanted}', expected ${planNames.join(', ')} or a JSON file. `
      + `Fix: ${near === null ? 'name one of them' : `--faults ${near}`}`);
  }
  const given = await readJson(wanted);
  try {
    return readPlan(given, wanted, seed);
  } catch (thrown) {
    if (thrown instanceof PlanError) throw new Failure(2, `faults: ${wanted}: ${thrown.message}. Fix: change it, see holdfast help faults`);
    throw thrown;
  }
}

async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    throw new Failure(2, `faults: ${file}: was not readable (${textOf(thrown)}), expected a JSON file. Fix: name a file that is there`);
  }
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new Failure(2, `faults: ${file}: was no JSON (${textOf(thrown)}), expected a plan. Fix: see holdfast help faults`);
  }
}
