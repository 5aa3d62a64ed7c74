/**
 * Markets that stand still, so that what a proof expects can be worked out: two symbols of one settle coin, linear or inverse,
 * with a minimum of two lots and a minimum value where the exchange has one. A thin one trades two units a bar, a falling one
 * falls by a fifth in its sixth minute.
 */
import { parseDecimal, runConfig } from '../../engine/index.ts';
import type { Instrument, RunConfig } from '../../engine/index.ts';
import type { SymbolMarket } from '../../sim/index.ts';
import { flat, inverse, linear, marketOf } from '../sim/market.ts';
import type { Row } from '../sim/market.ts';
import { falling, thin } from './behaviours.ts';
import type { Behaviour } from './behaviours.ts';

export interface Standing {
  readonly markets: readonly SymbolMarket[]; readonly config: RunConfig; readonly prices: readonly number[]; readonly units: readonly number[];
  readonly cash: bigint; readonly mostLots: readonly number[];
}

/** Bars before the fall, and minutes after which it is over wherever in them a site opened. */
const barsBefore = 5;
export const fallMinutes = 8;

/** The first at 30,000.0 with steps of 0.5, the second at 2,000.00 with steps of 0.05. */
const prices = [60_000, 40_000] as const;
const bars = 600;
/** Of the local exchange, unless it is told another. */
const mostLots = 100_000_000;

export function standingMarket(kind: 'linear' | 'inverse', behaviour: Behaviour): Standing {
  const instruments: readonly Instrument[] = kind === 'linear'
    ? [
      linear({ symbol: 'BTCUSDT', base: 'BTC', tick: '0.5', qtyStep: '0.001', minQty: '0.002', minNotional: '5' }),
      linear({ symbol: 'ETHUSDT', base: 'ETH', tick: '0.05', qtyStep: '0.01', minQty: '0.02', minNotional: '5' }),
    ] : [
      inverse({ symbol: 'BTCUSD', base: 'BTC', settle: 'BTC', tick: '0.5', qtyStep: '1', minQty: '2' }),
      inverse({ symbol: 'BTCUSDZ26', base: 'BTC', settle: 'BTC', tick: '0.05', qtyStep: '1', minQty: '2' }),
    ];
  const units = instruments.map(({ minLots }) => minLots);
  const markets = instruments.map((instrument, i): SymbolMarket => {
    const volume = 2 * units[i]! * instrument.lot.num / instrument.lot.den;
    const high = prices[i]!;
    const low = high * 0.8;
    const rows = Array.from({ length: bars }, (_, bar): Row => {
      if (thin.has(behaviour)) return [high, high, high, high, volume];
      if (!falling.has(behaviour) || bar < barsBefore) return flat(high);
      return bar === barsBefore ? [high, high, low, low] : flat(low);
    });
    return marketOf({ instrument, bars: rows });
  });
  const config = runConfig.parse({ cash: kind === 'linear' ? 10_000 : 1, leverage: 2, ...(thin.has(behaviour) ? { participation: 1 } : {}) });
  return { markets, config, prices, units, mostLots: instruments.map(() => mostLots), cash: parseDecimal(String(config.cash), instruments[0]!.moneyScale) };
}
