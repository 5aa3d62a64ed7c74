/**
 * What the shell says while it runs: one JSON line each, through a last filter that replaces the key and the secret wherever
 * they stand. Facts only: no error object and no answer of the exchange is ever handed to it.
 */
import { pino } from 'pino';
import type { Log } from './connection.ts';

export interface LogRequest {
  /** Takes whole lines. */
  readonly write: (line: string) => void;
  /** Texts that never leave, whatever they stand in. */
  readonly secrets: readonly string[];
  readonly isVerbose: boolean;
}

/** Shorter texts are words that other lines may hold. */
const secretLengthLeast = 6;

export function createLog({ write, secrets, isVerbose }: LogRequest): Log {
  const clean = cleaner(secrets);
  const out = pino(
    { level: isVerbose ? 'debug' : 'info', base: null, messageKey: 'what', formatters: { level: (label) => ({ level: label }) }, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => write(clean(line)) },
  );
  return (level, what, facts = {}) => {
    switch (level) {
      case 'debug': out.debug(facts, what); return;
      case 'info': out.info(facts, what); return;
      case 'warning': out.warn(facts, what); return;
      case 'alarm': out.error(facts, what); return;
      default:
    }
  };
}

/** Replaces every secret, as it is and as JSON writes it. */
export function cleaner(secrets: readonly string[]): (text: string) => string {
  const hidden = [...new Set(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]))]
    .filter(({ length }) => length >= secretLengthLeast).toSorted((a, b) => b.length - a.length);
  return (text) => hidden.reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), text);
}
