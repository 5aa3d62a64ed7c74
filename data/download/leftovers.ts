/**
 * What a killed download left beside its files: each is written under its name with the process number behind it and renamed
 * when it is whole, so a name that still carries the number of a dead process is nobody's.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../lake/index.ts';

const unfinished = /\.(?:json|csv\.gz)\.(\d+)$/;

/** Of the data folder; what a living process writes at the moment stays. */
export function sweepDownloads(folder: string): void {
  for (const place of ['downloads', 'instruments'].map((name) => join(folder, name)).filter((path) => existsSync(path))) {
    for (const name of readdirSync(place, { recursive: true, encoding: 'utf8' })) {
      const owner = unfinished.exec(name)?.[1];
      if (owner !== undefined && !isAlive(Number(owner))) rmSync(join(place, name), { force: true });
    }
  }
}
