/** Where the files of the running package lie: the same from the sources and from the build, whose modules are joined. */
import { readFileSync } from 'node:fs';

interface Package { readonly name?: string; readonly version?: string }

let found: { readonly root: URL; readonly version: string } | null = null;

/** The folder of `package.json` above this module. */
function findPackage(): { readonly root: URL; readonly version: string } {
  for (let root = new URL('./', import.meta.url); ; root = new URL('../', root)) {
    const { name, version } = read(new URL('package.json', root));
    if (name === 'holdfast' && version !== undefined) return { root, version };
    if (root.pathname === new URL('../', root).pathname) throw new Error('package.json of holdfast was not found above the command line');
  }
}

function read(file: URL): Package {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Package;
  } catch {
    return {};
  }
}

/** A file of the package by its path from the root, such as 'cli/pages/risk.md'. */
export function placeOf(path: string): URL {
  found ??= findPackage();
  return new URL(path, found.root);
}

/** The version of the running package. */
export function packageVersion(): string {
  found ??= findPackage();
  return found.version;
}
