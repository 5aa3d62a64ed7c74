/** Numbers as a person reads them: grouped, signed where the sign is the news, with as many digits as carry weight. */
import type { Metric } from './metric.ts';
import { dayMs } from './metrics.ts';

const minus = '-';

/** Thousands in groups, fixed decimals: 10250.5 is `10,250.50`. */
/** How many of what, the plural word first in `of`: 1 day in common, 2 days in common. */
export const amountOf = (n: number, of: string): string => `${grouped(n, 0)} ${n === 1 ? of.replace(/^(\w+)s\b/, '$1') : of}`;

export function grouped(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return 'n/a';
  const [whole = '0', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction === undefined ? '' : `.${fraction}`);
  return value < 0 && /[1-9]/.test(text) ? minus + text : text;
}

/** With a plus or a minus, unless it rounds to nothing. */
export function signed(value: number, decimals: number): string {
  const text = grouped(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** Decimals of money: 2 for dollars, 8 for coins. */
export const moneyDecimals = (settle: string): number => /USD|EUR|USDE|DAI/.test(settle) ? 2 : 8;

export const percent = (fraction: number, decimals: number): string => `${grouped(fraction * 100, decimals)} %`;
export const signedPercent = (fraction: number, decimals: number): string => `${signed(fraction * 100, decimals)} %`;

/** Share or fall as percent: two decimals below 10, one above. */
export const share = (fraction: number): string => percent(fraction, Math.abs(fraction) < 0.1 ? 2 : 1);

/** `9.2 days`, `14.0 h`, `35 min`. */
export function duration(ms: number): string {
  if (ms >= 2 * dayMs) return `${grouped(ms / dayMs, ms < 20 * dayMs ? 1 : 0)} days`;
  if (ms >= 7_200_000) return `${grouped(ms / 3_600_000, 1)} h`;
  return `${grouped(ms / 60_000, 0)} min`;
}

/** `1 trade`, `2 trades`. */
export const counted = (n: number, noun: string): string => `${grouped(n, 0)} ${noun}${n === 1 ? '' : 's'}`;

/** UTC day, `2025-10-10`. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The first text that fits; the last one cut when none does. */
export function fitting(width: number, texts: readonly string[]): string {
  const found = texts.find((text) => text.length <= width) ?? texts.at(-1) ?? '';
  return found.length <= width ? found : `${found.slice(0, Math.max(0, width - 1))}…`;
}

/** A missing metric in as many words as fit: `n/a: 14 trades, needs 30`, `n/a: 14 of 30`, `n/a`. */
export function absence(metric: Extract<Metric, { readonly tag: 'n/a' }>, width: number): string {
  const short = metric.n < metric.needs ? [`n/a: ${metric.n} of ${metric.needs}`] : [];
  return fitting(width, [`n/a: ${metric.why}`, ...short, 'n/a']);
}
