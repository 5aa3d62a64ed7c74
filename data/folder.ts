/** Where the data folder is: the option, else HOLDFAST_DATA, else ~/.holdfast. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export function dataFolder(option?: string, environment: NodeJS.ProcessEnv = process.env): string {
  const named = option ?? environment['HOLDFAST_DATA'];
  return named === undefined || named === '' ? join(homedir(), '.holdfast') : resolve(named);
}
