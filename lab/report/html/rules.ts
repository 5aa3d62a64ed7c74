/** The instrument rules of a stored run: the numbers it went by, and where it says they are from. */
import type { RulesUsed, StoredRun } from '../../../data/index.ts';
import type { InstrumentRules } from '../../../engine/index.ts';
import { rulesTime } from '../rules-words.ts';
import type { RulesTold } from '../story.ts';

/** Manifests are our own writing; those of older versions say the source alone, or nothing. */
export function rulesTold({ instruments, rules }: StoredRun['manifest']): readonly RulesTold[] {
  const used = new Map((Array.isArray(rules) ? rules as readonly RulesUsed[] : []).map((one) => [one.symbol, one]));
  const numbers = Array.isArray(instruments) ? instruments as readonly InstrumentRules[] : [];
  return numbers.map(({ symbol, source, tick, qtyStep, takerRate, makerRate, maxLeverage }) => {
    const one = used.get(symbol);
    return {
      symbol, time: one === undefined ? 'of no known day' : rulesTime(one), source: one?.source ?? source, origin: one?.origin ?? null,
      seen: one?.seen ?? null, until: one?.until ?? null, tick, qtyStep, takerRate, makerRate, maxLeverage,
    };
  });
}
