/**
 * Evaluates a strategy's script in this thread and picks the strategy asked for. Call `forbidImpurities` before.
 * The script is compiled without a module loader, so that `import()` and `require` of a computed name fail as well, and
 * strict as the module it was: what cannot be written throws.
 */
import { basename } from 'node:path';
import { compileFunction } from 'node:vm';
import { isStrategy } from '../../engine/index.ts';
import type { AnyStrategy } from '../../engine/index.ts';
import * as engine from '../../engine/index.ts';
import * as sim from '../../sim/index.ts';
import { Failure, nearest } from '../failure.ts';
import type { PureSpecifier, StrategyBundle } from './bundle.ts';
import { scriptName } from './source-line.ts';

const modules: Readonly<Record<PureSpecifier, unknown>> = { holdfast: engine, 'holdfast/sim': sim };

/** Runs the module's top level. What it throws is the strategy's own and goes through. */
export function evaluateStrategy(bundle: StrategyBundle): AnyStrategy {
  const script = compileFunction(`'use strict';${bundle.code}\nreturn strategyModule;`, ['holdfastModules'], { filename: scriptName }) as (modules: unknown) => unknown;
  return pickStrategy(script(modules), bundle);
}

/** The default export, the one named after `#`, or the only one. Throws a Failure that lists the names. */
function pickStrategy(exported: unknown, { file, wanted }: Pick<StrategyBundle, 'file' | 'wanted'>): AnyStrategy {
  const found = strategiesIn(exported);
  const names = [...found.keys()].filter((name) => name !== 'default');
  const listed = names.join(', ');
  const fix = (name: string | undefined): string => `Fix: say ${basename(file)}#${name ?? 'NAME'}`;
  if (found.size === 0) {
    throw new Failure(2, `strategy: ${file}: was a module without a strategy, expected an export made by defineStrategy. `
      + 'Fix: export const mine = defineStrategy({ ... })');
  }
  if (wanted !== null) {
    const named = found.get(wanted) ?? [...found.values()].find((strategy) => strategy.name === wanted);
    if (named !== undefined) return named;
    throw new Failure(2, `strategy: ${file}: was #${wanted}, expected one of ${listed || 'default'}. ${fix(nearest(wanted, names) ?? names[0])}`);
  }
  const byDefault = found.get('default');
  if (byDefault !== undefined) return byDefault;
  const distinct = [...new Set(found.values())];
  const [only] = distinct;
  if (distinct.length === 1 && only !== undefined) return only;
  throw new Failure(2, `strategy: ${file}: was a file with ${distinct.length} strategies (${listed}), expected one or a default export. ${fix(names[0])}`);
}

function strategiesIn(exported: unknown): Map<string, AnyStrategy> {
  const found = new Map<string, AnyStrategy>();
  if (isStrategy(exported)) found.set('default', exported);
  if (typeof exported !== 'object' || exported === null) return found;
  for (const [name, value] of Object.entries(exported)) {
    if (isStrategy(value)) found.set(name, value);
  }
  return found;
}
