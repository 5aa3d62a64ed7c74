/** Reads the fields of a case file by hand: each failure names the case, the field, what was found and what was expected. */
import { decimalOf } from './number.ts';

/** A case file that cannot be understood. The message is one line for its author. */
export class CaseFileError extends Error {
  override readonly name = 'CaseFileError';
}

export type Fields = Readonly<Record<string, unknown>>;

/** Characters shown of what was found: a whole file in its message hides the message. */
const longest = 80;

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}...` : text;
}

export function failField(where: string, value: unknown, expected: string): never {
  throw new CaseFileError(`${where} must be ${expected}, was ${shown(value)}`);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fieldsOf(value: unknown, where: string): Fields {
  return isFields(value) ? value : failField(where, value, 'an object');
}

export function listOf(value: unknown, where: string): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : failField(where, value, 'a list');
}

export function textOf(value: unknown, where: string): string {
  return typeof value === 'string' && value !== '' ? value : failField(where, value, 'text');
}

/** One of the given words, or the default when the field is absent. */
export function wordOf<T extends string>(value: unknown, where: string, words: readonly T[], otherwise?: T): T {
  if (value === undefined && otherwise !== undefined) return otherwise;
  const word = words.find((one) => one === value);
  return word ?? failField(where, value, `one of ${words.join(', ')}`);
}

/** Decimal text of a number that the file itself must get right (config, instrument); orders may carry bad numbers. */
export function decimalText(value: unknown, where: string, otherwise?: string): string {
  if (value === undefined && otherwise !== undefined) return otherwise;
  return decimalOf(value) === null ? failField(where, value, 'a decimal number') : String(value);
}

export function numberOf(value: unknown, where: string, otherwise?: number): number {
  if (value === undefined && otherwise !== undefined) return otherwise;
  return Number(decimalText(value, where));
}

/** A share, a spread or a slippage: less than nothing would pay the taker. */
export function amountOf(value: unknown, where: string, otherwise?: number): number {
  const amount = numberOf(value, where, otherwise);
  return amount >= 0 ? amount : failField(where, value, 'zero or more');
}

/** Whole ms since the epoch, or a duration. */
export function msOf(value: unknown, where: string, otherwise?: number): number {
  const ms = numberOf(value, where, otherwise);
  return Number.isSafeInteger(ms) && ms >= 0 ? ms : failField(where, value, 'whole milliseconds');
}

export function flagOf(value: unknown, where: string): boolean {
  if (value === undefined) return false;
  return typeof value === 'boolean' ? value : failField(where, value, 'true or false');
}

/** Refuses fields that the format does not know, so that a misspelt one is not silently ignored. `told` are named in the message. */
export function onlyFields(fields: Fields, where: string, known: readonly string[], told = known): void {
  const stranger = Object.keys(fields).find((name) => !known.includes(name));
  if (stranger !== undefined) {
    throw new CaseFileError(`${where}.${stranger} is not a field of fill-case/1; known: ${told.join(', ')}`);
  }
}
