/**
 * The house rules over the real sources, and for each rule a planted violation that it must find:
 * a rule that cannot fail holds nothing.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hazardViolations } from './house/hazards.ts';
import { cycleViolations, layerViolations, reachViolations } from './house/layers.ts';
import { sizeViolations } from './house/size.ts';
import type { Ratchet } from './house/size.ts';
import { readSources, sourceFolders, sourceOf } from './house/source.ts';
import type { Violation } from './house/source.ts';
import { pageViolations, wordViolations } from './house/words.ts';

const root = resolve(import.meta.dirname, '..');
const sources = readSources(root, sourceFolders);
const tests = readSources(root, ['test']);
const pages = ['.', 'cli/pages'].flatMap((folder) => readdirSync(resolve(root, folder)).map((name) => join(folder, name)))
  .filter((name) => name.endsWith('.md'));

/** Files and functions over the limit, with their present length. May only shrink. */
const ratchet: Ratchet = {};

const told = (violations: readonly Violation[]): string[] => violations.map((v) => `${v.path}:${v.line} ${v.rule}: ${v.what}`);
const planted = (path: string, text: string) => [sourceOf(path, text)];

describe(`the house, ${sources.length} source files, ${tests.length} test files and ${pages.length} pages read`, () => {
  console.log(`architecture: ${sources.length} source files, ${tests.length} test files, ${pages.length} pages read`);

  it('reads sources of engine, sim, data, live, lab, cli, strategies and bench, tests and pages: none of them zero', () => {
    const empty = sourceFolders.filter((folder) => !sources.some((source) => source.path.startsWith(`${folder}/`)));

    expect(empty).toEqual([]);
    expect(tests.length).toBeGreaterThan(0);
    expect(pages.length).toBeGreaterThan(0);
  });
  it('imports follow the layers, packages stay in their files and folders are entered by index.ts', () => {
    expect(told(layerViolations(sources))).toEqual([]);
  });
  it('no file imports itself by way of others', () => {
    expect(told(cycleViolations(sources))).toEqual([]);
  });
  it('zod is not reached from step', () => {
    expect(sources.some((source) => source.path === 'engine/step.ts')).toBe(true);
    expect(told(reachViolations(sources, 'engine/step.ts', ['zod']))).toEqual([]);
  });
  it('no banned word and no banned syntax stands in a source, a test or a page', () => {
    const inPages = pages.flatMap((page) => pageViolations(page, readFileSync(resolve(root, page), 'utf8')));

    expect(told(wordViolations([...sources, ...tests]))).toEqual([]);
    expect(told(inPages)).toEqual([]);
  });
  it('no function keeps a running Math.min beside a running Math.max, which node 20.20.2 compiles wrongly', () => {
    expect(told(hazardViolations(sources))).toEqual([]);
  });
  it('no file has over 400 lines and no function over 70, the ratchet aside', () => {
    expect(told(sizeViolations(sources, ratchet))).toEqual([]);
  });
});

describe('a planted violation is found', () => {
  it.each([
    ['engine importing sim', 'engine/a.ts', "import type { Market } from '../sim/index.ts';"],
    ['sim importing live', 'sim/a.ts', "import { x } from '../live/index.ts';"],
    ['live importing sim', 'live/a.ts', "export type * from '../sim/index.ts';"],
    ['data importing lab lazily', 'data/a.ts', "export const load = () => import('../lab/index.ts');"],
    ['a type imported in place', 'data/a.ts', "export type X = import('../lab/index.ts').X;"],
    ['zod in step', 'engine/step.ts', "import { z } from 'zod';"],
    ['technicalindicators beside its adapter', 'engine/indicators/sma.ts', "import { SMA } from 'technicalindicators';"],
    ['any package in sim', 'sim/run.ts', "import { z } from 'zod';"],
    ['a second DuckDB opener', 'data/store.ts', "import { DuckDBInstance } from '@duckdb/node-api';"],
    ['tsx outside the command line', 'lab/load.ts', "import { register } from 'tsx/esm/api';"],
    ['files read in the engine', 'engine/a.ts', "import { readFileSync } from 'node:fs';"],
    ['files read in the simulator', 'sim/a.ts', "import { readFileSync } from 'node:fs';"],
    ['a folder entered by a side door', 'sim/run.ts', "import { x } from './exchange/book.ts';"],
    ['a layer entered by a side door', 'cli/main.ts', "import { x } from '../engine/units.ts';"],
    ['a specifier without extension', 'sim/run.ts', "import { x } from './market';"],
    ['a file outside every layer', 'other/a.ts', "import { x } from './b.ts';"],
    ['a strategy reading the clock of the machine', 'strategies/a.ts', "import { hrtime } from 'node:process';"],
  ])('layers: %s', (_what, path, text) => {
    expect(layerViolations(planted(path, text))).not.toEqual([]);
  });
  it.each([
    ['engine/a.ts', "import { b } from './b.ts';\nimport { z } from './parts/index.ts';"],
    ['lab/testing/index.ts', "import { run } from '../../sim/index.ts';\nimport { readFileSync } from 'node:fs';"],
    ['sim/exchange/index.ts', "import type { Market } from '../market.ts';\nimport { createHash } from 'node:crypto';"],
    ['strategies/trend.ts', "import { defineStrategy, z } from 'holdfast';"],
    ['live/exchange/server.ts', "import { Exchange } from '../../sim/exchange/index.ts';"],
    ['live/paper/account.ts', "import { createExchange } from '../../sim/index.ts';"],
  ])('layers: %s importing what it may is left alone', (path, text) => {
    expect(told(layerViolations(planted(path, text)))).toEqual([]);
  });
  it('cycles: a to b to c to a is one circle, also when one step is type-only', () => {
    const circle = [
      sourceOf('engine/a.ts', "import { b } from './b.ts';"),
      sourceOf('engine/b.ts', "import type { C } from './c.ts';"),
      sourceOf('engine/c.ts', "export { a } from './a.ts';"),
    ];

    expect(cycleViolations(circle).map((v) => v.what)).toEqual(['engine/a.ts -> engine/b.ts -> engine/c.ts -> engine/a.ts']);
    expect(cycleViolations(circle.slice(0, 2))).toEqual([]);
  });
  it('reach: zod two value imports away from step is found, behind a type import it is not', () => {
    const config = sourceOf('engine/config.ts', "import { z } from 'zod';");
    const middle = sourceOf('engine/plan.ts', "import { runConfig } from './config.ts';");
    const typed = sourceOf('engine/plan.ts', "import type { RunConfig } from './config.ts';");
    const step = sourceOf('engine/step.ts', "import { plan } from './plan.ts';");

    expect(reachViolations([config, middle, step], 'engine/step.ts', ['zod'])).toHaveLength(1);
    expect(reachViolations([config, typed, step], 'engine/step.ts', ['zod'])).toEqual([]);
  });
  it.each([
    ['engine/a.ts', '// as the Live venue does'],
    ['engine/a.ts', "const where = 'bybit';"],
    ['engine/a.ts', 'export const backtest = 1;'],
    ['engine/a.ts', 'const t = Date.now();'],
    ['engine/a.ts', 'const clock = Date;'],
    ['sim/a.ts', 'export function f(at: Date): number { return at.getTime(); }'],
    ['sim/a.ts', 'const x = Math.random();'],
    ['sim/a.ts', 'const t = performance.now();'],
    ['sim/a.ts', 'setTimeout(f, 1);'],
    ['sim/a.ts', 'const e = process.env;'],
    ['sim/a.ts', 'export async function f() {}'],
    ['sim/a.ts', 'await f();'],
    ['sim/a.ts', 'export const f = async () => { for await (const x of y) g(x); };'],
    ['sim/a.ts', 'export type P = Promise<number>;'],
    ['sim/a.ts', 'console.log(1);'],
    ['sim/a.ts', "import { randomUUID } from 'node:crypto';"],
    ['sim/a.ts', '// the clock is set by Date.now here'],
    ['cli/a.ts', `// TO${'DO'} later`],
    ['cli/a.ts', `const home = '/ro${'ot'}/data';`],
    ['test/a.test.ts', `it.on${'ly'}('x', f);`],
    ['cli/a.ts', 'enum Side { Long }'],
    ['cli/a.ts', 'export const f = (x: any) => x;'],
    ['cli/a.ts', 'export default 1;'],
    ['cli/a.ts', 'class A { constructor(readonly x: number) {} }'],
    ['cli/a.ts', 'namespace A { export const x = 1; }'],
  ])('words: in %s the text `%s`', (path, text) => {
    expect(wordViolations(planted(path, text))).not.toEqual([]);
  });
  it.each([
    ['engine/a.ts', '// delivered, similar, alive: words that only contain a banned one'],
    ['engine/a.ts', 'export const f = (event: { process: number }) => event.process;'],
    ['cli/a.ts', 'const t = Date.now(); await f(); console.log(t);'],
  ])('words: in %s the text `%s` is left alone', (path, text) => {
    expect(told(wordViolations(planted(path, text)))).toEqual([]);
  });
  it('hazards: both running extremes in one function are found, one of them, or comparisons, are not', () => {
    const both = 'for (const x of xs) { high = Math.max(high, x); low[0] = Math.min(low[0]!, x); }';
    const one = 'for (const x of xs) { high = Math.max(high, x); low = Math.min(x, 3); }';
    const compared = 'for (const x of xs) { if (x > high) high = x; if (x < low) low = x; }';

    expect(hazardViolations(planted('lab/a.ts', both))).toHaveLength(1);
    expect(hazardViolations(planted('lab/a.ts', one))).toEqual([]);
    expect(hazardViolations(planted('lab/a.ts', compared))).toEqual([]);
    expect(hazardViolations(planted('lab/a.ts', `function f() { ${one} } function g() { low = Math.min(low, x); }`))).toEqual([]);
  });
  it('sizes: 400 lines and a function of 70 pass, 401 and 71 do not', () => {
    const lines = (n: number) => 'f();\n'.repeat(n);
    const body = (n: number) => `export function f() {\n${'g();\n'.repeat(n - 2)}}\n`;

    expect(sizeViolations(planted('sim/a.ts', lines(400)), {})).toEqual([]);
    expect(sizeViolations(planted('sim/a.ts', lines(401)), {})).toHaveLength(1);
    expect(sizeViolations(planted('sim/a.ts', body(70)), {})).toEqual([]);
    expect(sizeViolations(planted('sim/a.ts', body(71)), {})).toHaveLength(1);
    expect(sizeViolations(planted('sim/a.ts', `export const f = () => {\n${'g();\n'.repeat(69)}};`), {})).toHaveLength(1);
  });
  it('sizes: a ratchet entry holds at its length, fails when it grows, and must go once the limit is met', () => {
    const lines = (n: number) => planted('sim/a.ts', 'f();\n'.repeat(n));

    expect(sizeViolations(lines(410), { 'sim/a.ts': 410 })).toEqual([]);
    expect(sizeViolations(lines(411), { 'sim/a.ts': 410 })).toHaveLength(1);
    expect(sizeViolations(lines(399), { 'sim/a.ts': 410 })).toHaveLength(1);
    expect(sizeViolations([], { 'sim/a.ts': 410 })).toHaveLength(1);
  });
});
