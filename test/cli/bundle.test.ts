/** A strategy file with its imports becomes one script and one hash; nothing of the user's folder but those files matters. */
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { bundleStrategy } from '../../cli/strategy/index.ts';
import { folderWith, strategyText } from './command.ts';

const folders: string[] = [];
const inFolder = (files: Readonly<Record<string, string>>): string => {
  const folder = folderWith(files);
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
const refusalOf = async (folder: string, file: string): Promise<string> =>
  bundleStrategy(file, folder).then(() => 'accepted', (thrown: Error) => thrown.message);

describe('a bundled strategy', () => {
  it('is hashed over path, length and bytes of every file it imports, sorted by path', async () => {
    const helper = 'export const width: number = 3;\n';
    const main = strategyText({ top: 'import { width } from \'./width.js\'; export const twice = width * 2;' });
    const folder = inFolder({ 'main.ts': main, 'width.ts': helper });

    const bundle = await bundleStrategy('main.ts', folder);

    const byHand = createHash('sha256')
      .update(`main.ts\0${Buffer.byteLength(main)}\0${main}width.ts\0${Buffer.byteLength(helper)}\0${helper}`).digest('hex');
    expect(bundle.hash).toBe(byHand);
    expect(bundle.files.map(({ path }) => path)).toEqual(['main.ts', 'width.ts']);
  });

  it('has another hash when a file imported by an imported file changes, and the same after it is put back', async () => {
    const top = 'import { a } from \'./a.ts\'; export const b = a;';
    const folder = inFolder({ 'main.ts': strategyText({ top }), 'a.ts': 'export { c as a } from \'./c\';\n', 'c.ts': 'export const c = 1;\n' });
    const before = (await bundleStrategy('main.ts', folder)).hash;

    writeFileSync(join(folder, 'c.ts'), 'export const c = 2;\n');
    const changed = (await bundleStrategy('main.ts', folder)).hash;
    writeFileSync(join(folder, 'c.ts'), 'export const c = 1;\n');
    const restored = (await bundleStrategy('main.ts', folder)).hash;

    expect(changed).not.toBe(before);
    expect(restored).toBe(before);
  });

  it('is the same whatever folder it lies in, and reads no tsconfig.json there', async () => {
    const files = { 'main.ts': strategyText(), 'tsconfig.json': '{ "extends": "./absent.json", "compilerOptions": { "paths": { "holdfast": ["./x"] } } }' };
    const one = await bundleStrategy('main.ts', inFolder(files));
    const other = await bundleStrategy('main.ts', inFolder(files));

    expect(other.hash).toBe(one.hash);
    expect(other.code).toBe(one.code);
  });

  it('imports JSON beside it, and the JSON is part of the hash', async () => {
    const top = 'import levels from \'./levels.json\'; export const first = levels[0];';
    const folder = inFolder({ 'main.ts': strategyText({ top }), 'levels.json': '[1, 2]' });

    const bundle = await bundleStrategy('main.ts', folder);

    expect(bundle.files.map(({ path }) => path)).toEqual(['levels.json', 'main.ts']);
  });

  it('keeps what follows # apart from the file, unless a file has that very name', async () => {
    const folder = inFolder({ 'main.ts': strategyText(), 'odd#name.ts': strategyText() });

    expect((await bundleStrategy('main.ts#probe', folder)).wanted).toBe('probe');
    expect((await bundleStrategy('odd#name.ts', folder)).wanted).toBeNull();
  });
});

describe('an import that a strategy may not make is refused with file and line', () => {
  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['node:fs', 'import { readFileSync } from \'node:fs\'; readFileSync(\'x\');', /main\.ts:2: module 'node:fs' is not available to a strategy/],
    ['fs without node:', 'import fs from \'fs\'; fs.readFileSync(\'x\');', /main\.ts:2: module 'fs' is not available/],
    ['a module of Node that nothing uses', 'import { cpus } from \'node:os\';', /main\.ts:2: module 'node:os' is not available/],
    ['worker_threads for its effect', 'import \'node:worker_threads\';', /main\.ts:2: module 'node:worker_threads'/],
    ['a module of Node handed on', 'export * from \'node:path\';', /main\.ts:2: module 'node:path'/],
    ['child_process by import()', 'void import(\'node:child_process\');', /main\.ts:2: module 'node:child_process'/],
    ['module by require', 'require(\'module\').createRequire(\'/\');', /main\.ts:2: module 'module'/],
    ['a package', 'import _ from \'lodash\'; _.map([]);', /main\.ts:2: package 'lodash'.*expected 'holdfast' or a relative file/],
    ['zod, which would be a second copy', 'import { z as own } from \'zod\'; own.object({});', /Fix: import \{ z \} from 'holdfast'/],
    ['a part of holdfast that reaches files', 'import { loadMarket } from \'holdfast/data\'; loadMarket();', /'holdfast\/data' is not available to a strategy/],
    ['a name that holdfast does not have', 'import { defineStrategi } from \'holdfast\'; defineStrategi({});', /main\.ts:2: 'defineStrategi' was not found in 'holdfast'/],
    ['a file that is not there', 'import { x } from \'./absent.js\'; x();', /main\.ts:2: '\.\/absent\.js' was not found/],
    ['a mistake of syntax', 'const a = ;', /main\.ts:2: Unexpected ";"/],
    ['import.meta', 'export const here = import.meta.url;', /main\.ts:2: import\.meta is not available to a strategy/],
    ['await at the top level', 'await 1;', /main\.ts:2: await at the top level is not available/],
  ];
  it.each(refused)('%s', async (_, top, expected) => {
    const message = await refusalOf(inFolder({ 'main.ts': strategyText({ top }) }), 'main.ts');

    expect(message).toMatch(expected);
    expect(message).not.toContain('\n');
  });

  it('a helper that imports node:fs is named, not the strategy', async () => {
    const folder = inFolder({
      'main.ts': strategyText({ top: 'import { read } from \'./helper.ts\'; read();' }),
      'helper.ts': '// reads\nimport { readFileSync } from \'node:fs\';\nexport const read = () => readFileSync(\'x\');\n',
    });

    expect(await refusalOf(folder, 'main.ts')).toMatch(/helper\.ts:2: module 'node:fs' is not available to a strategy/);
  });

  it('types of Node may be imported: they are gone before anything runs', async () => {
    const folder = inFolder({ 'main.ts': strategyText({ top: 'import type { Stats } from \'node:fs\'; export type S = Stats;' }) });

    expect(await refusalOf(folder, 'main.ts')).toBe('accepted');
  });

  it('a missing file, a folder and a file of another kind are told apart', async () => {
    const folder = inFolder({ 'notes.txt': 'x' });

    expect(await refusalOf(folder, 'absent.ts')).toMatch(/^strategy: absent\.ts: was no file at .*absent\.ts, expected a \.ts or \.js file/);
    expect(await refusalOf(folder, '.')).toMatch(/^strategy: \.: was a folder/);
    expect(await refusalOf(folder, 'notes.txt')).toMatch(/^strategy: notes\.txt: was a '\.txt' file/);
  });
});
