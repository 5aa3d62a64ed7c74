/**
 * A grid of keyed resting orders around the last fill: one spacing further down it buys, one further up it sells.
 * From flat, the side is chosen by regime: with a strong slope, else against extreme funding, else with a weak slope,
 * else not at all. Every level that can open carries the guard of its side from its first fill.
 */
import { defineStrategy, z } from 'holdfast';

export const grid = defineStrategy({
  name: 'grid',
  symbols: ['BTCUSDT'],
  timeframe: '5m',
  params: z.object({
    /** Spacing in hourly ATRs. */
    spacing: z.number().min(0.2).max(5).default(1),
    levels: z.number().int().min(1).max(10).default(3),
    /** Notional of one level, share of equity. */
    size: z.number().min(0.01).max(2).default(0.25),
    /** Distance of the guard from the last fill, in spacings beyond the last level. */
    guard: z.number().min(1).max(10).default(2),
    /** Slope of the 20-hour mean in percent per hour. */
    strongSlope: z.number().min(0.05).max(2).default(0.5),
    weakSlope: z.number().min(0.001).max(0.5).default(0.02),
    extremeFunding: z.number().min(0.0001).max(0.05).default(0.01),
  }),
  indicators: (on) => ({ range: on('1h').atr(14), change: on('1h').roc(20) }),
  memory: () => ({ anchor: 0, spacing: 0, series: 0, lots: 0 }),
  decide({ bar, ind, position, instrument, account, funding, memory, intents }, p) {
    const held = position.tag === 'flat' ? 0 : position.side === 'long' ? position.qty : -position.qty;
    const unit = Math.max(instrument.minQty, Math.floor((p.size * account.equity) / bar.close / instrument.qtyStep) * instrument.qtyStep);
    const lots = Math.round(held / unit);
    if (memory.anchor === 0 || lots !== memory.lots) {
      // A level was filled (or the guard fired): the grid moves on from there.
      const steps = memory.lots - lots;
      memory.anchor = memory.anchor === 0 || held === 0 ? bar.close : memory.anchor + steps * memory.spacing;
      memory.spacing = p.spacing * ind.range;
      memory.lots = lots;
      memory.series += 1;
    } else if (held === 0 && Math.abs(bar.close - memory.anchor) > memory.spacing * p.levels) {
      memory.anchor = bar.close;
      memory.spacing = p.spacing * ind.range;
      memory.series += 1;
    }
    const slope = ind.change / 20;
    const rate = funding === null ? 0 : funding.rate;
    const bias = Math.abs(slope) >= p.strongSlope ? Math.sign(slope)
      : Math.abs(rate) >= p.extremeFunding ? -Math.sign(rate)
      : Math.abs(slope) >= p.weakSlope ? Math.sign(slope) : 0;
    const orders = [];
    for (let level = 1; level <= p.levels; level++) {
      const below = memory.anchor - level * memory.spacing;
      const above = memory.anchor + level * memory.spacing;
      const room = p.levels - Math.abs(lots);
      if (held < 0 ? level <= -lots : (held > 0 || bias > 0) && level <= room) {
        orders.push({ key: `${memory.series}b${level}`, side: 'buy' as const, price: below, qty: unit, reduceOnly: held < 0 });
      }
      if (held > 0 ? level <= lots : (held < 0 || bias < 0) && level <= room) {
        orders.push({ key: `${memory.series}s${level}`, side: 'sell' as const, price: above, qty: unit, reduceOnly: held > 0 });
      }
    }
    const reach = memory.spacing * (p.levels + p.guard);
    return intents.rest(orders.filter((order) => order.price > 0), {
      long: Math.max(instrument.tick, memory.anchor - reach), short: memory.anchor + reach, stopBy: 'last',
    });
  },
});
