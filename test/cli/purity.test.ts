/** What a strategy may not use fails the run with exit 2 and the strategy's own line, wherever and however it is reached. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderWith, holdfast, strategyText } from './command.ts';
import { playInThread } from './thread.ts';

const folder = folderWith({});
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
const fileOf = (text: string): string => {
  const name = `probe-${(count += 1)}.ts`;
  writeFileSync(join(folder, name), text);
  return name;
};

describe('at the top level of the file, line 2', () => {
  const forbidden: readonly (readonly [string, string, string])[] = [
    ['Date.now', 'const started = Date.now();', 'Date.now is not available to a strategy: use scene.time'],
    ['new Date', 'const started = new Date();', 'Date is not available to a strategy: use scene.time'],
    ['Date through globalThis', 'const started = globalThis.Date.now();', 'Date.now is not available'],
    ['Date through eval', 'const started = (0, eval)(\'Date.now()\');', 'Date.now is not available'],
    ['Date through a function\'s constructor', 'const started = (() => 0).constructor(\'return new Date()\')();', 'Date is not available'],
    ['Date through its prototype', 'const started = new (Date.prototype.constructor as DateConstructor)();', 'Date is not available'],
    ['Math.random', 'const x = Math.random();', 'Math.random is not available'],
    ['performance.now', 'const x = performance.now();', 'performance.now is not available'],
    ['crypto', 'const x = crypto.randomUUID();', 'crypto.randomUUID is not available'],
    ['setTimeout', 'setTimeout(() => {}, 1);', 'setTimeout is not available'],
    ['setImmediate', 'setImmediate(() => {});', 'setImmediate is not available'],
    ['fetch', 'void fetch(\'http://localhost\');', 'fetch is not available'],
    ['the environment', 'const home = process.env.HOME;', 'process.env is not available'],
    ['the environment taken apart', 'const { env } = process;', 'process.env is not available'],
    ['process.hrtime', 'const x = process.hrtime.bigint();', 'process.hrtime is not available'],
    ['process.getBuiltinModule', 'const fs = process.getBuiltinModule(\'fs\');', 'process.getBuiltinModule is not available'],
    ['the machine\'s time zone', 'const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;', 'Intl.DateTimeFormat is not available'],
    ['a clock behind console', 'console.time(\'x\');', 'console.time is not available'],
    ['a computed require', 'const name = \'f\' + \'s\'; require(name);', 'a module cannot be loaded while a strategy runs'],
  ];
  it.each(forbidden)('%s', async (_, top, expected) => {
    const file = fileOf(strategyText({ top }));

    const came = await playInThread(folder, file);

    expect(came).toMatchObject({ tag: 'failed', exitCode: 2, line: expect.stringContaining(`${file}:2: ${expected}`) as string });
  });

  it('a computed import() that nobody waits for', async () => {
    const came = await playInThread(folder, fileOf(strategyText({ top: 'const name = \'node:\' + [\'f\', \'s\'].join(\'\'); void import(name);' })));

    expect(came).toMatchObject({ exitCode: 2, line: expect.stringContaining('a module cannot be loaded while a strategy runs') as string });
  });
});

describe('inside decide, line 6', () => {
  const forbidden: readonly (readonly [string, { readonly top?: string; readonly body: string }, string])[] = [
    ['Date.now', { body: 'Date.now(); return intents.hold;' }, 'Date.now is not available to a strategy: use scene.time'],
    ['Date.now captured at import', { top: 'const now = Date.now;', body: 'now(); return intents.hold;' }, 'Date.now is not available'],
    ['Date captured at import', { top: 'const D = Date;', body: 'new D(); return intents.hold;' }, 'Date is not available'],
    ['Math.random captured at import', { top: 'const { random } = Math;', body: 'random(); return intents.hold;' }, 'Math.random is not available'],
    ['setTimeout', { body: 'setTimeout(() => {}, 0); return intents.hold;' }, 'setTimeout is not available'],
  ];
  it.each(forbidden)('%s', async (_, { top = '', body }, expected) => {
    const file = fileOf(strategyText({ top, body }));

    const came = await playInThread(folder, file);

    expect(came).toMatchObject({ tag: 'failed', exitCode: 2, line: expect.stringContaining(`${file}:6: ${expected}`) as string });
    expect(came).toMatchObject({ line: expect.stringMatching(/\(BTCUSDT bar 2025-10-01T\d\d:\d\d:00Z\)$/) as string });
  });

  it.each([
    ['Math.floor', 'Math.floor = () => 0;', 'floor'], ['Array.prototype.push', 'Array.prototype.push = () => 0;', 'push'],
    ['Object.keys', 'Object.keys = () => [];', 'keys'],
  ])('%s cannot be replaced: the engine computes with it', async (_, body, name) => {
    const file = fileOf(strategyText({ body: `${body} return intents.hold;` }));

    expect(await playInThread(folder, file)).toMatchObject({
      tag: 'failed', exitCode: 2, line: expect.stringMatching(new RegExp(`${file}:6: .*Cannot (assign to read only property|set property) '?${name}`)) as string,
    });
  });

  it('in a helper, the helper\'s line is named', async () => {
    writeFileSync(join(folder, 'clock.ts'), '// one\n// two\nexport const now = (): number => Date.now();\n');
    const file = fileOf(strategyText({ top: 'import { now } from \'./clock.js\';', body: 'now(); return intents.hold;' }));

    expect(await playInThread(folder, file)).toMatchObject({ line: expect.stringContaining('clock.ts:3: Date.now is not available') as string });
  });

  it('console.log goes to stderr: --json leaves one object on stdout', async () => {
    const file = fileOf(strategyText({ top: 'console.log(\'loaded\', { n: 1 });' }));

    const { code, stdout, stderr } = await holdfast(folder, 'backtest', file, '--market', 'builtin:linear', '--no-store', '--json');

    expect(stderr).toContain('loaded {"n":1}');
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ decisions: expect.any(Number) as number });
    expect(code).toBe(0);
  });
});
