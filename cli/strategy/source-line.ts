/**
 * Which line of the user's file an error comes from: reads the frames of a stack that lie in the strategy's script and
 * maps them back through its source map.
 */
import { basename, dirname, resolve } from 'node:path';
import { SourceMap } from 'node:module';
import type { SourceMapPayload } from 'node:module';
import type { StrategyBundle } from './bundle.ts';

/** Name under which the script is compiled, so that its frames can be told from all others. */
export const scriptName = 'holdfast-strategy-script';

const frame = new RegExp(`${scriptName}:(\\d+):(\\d+)`, 'g');

/** Returns `trend.ts:12` for the innermost frame of `stack` in the strategy's files, or null when there is none. */
export type Locate = (stack: string | undefined) => string | null;

export function locator(bundle: Pick<StrategyBundle, 'file' | 'map'>): Locate {
  const map = new SourceMap(JSON.parse(bundle.map) as SourceMapPayload);
  const folder = dirname(bundle.file);
  return (stack) => {
    for (const [, line, column] of (stack ?? '').matchAll(frame)) {
      const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
      if (!('originalSource' in entry) || entry.originalSource.startsWith('holdfast:')) continue;
      const source = resolve(folder, entry.originalSource);
      const shown = dirname(source) === folder ? basename(source) : entry.originalSource;
      return `${shown}:${entry.originalLine + 1}`;
    }
    return null;
  };
}
