/** Instrument rules in words: where they are from and what time they are of. */
import type { RulesUsed } from '../../data/index.ts';
import { counted } from './words.ts';

type Origin = Pick<RulesUsed, 'origin' | 'source' | 'seen' | 'until'>;

/** `packaged, of 2025-01-02`; `stored, seen 2026-11-23`. */
export function rulesTime({ origin, source, seen, until }: Origin): string {
  switch (origin) {
    case 'file': return `given by ${source}`;
    case 'data': return "inferred from the data's scale";
    case 'package': return `packaged, of ${seen ?? 'no known day'}`;
    case 'lake': return `stored, seen ${seen ?? 'on no known day'}${until === null ? '' : `, others from ${until}`}`;
    case 'venue': return `told by the exchange${seen === null ? '' : ` on ${seen}`}`;
  }
}

/** All symbols from long to short: those of one origin and day together. */
export function rulesWords(rules: readonly RulesUsed[]): readonly string[] {
  const groups = new Map<string, RulesUsed[]>();
  for (const one of rules) {
    const time = rulesTime(one);
    groups.set(time, [...groups.get(time) ?? [], one]);
  }
  const all = [...groups];
  const [only] = all;
  if (only === undefined) return ['not known'];
  const named = all.map(([time, own]) => `${own.map(({ symbol }) => symbol).join(', ')} ${time}`).join('; ');
  const many = all.map(([time, own]) => `${own.length} ${time}`).join('; ');
  const counts = `of ${counted(rules.length, 'symbol')} from ${counted(all.length, 'place')}; holdfast report names them`;
  if (all.length > 1) return [named, many, counts];
  const sources = [...new Set(only[1].map(({ source }) => source))];
  return sources.length === 1 && only[1][0]?.origin !== 'file' && only[1][0]?.origin !== 'data' ? [`${named}: ${sources[0] ?? ''}`, named, only[0]] : [named, only[0]];
}
