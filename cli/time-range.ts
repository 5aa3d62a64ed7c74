/** `--from` and `--to`: UTC times, read strictly, so that a run means the same on every machine. */
import { Failure } from './failure.ts';

export interface TimeRange { readonly from: number | null; readonly to: number | null }

/** Ms UTC; null = as far as the data goes. `to` is exclusive: the close of the last bar. */
export function readRange(from: string | undefined, to: string | undefined): TimeRange {
  const range = { from: readTime('--from', from), to: readTime('--to', to) };
  if (range.from !== null && range.to !== null && range.to <= range.from) {
    throw new Failure(2, `arguments: --to: was ${to}, expected a time after --from ${from}. Fix: swap them or move one`);
  }
  return range;
}

/** `2025-10-01`, `2025-10-01T12:00`, with or without `Z`, with seconds if wanted, or ms since the epoch. */
function readTime(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?Z?)?$/.exec(text.trim());
  const at = /^\d{12,14}$/.test(text) ? Number(text) : match === null ? Number.NaN : Date.UTC(
    Number(match[1]), Number(match[2]) - 1, Number(match[3]), Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0));
  const isSame = match === null || new Date(at).toISOString().startsWith(`${match[1]}-${match[2]}-${match[3]}`);
  if (Number.isFinite(at) && isSame) return at;
  throw new Failure(2, `arguments: ${option}: was '${text}', expected a UTC time such as 2025-10-01 or 2025-10-01T12:00Z. Fix: write it so`);
}
