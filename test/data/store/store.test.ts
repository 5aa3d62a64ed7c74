import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queryRows, withDatabase } from '../../../data/duckdb.ts';
import type { Row } from '../../../data/duckdb.ts';
import { copyStore, listRuns, queryRuns, rebuildStore, saveRun, storeTables, StoreError } from '../../../data/store/index.ts';
import type { Table } from '../../../engine/index.ts';
import { filledTable, filledTables, manifestOf, summaryOf } from './run-tables.ts';

let folder = '';
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'holdfast-store-')); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

const save = async (run: string, tables: readonly Table[] = [], createdAt?: number): ReturnType<typeof saveRun> =>
  await saveRun({ folder, manifest: manifestOf(run, createdAt), tables, summary: summaryOf() });

const databaseFile = (): string => join(folder, 'holdfast.duckdb');

async function rowsIn(file: string, sql: string): Promise<readonly Row[]> {
  return await withDatabase(file, async (connection) => await queryRows(connection, sql));
}

describe('saving a run', () => {
  it('leaves a folder of two JSON files and eleven Parquet files, and nothing half-written', async () => {
    const saved = await save('r1', filledTables(10, 1));

    expect(saved).toEqual({ run: 'r1', path: join(folder, 'runs', 'r1'), database: { tag: 'current' } });
    expect(readdirSync(saved.path).sort()).toEqual([
      'decisions.parquet', 'equity.parquet', 'events.parquet', 'executions.parquet', 'faults.parquet', 'manifest.json', 'modes.parquet',
      'orders.parquet', 'runs.parquet', 'stops.parquet', 'summary.json', 'trades.parquet', 'warnings.parquet',
    ]);
    expect(readdirSync(join(folder, 'partial'))).toEqual([]);
    expect(JSON.parse(readFileSync(join(saved.path, 'manifest.json'), 'utf8'))).toEqual(manifestOf('r1'));
  });

  it('refuses a second run of the same id and an id that is a path, and leaves the first untouched', async () => {
    const saved = await save('r1', filledTables(3, 1));
    const before = readFileSync(join(saved.path, 'trades.parquet'));

    await expect(save('r1', filledTables(4, 2))).rejects.toMatchObject({ problem: 'already-stored' });
    await expect(save('../r2')).rejects.toMatchObject({ problem: 'bad-run-id' });
    expect(readFileSync(join(saved.path, 'trades.parquet')).equals(before)).toBe(true);
  });

  it('leaves no run and no partial folder when a table has a column the schema does not know', async () => {
    const odd: Table = { name: 'trades', rows: 1, columns: [{ name: 'luck', type: 'double', values: Float64Array.of(7) }] };

    await expect(save('r1', [odd])).rejects.toThrow('luck');
    expect(existsSync(join(folder, 'runs', 'r1'))).toBe(false);
    expect(readdirSync(join(folder, 'partial'))).toEqual([]);
  });

  it('clears what a process that no longer exists was writing, and keeps what a living one writes', async () => {
    // Process ids end at 4,194,304 on Linux, so 4,194,999 cannot be alive; our own parent is.
    mkdirSync(join(folder, 'partial', 'old.4194999'), { recursive: true });
    mkdirSync(join(folder, 'partial', `other.${process.ppid}`), { recursive: true });

    await save('r1');

    expect(readdirSync(join(folder, 'partial'))).toEqual([`other.${process.ppid}`]);
  });
});

describe('the database file', () => {
  it('shows after three saves exactly what a rebuild shows and what a copy with real tables holds, in all nine tables', async () => {
    await save('r1', filledTables(50, 10));
    await save('r2', filledTables(0, 20));
    await save('r3', filledTables(75, 30));
    const contents = async (file: string): Promise<unknown> => {
      const out: Record<string, unknown> = {};
      for (const table of storeTables) {
        out[table.name] = await rowsIn(file, `SELECT * FROM ${table.name} ORDER BY ALL`);
        out[`${table.name} columns`] = await rowsIn(file, `DESCRIBE ${table.name}`);
      }
      return out;
    };
    const saved = await contents(databaseFile());

    const count = await rebuildStore(folder);
    await copyStore({ folder, to: join(folder, 'copy.duckdb') });
    const rebuilt = await contents(databaseFile());
    rmSync(join(folder, 'runs'), { recursive: true });

    expect(count).toBe(3);
    expect(rebuilt).toEqual(saved);
    expect(await contents(join(folder, 'copy.duckdb'))).toEqual(saved);
    expect(await rowsIn(join(folder, 'copy.duckdb'), 'SELECT run, count(*) AS n FROM trades GROUP BY run ORDER BY run'))
      .toEqual([{ run: 'r1', n: 50 }, { run: 'r3', n: 75 }]);
  });

  it('refuses to copy over a file that exists', async () => {
    await save('r1');
    writeFileSync(join(folder, 'mine.duckdb'), 'mine');

    await expect(copyStore({ folder, to: join(folder, 'mine.duckdb') })).rejects.toMatchObject({ problem: 'already-stored' });
    expect(readFileSync(join(folder, 'mine.duckdb'), 'utf8')).toBe('mine');
  });

  it('is replaced by a rebuild when its bytes are damaged, and a save that must change it before still stores its run', async () => {
    await save('r1', filledTables(5, 1));
    writeFileSync(databaseFile(), 'not a database');
    rmSync(join(folder, 'holdfast.views.sql'));

    const saved = await save('r2', filledTables(5, 2));

    expect(saved.database.tag).toBe('behind');
    expect(await rebuildStore(folder)).toBe(2);
    expect(await rowsIn(databaseFile(), 'SELECT run FROM runs ORDER BY run')).toEqual([{ run: 'r1' }, { run: 'r2' }]);
  });

  it('is made anew when its schema is of another version or its folder was moved', async () => {
    await save('r1', filledTables(5, 1));
    await withDatabase(databaseFile(), async (connection) => {
      await connection.run("CREATE OR REPLACE VIEW trades AS SELECT 1 AS older");
    });
    writeFileSync(join(folder, 'holdfast.views.sql'), 'older');
    await save('r2', filledTables(5, 2));

    expect(await rowsIn(databaseFile(), 'SELECT run, count(mae) > 0 AS has_mae FROM trades GROUP BY run ORDER BY run'))
      .toEqual([{ run: 'r1', has_mae: true }, { run: 'r2', has_mae: true }]);

    const moved = `${folder}-moved`;
    renameSync(folder, moved);
    folder = moved;
    await save('r3');
    expect(await rowsIn(databaseFile(), 'SELECT run FROM runs ORDER BY run')).toEqual([{ run: 'r1' }, { run: 'r2' }, { run: 'r3' }]);
  });

  it('shows a run saved while another process owns it, because nothing in the file had to change', async () => {
    await save('r1');
    const owner = await ownInOtherProcess(databaseFile());
    const saved = await save('r2');
    await owner.end();

    expect(saved.database).toEqual({ tag: 'current' });
    expect(await rowsIn(databaseFile(), 'SELECT run FROM runs ORDER BY run')).toEqual([{ run: 'r1' }, { run: 'r2' }]);
  });

  it('takes two saves at once in one process, each run once', async () => {
    await Promise.all([save('r1', filledTables(5, 1)), save('r2', filledTables(5, 2))]);

    expect(await rowsIn(databaseFile(), 'SELECT run FROM runs ORDER BY run')).toEqual([{ run: 'r1' }, { run: 'r2' }]);
  });

  it('stays behind while another process owns it and it must change, answers queries meanwhile, and has all runs after the next save', async () => {
    await save('r1');
    rmSync(join(folder, 'holdfast.views.sql'));
    const owner = await ownInOtherProcess(databaseFile());
    try {
      const saved = await save('r2');

      expect(saved.database).toMatchObject({ tag: 'behind', why: expect.stringContaining('another process holds it') as string });
      expect((await queryRuns(folder, 'SELECT run FROM runs ORDER BY run')).rows).toEqual([{ run: 'r1' }, { run: 'r2' }]);
      await expect(rebuildStore(folder)).rejects.toMatchObject({ problem: 'locked' });
    } finally {
      await owner.end();
    }

    const next = await save('r3');

    expect(next.database).toEqual({ tag: 'current' });
    expect(await rowsIn(databaseFile(), 'SELECT run FROM runs ORDER BY run')).toEqual([{ run: 'r1' }, { run: 'r2' }, { run: 'r3' }]);
  });
});

/** A second process that opens the file for writing and keeps it open until its input ends. */
async function ownInOtherProcess(file: string): Promise<{ end: () => Promise<void> }> {
  const opener = resolve('data/duckdb.ts');
  const code = `import { openDatabase } from ${JSON.stringify(opener)};
    await openDatabase(${JSON.stringify(file)}); console.log('open');
    process.stdin.on('end', () => process.exit(0)).resume();`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((done) => { child.on('exit', () => { done(); }); });
  await new Promise<void>((ready, failed) => {
    child.stdout.once('data', () => { ready(); });
    child.on('exit', () => { failed(new Error('the owner ended early')); });
  });
  return { end: async () => { child.stdin.end(); await ended; } };
}

describe('asking the stored runs', () => {
  it('has all eight views, typed and empty, before anything was stored', async () => {
    for (const table of storeTables) {
      const answer = await queryRuns(folder, `SELECT * FROM ${table.name}`);

      expect(answer.rows).toEqual([]);
      expect(answer.columns.map((column) => column.name)).toEqual(table.columns.map((column) => column.name));
    }
    expect(await listRuns(folder)).toEqual([]);
  });

  it('answers with plain values: whole numbers, times as ISO text, sums and decimals as numbers', async () => {
    await save('r1', [filledTable('trades', 4, 3)]);

    const { rows, columns } = await queryRuns(folder, `
      SELECT run, created_at, from_at::DATE AS day, trades, net, sharpe, (SELECT sum(bars) FROM trades) AS total,
        count(*) AS n, 1.25::DECIMAL(9,2) AS price, 9007199254740993 AS big, [1, 2] AS pair FROM runs GROUP BY ALL`);

    // bars of the four trades are -1, 0, 1, 2: sum 2. Net is 10,250.5 - 10,000.
    expect(rows).toEqual([{
      run: 'r1', created_at: '2026-01-02T00:00:00.000Z', day: '2025-01-01', trades: 2, net: 250.5, sharpe: null, total: 2, n: 1,
      price: 1.25, big: '9007199254740993', pair: [1, 2],
    }]);
    expect(columns.slice(0, 2)).toEqual([{ name: 'run', type: 'VARCHAR' }, { name: 'created_at', type: 'TIMESTAMP' }]);
  });

  it('gives 3 of 10 rows at a limit of 3 and says that it was cut, and 10 of 10 that it was not', async () => {
    await save('r1', [filledTable('equity', 10, 3)]);

    const short = await queryRuns(folder, 'FROM equity', { limit: 3 });
    const whole = await queryRuns(folder, 'FROM equity', { limit: 10 });

    expect([short.rows.length, short.isCut, whole.rows.length, whole.isCut]).toEqual([3, true, 10, false]);
  });

  it.each([
    "COPY runs TO 'FOLDER/out.csv'", "COPY runs TO 'FOLDER/runs/r1/trades.parquet'", "ATTACH 'FOLDER/holdfast.duckdb' AS h",
    'INSTALL httpfs', 'LOAD httpfs', 'CREATE TABLE x (a INTEGER)', 'DROP VIEW runs', 'SET enable_external_access = true',
    "EXPORT DATABASE 'FOLDER/out'", "EXPLAIN ANALYZE COPY runs TO 'FOLDER/out.csv'", 'PRAGMA disable_object_cache', 'CALL pragma_version()',
    'SELECT 1; DROP VIEW runs', '', 'SELECT ?',
  ])('refuses %s as not one SELECT, and changes no file', async (template) => {
    await save('r1', filledTables(2, 1));
    const before = readdirSync(folder, { recursive: true }).sort();
    const bytes = readFileSync(join(folder, 'runs', 'r1', 'trades.parquet'));

    const asked = queryRuns(folder, template.replaceAll('FOLDER', folder));

    await expect(asked).rejects.toBeInstanceOf(StoreError);
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(before);
    expect(readFileSync(join(folder, 'runs', 'r1', 'trades.parquet')).equals(bytes)).toBe(true);
  });

  it('cannot read a file outside of the runs folder', async () => {
    await save('r1');
    writeFileSync(join(folder, 'secret.csv'), 'a\n1\n');

    await expect(queryRuns(folder, `SELECT * FROM read_csv('${folder}/secret.csv')`)).rejects.toMatchObject({ problem: 'bad-query' });
    await expect(queryRuns(folder, `SELECT * FROM '${folder}/runs/../secret.csv'`)).rejects.toMatchObject({ problem: 'bad-query' });
  });

  it('turns an unknown column into one line that names it', async () => {
    const asked = queryRuns(folder, 'SELECT profit FROM trades');

    await expect(asked).rejects.toMatchObject({ problem: 'bad-query', message: expect.stringMatching(/^query: .*"profit".*$/) as string });
  });

  it('lists the run stored last first, and names the file of one that cannot be read', async () => {
    await save('r2', [], Date.UTC(2026, 0, 1));
    await save('r1', [], Date.UTC(2026, 0, 3));

    expect((await listRuns(folder)).map((run) => run.run)).toEqual(['r1', 'r2']);

    writeFileSync(join(folder, 'runs', 'r2', 'summary.json'), '{');
    await expect(listRuns(folder)).rejects.toMatchObject({ problem: 'bad-run', message: expect.stringContaining('summary.json') as string });
  });
});
