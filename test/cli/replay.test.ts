/** `holdfast replay`: a stored run played again in a process of its own is equal to the byte, and what is not is shown or refused. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execute, withDatabase } from '../../data/duckdb.ts';
import { folderWith, holdfast, strategyText } from './command.ts';

const body = [
  "const bar5 = Math.floor(time / 300000);",
  "if (bar5 % 12 === 0) return intents.enter({ side: p.side, qty: 0.01, stop: p.side === 'long' ? bar.close * 0.99 : bar.close * 1.01 });",
  "return bar5 % 12 === 8 ? intents.exit('done') : intents.hold;",
].join(' ');
const probe = strategyText({ body });
const folder = folderWith({ 'probe.ts': probe, 'two.ts': probe + probe.split('\n').slice(2).join('\n').replace('const probe ', 'const other ').replace("name: 'probe'", "name: 'other'") });
afterAll(() => rmSync(folder, { recursive: true }));

const twoDays = ['--market', 'builtin:linear', '--from', '2025-10-01', '--to', '2025-10-03'];
const runs: Record<'all' | 'normal' | 'other', string> = { all: '', normal: '', other: '' };

async function backtest(...words: readonly string[]): Promise<string> {
  const { stdout, stderr } = await holdfast(folder, 'backtest', ...words, ...twoDays, '--json');
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as { readonly run: string }).run;
}

beforeAll(async () => {
  runs.all = await backtest('probe.ts', '--record', 'all');
  runs.normal = await backtest('probe.ts', '--params', 'n=10', 'side=short', '--slippage', 'ticks:1', '--detail', '1m');
  runs.other = await backtest('two.ts#other');
});

const fileOf = (run: string, name: string): string => join(folder, 'data/runs', run, name);

/** Plays again with a file of the run changed, which is put back afterwards. */
async function replayWith(run: string, name: string, change: (file: string) => Promise<void> | void, ...words: readonly string[]): ReturnType<typeof holdfast> {
  const file = fileOf(run, name);
  const before = readFileSync(file);
  await change(file);
  try {
    return await holdfast(folder, 'replay', run, ...words);
  } finally {
    writeFileSync(file, before);
  }
}

const manifestWith = (change: (manifest: Record<string, unknown>) => void) => (file: string): void => {
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  change(manifest);
  writeFileSync(file, JSON.stringify(manifest));
};

describe('a run played again', () => {
  it('with every event recorded is equal: 1,152 bars and cycles and more events, as many commands as its record holds', async () => {
    const { code, stdout } = await holdfast(folder, 'replay', runs.all);
    const [, events, commands, digest, rows] = /^replayed: (\d+) events, (\d+) commands, digest ([0-9a-f]{16}) equal, (\d+) recorded rows equal\n$/.exec(stdout) ?? [];
    const counted = await holdfast(folder, 'query', `SELECT count(*) FILTER (kind IN ('enter', 'reduce', 'amend', 'cancel', 'set-stop', 'query-account', 'notify')) AS commands, count(*) AS rows FROM events WHERE run = '${runs.all}'`, '--json');
    const { rows: [row] } = JSON.parse(counted.stdout) as { readonly rows: readonly { readonly commands: number; readonly rows: number }[] };

    expect(code).toBe(0);
    expect(Number(events)).toBeGreaterThan(2 * 2 * 288); // a bar and a cycle every five minutes of two days
    expect({ commands: Number(commands), rows: Number(rows) }).toEqual(row);
    expect(JSON.parse(readFileSync(fileOf(runs.all, 'manifest.json'), 'utf8'))).toMatchObject({ digest: expect.stringContaining(digest!) as string, faults: null });
  });

  it('is equal with parameters, slippage and a detail, and with one of two strategies of a file', async () => {
    for (const run of [runs.normal, runs.other]) {
      const { code, stdout } = await holdfast(folder, 'replay', run);

      expect(stdout).toMatch(/^replayed: \d+ events, \d+ commands, digest [0-9a-f]{16} equal\n$/);
      expect(code).toBe(0);
    }
  });

  it('says all of it as one object', async () => {
    const { code, stdout } = await holdfast(folder, 'replay', runs.all, '--json');
    const said = JSON.parse(stdout) as { readonly digest: { readonly stored: string; readonly replayed: string }; readonly tables: readonly { readonly table: string; readonly equal: boolean }[] };

    expect(said).toMatchObject({ run: runs.all, equal: true, record: 'all', difference: null });
    expect(said.digest.replayed).toBe(said.digest.stored);
    expect(said.tables.map(({ table, equal }) => [table, equal])).toEqual(
      ['decisions', 'orders', 'executions', 'trades', 'stops', 'equity', 'modes', 'faults', 'warnings', 'events'].map((table) => [table, true]));
    expect(code).toBe(0);
  });
});

describe('a difference', () => {
  it('in one recorded price is shown with its row, its time, what was expected and what came: exit 1', async () => {
    const { code, stdout } = await replayWith(runs.all, 'events.parquet', async (file) => {
      await withDatabase(':memory:', async (connection) => {
        await execute(connection, `CREATE TABLE kept AS SELECT * FROM read_parquet('${file}')`);
        await execute(connection, "UPDATE kept SET lots = lots + 5 WHERE rowid = (SELECT min(rowid) FROM kept WHERE kind = 'execution')");
        await execute(connection, `COPY (SELECT * FROM kept ORDER BY rowid) TO '${file}' (FORMAT parquet)`);
      });
    });

    expect(stdout).toMatch(/^replay differs: /);
    expect(stdout).toMatch(/ {2}first difference: events, row \d+ at 2025-10-01T\d\d:\d\d:\d\d\.\d{3}Z: differs in lots\n {2}expected time .*, kind execution, .*lots 15.*\n {2}was {6}time .*, kind execution, .*lots 10/);
    expect(code).toBe(1);
  });

  it('in how a table is written, but in no row, is none', async () => {
    const { code } = await replayWith(runs.all, 'trades.parquet', async (file) => {
      await withDatabase(':memory:', async (connection) => {
        await execute(connection, `CREATE TABLE kept AS SELECT * FROM read_parquet('${file}')`);
        await execute(connection, `COPY (SELECT * FROM kept ORDER BY rowid) TO '${file}' (FORMAT parquet)`);
      });
    });

    expect(code).toBe(0);
  });

  it('of a missing row is shown as one, and of a digest alone as that: exit 1', async () => {
    const shorter = await replayWith(runs.normal, 'trades.parquet', async (file) => {
      await withDatabase(':memory:', async (connection) => {
        await execute(connection, `CREATE TABLE kept AS SELECT * FROM read_parquet('${file}') LIMIT 3`);
        await execute(connection, `COPY (SELECT * FROM kept ORDER BY rowid) TO '${file}' (FORMAT parquet)`);
      });
    });
    const other = await replayWith(runs.normal, 'manifest.json', manifestWith((manifest) => { manifest['loopDigest'] = '0123456789abcdef'; }), '--json');

    expect(shorter.stdout).toMatch(/first difference: trades, row 4 at .*: one side ends here\n {2}expected no row\n/);
    expect(shorter.code).toBe(1);
    expect(JSON.parse(other.stdout)).toMatchObject({ equal: false, difference: null, loopDigest: { stored: '0123456789abcdef' } });
    expect(other.code).toBe(1);
  });
});

describe('what cannot be played again', () => {
  it('is refused: a strategy changed since, by name, unless a copy of it is named', async () => {
    mkdirSync(join(folder, 'elsewhere'));
    copyFileSync(join(folder, 'probe.ts'), join(folder, 'elsewhere/probe.ts'));
    const change = (file: string): void => writeFileSync(file, `${probe}\n// more`);
    const changed = await replayWith(runs.normal, '../../../probe.ts', change);
    const copied = await replayWith(runs.normal, '../../../probe.ts', change, '--strategy', 'elsewhere/probe.ts');

    expect(changed.stderr).toMatch(/^strategy: .*probe\.ts: was [0-9a-f]{16} \(changed since: probe\.ts\), expected the run's [0-9a-f]{16}\. Fix: /);
    expect(changed).toMatchObject({ code: 2, stdout: '' });
    expect(copied.code).toBe(0);
  });

  it('is refused: data of another hash, an unknown run, a run of an older version, one with faults', async () => {
    const refusals: readonly (readonly [(manifest: Record<string, unknown>) => void, RegExp, number])[] = [
      [(manifest) => { manifest['dataHash'] = 'f'.repeat(64); }, /^data: builtin:linear: was [0-9a-f]{16} \(changed since: rules or range\), expected the run's f{16}\./, 3],
      [(manifest) => { delete manifest['asked']; delete manifest['loopDigest']; delete manifest['faults']; },
        /^replay: .*: was stored by engine 0\.1\.0 without asked, loopDigest, faults, expected a run that says how to play it again\. Fix: play it anew with: holdfast backtest .*probe\.ts/, 2],
      [(manifest) => { manifest['faults'] = { plan: 'rough', seed: 1 }; }, /^replay: .*: was played with faults/, 2],
    ];
    for (const [change, expected, code] of refusals) {
      const ended = await replayWith(runs.normal, 'manifest.json', manifestWith(change));
      expect(ended.stderr).toMatch(expected);
      expect(ended).toMatchObject({ code, stdout: '' });
    }
    const unknown = await holdfast(folder, 'replay', 'nothing-of-the-kind');
    expect(unknown.stderr).toMatch(/^replay: nothing-of-the-kind: was no stored run in .*\. Fix: see 'holdfast runs'/);
    expect(unknown.code).toBe(2);
  });
});
