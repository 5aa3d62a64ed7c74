/** Runs the built command as a user does: its own process, its own folder, stdout and stderr apart. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const program = resolve(import.meta.dirname, '../../dist/cli/main.js');

export interface Ended { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** `folder` is where it runs; its data folder is `data` in it unless the arguments name one. */
export function holdfast(folder: string, ...words: readonly string[]): Promise<Ended> {
  return ended(start(folder, words));
}

/** Presses Ctrl-C once the process is at work: two seconds after its start, long before the slow strategy is through. */
export function interrupted(folder: string, ...words: readonly string[]): Promise<Ended> {
  const child = start(folder, words);
  setTimeout(() => child.kill('SIGINT'), 2_000);
  return ended(child);
}

function start(folder: string, words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, ...words], {
    cwd: folder,
    env: { ...process.env, HOLDFAST_DATA: join(folder, 'data'), NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((done, failed) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (text: Buffer) => { stdout += text.toString(); });
    child.stderr?.on('data', (text: Buffer) => { stderr += text.toString(); });
    child.on('error', failed);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

/** A fresh folder outside any package, with these files in it. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** A strategy over the built-in market. `top` stands at the top level (line 2), `body` is what `decide` does (line 6). */
export function strategyText({ top = '', body = 'return intents.hold;', name = 'probe', exported = 'probe' }: {
  readonly top?: string; readonly body?: string; readonly name?: string; readonly exported?: string;
} = {}): string {
  return [
    'import { defineStrategy, z } from \'holdfast\';',
    top,
    `export const ${exported} = defineStrategy({`,
    `  name: '${name}', symbols: ['BTCUSDT'], timeframe: '5m', params: z.object({ n: z.number().int().min(2).max(200).default(20), side: z.enum(['long', 'short']).default('long') }),`,
    '  indicators: (on, p) => ({ fast: on(\'5m\').ema(p.n) }),',
    `  decide({ bar, intents, time }, p) { ${body} },`,
    '});',
    '',
  ].join('\n');
}
