/**
 * Before the first test: builds `dist` once, because the tests of the command line run the built program.
 * `HOLDFAST_BUILT=1` says that the caller has just built it.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { seed } from './seed.ts';

export function setup(): void {
  console.log(`seed ${seed} (HOLDFAST_SEED=n tries another)`);
  if (process.env['HOLDFAST_BUILT'] === '1') return;
  const root = resolve(import.meta.dirname, '../..');
  const compiler = resolve(root, 'node_modules/typescript/bin/tsc');
  const failed = ['tsconfig.build.json', 'lab/report/page/tsconfig.json']
    .filter((project) => spawnSync(process.execPath, [compiler, '-p', project], { cwd: root, stdio: 'ignore' }).status !== 0);
  // Types are judged by the type check; what could be emitted is there, and the tests say what it does.
  if (failed.length > 0) console.log('the build has type errors, see: npm run types');
}
