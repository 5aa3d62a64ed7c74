/** The version of the running package, read from its own package.json, from the sources and from the build alike. */
import { existsSync, readFileSync } from 'node:fs';

export function packageVersion(): string {
  for (const above of ['../package.json', '../../package.json']) {
    const file = new URL(above, import.meta.url);
    if (!existsSync(file)) continue;
    const found = JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: string; readonly version?: string };
    if (found.name === 'holdfast' && found.version !== undefined) return found.version;
  }
  throw new Error('package.json of holdfast was not found above the command line');
}
