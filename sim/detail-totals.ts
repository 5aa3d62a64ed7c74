/** What a run says of its detail: how many bars were settled on it, and which had none. */
import { timeframeMs, timeframes } from '../engine/index.ts';
import type { Ms } from '../engine/index.ts';
import { coverageOf } from './detail.ts';
import type { Children, Coverage } from './detail.ts';
import type { Play } from './play.ts';
import type { DetailTotals } from './result.ts';

export interface DetailWarning {
  readonly code: 'DETAIL_MISSING' | 'DETAIL_GAP';
  readonly symbol: string;
  readonly count: number;
  readonly at: Ms;
  readonly words: string;
}

interface Covered extends Coverage { readonly symbol: string; readonly name: string; readonly all: number }

function coveredIn({ clock, children, setup }: Play): Covered[] {
  return clock.market.symbols.flatMap(({ last }, i): Covered[] => {
    const own = children?.[i] ?? null;
    if (own === null) return [];
    return [{ ...coverageOf(last, own), symbol: setup.strategy.symbols[i]!, name: nameOf(own), all: last.length }];
  });
}

function nameOf({ lengthMs }: Children): string {
  return lengthMs === 0 ? 'trades' : timeframes.find((one) => timeframeMs(one) === lengthMs) ?? `${lengthMs} ms`;
}

export function detailOf(play: Play): DetailTotals | null {
  if (play.children === null) return null;
  const covered = coveredIn(play);
  const sum = (of: (one: Covered) => number): number => covered.reduce((total, one) => total + of(one), 0);
  const undetailed = play.clock.market.symbols.reduce((total, { last }, i) => total + (play.children?.[i] == null ? last.length : 0), 0);
  return {
    timeframe: [...new Set(covered.map(({ name }) => name))].join(' and '), bars: sum((one) => one.bars), children: sum((one) => one.children),
    withoutDetail: sum((one) => one.without) + undetailed, withHoles: sum((one) => one.holed), ambiguousBars: play.exchange.ambiguousBars,
  };
}

export function detailWarnings(play: Play): readonly DetailWarning[] {
  return coveredIn(play).flatMap(({ symbol, name, all, without, firstWithoutAt, holed, firstHoledAt }) => {
    const warnings: DetailWarning[] = [];
    if (without > 0) {
      const words = `${without} of ${all} bars have no ${name}: matched as they are`;
      warnings.push({ code: 'DETAIL_MISSING', symbol, count: without, at: firstWithoutAt, words });
    }
    if (holed > 0) {
      const words = `${holed} of ${all} bars lack some of their ${name} bars: orders rest through the holes`;
      warnings.push({ code: 'DETAIL_GAP', symbol, count: holed, at: firstHoledAt, words });
    }
    return warnings;
  });
}
