/**
 * A folder of its own for each notebook, with candles in it and the built `holdfast` command at hand. Real candles come from
 * ../../shared/market when they are there; otherwise the built-in market plays, and the notebook says so. `close()` removes it all.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const program = resolve('../dist/cli/main.js');
const realFolder = resolve('../../shared/market');
const realRange = '2025-09-24_2025-12-31';

/** What a command left behind. */
export interface Ended { readonly code: number | null; readonly stdout: string; readonly stderr: string }
/** A local exchange; `line` is what `holdfast live --exchange` wants. */
export interface Venue { readonly line: string; stop(): void }

export class Workbench {
  /** Where strategies and plans are written, and commands run. */
  readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-notebook-'));
  /** Candles and runs; what `frameOf` asks. */
  readonly data = join(this.folder, 'data');
  readonly isReal: boolean;
  /** What `--market` is to be. */
  readonly market: string;
  private readonly children: ChildProcess[] = [];

  constructor(symbols: readonly string[] = ['BTCUSDT']) {
    process.on('exit', () => this.close());
    const files = [
      ...symbols.flatMap((symbol) => [`bybit_linear_${symbol}_5m_${realRange}.parquet`, `bybit_linear_${symbol}_mark1h_${realRange}.parquet`]),
      `bybit_linear_funding_${realRange}.csv`,
    ].map((name) => join(realFolder, name));
    this.isReal = files.every((file) => existsSync(file));
    this.market = this.isReal ? 'bybit:linear' : 'builtin:linear';
    this.imported = this.isReal ? this.run('data', 'import', ...files) : 'the built-in market needs no files';
    console.log(this.isReal ? `${symbols.join(', ')} of Bybit, 5m, 2025-09-24 to 2025-12-31` : 'no real candles here: the built-in market plays');
  }

  /** What the import said. */
  readonly imported: string;

  /** Runs `holdfast` and waits; anything but exit code 0 is an error with what was printed. */
  run(...words: readonly string[]): string {
    const ended = this.ask(...words);
    if (ended.code !== 0) throw new Error(`holdfast ${words.join(' ')} ended with ${ended.code}:\n${ended.stderr}${ended.stdout}`);
    return ended.stdout;
  }

  /** The same with `--json`, read. */
  json<T>(...words: readonly string[]): T {
    return JSON.parse(this.run(...words, '--json')) as T;
  }

  /** Runs `holdfast` and hands back whatever happened: some commands answer with their exit code. */
  ask(...words: readonly string[]): Ended {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { ...this.place(), encoding: 'utf8', maxBuffer: 256e6 });
    return { code: status, stdout: stdout.replaceAll(this.folder, '.'), stderr: stderr.replaceAll(this.folder, '.') };
  }

  /** Backtests with `--json`, two at a time, in order. */
  async many<T>(commands: readonly (readonly string[])[]): Promise<T[]> {
    const results: T[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < commands.length) {
        const place = next++;
        const words = commands[place]!;
        const ended = await this.later([...words, '--json']);
        if (ended.code !== 0) throw new Error(`holdfast ${words.join(' ')} ended with ${ended.code}:\n${ended.stderr}`);
        results[place] = JSON.parse(ended.stdout) as T;
      }
    };
    await Promise.all([work(), work()]);
    return results;
  }

  /** Starts a local exchange at full speed; it ends with `stop()` or with the workbench. */
  async venue(...words: readonly string[]): Promise<Venue> {
    const child = spawn(process.execPath, [program, 'exchange', '--market', this.market, '--speed', 'max', '--admin', '--no-limits', ...words],
      { ...this.place(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.children.push(child);
    const line = await new Promise<string>((done, failed) => {
      let text = '';
      let trouble = '';
      child.stdout.on('data', (part: Buffer) => { if ((text += part.toString()).includes('\n')) done(text.trim()); });
      child.stderr.on('data', (part: Buffer) => { trouble += part.toString(); });
      child.on('exit', (code) => failed(new Error(`holdfast exchange ended with ${code}: ${trouble}`)));
    });
    return { line, stop: () => child.kill('SIGKILL') };
  }

  /** Writes a file into the folder and gives its name back. */
  write(name: string, text: string): string {
    writeFileSync(join(this.folder, name), text);
    return name;
  }

  /** Copies a strategy that lies elsewhere, such as ../strategies/trend.ts, into the folder and gives its name there. */
  bring(file: string): string {
    return this.write(basename(file), readFileSync(file, 'utf8'));
  }

  close(): void {
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private place(): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
    return { cwd: this.folder, env: { ...process.env, HOLDFAST_DATA: this.data, NO_COLOR: '1' } };
  }

  private async later(words: readonly string[]): Promise<Ended> {
    const child = spawn(process.execPath, [program, ...words], { ...this.place(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.children.push(child);
    return await new Promise((done, failed) => {
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (part: Buffer) => { stdout += part.toString(); });
      child.stderr.on('data', (part: Buffer) => { stderr += part.toString(); });
      child.on('error', failed);
      child.on('close', (code) => done({ code, stdout, stderr }));
    });
  }
}
