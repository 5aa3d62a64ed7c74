/**
 * The last step of the build: the modules in `dist/` that a process starts from are joined into a few files. Node spends about
 * a millisecond on every module it loads, and a command needs three hundred of them: joined, a backtest begins 0.4 s earlier.
 * What is joined is what the compiler wrote; types, and modules that nobody starts from, stay as they are.
 */
import { readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly dependencies: Readonly<Record<string, string>> };
/** Two levels below the package, as a folder of `dist/` is: code finds its way up from there. */
const shared = 'dist/chunks';

rmSync(shared, { recursive: true, force: true });
await build({
  entryPoints: [
    ...['engine', 'sim', 'data', 'live', 'lab/testing'].map((folder) => `dist/${folder}/index.js`),
    'dist/cli/main.js', 'dist/cli/worker/engine-thread.js', 'dist/cli/brain/thread.js',
  ],
  bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20', outdir: 'dist', outbase: 'dist',
  chunkNames: 'chunks/[name]-[hash]', allowOverwrite: true, sourcemap: true, logLevel: 'warning',
  // Loaded in every process, and many small files: joined too. The others are big, native, or rarely asked for.
  external: Object.keys(dependencies).filter((name) => name !== 'zod'),
});
