/** `holdfast paper` beside `holdfast exchange`, each a process of its own: the public doors only, and the backtest's own fills. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { folderWith, holdfast, program } from './command.ts';

/** Enters both ways, by market and by limit, with a target; trails its stop; leaves when the average is crossed. */
const strategy = `import { defineStrategy, z } from 'holdfast';
export const probe = defineStrategy({
  name: 'probe', symbols: ['BTCUSDT'], timeframe: '5m', params: z.object({ n: z.number().int().default(6) }), warmup: 30,
  indicators: (on, p) => ({ top: on('5m').highest(p.n), low: on('5m').lowest(p.n), atr: on('5m').atr(3), slow: on('5m').sma(8) }),
  decide({ bar, ind, prev, position, intents }) {
    if (position.tag === 'flat') {
      if (bar.close > prev.top) return intents.enter({ side: 'long', risk: 0.005, stop: { distance: 1.2 * ind.atr }, targets: [{ price: bar.close + ind.atr, fraction: 0.5 }] });
      if (bar.close < prev.low) return intents.enter({ side: 'short', at: 'limit', price: bar.close + ind.atr / 2, risk: 0.005, stop: bar.close + 2 * ind.atr, validFor: 4 });
      return intents.hold;
    }
    const long = position.side === 'long';
    if (long ? bar.close < ind.slow : bar.close > ind.slow) return intents.exit('slow');
    return intents.moveStop(long ? bar.close - 2 * ind.atr : bar.close + 2 * ind.atr);
  },
});
`;

const firstAt = Date.UTC(2025, 9, 1, 12);
const barMs = 300_000;

/** Three days of bars without a mark series, from a linear congruence: the last price is the only one there is. */
function bars(): string {
  let lot = 20_251_001;
  const draw = (): number => {
    lot = (lot * 1_103_515_245 + 12_345) % 2_147_483_648;
    return lot / 2_147_483_648;
  };
  let close = 1_000_000; // tenths of a dollar
  const rows = Array.from({ length: 864 }, (_, i) => {
    const open = close;
    close = Math.round(open + (draw() - 0.5) * 4_000);
    const high = Math.max(open, close) + Math.round(draw() * 1_500);
    const low = Math.min(open, close) - Math.round(draw() * 1_500);
    return [firstAt + i * barMs, open / 10, high / 10, low / 10, close / 10, 100 + Math.round(draw() * 100)].join(',');
  });
  return ['timestamp,open,high,low,close,volume', ...rows, ''].join('\n');
}
/** Stamps every eight hours, of both signs. */
const funding = (): string => ['timestamp,symbol,fundingRate',
  ...Array.from({ length: 10 }, (_, i) => [Date.UTC(2025, 9, 1, 8) + i * 28_800_000, 'BTCUSDT', i % 2 === 0 ? 0.0004 : -0.0003].join(',')), ''].join('\n');

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

async function marketFolder(files: Readonly<Record<string, string>> = { 'bybit_linear_BTCUSDT_5m.csv': bars(), 'bybit_linear_funding.csv': funding() }): Promise<string> {
  const folder = folderWith({ 'probe.ts': strategy, 'once.ts': once, ...files });
  const imported = await holdfast(folder, 'data', 'import', ...Object.keys(files));
  expect([imported.code, imported.stderr]).toEqual([0, '']);
  return folder;
}

/** Goes long once, at the first decision, with a stop 500 below. */
const once = `import { defineStrategy, z } from 'holdfast';
export const once = defineStrategy({
  name: 'once', symbols: ['BTCUSDT'], timeframe: '5m', params: z.object({}), warmup: 3, memory: () => ({ n: 0 }),
  indicators: (on) => ({ slow: on('5m').sma(2) }),
  decide({ bar, position, memory, intents }) {
    memory.n += 1;
    return position.tag === 'flat' && memory.n === 1 ? intents.enter({ side: 'long', qty: 0.01, stop: bar.close - 500 }) : intents.hold;
  },
});
`;

/** Every bar opens and closes at 100000 and moves by ten, but that of 04:00 goes down to 99000 and comes back. */
const dip = (): string => ['timestamp,open,high,low,close,volume',
  ...Array.from({ length: 288 }, (_, i) => [Date.UTC(2025, 9, 2) + i * barMs, 100_000, 100_010, i === 48 ? 99_000 : 99_990, 100_000, 50].join(',')), ''].join('\n');

function begin(folder: string, ...words: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [program, ...words], {
    cwd: folder, env: { ...process.env, HOLDFAST_DATA: join(folder, 'data') }, stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(child);
  return child;
}

/** The line that a local exchange prints when its doors are open. */
const exchange = (folder: string, ...words: readonly string[]): Promise<string> => exchangeOf(folder, 'bybit:linear', ...words);

function exchangeOf(folder: string, market: string, ...words: readonly string[]): Promise<string> {
  const child = begin(folder, 'exchange', '--market', market, '--symbols', 'BTCUSDT', '--speed', 'max', '--admin', '--no-limits', ...words);
  return new Promise((resolve) => { child.stdout?.once('data', (text: Buffer) => resolve(text.toString().trim())); });
}

interface End { readonly run: string; readonly why: string; readonly mode: string; readonly equity: number; readonly decisions: number }
const endOf = (text: string): End => JSON.parse(text) as End;

/** Bytes of the journal of the folder's runs. */
function journalBytes(folder: string): number {
  const at = join(folder, 'data/live');
  if (statSync(at, { throwIfNoEntry: false }) === undefined) return 0;
  return readdirSync(at, { recursive: true, withFileTypes: true }).filter(({ name }) => /^\d+\.jsonl$/.test(name))
    .reduce((sum, file) => sum + (statSync(join(file.parentPath, file.name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

async function killedAt(child: ChildProcess, folder: string, bytes: number): Promise<boolean> {
  const isOver = new Promise<'over'>((resolve) => { child.on('exit', () => resolve('over')); });
  for (;;) {
    const tick = new Promise<'tick'>((resolve) => { setTimeout(() => resolve('tick'), 3); });
    if (await Promise.race([isOver, tick]) === 'over') return false;
    if (journalBytes(folder) < bytes) continue;
    child.kill('SIGKILL');
    await isOver;
    return true;
  }
}

describe('a strategy that trades on paper', () => {
  it('decides and fills exactly as the backtest over the same bars and funding, without a key; its journal replays', async () => {
    const folder = await marketFolder();
    const line = await exchange(folder, '--from', '2025-10-02T00:00Z', '--to', '2025-10-03T12:00Z');
    const { key, secret } = JSON.parse(line) as { readonly key: string; readonly secret: string };

    const traded = await holdfast(folder, 'paper', 'probe.ts', '--network', 'local', '--exchange', line, '--json');
    expect(traded.stderr).toContain('not checked without a key: key, margin mode, equity');
    const end = endOf(traded.stdout);
    // 36 hours of 12 decisions.
    expect([traded.code, end.why, end.mode, end.decisions]).toEqual([0, 'market-ended', 'trading', 432]);
    const past = await holdfast(folder, 'backtest', 'probe.ts', '--market', 'bybit:linear', '--from', '2025-10-01T21:35Z', '--to', '2025-10-03T12:00Z', '--json');
    const compared = await holdfast(folder, 'compare', end.run, endOf(past.stdout).run, '--exact', '--json');
    const outcome = JSON.parse(compared.stdout) as { readonly equal: boolean; readonly executions: readonly number[]; readonly difference: unknown };
    expect([outcome.difference, outcome.equal]).toEqual([null, true]);
    expect(outcome.executions[0]).toBeGreaterThan(30);
    const replayed = await holdfast(folder, 'replay', end.run);
    expect([replayed.code, replayed.stdout]).toEqual([0, expect.stringContaining('every command equal')]);
    const stored = await holdfast(folder, 'query', `select mode, count(*) as n from trades join runs using (run) where run = '${end.run}' group by mode`, '--json');
    expect(stored.stdout).toContain('"paper"');
    const files = readdirSync(join(folder, 'data'), { recursive: true, withFileTypes: true }).filter((file) => file.isFile() && /\.jsonl?$/.test(file.name));
    for (const file of files) {
      const text = readFileSync(join(file.parentPath, file.name), 'utf8');
      expect([text.includes(key), text.includes(secret)]).toEqual([false, false]);
    }
  }, 600_000);

  it('judges stops by mark candles as long as its bars: equal to the backtest through the fall of 10 October, of which the mark sees half', async () => {
    const hourly = strategy.replaceAll('5m', '1h').replaceAll('probe', 'hourly');
    const folder = folderWith({ 'hourly.ts': hourly });
    const line = await exchangeOf(folder, 'builtin:linear', '--timeframe', '1h', '--from', '2025-10-09T00:00Z', '--to', '2025-10-12T00:00Z');
    const traded = await holdfast(folder, 'paper', 'hourly.ts', '--network', 'local', '--exchange', line, '--json');
    const end = endOf(traded.stdout);
    expect([traded.code, end.decisions]).toEqual([0, 72]);
    // 29 of 30 bars of warm-up lie before 9 October: from the 7th, 19:00.
    const past = await holdfast(folder, 'backtest', 'hourly.ts', '--market', 'builtin:linear', '--from', '2025-10-07T19:00Z', '--to', '2025-10-12T00:00Z', '--json');
    const compared = await holdfast(folder, 'compare', end.run, endOf(past.stdout).run, '--exact', '--json');
    const outcome = JSON.parse(compared.stdout) as { readonly equal: boolean; readonly executions: readonly number[]; readonly difference: unknown };
    expect([outcome.difference, outcome.equal]).toEqual([null, true]);
    expect(outcome.executions[0]).toBeGreaterThan(5);
    const again = await holdfast(folder, 'paper', 'hourly.ts', '--network', 'local', '--exchange', line, '--json');
    expect([again.code, endOf(again.stdout).run, endOf(again.stdout).equity]).toEqual([0, end.run, end.equity]);
  }, 600_000);

  it('is killed five times in the middle and begun again: the account is the journal\'s, every execution counted once, and it replays', async () => {
    const folder = await marketFolder();
    const line = await exchange(folder, '--from', '2025-10-02T00:00Z', '--to', '2025-10-04T11:00Z');
    const words = ['paper', 'probe.ts', '--network', 'local', '--exchange', line, '--json'] as const;

    let kills = 0;
    for (let round = 0; round < 5; round++) {
      const bytes = journalBytes(folder) + 20_000 + ((round * 7_919) % 9_000);
      if (await killedAt(begin(folder, ...words), folder, bytes)) kills += 1;
    }
    const last = await holdfast(folder, ...words);

    expect([kills, last.code, last.stderr]).toEqual([5, 0, expect.stringContaining('"fresh":false')]);
    const end = endOf(last.stdout);
    expect([end.why, end.mode]).toEqual(['market-ended', 'trading']);
    const replayed = await holdfast(folder, 'replay', end.run);
    expect([replayed.code, replayed.stdout]).toEqual([0, expect.stringContaining('6 starts: every command equal')]);
    const twice = await holdfast(folder, 'query', `select execution, count(*) as n from executions where run = '${end.run}' group by execution having n > 1`, '--json');
    expect((JSON.parse(twice.stdout) as { readonly rows: readonly unknown[] }).rows).toEqual([]);
    const before = await holdfast(folder, 'positions', '--run', end.run, '--json');
    const agreed = await holdfast(folder, 'reconcile', '--run', end.run, '--json');
    expect([agreed.code, JSON.parse(agreed.stdout)]).toEqual([0, expect.objectContaining({ agree: true })]);
    const again = await holdfast(folder, ...words);
    expect([again.code, endOf(again.stdout).equity]).toEqual([0, end.equity]);
    const after = await holdfast(folder, 'positions', '--run', end.run, '--json');
    expect(after.stdout).toBe(before.stdout);
  }, 600_000);

  it('plays what it missed: a stop that the market came to between two starts is filled at its trigger, 99500, and a third start finds the same', async () => {
    const folder = await marketFolder({ 'bybit_linear_BTCUSDT_5m.csv': dip() });
    const early = await exchange(folder, '--from', '2025-10-02T01:00Z', '--to', '2025-10-02T02:00Z');
    const first = await holdfast(folder, 'paper', 'once.ts', '--network', 'local', '--exchange', early);
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining('left on paper: BTCUSDT: long 0.01 at 100000, stop 99500')]);

    // 48 bars lie between 02:00 and 06:00, 45 more than the engine is fed afterwards.
    const late = await exchange(folder, '--from', '2025-10-02T06:00Z', '--to', '2025-10-02T07:00Z');
    for (const start of [2, 3]) {
      const next = await holdfast(folder, 'paper', 'once.ts', '--network', 'local', '--exchange', late);
      expect([start, next.code, next.stdout]).toEqual([start, 0, expect.stringContaining('nothing is left on paper')]);
    }
    const trades = await holdfast(folder, 'trades', '--json');
    expect(JSON.parse(trades.stdout)).toEqual([expect.objectContaining({ side: 'long', qty: 0.01, entry_price: 100_000, exit_price: 99_500, exit_reason: 'stop' })]);
  }, 600_000);

  it('books what settled while it was away: 0.04 % of 1,000 at 08:00, and a third start finds the same', async () => {
    const calm = dip().replaceAll(',99000,', ',99990,');
    const stamps = ['timestamp,symbol,fundingRate', ...[0, 8, 16].map((hour) => `${Date.UTC(2025, 9, 2, hour)},BTCUSDT,0.0004`), ''].join('\n');
    const folder = await marketFolder({ 'bybit_linear_BTCUSDT_5m.csv': calm, 'bybit_linear_funding.csv': stamps });
    const early = await exchange(folder, '--from', '2025-10-02T01:00Z', '--to', '2025-10-02T02:00Z');
    await holdfast(folder, 'paper', 'once.ts', '--network', 'local', '--exchange', early);

    // 10,000 less the fee of 0.055 % and the funding of 0.04 %, both of 0.01 at 100,000.
    const late = await exchange(folder, '--from', '2025-10-02T10:00Z', '--to', '2025-10-02T11:00Z');
    for (const start of [2, 3]) {
      const next = await holdfast(folder, 'paper', 'once.ts', '--network', 'local', '--exchange', late);
      expect([start, next.code, next.stdout]).toEqual([start, 0, expect.stringContaining('left on paper: BTCUSDT: long 0.01 at 100000')]);
      const status = await holdfast(folder, 'status', '--json');
      expect([start, (JSON.parse(status.stdout) as { readonly balance: number }).balance]).toEqual([start, 9_999.05]);
    }
    // The bar from 08:00 is the one in which the next process begins: it settled, and no ticker tells it any more.
    const between = await marketFolder({ 'bybit_linear_BTCUSDT_5m.csv': calm, 'bybit_linear_funding.csv': stamps });
    await holdfast(between, 'paper', 'once.ts', '--network', 'local', '--exchange', await exchange(between, '--from', '2025-10-02T07:00Z', '--to', '2025-10-02T07:55Z'));
    await holdfast(between, 'paper', 'once.ts', '--network', 'local', '--exchange', await exchange(between, '--from', '2025-10-02T08:03Z', '--to', '2025-10-02T09:00Z'));
    const status = await holdfast(between, 'status', '--json');
    expect((JSON.parse(status.stdout) as { readonly balance: number }).balance).toBe(9_999.05);
  }, 600_000);

  it('answers operators from the journal when no process runs, and refuses what it cannot do in one line', async () => {
    const folder = await marketFolder({ 'bybit_linear_BTCUSDT_5m.csv': dip() });
    const line = await exchange(folder, '--from', '2025-10-02T01:00Z', '--to', '2025-10-02T02:00Z');
    await holdfast(folder, 'paper', 'once.ts', '--network', 'local', '--exchange', line);

    const status = await holdfast(folder, 'status');
    expect([status.code, status.stdout]).toEqual([0, expect.stringMatching(/^paper run \S+ on local: not running, once\n/)]);
    const halted = await holdfast(folder, 'halt', '--yes', '--exchange', line);
    expect([halted.code, halted.stdout]).toEqual([0, expect.stringContaining('done: halt')]);
    const again = await holdfast(folder, 'paper', 'once.ts', '--network', 'local', '--exchange', line, '--json');
    expect([again.code, endOf(again.stdout).mode]).toEqual([0, 'halted']);
    const nowhere = await holdfast(folder, 'paper', 'once.ts', '--network', 'local');
    expect([nowhere.code, nowhere.stderr.split('\n').length, nowhere.stderr]).toEqual([2, 2, expect.stringContaining('--exchange: was not given')]);
    const earlier = await exchange(folder, '--from', '2025-10-02T00:30Z', '--to', '2025-10-02T01:30Z');
    const back = await holdfast(folder, 'paper', 'once.ts', '--network', 'local', '--exchange', earlier);
    expect([back.code, back.stderr]).toEqual([5, expect.stringContaining('was played up to 2025-10-02T02:00:00.000Z')]);
  }, 600_000);
});
