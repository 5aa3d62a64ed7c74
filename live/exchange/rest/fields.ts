/**
 * Forms of single parameters with the exchange's own texts. Query values are text; bodies hold text for decimals (a JSON
 * number in their place is refused, as on the exchange), whole numbers for the few integers, and booleans.
 */
import { z } from 'zod';
import type { Row } from '../world.ts';

/** Text that must be there. */
export function text(message: string): z.ZodString {
  return z.string({ error: message }).min(1, { error: message });
}

export function oneOf<const T extends readonly [string, ...string[]]>(values: T, message: string) {
  return z.enum(values, { error: message });
}

/** Unsigned decimal text without exponent. */
export function decimal(message: string): z.ZodString {
  return z.string({ error: message }).regex(/^\d{1,30}(\.\d{1,30})?$/, { error: message });
}

/** A whole number as number or as digits, handed on as text. */
export function whole(values: readonly number[], message: string) {
  return z.union([z.number(), z.string().regex(/^\d{1,9}$/)], { error: message })
    .transform((value) => String(Number(value)))
    .refine((value) => values.includes(Number(value)), { error: message });
}

/** True and false, also as text. */
export function flag(message: string) {
  return z.union([z.boolean(), z.enum(['true', 'false'])], { error: message }).transform((value) => value === true || value === 'true');
}

/** Instant of a query, ms. */
export function instant(name: string) {
  return z.string().regex(/^\d{1,16}$/, { error: `params error: ${name} invalid` }).transform(Number).nullable().default(null);
}

/** Rows of a page. More than `most` is `most`: the exchange cuts, it does not refuse. */
export function limit(usual: number, most: number) {
  return z.string().regex(/^0*[1-9]\d{0,8}$/, { error: 'params error: limit invalid' })
    .transform((value) => Math.min(Number(value), most)).default(usual);
}

export const optionalText = z.string().nullable().default(null);
export const cursor = optionalText;
const categories = ['linear', 'inverse', 'spot', 'option'] as const;
export const category = oneOf(categories, 'Illegal category');
export const linkId = z.string({ error: 'OrderLinkedID invalid' }).regex(/^[A-Za-z0-9_-]{1,36}$/, { error: 'OrderLinkedID invalid' });

/** A body without members that say nothing: null, '' and what is absent are the same on the wire. */
export function stripped(body: Row): Row {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== undefined && value !== ''));
}

/** The account's form: text and booleans. Numbers become text; lists and objects, which no write knows, are left out. */
export function plain(body: Row): Row {
  return Object.fromEntries(Object.entries(body)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .map(([key, value]) => [key, typeof value === 'number' ? String(value) : value]));
}

/** The first thing wrong, as the exchange's text. */
export function wrongWith(error: z.ZodError): string {
  return error.issues[0]?.message ?? 'Request parameter error.';
}
