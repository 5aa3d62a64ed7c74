/**
 * Trend follower on several symbols: enters a breakout in the direction of the hourly trend, risks a fixed share of
 * equity on an ATR stop, and trails that stop by closes. Start here, then make the entry your own.
 *
 * Stops are judged on the last price (`stopBy: 'last'`): hourly mark bars, which is what most people have, cannot say
 * when inside the hour a mark stop fired.
 */
import { defineStrategy, z } from 'holdfast';

export const trend = defineStrategy({
  name: 'trend',
  symbols: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'],
  timeframe: '5m',
  params: z.object({
    /** Bars of the channel whose edge is broken. */
    channel: z.number().int().min(12).max(576).default(144),
    /** Hours of the trend filter. */
    trend: z.number().int().min(10).max(200).default(50),
    /** Stop distance in hourly ATRs. */
    stopAtr: z.number().min(0.5).max(6).default(2),
    /** Share of equity lost when the stop fills. */
    risk: z.number().min(0.0005).max(0.02).default(0.005),
  }),
  indicators: (on, p) => ({
    channel: on('5m').donchian(p.channel),
    trend: on('1h').ema(p.trend),
    range: on('1h').atr(14),
    strength: on('1h').adx(14),
  }),
  decide({ bar, ind, prev, position, intents }, p) {
    const distance = p.stopAtr * ind.range;
    if (position.tag === 'flat') {
      if (ind.strength.adx < 20) return intents.hold;
      if (bar.close > prev.channel.upper && bar.close > ind.trend) {
        return intents.enter({ side: 'long', risk: p.risk, stop: { distance }, stopBy: 'last', reason: 'upper edge broken' });
      }
      if (bar.close < prev.channel.lower && bar.close < ind.trend) {
        return intents.enter({ side: 'short', risk: p.risk, stop: { distance }, stopBy: 'last', reason: 'lower edge broken' });
      }
      return intents.hold;
    }
    const long = position.side === 'long';
    if (long ? bar.close < ind.trend : bar.close > ind.trend) return intents.exit('hourly trend lost');
    return intents.moveStop(long ? bar.close - distance : bar.close + distance);
  },
});
