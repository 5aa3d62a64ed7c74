/** A program of these tests as one file, so that a process that runs it is up at once. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Path of the bundle, in a new folder of its own. */
export async function bundled(program: URL): Promise<{ readonly file: string; readonly folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-program-'));
  const file = join(folder, 'program.mjs');
  await build({
    entryPoints: [fileURLToPath(program)], outfile: file, bundle: true, platform: 'node', format: 'esm', logLevel: 'error',
    external: ['@duckdb/node-api'], // asked for by the store alone, when it opens a file
  });
  return { file, folder };
}
