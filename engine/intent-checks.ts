/** Checks of single fields of a want; each returns the value or throws an IntentError that names the field. */

/** A want with a missing, wrong or impossible field: the strategy's fault, and the end of its run. */
export class IntentError extends Error {
  override readonly name = 'IntentError';
}

/** Longest reason or key. Unit: characters. */
export const maxTextLength = 200;

/** Throws `NAME must EXPECTED, was VALUE`. */
export function fail(name: string, expected: string, value: unknown): never {
  throw new IntentError(`${name} must ${expected}, was ${show(value)}`);
}

export function finite(name: string, value: unknown): number { // hot
  return typeof value === 'number' && Number.isFinite(value) ? value : fail(name, 'be finite', value);
}

export function positive(name: string, value: unknown): number { // hot
  const number = finite(name, value);
  return number > 0 ? number : fail(name, 'be above 0', value);
}

export function fraction(name: string, value: unknown): number {
  const number = finite(name, value);
  return number > 0 && number <= 1 ? number : fail(name, 'be above 0 and at most 1', value);
}

export function whole(name: string, value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1
    ? value : fail(name, 'be a whole number of at least 1', value);
}

export function text(name: string, value: unknown): string {
  return typeof value === 'string' && value !== '' && value.length <= maxTextLength
    ? value : fail(name, `be a text of 1 to ${maxTextLength} characters`, value);
}

/** Refuses anything but an object whose every field is known: a misspelt field must not be ignored. */
export function checkFields(name: string, value: unknown, known: ReadonlySet<string>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(name, 'be an object', value);
  for (const key of Object.keys(value as object)) {
    if (!known.has(key)) fail(`${name}.${key}`, `be one of ${[...known].join(', ')}`, key);
  }
}

function show(value: unknown): string {
  if (typeof value === 'string') return value.length > 60 ? `'${value.slice(0, 60)}...'` : `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object' || value === null) return String(value);
  if ('then' in value && typeof value.then === 'function') return 'a promise; only what is not async can be decided';
  return value instanceof Map ? 'a Map' : 'an object';
}
