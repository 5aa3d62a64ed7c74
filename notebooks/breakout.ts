/**
 * The strategy of the notebooks: enters when a close leaves the channel of the last `channel` bars, risks half a percent on an
 * ATR stop, trails it by closes and leaves when the close is back beyond the middle of the channel.
 */
import { defineStrategy, z } from 'holdfast';

export const breakout = defineStrategy({
  name: 'breakout',
  symbols: ['BTCUSDT'],
  timeframe: '5m',
  params: z.object({
    /** Bars of the channel whose edge is broken. */
    channel: z.number().int().min(6).max(576).default(48),
    /** Stop distance in ATRs of 24 bars. */
    stopAtr: z.number().min(0.5).max(10).default(4),
  }),
  warmup: 600,
  indicators: (on, p) => ({ channel: on('5m').donchian(p.channel), middle: on('5m').sma(p.channel), range: on('5m').atr(24) }),
  decide({ bar, ind, prev, position, intents }, p) {
    const distance = p.stopAtr * ind.range;
    if (position.tag === 'flat') {
      const up = bar.close > prev.channel.upper;
      if (!up && bar.close >= prev.channel.lower) return intents.hold;
      return intents.enter({ side: up ? 'long' : 'short', risk: 0.005, stop: { distance }, stopBy: 'last', reason: up ? 'upper edge broken' : 'lower edge broken' });
    }
    const isLong = position.side === 'long';
    if (isLong ? bar.close < ind.middle : bar.close > ind.middle) return intents.exit('back at the middle');
    return intents.moveStop(isLong ? bar.close - distance : bar.close + distance);
  },
});
