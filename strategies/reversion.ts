/**
 * Mean reversion: waits below (above) the bands with a limit order, takes half at the middle, moves the stop to break
 * even at 1 R and gives the rest back to the other band or the clock. Quiet markets only.
 */
import { defineStrategy, z } from 'holdfast';

export const reversion = defineStrategy({
  name: 'reversion',
  symbols: ['ETHUSDT', 'BTCUSDT'],
  timeframe: '15m',
  params: z.object({
    bars: z.number().int().min(10).max(200).default(48),
    width: z.number().min(1).max(4).default(2.2),
    stopAtr: z.number().min(0.5).max(6).default(2.5),
    risk: z.number().min(0.0005).max(0.02).default(0.004),
    /** Decision bars after which the position is closed. */
    patience: z.number().int().min(4).max(400).default(48),
    /** No entry against a stronger hourly trend. */
    maxAdx: z.number().min(10).max(60).default(28),
  }),
  indicators: (on, p) => ({
    band: on('15m').bollinger(p.bars, p.width),
    range: on('15m').atr(14),
    rsi: on('15m').rsi(14),
    trend: on('1h').adx(14),
  }),
  decide({ bar, ind, position, entry, intents }, p) {
    const { band, range } = ind;
    if (position.tag === 'open') {
      if (position.barsHeld >= p.patience) return intents.exit('patience over');
      return intents.hold;
    }
    if (ind.trend.adx > p.maxAdx || entry.tag === 'working') return intents.hold;
    const half = { price: band.middle, fraction: 0.5 };
    if (ind.rsi < 38 && bar.close > band.lower) {
      return intents.enter({
        side: 'long', at: 'limit', price: band.lower, risk: p.risk, stop: { distance: p.stopAtr * range },
        stopBy: 'last', validFor: 3,
        targets: [half, { price: band.upper, fraction: 0.5 }], breakEvenAt: 1, reason: 'lower band',
      });
    }
    if (ind.rsi > 62 && bar.close < band.upper) {
      return intents.enter({
        side: 'short', at: 'limit', price: band.upper, risk: p.risk, stop: { distance: p.stopAtr * range },
        stopBy: 'last', validFor: 3,
        targets: [half, { price: band.lower, fraction: 0.5 }], breakEvenAt: 1, reason: 'upper band',
      });
    }
    return intents.hold;
  },
});
