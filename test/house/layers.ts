/**
 * The layers of the house: who may import whom, which npm package is allowed where, that folders are
 * entered by their `index.ts` only, that nothing imports in a circle, and what `step` may reach.
 */
import { posix } from 'node:path';
import { importsOf, packageOf } from './imports.ts';
import type { Import } from './imports.ts';
import type { Source, Violation } from './source.ts';

interface Layer {
  /** Top-level folders of ours that it may import beside itself. */
  readonly ours: readonly string[];
  /** npm package -> files that may import it: a folder ends in `/`, a file in `.ts`. */
  readonly npm: Readonly<Record<string, readonly string[]>>;
  /** Node's own modules: all, or the named ones. */
  readonly node: 'all' | readonly string[];
}

const layers: Readonly<Record<string, Layer>> = {
  engine: {
    ours: [],
    npm: {
      zod: ['engine/config.ts', 'engine/strategy.ts', 'engine/strategy/'],
      technicalindicators: ['engine/indicators/library.ts'],
    },
    node: [],
  },
  // createHash is a pure function; what draws lots in node:crypto is banned by name in words.ts.
  sim: { ours: ['engine'], npm: {}, node: ['node:crypto'] },
  data: { ours: ['engine'], npm: { '@duckdb/node-api': ['data/duckdb.ts'], zod: ['data/'] }, node: 'all' },
  live: {
    ours: ['engine', 'data'],
    npm: {
      'bybit-api': ['live/bybit/'], zod: ['live/'], pino: ['live/'], ws: ['live/exchange/'],
      hono: ['live/dashboard/'], '@hono/node-server': ['live/dashboard/'], 'lightweight-charts': ['live/dashboard/'],
      'prom-client': ['live/dashboard/'],
    },
    node: 'all',
  },
  'live/exchange': { ours: ['engine', 'data', 'sim'], npm: { zod: ['live/'], pino: ['live/'], ws: ['live/exchange/'] }, node: 'all' },
  // The account of a paper run is the simulator's.
  'live/paper': { ours: ['engine', 'sim'], npm: {}, node: ['node:timers'] },
  lab: {
    ours: ['engine', 'sim', 'data', 'live'],
    npm: { piscina: ['lab/jobs/'], bullmq: ['lab/jobs/'], ioredis: ['lab/jobs/'], 'lightweight-charts': ['lab/report/'], esbuild: ['lab/report/'] },
    node: 'all',
  },
  cli: {
    ours: ['engine', 'sim', 'data', 'live', 'lab'],
    npm: {
      zod: ['cli/'], pino: ['cli/'], commander: ['cli/'], 'cli-progress': ['cli/'], tsx: ['cli/'],
      // A user's TypeScript strategy is translated by esbuild at run time.
      '@inquirer/prompts': ['cli/'], croner: ['cli/'], esbuild: ['cli/strategy/'],
    },
    node: 'all',
  },
  strategies: { ours: [], npm: { holdfast: ['strategies/'] }, node: [] },
  bench: { ours: ['engine', 'sim', 'data', 'lab'], npm: {}, node: 'all' },
};

export function layerViolations(sources: readonly Source[]): Violation[] {
  return sources.flatMap((source) => importsOf(source).flatMap((found) => judge(found)));
}

function judge(found: Import): Violation[] {
  const layer = layerOf(found.from);
  if (layer === null) return [wrong(found, 'layer', 'belongs to no layer')];
  const { name, rules } = layer;
  if (found.target !== null) return judgeOurs(found, found.target, name, rules);
  if (found.specifier.startsWith('node:')) {
    const allowed = rules.node === 'all' || rules.node.includes(packageOf(found.specifier));
    return allowed ? [] : [wrong(found, 'layer', `${name} may not import ${found.specifier}`)];
  }
  const places = rules.npm[packageOf(found.specifier)] ?? [];
  const allowed = places.some((place) => (place.endsWith('/') ? found.from.startsWith(place) : found.from === place));
  return allowed ? [] : [wrong(found, 'layer', `${found.specifier} may not be imported here`)];
}

function judgeOurs(found: Import, target: string, name: string, rules: Layer): Violation[] {
  const violations: Violation[] = [];
  if (!/\.(ts|json)$/.test(target)) violations.push(wrong(found, 'extension', `${found.specifier} must end in .ts`));
  const own = topOf(found.from);
  const top = topOf(target);
  if (top !== own && !rules.ours.includes(top)) violations.push(wrong(found, 'layer', `${name} may not import ${top}`));
  const folder = posix.dirname(target);
  const inside = found.from.startsWith(`${folder}/`);
  if (!inside && target.endsWith('.ts') && posix.basename(target) !== 'index.ts') {
    violations.push(wrong(found, 'entry', `${folder} is entered by its index.ts only, not by ${posix.basename(target)}`));
  }
  return violations;
}

/** One violation per circle of imports, type-only imports included: a circle is two files that are one thought. */
export function cycleViolations(sources: readonly Source[]): Violation[] {
  const graph = graphOf(sources, () => true);
  const state = new Map<string, 'open' | 'done'>();
  const violations: Violation[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    state.set(path, 'open');
    for (const next of graph.get(path) ?? []) {
      const seen = state.get(next);
      if (seen === 'open') {
        const circle = [...trail.slice(trail.indexOf(next)), next];
        violations.push({ rule: 'cycle', path: next, line: 1, what: circle.join(' -> ') });
      } else if (seen === undefined && graph.has(next)) walk(next, [...trail, next]);
    }
    state.set(path, 'done');
  };
  for (const path of graph.keys()) if (!state.has(path)) walk(path, [path]);
  return violations;
}

/** What runs inside `step` never reaches a schema library: parsing belongs to the border. */
export function reachViolations(sources: readonly Source[], start: string, banned: readonly string[]): Violation[] {
  const graph = graphOf(sources, (found) => !found.typeOnly);
  const reached = new Set([start]);
  for (const path of reached) for (const next of graph.get(path) ?? []) reached.add(next);
  return sources.filter((source) => reached.has(source.path)).flatMap((source) => importsOf(source)
    .filter((found) => !found.typeOnly && banned.includes(packageOf(found.specifier)))
    .map((found) => wrong(found, 'reach', `${found.specifier} is reached from ${start}`)));
}

function graphOf(sources: readonly Source[], keep: (found: Import) => boolean): Map<string, string[]> {
  return new Map(sources.map((source) => [
    source.path,
    importsOf(source).filter((found) => keep(found)).flatMap((found) => (found.target === null ? [] : [found.target])),
  ]));
}

function layerOf(path: string): { readonly name: string; readonly rules: Layer } | null {
  const parts = path.split('/');
  for (const name of [parts.slice(0, 2).join('/'), parts[0] ?? '']) {
    const rules = layers[name];
    if (rules !== undefined) return { name, rules };
  }
  return null;
}

function topOf(path: string): string {
  return path.split('/')[0] ?? '';
}

function wrong(found: Import, rule: string, what: string): Violation {
  return { rule, path: found.from, line: found.line, what };
}
