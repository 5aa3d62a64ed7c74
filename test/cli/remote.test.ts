/** A data folder on object storage at the command line: one line and an exit code, whether or not DuckDB can fetch its extension here. */
import { spawnSync } from 'node:child_process';
import { afterAll, expect, it } from 'vitest';
import { rmSync } from 'node:fs';
import { folderWith, program } from './command.ts';

const folder = folderWith({});
afterAll(() => rmSync(folder, { recursive: true }));

/** Nobody answers at port 1 of this machine. */
const environment = {
  ...process.env, HOME: folder, HOLDFAST_DATA: 's3://bars/x', HOLDFAST_S3_KEY: 'CANARYKEY7', HOLDFAST_S3_SECRET: 'CANARYSECRET7',
  HOLDFAST_S3_ENDPOINT: '127.0.0.1:1', HOLDFAST_S3_URL_STYLE: 'path', HOLDFAST_S3_SSL: 'false',
};
const said = (...words: readonly string[]): { readonly code: number | null; readonly stdout: string; readonly stderr: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { cwd: folder, env: environment, encoding: 'utf8' });
  return { code: status, stdout, stderr };
};

it.each([
  ['query', 'SELECT count(*) FROM candles'], ['data', 'check', '--debug'],
])('%s over a lake that cannot be had ends with 3 and one line that names object storage and no part of the key', (...words) => {
  const { code, stdout, stderr } = said(...words);

  expect([code, stdout]).toEqual([3, '']);
  expect(stderr.split('\n')[0]).toMatch(/^object storage.*expected .*\. Fix: /);
  expect(`${stdout}${stderr}`).not.toMatch(/CANARY/);
}, 120_000);

it.each([
  ['data', 'import', 'bars.csv'], ['data', 'list'], ['runs'],
])('%s %s refuses the address with 2 in one line, and writes nothing', (...words) => {
  const { code, stderr } = said(...words);

  expect([code, stderr.trimEnd().split('\n').length]).toEqual([2, 1]);
  expect(stderr).toMatch(/^data folder: s3:\/\/bars\/x: was on object storage, where holdfast only reads candles/);
});
