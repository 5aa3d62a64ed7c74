/**
 * Turns a strategy file, with every file it imports, into one script and one hash. Nothing is executed here.
 *
 * 1. The specifier `holdfast` means the running package, wherever the file lives; the script asks for it by name.
 * 2. Relative `.ts`, `.js` and `.json` imports work from any folder; no tsconfig or package.json of the user is read.
 * 3. Node's modules and packages are refused here, by file and line. What is computed at run time (`import(name)`) has
 *    no way to load anything either: the script is compiled without a module loader.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, dirname, extname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Loader, Message, OnLoadResult, OnResolveArgs, OnResolveResult, PartialMessage, Plugin } from 'esbuild';
import { Failure, textOf } from '../failure.ts';

/** One file the strategy is made of. */
export interface StrategyFile { readonly path: string; readonly sha256: string }

export interface StrategyBundle {
  /** The file asked for, absolute. */
  readonly file: string;
  /** The part after `#`, or null. */
  readonly wanted: string | null;
  /** A script that leaves the module's exports in `strategyModule` and reads ours from `holdfastModules`. */
  readonly code: string;
  /** Source map of the script, JSON; sources are relative to the file's folder. */
  readonly map: string;
  /** Paths relative to the file's folder, sorted, with `/`. */
  readonly files: readonly StrategyFile[];
  /** SHA-256 over path, length and bytes of every file, in the order of `files`. */
  readonly hash: string;
}

/** The parts of the package that a strategy may import: pure ones. */
export const pureSpecifiers = ['holdfast', 'holdfast/sim'] as const;
export type PureSpecifier = (typeof pureSpecifiers)[number];

const loaders: Readonly<Record<string, Loader>> = {
  '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.tsx': 'tsx', '.js': 'js', '.mjs': 'js', '.cjs': 'js', '.jsx': 'jsx', '.json': 'json',
};
/** A TypeScript file may be imported under the name it would have once compiled. */
const compiledFrom: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'], '.mjs': ['.mts'], '.cjs': ['.cts'], '.jsx': ['.tsx'],
};
const endings = ['.ts', '.mts', '.js', '.mjs', '.json', `${sep}index.ts`, `${sep}index.js`];

/** Splits `FILE#name`. The `#` counts only when no file of the whole name exists. */
export async function splitReference(reference: string, folder: string): Promise<{ file: string; wanted: string | null }> {
  const whole = resolve(folder, reference);
  const at = reference.lastIndexOf('#');
  if (at <= 0 || (await isFile(whole))) return { file: whole, wanted: null };
  return { file: resolve(folder, reference.slice(0, at)), wanted: reference.slice(at + 1) };
}

/** Reads and joins the strategy's files. Throws a Failure (exit 2) that names file, line and fix. */
export async function bundleStrategy(reference: string, folder: string): Promise<StrategyBundle> {
  const { file, wanted } = await splitReference(reference, folder);
  await checkEntry(file, reference);
  const read = new Map<string, Buffer>();
  const { build, stop } = await import('esbuild');
  try {
    const built = await build({
      absWorkingDir: dirname(file),
      entryPoints: [file],
      outfile: resolve(dirname(file), 'strategy-bundle.js'),
      bundle: true,
      treeShaking: false, // what the file says is what runs, also a `new Date()` that nothing uses
      write: false,
      platform: 'neutral',
      format: 'iife',
      globalName: 'strategyModule',
      target: 'node20',
      charset: 'utf8',
      sourcemap: 'external',
      sourcesContent: false,
      legalComments: 'none',
      tsconfigRaw: '{}',
      logLevel: 'silent',
      logOverride: { 'empty-import-meta': 'error' },
      plugins: [strategyFiles(read)],
    });
    const code = built.outputFiles.find((output) => output.path.endsWith('.js'))?.text ?? '';
    const map = built.outputFiles.find((output) => output.path.endsWith('.map'))?.text ?? '';
    return { file, wanted, code, map, ...hashOf(read, dirname(file)) };
  } catch (thrown) {
    throw buildFailure(thrown, file);
  } finally {
    void stop();
  }
}

async function checkEntry(file: string, reference: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  const expected = 'expected a .ts or .js file with a strategy';
  if (found === null) throw new Failure(2, `strategy: ${reference}: was no file at ${file}, ${expected}. Fix: check the path, or make one with 'holdfast init'`);
  if (!found.isFile()) throw new Failure(2, `strategy: ${reference}: was a folder, ${expected}. Fix: name the file in it`);
  if (loaders[extname(file)] === undefined || extname(file) === '.json') {
    throw new Failure(2, `strategy: ${reference}: was a '${extname(file)}' file, ${expected}. Fix: name a .ts or .js file`);
  }
}

/** Resolves and reads what a strategy imports, and keeps the exact bytes that went into the script. */
function strategyFiles(read: Map<string, Buffer>): Plugin {
  return {
    name: 'strategy-files',
    setup(build) {
      build.onResolve({ filter: /.*/ }, (request) => resolveImport(request));
      build.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path }): Promise<OnLoadResult> => {
        const contents = await readFile(path);
        read.set(path, contents);
        const loader = loaders[extname(path)] ?? 'js';
        const errors = loader.startsWith('ts') ? await unusedBuiltins(path, contents.toString('utf8'), loader) : [];
        return { contents, loader, errors };
      });
      build.onLoad({ filter: /.*/, namespace: 'holdfast' }, async ({ path }): Promise<OnLoadResult> => ({
        contents: await reExport(path as PureSpecifier),
        loader: 'js',
      }));
    },
  };
}

async function resolveImport({ path, importer, kind, resolveDir }: OnResolveArgs): Promise<OnResolveResult> {
  if (kind === 'entry-point') return { path };
  if ((pureSpecifiers as readonly string[]).includes(path)) return { path, namespace: 'holdfast' };
  if (/^\.{0,2}\/|^\.{1,2}$|^file:/.test(path)) {
    const target = path.startsWith('file:') ? fileURLToPath(path) : resolve(resolveDir, path);
    const found = await existing(target);
    if (found === null) return refusal(`'${path}' was not found, expected a file beside ${basename(importer)}`);
    if (loaders[extname(found)] === undefined) return refusal(`'${path}' is a '${extname(found)}' file, expected .ts, .js or .json`);
    return { path: found };
  }
  if (isBuiltin(path)) return refusal(builtinRefused(path));
  if (path === 'zod' || path.startsWith('zod/')) return refusal(`package '${path}' is not available to a strategy. Fix: import { z } from 'holdfast'`);
  if (path.startsWith('holdfast/')) {
    return refusal(`'${path}' is not available to a strategy, expected ${pureSpecifiers.join(' or ')}. Fix: import from 'holdfast'`);
  }
  return refusal(`package '${path}' is not available to a strategy, expected 'holdfast' or a relative file. Fix: copy the code beside the strategy`);
}

/**
 * An import that TypeScript drops because nothing uses its names is refused all the same when it is a module of Node:
 * the file says what it wants. Looks at the file printed with every import kept.
 */
async function unusedBuiltins(file: string, source: string, loader: Loader): Promise<PartialMessage[]> {
  const { transform } = await import('esbuild');
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } };
  const printed = await transform(source, { loader, tsconfigRaw, logLevel: 'silent' }).catch(() => null);
  if (printed === null) return []; // the build reports the mistake with its place
  const imported = [...printed.code.matchAll(/^(?:import (?:[^"\n]* from )?|\} from )"([^"\n]+)"/gm)].map(([, name]) => name ?? '');
  return imported.filter((name) => isBuiltin(name)).map((name) => {
    const written = [`from '${name}'`, `from "${name}"`, `import '${name}'`, `import "${name}"`];
    const line = source.split('\n').findIndex((text) => written.some((words) => text.includes(words))) + 1;
    return { text: builtinRefused(name), location: { file, line: Math.max(1, line) } };
  });
}

const builtinRefused = (name: string): string =>
  `module '${name}' is not available to a strategy: it reaches outside the market's own data. Fix: remove the import`;
const refusal = (text: string): OnResolveResult => ({ errors: [{ text }] });

async function existing(target: string): Promise<string | null> {
  if (await isFile(target)) return target;
  const ending = extname(target);
  for (const source of compiledFrom[ending] ?? []) {
    const candidate = target.slice(0, -ending.length) + source;
    if (await isFile(candidate)) return candidate;
  }
  for (const source of endings) {
    if (await isFile(target + source)) return target + source;
  }
  return null;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isFile(), () => false);
}

/** A module that hands on the running package's own exports, by name, so that a misspelt import is an error with a line. */
async function reExport(specifier: PureSpecifier): Promise<string> {
  const names = Object.keys(specifier === 'holdfast' ? await import('../../engine/index.ts') : await import('../../sim/index.ts'));
  return [
    `const running = holdfastModules[${JSON.stringify(specifier)}];`,
    ...names.map((name) => `export const ${name} = running.${name};`),
  ].join('\n');
}

function hashOf(read: ReadonlyMap<string, Buffer>, folder: string): { files: StrategyFile[]; hash: string } {
  const parts = [...read]
    .map(([path, bytes]) => ({ path: relative(folder, path).split(sep).join('/'), bytes }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const all = createHash('sha256');
  for (const { path, bytes } of parts) all.update(`${path}\0${bytes.length}\0`).update(bytes);
  const files = parts.map(({ path, bytes }) => ({ path, sha256: createHash('sha256').update(bytes).digest('hex') }));
  return { files, hash: all.digest('hex') };
}

function buildFailure(thrown: unknown, file: string): unknown {
  const first = typeof thrown === 'object' && thrown !== null && 'errors' in thrown ? (thrown.errors as readonly Message[])[0] : undefined;
  if (first === undefined) return thrown instanceof Failure ? thrown : new Failure(2, `strategy: ${file}: was not readable: ${textOf(thrown)}`, thrown);
  const place = first.location === null ? file : `${resolve(dirname(file), first.location.file)}:${first.location.line}`;
  return new Failure(2, `strategy: ${place}: ${explain(first.text)}`);
}

function explain(text: string): string {
  if (text.startsWith('Top-level await')) return 'await at the top level is not available to a strategy. Fix: compute the value in place';
  if (text.includes('import.meta')) return 'import.meta is not available to a strategy. Fix: use params';
  const missing = /^No matching export in "holdfast:([^"]*)" for import "([^"]*)"/.exec(text);
  if (missing !== null) return `'${missing[2]}' was not found in '${missing[1]}'. Fix: check the name`;
  return text;
}
