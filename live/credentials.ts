/**
 * The key of the account, from the environment, from files named there, or from `.env`, in this order. A file must be its
 * owner's alone. Nothing here prints a key; who reads one tells the log what never to show.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from './connection.ts';

/** What stands in the way, what to do, and which exit code that is. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
}

export interface CredentialsRequest {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where `.env` is looked for. */
  readonly folder: string;
  /** Names in the environment and in `.env`. */
  readonly names: { readonly key: string; readonly secret: string };
  /** The user that must own the files; null where the system knows none. */
  readonly user: number | null;
}

export interface FoundCredentials extends Credentials {
  /** Where they stand, in words. */
  readonly from: string;
}

export function readCredentials(request: CredentialsRequest): FoundCredentials {
  const { environment, names: { key, secret } } = request;
  const own = pairOf(environment[key], environment[secret], `the environment (${key}, ${secret})`);
  if (own !== null) return own;
  const keyFile = environment['KEY_FILE'];
  const secretFile = environment['SECRET_FILE'];
  if (isGiven(keyFile) && isGiven(secretFile)) {
    const found = pairOf(readOwned(keyFile, request.user).trim(), readOwned(secretFile, request.user).trim(), `${keyFile} and ${secretFile}`);
    if (found !== null) return found;
  }
  const file = join(request.folder, '.env');
  const text = isThere(file) ? readOwned(file, request.user) : '';
  const values = parseEnvironment(text);
  const found = pairOf(values.get(key), values.get(secret), file);
  if (found !== null) return found;
  throw new CredentialsError(`credentials: were not found, expected ${key} and ${secret} in the environment, KEY_FILE and SECRET_FILE, or ${file}. `
    + `Fix: write both lines into ${file}, then chmod 600 ${file}`);
}

/** Half a pair is a mistake, not an absence. */
function pairOf(key: string | undefined, secret: string | undefined, from: string): FoundCredentials | null {
  if (!isGiven(key) && !isGiven(secret)) return null;
  if (isGiven(key) && isGiven(secret)) return { key, secret, from };
  throw new CredentialsError(`credentials: ${from}: was only the ${isGiven(key) ? 'key' : 'secret'}, expected both. Fix: add the other one`);
}

const isGiven = (text: string | undefined): text is string => text !== undefined && text.trim() !== '';

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function readOwned(path: string, user: number | null): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new CredentialsError(`credentials: ${path}: was not there, expected a file. Fix: check the path`);
  const mode = stat.mode & 0o777;
  if ((mode & 0o177) !== 0) {
    throw new CredentialsError(`credentials: ${path}: was mode ${mode.toString(8).padStart(4, '0')}, expected 0600: others may read it. Fix: chmod 600 ${path}`);
  }
  if (user !== null && stat.uid !== user) {
    throw new CredentialsError(`credentials: ${path}: was owned by user ${stat.uid}, expected ${user}. Fix: sudo chown ${user} ${path}`);
  }
  return readFileSync(path, 'utf8');
}

/** `NAME=value` lines; `export`, quotes and comments are understood, nothing is expanded. */
function parseEnvironment(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (match === null) continue;
    const [, name = '', value = ''] = match;
    const quoted = /^(["'])(.*)\1$/.exec(value);
    values.set(name, quoted === null ? value.replace(/\s+#.*$/, '') : quoted[2] ?? '');
  }
  return values;
}
