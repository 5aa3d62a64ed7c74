/**
 * `holdfast live` killed with SIGKILL again and again in the middle of its work, over the real wire: whatever moment it was,
 * the journal and the exchange's own word bring everything back.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { folderWith, holdfast, program } from './command.ts';

/** In and out all the time: most bars bring an order, a fill or a move of the stop. */
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
const rounds = 6;

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function begin(folder: string, ...words: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [program, ...words], {
    cwd: folder, env: { ...process.env, HOLDFAST_DATA: join(folder, 'data') }, stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(child);
  return child;
}

/** Bytes of every journal file of the folder's runs. */
function journalBytes(folder: string): number {
  const at = join(folder, 'data/live');
  if (statSync(at, { throwIfNoEntry: false }) === undefined) return 0;
  return readdirSync(at, { recursive: true, withFileTypes: true }).filter(({ name }) => /^\d+\.jsonl$/.test(name))
    .reduce((sum, file) => sum + (statSync(join(file.parentPath, file.name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** Kills `child` once the journal has grown by so many bytes; false = it ended before. */
async function killedAfter(child: ChildProcess, folder: string, bytes: number): Promise<boolean> {
  const until = journalBytes(folder) + bytes;
  const isOver = new Promise<'over'>((resolve) => { child.on('exit', () => resolve('over')); });
  for (;;) {
    const tick = new Promise<'tick'>((resolve) => { setTimeout(() => resolve('tick'), 3); });
    if (await Promise.race([isOver, tick]) === 'over') return false;
    if (journalBytes(folder) < until) continue;
    child.kill('SIGKILL');
    await isOver;
    return true;
  }
}

interface Ready { readonly rest: string; readonly key: string; readonly secret: string; readonly admin: string; readonly token: string }
interface Row { readonly execId: string; readonly execQty: string; readonly execFee: string; readonly execType: string; readonly side: string; readonly orderLinkId: string }

/** Every match at the exchange, page by page. */
async function matches({ rest, key, secret }: Ready): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor = '';
  do {
    const query = `category=linear&symbol=BTCUSDT&limit=100&startTime=${Date.UTC(2025, 9, 2)}&endTime=${Date.UTC(2025, 9, 3)}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const at = Date.now();
    const sign = createHmac('sha256', secret).update(`${at}${key}5000${query}`).digest('hex');
    const reply = await fetch(`${rest}/v5/execution/list?${query}`, {
      headers: { 'X-BAPI-API-KEY': key, 'X-BAPI-TIMESTAMP': String(at), 'X-BAPI-RECV-WINDOW': '5000', 'X-BAPI-SIGN': sign },
    });
    const { result } = await reply.json() as { readonly result: { readonly list: readonly Row[]; readonly nextPageCursor: string } };
    rows.push(...result.list.filter(({ execType }) => execType === 'Trade'));
    cursor = result.list.length === 0 ? '' : result.nextPageCursor;
  } while (cursor !== '');
  return rows;
}

describe('a trading process that is killed', () => {
  it(`${rounds} times by SIGKILL in the middle of its work: every match at the exchange is counted once, and the wallet is the exchange's to the last digit`, async () => {
    const folder = folderWith({ 'busy.ts': strategy });
    const exchange = begin(folder, 'exchange', '--symbols', 'BTCUSDT', '--speed', 'max', '--admin', '--no-limits', '--from', '2025-10-02T00:00Z', '--to', '2025-10-03T00:00Z');
    const line = await new Promise<string>((resolve) => { exchange.stdout?.once('data', (text: Buffer) => resolve(text.toString().trim())); });
    const ready = JSON.parse(line) as Ready;
    const words = ['live', 'busy.ts', '--network', 'local', '--exchange', line, '--json'] as const;

    let kills = 0;
    for (let round = 0; round < rounds; round++) {
      if (await killedAfter(begin(folder, ...words), folder, 3_000 + ((round * 7_919) % 9_000))) kills += 1;
    }
    const last = await holdfast(folder, ...words);

    expect([kills, last.code]).toEqual([rounds, 0]);
    const end = JSON.parse(last.stdout) as { readonly run: string; readonly mode: string; readonly equity: number };
    expect(end.mode).toBe('trading');
    const truth = await (await fetch(`${ready.admin}/truth`, { headers: { authorization: `Bearer ${ready.token}` } })).json() as
      { readonly wallet: string; readonly legs: readonly { readonly lots: number; readonly slTicks: number }[] };
    const told = await matches(ready);
    const stored = await holdfast(folder, 'query', `select count(*) as n, sum(fee) as fee from executions where run = '${end.run}'`, '--json');
    const [row] = (JSON.parse(stored.stdout) as { readonly rows: readonly { readonly n: unknown; readonly fee: unknown }[] }).rows;
    expect(told.length).toBeGreaterThan(20);
    expect(Number(row!.n)).toBe(told.length);
    expect(Number(row!.fee)).toBeCloseTo(told.reduce((sum, { execFee }) => sum + Number(execFee), 0), 9);
    const opened = told.filter(({ orderLinkId }) => orderLinkId !== '');
    expect(new Set(told.map(({ execId }) => execId)).size).toBe(told.length);
    expect(opened.length).toBeGreaterThan(10);
    const [leg] = truth.legs;
    if (leg!.lots === 0) expect(end.equity).toBeCloseTo(Number(truth.wallet) / 1e12, 9);
    else expect(leg!.slTicks).toBeGreaterThan(0);
  }, 300_000);
});
