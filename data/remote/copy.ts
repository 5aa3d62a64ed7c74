/**
 * What a run or a check needs of a remote lake, as a lake on this machine that goes when the work is done: the manifests of the
 * series and the months in the range, byte for byte, each against the hash in its manifest. So a run on a remote lake has the
 * hashes, the results and the code path of a run on a local one.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { queryRows, quoteText, withDatabase } from '../duckdb.ts';
import type { Connection } from '../duckdb.ts';
import { DataError } from '../error.ts';
import { manifestIn, monthAddresses, monthPath, newPlace } from '../lake/index.ts';
import type { Manifest } from '../lake/index.ts';
import { remoteAddress } from './address.ts';
import { readRemoteKey } from './key.ts';
import { openRemote, scrubbed } from './open.ts';
import type { RemoteWish } from './open.ts';

/** Opening times in ms; absent = open. */
export interface CopyWish extends RemoteWish { readonly from?: number; readonly to?: number }

/** A run may look a bar before and a settlement behind its range. */
const margin = 2 * 86_400_000;

/** Files asked for at once: bounds the memory a copy takes to about 20 months of minutes. */
const filesAtOnce = 20;

/** Months of a series that reach into the range. */
export const monthsWanted = (series: Manifest, { from = -Infinity, to = Infinity }: CopyWish): Manifest['months'] =>
  series.months.filter((entry) => entry.last >= from - margin && entry.first < to + margin);

/** Whole files as they are. */
export const blobsSql = (addresses: readonly string[]): string =>
  `SELECT filename, content FROM read_blob([${addresses.map(quoteText).join(', ')}])`;

/** Copies what is wanted, works on the copy, removes it. */
export async function withRemoteCopy<T>(folder: string, wish: CopyWish, work: (folder: string) => Promise<T>): Promise<T> {
  const address = remoteAddress(folder);
  const copy = mkdtempSync(join(tmpdir(), 'holdfast-lake-'));
  try {
    await withDatabase(':memory:', async (connection) => {
      for (const { series } of await openRemote(connection, address, wish)) await copySeries(connection, { address, copy, series, wish });
    });
    return await work(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

interface OneCopy { readonly address: string; readonly copy: string; readonly series: Manifest; readonly wish: CopyWish }

export async function copySeries(connection: Connection, { address, copy, series, wish }: OneCopy): Promise<void> {
  const place = newPlace(copy, series);
  mkdirSync(place.home, { recursive: true });
  writeFileSync(manifestIn(place), JSON.stringify(series));
  const months = monthsWanted(series, wish);
  for (let start = 0; start < months.length; start += filesAtOnce) {
    const part = months.slice(start, start + filesAtOnce);
    const addresses = monthAddresses(address, series, part);
    const rows = await scrubbed(readRemoteKey(), async () => await queryRows(connection, blobsSql(addresses)));
    const contents = new Map(rows.map((row) => [String(row['filename']), row['content']]));
    for (const [k, entry] of part.entries()) {
      const content = contents.get(addresses[k] ?? '');
      const isWhole = content instanceof Uint8Array && createHash('sha256').update(content).digest('hex') === entry.sha256;
      if (!isWhole) throw changed(addresses[k] ?? '');
      mkdirSync(dirname(monthPath(place, entry)), { recursive: true });
      writeFileSync(monthPath(place, entry), content);
    }
  }
}

const changed = (address: string): DataError => new DataError({
  reason: 'damaged-lake', what: 'the remote lake is damaged', file: address, expected: 'the month file whose hash its manifest has',
  fix: 'copy the lake there again',
});
