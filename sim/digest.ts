/**
 * Fingerprint of a finished run: SHA-256 over the recorded columns, in order, with names and lengths. The hash is a
 * pure function; it reads no file, clock or chance.
 */
import { createHash } from 'node:crypto';
import type { Table } from '../engine/index.ts';

/** 64 hex digits. Equal runs have equal digests, whatever process or thread they ran in. */
export function digestTables(tables: readonly Table[], facts: string): string {
  const hash = createHash('sha256');
  hash.update(facts);
  for (const table of tables) {
    hash.update(`\n${table.name} ${table.rows}\n`);
    for (const column of table.columns) {
      hash.update(`${column.name} ${column.type}\n`);
      if (column.type === 'text') {
        hash.update(column.dictionary.join('\u0000'));
        hash.update(column.codes);
      } else {
        hash.update(column.values);
      }
    }
  }
  return hash.digest('hex');
}
