/**
 * W1 as a user of the engine writes it. Prices are whole ticks and quantities whole lots, because the
 * instrument of the bench has tick 1 and lot 1; the levels are rounded here, as the workload says.
 */
import { defineStrategy, noStop, z } from '../engine/index.ts';
import { w1 } from './w1.ts';

export const w1Symbol = 'W1USDT';

export const w1Strategy = defineStrategy({
  name: 'w1',
  symbols: [w1Symbol],
  timeframe: '1m',
  params: z.object({}),
  // The workload decides from bar 50 on, whatever the averages' own warm-up.
  warmup: w1.slow,
  indicators: (on) => ({ fast: on('1m').sma(w1.fast), slow: on('1m').sma(w1.slow), range: on('1m').atr(w1.range) }),
  decide({ bar, ind, prev, position, intents }) {
    const before = prev.fast - prev.slow;
    const now = ind.fast - ind.slow;
    const side = position.tag === 'open' ? position.side : 'none';
    if (before <= 0 && now > 0 && side !== 'long') return intents.reverse({ side: 'long', qty: lotsAt(ind.range), stop: noStop });
    if (before >= 0 && now < 0 && side !== 'short') return intents.reverse({ side: 'short', qty: lotsAt(ind.range), stop: noStop });
    if (position.tag !== 'open') return intents.hold;
    const { stop } = position;
    if (position.side === 'long') {
      const wanted = Math.floor(bar.close - w1.stopRanges * ind.range);
      return stop === null || wanted > stop ? intents.moveStop(wanted) : intents.hold;
    }
    const wanted = Math.ceil(bar.close + w1.stopRanges * ind.range);
    return stop === null || wanted < stop ? intents.moveStop(wanted) : intents.hold;
  },
});

function lotsAt(range: number): number {
  const lots = Math.floor(w1.risk / (w1.stopRanges * range));
  return lots < w1.lotsMax ? lots : w1.lotsMax;
}
