/**
 * `npm run bench:trades`: from a daily archive of single trades (CSV.gz) to bars in the lake, beside plain reading of the same
 * file by DuckDB (count and sums), turn by turn in one sitting, each in a process of its own. The file is made in the
 * temporary folder and removed.
 *
 *   --rows N     rows of the file (default 3,000,000)
 *   --rounds N   turns (default 3); the best of each counts
 *   --file PATH  measure this archive instead
 *   --json       one object on stdout and nothing else
 *
 * Exit code 1 when neither bound holds: 2,000,000 rows a second, or 0.8 of DuckDB's speed. Give it an otherwise idle machine:
 * the reading has work for two cores, DuckDB for one.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { importFiles } from '../data/index.ts';
import { writeTradeFile } from './trade-file.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '3000000' }, rounds: { type: 'string', default: '3' }, file: { type: 'string' },
    json: { type: 'boolean', default: false }, child: { type: 'string' },
  },
});
const minimum = { rowsPerSecond: 2_000_000, ratio: 0.8 } as const;
const start = promisify(execFile);

/** `cpuMs` = processor time of all threads meanwhile: on a machine shared with others it says more than the clock. */
interface Round { readonly rows: number; readonly ms: number; readonly cpuMs: number }

/** What DuckDB alone needs to read the file once: the least that can be asked of it. */
const plainReading = `
import { DuckDBInstance } from '@duckdb/node-api';
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
const started = performance.now();
const before = process.cpuUsage();
const file = "'" + process.argv[1].replaceAll("'", "''") + "'";
const reader = await connection.runAndReadAll('SELECT count(*) AS n, sum(size) AS size, sum(price) AS price FROM read_csv(' + file + ')');
console.log(JSON.stringify({ rows: Number(reader.getRowsJS()[0][0]), ms: performance.now() - started, cpuMs: (({ user, system }) => (user + system) / 1000)(process.cpuUsage(before)) }));
`;

await (values.child === undefined ? main() : child(values.child));

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const file = values.file ?? join(folder, 'BTCUSDT2024-03-01.csv.gz');
    if (values.file === undefined) await writeTradeFile(file, whole('--rows', values.rows));
    const ours: Round[] = [];
    const theirs: Round[] = [];
    for (let k = 0; k < whole('--rounds', values.rounds); k++) {
      ours.push(await round([...process.execArgv, import.meta.filename, '--child', file]));
      theirs.push(await round(['--input-type=module', '--eval', plainReading, file]));
    }
    report(best(ours), best(theirs), statSync(file).size);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads, checks and stores the file in a lake of its own: minutes, as `holdfast data trades` does. */
async function child(file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-lake-'));
  try {
    const small = join(folder, 'BTCUSDT2024-03-01.csv.gz'); // packages are loaded before the clock runs, as beside
    await writeTradeFile(small, 1_000);
    await importFiles([small], { folder: join(folder, 'first'), market: 'bybit:linear', fromTrades: { intervals: [60_000], keep: false } });
    const started = performance.now();
    const before = process.cpuUsage();
    const result = await importFiles([file], { folder, market: 'bybit:linear', fromTrades: { intervals: [60_000], keep: false } });
    const { user, system } = process.cpuUsage(before);
    process.stdout.write(JSON.stringify({ rows: result.files[0]?.rows ?? 0, ms: performance.now() - started, cpuMs: (user + system) / 1_000 }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function round(words: readonly string[]): Promise<Round> {
  const { stdout } = await start(process.execPath, [...words]);
  return JSON.parse(stdout) as Round;
}

function best(rounds: readonly Round[]): Round {
  return rounds.reduce((a, b) => (b.ms < a.ms ? b : a));
}

function report(ours: Round, theirs: Round, bytes: number): void {
  const rowsPerSecond = Math.round(ours.rows / ours.ms * 1_000);
  const ratio = Number((theirs.ms / ours.ms).toFixed(2));
  const passed = ours.rows === theirs.rows && (rowsPerSecond >= minimum.rowsPerSecond || ratio >= minimum.ratio);
  const busy = Number((loadavg()[0] ?? 0).toFixed(2));
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ rows: ours.rows, bytes, ms: ours.ms, cpuMs: ours.cpuMs, rowsPerSecond, duckdbMs: theirs.ms, duckdbCpuMs: theirs.cpuMs, ratio, load: busy, passed })}\n`);
  } else {
    process.stdout.write(`${ours.rows.toLocaleString('en')} trades, ${(bytes / 1e6).toFixed(0)} MB of CSV.gz, load ${busy}\n`
      + `archive to bars in the lake: ${(ours.ms / 1_000).toFixed(2)} s, ${rowsPerSecond.toLocaleString('en')} rows/s, ${cpu(ours)}\n`
      + `DuckDB, count and sums:      ${(theirs.ms / 1_000).toFixed(2)} s, ${Math.round(theirs.rows / theirs.ms * 1_000).toLocaleString('en')} rows/s, ${cpu(theirs)}\n`
      + `speed against DuckDB: ${ratio} (wanted: ${minimum.ratio}, or ${minimum.rowsPerSecond.toLocaleString('en')} rows/s): ${passed ? 'passed' : 'failed'}\n`);
  }
  process.exitCode = passed ? 0 : 1;
}

function cpu({ cpuMs }: Round): string {
  return `${(cpuMs / 1_000).toFixed(2)} s of processor time`;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  process.stderr.write(`${name} must be a whole number above 0, was '${text}'\n`);
  process.exit(2);
}
