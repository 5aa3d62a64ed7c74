/** Where the data folder is: the option, else HOLDFAST_DATA, else ~/.holdfast. It may be s3://bucket/prefix for reading. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { usageError } from './error.ts';
import { isRemote, remoteAddress } from './remote/index.ts';

/** For whoever only reads candles: a folder, or an address on object storage. */
export function candlesFolder(option?: string, environment: NodeJS.ProcessEnv = process.env): string {
  const named = option ?? environment['HOLDFAST_DATA'];
  if (named === undefined || named === '') return join(homedir(), '.holdfast');
  return isRemote(named) ? remoteAddress(named) : resolve(named);
}

/** For whoever writes, or reads runs: a folder on this machine. */
export function dataFolder(option?: string, environment: NodeJS.ProcessEnv = process.env): string {
  const folder = candlesFolder(option, environment);
  if (!isRemote(folder)) return folder;
  throw usageError(`data folder: ${folder}: was on object storage, where holdfast only reads candles, expected a folder on this machine`,
    'name one with --data-dir or HOLDFAST_DATA; query, data check and backtest --no-store read there');
}
