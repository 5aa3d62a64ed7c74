/**
 * Exact text of plain values: JSON in which nothing is lost. Numbers are written as short as they can be read back.
 *
 * 1. `decode(encode(x))` equals `x`, also where JSON has no word: a text that begins with # stands for a bigint (#n5),
 *    #NaN, #Infinity, #-Infinity, #-0 or #undefined; {"#f64": [..]}, {"#i32": [..]} and {"#set": [..]} for what they say.
 *    A text or key of one's own that begins with # gets another one.
 * 2. Equal values give equal text: keys are sorted. Who needs an order of keys writes pairs.
 * 3. The text is ASCII without line breaks: a byte is a character, and a line can be torn anywhere.
 */

/** ASCII without quote, backslash and #. */
const plainText = /^[ !$-[\]-~]*$/;
const beyondAscii = /[\u007f-\uffff]/g;

export function encode(value: unknown): string {
  switch (typeof value) {
    case 'number': return numberText(value);
    case 'string': return stringText(value);
    case 'boolean': return value ? 'true' : 'false';
    case 'bigint': return `"#n${value}"`;
    case 'undefined': return '"#undefined"';
    case 'object': return value === null ? 'null' : objectText(value);
    default: throw new TypeError(`a journal cannot hold a ${typeof value}`);
  }
}

export function numberText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '"#-0"' : '0';
  return Number.isFinite(value) ? String(value) : `"#${value}"`;
}

export function stringText(text: string): string {
  if (plainText.test(text)) return `"${text}"`;
  const escaped = JSON.stringify(text.startsWith('#') ? `#${text}` : text);
  return escaped.replace(beyondAscii, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function objectText(value: object): string {
  if (Array.isArray(value)) return listText(value);
  if (value instanceof Float64Array) return `{"#f64":${listText(value)}}`;
  if (value instanceof Int32Array) return `{"#i32":${listText(value)}}`;
  if (value instanceof Set) return `{"#set":${listText([...value])}}`;
  const shape: unknown = Object.getPrototypeOf(value);
  if (shape !== Object.prototype && shape !== null) {
    throw new TypeError(`a journal cannot hold a ${(value as { constructor?: { name?: string } }).constructor?.name ?? 'class instance'}`);
  }
  let text = '';
  for (const key of Object.keys(value).sort()) {
    text += `${text === '' ? '{' : ','}${keyText(key)}${encode((value as Record<string, unknown>)[key])}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/** Keys repeat: their texts are kept, so many of them. */
const keyTexts = new Map<string, string>();
const keysKept = 2_000;

/** `"key":` */
function keyText(key: string): string {
  const known = keyTexts.get(key);
  if (known !== undefined) return known;
  const text = `${stringText(key)}:`;
  if (keyTexts.size < keysKept) keyTexts.set(key, text);
  return text;
}

function listText(values: ArrayLike<unknown>): string {
  let text = '[';
  for (let i = 0; i < values.length; i++) text += `${i === 0 ? '' : ','}${encode(values[i])}`;
  return `${text}]`;
}

/** The value of a text that `encode` wrote. Throws a SyntaxError on any other text. */
export function decode(text: string): unknown {
  return revive(JSON.parse(text));
}

/** What `JSON.parse` made of an encoded value, as the value. Records are made anew. */
export function revive(parsed: unknown): unknown {
  if (typeof parsed === 'string') return parsed.startsWith('#') ? wordOf(parsed) : parsed;
  if (typeof parsed !== 'object' || parsed === null) return parsed;
  if (Array.isArray(parsed)) return parsed.map(revive);
  const keys = Object.keys(parsed);
  const first = keys[0];
  const record = parsed as Readonly<Record<string, unknown>>;
  if (keys.length === 1 && first!.startsWith('#') && !first!.startsWith('##')) return collectionOf(first!, record[first!]);
  const out: Record<string, unknown> = {};
  for (const key of keys) {
    const name = key.startsWith('#') ? key.slice(1) : key;
    const value = revive(record[key]);
    if (name === '__proto__') Object.defineProperty(out, name, { value, writable: true, enumerable: true, configurable: true });
    else out[name] = value;
  }
  return out;
}

function wordOf(text: string): unknown {
  switch (text) {
    case '#NaN': return Number.NaN;
    case '#Infinity': return Number.POSITIVE_INFINITY;
    case '#-Infinity': return Number.NEGATIVE_INFINITY;
    case '#-0': return -0;
    case '#undefined': return undefined;
    default:
  }
  if (text.startsWith('##')) return text.slice(1);
  if (!/^#n-?\d+$/.test(text)) throw new SyntaxError(`'${text}' is no word of a journal`);
  return BigInt(text.slice(2));
}

function collectionOf(key: string, items: unknown): unknown {
  const values = revive(items);
  if (!Array.isArray(values)) throw new SyntaxError(`${key} of a journal must be a list`);
  switch (key) {
    case '#f64': return Float64Array.from(values as readonly number[]);
    case '#i32': return Int32Array.from(values as readonly number[]);
    case '#set': return new Set(values);
    default: throw new SyntaxError(`'${key}' is no word of a journal`);
  }
}
