/** Text into markup, safely: whatever is put into a template is escaped, unless it is markup made here. */

/** Markup that needs no escaping. */
export class Markup {
  readonly text: string;
  constructor(text: string) { this.text = text; }
}

type Part = Markup | string | number | null | readonly (Markup | string)[];

/** A template whose values are escaped; null is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0] ?? '';
  for (const [i, part] of parts.entries()) text += written(part) + (strings[i + 1] ?? '');
  return new Markup(text);
}

function written(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return part.map(written).join('');
}

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign] ?? sign);

/** JSON that may stand inside a script element. */
export const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
