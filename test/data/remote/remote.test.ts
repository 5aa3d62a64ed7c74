/** Lakes on object storage: the SQL to the letter, the key that is never said, and what is refused in one line. */
import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { candlesFolder, dataFolder, importFiles, listLake, loadMarket, queryRuns } from '../../../data/index.ts';
import { queryRows, withDatabase } from '../../../data/duckdb.ts';
import { lakeViewSql, lakeViews, monthAddresses } from '../../../data/lake/index.ts';
import { isRemote, remoteAddress } from '../../../data/remote/index.ts';
import { blobsSql, copySeries, monthsWanted } from '../../../data/remote/copy.ts';
import { readRemoteKey, secretSql, withoutKey } from '../../../data/remote/key.ts';
import { manifestsSql, scrubbed } from '../../../data/remote/open.ts';
import { bars, csv, refusal, temporary } from '../candle-files.ts';

const canaries = { key: 'CANARYKEY7', secret: 'CANARY+SECRET/7', session: 'CANARYSESSION7' };
let folder = '';
beforeEach(() => { folder = temporary(); });
afterEach(() => { vi.unstubAllEnvs(); });

/** 31 March 2024 and on: 288 five-minute bars in March, 312 in April. */
async function lake(): Promise<void> {
  await importFiles([csv(folder, 'bybit_linear_BTCUSDT_5m.csv', bars(600, { from: Date.UTC(2024, 2, 31) }))], { folder });
}

describe('the address', () => {
  it.each([
    ['s3://bars/lakes/2026/', 's3://bars/lakes/2026'], ['s3://bars', 's3://bars'],
  ])('%s is %s', (given, wanted) => {
    expect(remoteAddress(given)).toBe(wanted);
    expect(candlesFolder(given)).toBe(wanted);
  });

  it.each(['s3://', 's3://bars/a b', "s3://bars/it's", 's3://bars/*', 's3://bars/?x=1', 'https://host/lake', 'gs://bars/x'])('%s is refused as a usage error', (given) => {
    expect(isRemote(given)).toBe(true);
    expect(() => remoteAddress(given)).toThrow(/^data folder: was .*expected s3:\/\/bucket\/prefix\. Fix: /);
  });

  it('a command that writes refuses it in one line, whichever way it was named', () => {
    const line = 'data folder: s3://bars/x: was on object storage, where holdfast only reads candles, expected a folder on this machine. '
      + 'Fix: name one with --data-dir or HOLDFAST_DATA; query, data check and backtest --no-store read there';
    expect(() => dataFolder('s3://bars/x')).toThrow(line);
    expect(() => dataFolder(undefined, { HOLDFAST_DATA: 's3://bars/x' })).toThrow(line);
  });
});

describe('the SQL', () => {
  it('hands the key over in one CREATE SECRET for everything below the address', () => {
    expect(secretSql('s3://bars/x', { key: 'AK', secret: "it's", session: 'T', region: 'eu-west-1', endpoint: 'minio.local:9000', urlStyle: 'path', ssl: 'false' }))
      .toBe("CREATE SECRET holdfast_lake (TYPE s3, PROVIDER config, KEY_ID 'AK', SECRET 'it''s', SESSION_TOKEN 'T', REGION 'eu-west-1', "
        + "ENDPOINT 'minio.local:9000', URL_STYLE 'path', USE_SSL false, SCOPE 's3://bars/x')");
    expect(secretSql('s3://bars', {})).toBe("CREATE SECRET holdfast_lake (TYPE s3, PROVIDER config, SCOPE 's3://bars')");
  });

  it('lists the manifests of one symbol below its own path, of several below all', () => {
    expect(manifestsSql('s3://bars/x', { venue: 'bybit', category: 'linear', symbols: ['BTCUSDT'] }))
      .toBe("SELECT filename, content FROM read_text('s3://bars/x/lake/venue=bybit/category=linear/symbol=BTCUSDT/kind=*/timeframe=*/manifest.json') ORDER BY filename");
    expect(manifestsSql('s3://bars/x', { venue: 'bybit', symbols: ['BTCUSDT', 'ETHUSDT'] }))
      .toBe("SELECT filename, content FROM read_text('s3://bars/x/lake/venue=bybit/category=*/symbol=*/kind=*/timeframe=*/manifest.json') ORDER BY filename");
  });

  it('makes candles of the months that the manifests name, read in place and pruned by their paths', async () => {
    await lake();
    const series = listLake(folder)[0]!;
    const files = monthAddresses('s3://bars/x', series);
    const home = 's3://bars/x/lake/venue=bybit/category=linear/symbol=BTCUSDT/kind=last/timeframe=5m';

    expect(files).toEqual([`${home}/month=2024-03/2024-03.parquet`, `${home}/month=2024-04/2024-04.parquet`]);
    expect(lakeViewSql(lakeViews[0]!, [{ series, files, isHive: true }])).toMatch(/^CREATE OR REPLACE VIEW candles AS SELECT NULL::VARCHAR AS "venue", .* WHERE false UNION ALL /);
    expect(lakeViewSql(lakeViews[0]!, [{ series, files, isHive: true }]).split(' WHERE false')[1]).toBe(
      ' UNION ALL SELECT "venue", "category", "symbol", "kind", "timeframe", "month", make_timestamp_ms(ts) AS "opened_at", "open" AS "open", "high" AS "high", '
      + `"low" AS "low", "close" AS "close", "volume" AS "volume" FROM read_parquet(['${home}/month=2024-03/2024-03.parquet', '${home}/month=2024-04/2024-04.parquet'], `
      + "hive_partitioning = true, hive_types = {'venue': VARCHAR, 'category': VARCHAR, 'symbol': VARCHAR, 'kind': VARCHAR, 'timeframe': VARCHAR, 'month': VARCHAR})");
    expect(blobsSql(files.slice(0, 1))).toBe(`SELECT filename, content FROM read_blob(['${home}/month=2024-03/2024-03.parquet'])`);
  });

  it('a run from 10 April on asks for April alone, and one from 2 April for March too: two days before are looked at', async () => {
    await lake();
    const series = listLake(folder)[0]!;

    expect(monthsWanted(series, { from: Date.UTC(2024, 3, 1, 12) }).map(({ month }) => month)).toEqual(['2024-03', '2024-04']);
    expect(monthsWanted(series, { from: Date.UTC(2024, 3, 2, 23, 56) }).map(({ month }) => month)).toEqual(['2024-04']);
    expect(monthsWanted(series, { to: Date.UTC(2024, 2, 29) }).map(({ month }) => month)).toEqual([]);
  });
});

describe('a copy', () => {
  /** DuckDB reads a folder as it reads an address; only the extension is left out. */
  async function copied(): Promise<string> {
    const copy = temporary();
    const found = await withDatabase(':memory:', async (connection) => {
      for (const series of listLake(folder)) await copySeries(connection, { address: folder, copy, series, wish: { from: Date.UTC(2024, 3, 3) } });
      return await queryRows(connection, manifestsSql(folder, { symbols: ['BTCUSDT'] }));
    });
    expect(found).toHaveLength(1);
    return copy;
  }

  it('of April is the file of April byte for byte, and a run over it has the hash of a run over the lake', async () => {
    await importFiles([csv(folder, 'bybit_linear_BTCUSDT_5m.csv', bars(9_000, { from: Date.UTC(2024, 2, 31) }))], { folder });
    const copy = await copied();
    const asked = { symbols: ['BTCUSDT'], timeframe: '5m', from: Date.UTC(2024, 3, 3), to: Date.UTC(2024, 3, 4) };

    expect(readdirSync(join(copy, 'lake/venue=bybit/category=linear/symbol=BTCUSDT/kind=last/timeframe=5m'))).toEqual(['manifest.json', 'month=2024-04', 'month=2024-05']);
    expect((await loadMarket({ folder: copy, ...asked })).hash).toBe((await loadMarket({ folder, ...asked })).hash);
  });

  it('a month that is not the one of its manifest is refused by its address', async () => {
    await importFiles([csv(folder, 'bybit_linear_BTCUSDT_5m.csv', bars(2_000, { from: Date.UTC(2024, 2, 31) }))], { folder });
    const path = join(folder, 'lake/venue=bybit/category=linear/symbol=BTCUSDT/kind=last/timeframe=5m/month=2024-04/2024-04.parquet');
    const bytes = readFileSync(path);
    bytes[100] = bytes[100]! ^ 1;
    writeFileSync(path, bytes);

    expect(await refusal(copied())).toMatchObject({ reason: 'damaged-lake', file: path });
  });
});

describe('the key', () => {
  it('comes from a file of mode 600, and the environment wins over it setting by setting', () => {
    const file = join(folder, 'storage.json');
    writeFileSync(file, JSON.stringify({ ...canaries, region: 'eu-west-1' }), { mode: 0o600 });

    expect(readRemoteKey({ HOLDFAST_S3_FILE: file, HOLDFAST_S3_REGION: 'us-east-1' })).toEqual({ ...canaries, region: 'us-east-1' });
  });

  it('in a file that others may read is refused with its mode, and in one that is not understood nothing of it is quoted', () => {
    const file = join(folder, 'storage.json');
    const said = (text: string, mode: number): string => {
      writeFileSync(file, text);
      chmodSync(file, mode);
      try { readRemoteKey({ HOLDFAST_S3_FILE: file }); } catch (error) { return error instanceof Error ? `${error.message} ${error.stack ?? ''} ${String(error.cause)}` : ''; }
      return 'nothing';
    };

    expect(said(JSON.stringify(canaries), 0o644)).toContain('was mode 0644, expected 0600: others may read it');
    for (const text of [`{"key": "${canaries.key}`, JSON.stringify({ ...canaries, endpoint: `https://${canaries.key}` }), JSON.stringify({ [canaries.secret]: 1 }), JSON.stringify({ key: canaries.key })]) {
      expect(said(text, 0o600)).toContain('object storage: ');
      expect(said(text, 0o600)).not.toMatch(/CANARY/);
    }
  });

  it('quoted back by the storage, plain or encoded, stands in no word that is thrown on', async () => {
    const error = await refusal(scrubbed(canaries, async () => { throw new Error(`403 ${canaries.key} ${encodeURIComponent(canaries.secret)} ${canaries.session}`); }));

    expect(error.message).toContain("was '403 (key) (key) (key)'");
    expect(`${error.message} ${error.stack ?? ''} ${String(error.cause)}`).not.toMatch(/CANARY/);
    expect(withoutKey(`<Key>${canaries.secret}</Key>`, canaries)).toBe('<Key>(key)</Key>');
  });

  it('cannot be asked for: a question for DuckDB\'s keys is refused before anything is opened or, without the extension, as such', async () => {
    for (const [field, name] of [['key', 'KEY'], ['secret', 'SECRET'], ['session', 'SESSION']] as const) vi.stubEnv(`HOLDFAST_S3_${name}`, canaries[field]);

    for (const sql of [
      'FROM duckdb_secrets()', "FROM query('FROM duckdb_' || 'secrets()')", "SELECT * FROM \"query_table\"('duckdb_' || 'secrets')",
      'FROM json_execute_serialized_sql(json_serialize_sql(\'FROM candles\'))',
    ]) await expect(queryRuns('s3://bars/x', sql)).rejects.toMatchObject({ problem: 'not-a-query' });
  });
});

describe('candles in a query', () => {
  it('are those of the manifests: 288 of March and 312 of April, and a file that no manifest names does not count', async () => {
    await lake();
    const home = join(folder, 'lake/venue=bybit/category=linear/symbol=BTCUSDT/kind=last/timeframe=5m');
    writeFileSync(join(home, 'month=2024-04', 'left-over.parquet'), readFileSync(join(home, 'month=2024-04', '2024-04.parquet')));

    const { rows } = await queryRuns(folder, "SELECT symbol, month, count(*) AS n, min(opened_at) AS first FROM candles WHERE symbol = 'BTCUSDT' GROUP BY ALL ORDER BY month");

    expect(rows).toEqual([
      { symbol: 'BTCUSDT', month: '2024-03', n: 288, first: '2024-03-31T00:00:00.000Z' },
      { symbol: 'BTCUSDT', month: '2024-04', n: 312, first: '2024-04-01T00:00:00.000Z' },
    ]);
  });

  it('of March alone are read without a look into April: junk there goes unnoticed', async () => {
    await lake();
    writeFileSync(join(folder, 'lake/venue=bybit/category=linear/symbol=BTCUSDT/kind=last/timeframe=5m/month=2024-04/2024-04.parquet'), 'junk');

    const { rows } = await queryRuns(folder, "SELECT count(*) AS n FROM candles WHERE symbol = 'BTCUSDT' AND month BETWEEN '2024-01' AND '2024-03'");

    expect(rows).toEqual([{ n: 288 }]);
  });

  it('of a folder without a lake are none, and have their columns', async () => {
    rmSync(folder, { recursive: true });

    expect(await queryRuns(folder, 'SELECT count(*) AS n, max(close) AS high FROM candles')).toMatchObject({ rows: [{ n: 0, high: null }] });
  });
});
