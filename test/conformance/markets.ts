/**
 * Markets that stand still, so that what a proof expects can be worked out: two symbols of one settle coin, linear or inverse,
 * with a minimum of two lots and a minimum value where the exchange has one. A thin one trades two units a bar.
 */
import { runConfig } from '../../engine/index.ts';
import type { Instrument, RunConfig } from '../../engine/index.ts';
import type { SymbolMarket } from '../../sim/index.ts';
import { flat, inverse, linear, marketOf } from '../sim/market.ts';
import type { Row } from '../sim/market.ts';
import { thin } from './behaviours.ts';
import type { Behaviour } from './behaviours.ts';

export interface Standing { readonly markets: readonly SymbolMarket[]; readonly config: RunConfig; readonly prices: readonly number[]; readonly units: readonly number[] }

/** The first at 30,000.0 with steps of 0.5, the second at 2,000.00 with steps of 0.05. */
const prices = [60_000, 40_000] as const;
const bars = 600;

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
    const row = flat(prices[i]!)!;
    const rows = Array.from({ length: bars }, (): Row => (thin.has(behaviour) ? [row[0], row[1], row[2], row[3], volume] : row));
    return marketOf({ instrument, bars: rows });
  });
  const config = runConfig.parse({ cash: kind === 'linear' ? 10_000 : 1, ...(thin.has(behaviour) ? { participation: 1 } : {}) });
  return { markets, config, prices, units };
}
