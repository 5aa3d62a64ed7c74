/**
 * The key to object storage: from the environment, or from a file of mode 600 that HOLDFAST_S3_FILE names. It goes into one
 * CREATE SECRET in a database that lives in memory, and never into a message, a report or a file.
 */
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { quoteText } from '../duckdb.ts';
import { usageError } from '../error.ts';

const settings = z.strictObject({
  key: z.string().min(1).optional(), secret: z.string().min(1).optional(), session: z.string().min(1).optional(),
  region: z.string().regex(/^[\w-]+$/).optional(),
  /** Host and port, without a scheme. */
  endpoint: z.string().regex(/^[\w.-]+(:\d+)?$/).optional(),
  urlStyle: z.enum(['vhost', 'path']).optional(),
  ssl: z.enum(['true', 'false']).optional(),
});
export type RemoteKey = z.output<typeof settings>;

const names = {
  key: 'HOLDFAST_S3_KEY', secret: 'HOLDFAST_S3_SECRET', session: 'HOLDFAST_S3_SESSION', region: 'HOLDFAST_S3_REGION',
  endpoint: 'HOLDFAST_S3_ENDPOINT', urlStyle: 'HOLDFAST_S3_URL_STYLE', ssl: 'HOLDFAST_S3_SSL',
} as const;

/** The environment wins over the file, setting by setting; without a key the bucket must be public. */
export function readRemoteKey(environment: NodeJS.ProcessEnv = process.env): RemoteKey {
  const file = environment['HOLDFAST_S3_FILE'];
  const stored: unknown = file === undefined || file === '' ? {} : fileContent(file);
  const given = Object.fromEntries(Object.entries(names).flatMap(([field, name]) => {
    const value = environment[name];
    return value === undefined || value === '' ? [] : [[field, value]];
  }));
  const read = settings.safeParse({ ...(typeof stored === 'object' ? stored : { stored: true }), ...given });
  // The library's own words quote the value; the name of the field is all that may be said.
  const field = read.success ? '' : String(read.error.issues[0]?.path[0] ?? 'a field');
  if (!read.success) {
    throw usageError(`object storage: ${field} was not understood, expected ${Object.keys(names).join(', ')} in the file, or ${Object.values(names).join(', ')}`,
      'correct it; endpoint is host:port without a scheme, urlStyle vhost or path, ssl true or false', file);
  }
  if ((read.data.key === undefined) !== (read.data.secret === undefined)) {
    throw usageError(`object storage: was only one of ${names.key} and ${names.secret}, expected both`, 'add the other one, or leave both out for a public bucket');
  }
  return read.data;
}

function fileContent(file: string): unknown {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw usageError('object storage: HOLDFAST_S3_FILE was not there, expected a file', 'check the path', file);
  const mode = stat.mode & 0o777;
  if ((mode & 0o177) !== 0) {
    throw usageError(`object storage: was mode ${mode.toString(8).padStart(4, '0')}, expected 0600: others may read it`, `chmod 600 ${file}`, file);
  }
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw usageError('object storage: was not JSON, expected {"key": ..., "secret": ..., "region": ...}', 'correct it', file); // no cause: it quotes the file
  }
}

/** CREATE SECRET for everything below the address. */
export function secretSql(address: string, key: RemoteKey): string {
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['KEY_ID', key.key], ['SECRET', key.secret], ['SESSION_TOKEN', key.session], ['REGION', key.region], ['ENDPOINT', key.endpoint],
    ['URL_STYLE', key.urlStyle],
  ];
  const given = fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${quoteText(value)}`]));
  const ssl = key.ssl === undefined ? [] : [`USE_SSL ${key.ssl}`];
  return `CREATE SECRET holdfast_lake (${['TYPE s3', 'PROVIDER config', ...given, ...ssl, `SCOPE ${quoteText(address)}`].join(', ')})`;
}

/** The text without any part of the key: what object storage answers may quote it. */
export function withoutKey(text: string, key: RemoteKey): string {
  const parts = [key.key, key.secret, key.session].filter((part) => part !== undefined);
  return parts.reduce((rest, part) => rest.replaceAll(part, '(key)').replaceAll(encodeURIComponent(part), '(key)'), text);
}
