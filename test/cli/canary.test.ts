/**
 * Neither key nor secret stands in a byte that a trading process leaves: `holdfast live` as a process of its own while one
 * fault after the other strikes, the exchange quoting the key back among them; then every file it wrote is read: log, journal,
 * snapshots, lock and door notes, Parquet and DuckDB, besides its two outputs.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { folderWith, holdfast, program } from './command.ts';

const strategy = `import { defineStrategy, z } from 'holdfast';
export const busy = defineStrategy({
  name: 'busy', symbols: ['BTCUSDT'], timeframe: '5m', params: z.object({}), warmup: 10, memory: () => ({ n: 0 }),
  indicators: (on) => ({ atr: on('5m').atr(3) }),
  decide({ bar, ind, position, entry, memory, intents }) {
    memory.n += 1;
    if (position.tag === 'open') return memory.n % 3 === 0 ? intents.exit('turn') : intents.moveStop(position.side === 'long' ? bar.close - 3 * ind.atr : bar.close + 3 * ind.atr);
    if (entry.tag !== 'none') return intents.hold;
    return intents.enter({ side: memory.n % 2 === 0 ? 'long' : 'short', qty: 0.004, stop: { distance: 4 * ind.atr } });
  },
});
`;

/** Those that leave no request without an answer: five seconds of wall time each. The others are in test/live/scenarios/every-fault.test.ts. */
const quick = [
  'F04', 'F05', 'F06', 'F07', 'F08', 'F09', 'F10', 'F15', 'F16', 'F20', 'F21', 'F22', 'F23', 'F37', 'F39', 'F45', 'F46', 'F49', 'F62', 'F64', 'F73', 'F74', 'F82', 'F87',
] as const;

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface Ready { readonly key: string; readonly secret: string; readonly admin: string; readonly token: string }

it(`a day of ${quick.length} faults and of a key quoted back: no byte of the process holds key or secret`, async () => {
  const folder = folderWith({ 'busy.ts': strategy });
  const exchange = spawn(process.execPath, [program, 'exchange', '--symbols', 'BTCUSDT', '--speed', 'max', '--admin', '--no-limits', '--from', '2025-10-02T00:00Z', '--to', '2025-10-03T00:00Z'], {
    cwd: folder, env: { ...process.env, HOLDFAST_DATA: join(folder, 'exchange') }, stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(exchange);
  const line = await new Promise<string>((resolve) => { exchange.stdout?.once('data', (text: Buffer) => resolve(text.toString().trim())); });
  const { key, secret, admin, token } = JSON.parse(line) as Ready;
  const ask = async (method: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> => {
    const reply = await fetch(`${admin}/faults`, { method, headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return await reply.json() as Readonly<Record<string, unknown>>;
  };
  const quoted = [10004, 10003, 10010, 33004, 10001].map((code) => ({
    id: `quoted ${code}`, when: { transport: 'http', path: code === 10001 ? '/v5/order/create' : '/v5/position/*' }, probability: 0.2,
    effect: { tag: 'refuse', code, message: `error sign! origin_string[1758${key}5000], secret ${secret}` },
  }));

  const child = spawn(process.execPath, [program, 'live', 'busy.ts', '--network', 'local', '--exchange', line, '--verbose'], {
    cwd: folder, env: { ...process.env, HOLDFAST_DATA: join(folder, 'data') }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let said = '';
  const ended = new Promise<void>((resolve) => { child.on('close', () => resolve()); });
  const trades = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        said += text.toString('latin1');
        if (said.includes('"what":"trading"')) resolve();
      });
    }
  });
  await Promise.race([trades, ended]);
  let fired = 0;
  for (let turn = 0; child.exitCode === null && child.signalCode === null; turn++) {
    await ask('POST', { seed: turn + 1, faults: [{ id: quick[turn % quick.length]!, probability: 0.3 }, quoted[turn % quoted.length]!] });
    await Promise.race([ended, new Promise((resolve) => { setTimeout(resolve, 60); })]);
    fired += Number((await ask('GET'))['count']);
  }
  // What a user looks at afterwards, and a start that is refused under a fault.
  await ask('POST', { faults: [{ ...quoted[0]!, when: { transport: 'http' }, probability: 1 }] });
  for (const words of [['runs'], ['query', 'select * from decisions'], ['trades'], ['doctor', 'busy.ts', '--network', 'local', '--exchange', line], ['live', 'busy.ts', '--new', '--network', 'local', '--exchange', line]]) {
    const { stdout, stderr } = await holdfast(folder, ...words);
    said += stdout + stderr;
  }

  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
    .filter((file) => !file.includes('exchange/'));
  const kinds = new Set(files.map((file) => file.split('.').at(-1)));
  expect(fired).toBeGreaterThan(10); // how many depends on how fast the machine is: one turn is 60 ms of its time
  expect(said).toContain('"what":"trading"');
  for (const kind of ['jsonl', 'json', 'parquet', 'duckdb']) expect(kinds).toContain(kind);
  for (const text of [said, ...files.map((file) => readFileSync(file, 'latin1'))]) {
    expect(text.includes(key)).toBe(false);
    expect(text.includes(secret)).toBe(false);
  }
}, 300_000);
