/** Which instants the clock opens without the exchange: worked out by hand from where bars, marks and stamps begin and end. */
import { describe, expect, it } from 'vitest';
import { runConfig } from '../../engine/index.ts';
import { Clock } from '../../sim/clock.ts';
import { createExchange } from '../../sim/exchange/index.ts';
import type { SymbolMarket } from '../../sim/index.ts';
import { SimulatedVenue } from '../../sim/venue.ts';
import { flat, fundingOf, linear, marketOf, minute, series, start } from './market.ts';
import type { Row } from './market.ts';

const still = (bars: number, ticks = 100): Row[] => Array.from({ length: bars }, () => flat(ticks));

/** Minutes of the closes of calm instants and of the others, between levels of 90 and 110 and up to `until`. */
function closesOf(markets: readonly SymbolMarket[], until = Infinity): { calm: number[]; others: number[] } {
  const config = runConfig.parse({});
  const clock = new Clock({ symbols: markets }, 'warn');
  const exchange = createExchange({
    config, wallet: 1_000_000n, symbols: markets.map(({ instrument, mark }) => ({ instrument, leverage: '10', hasMark: mark !== null })),
  });
  const venue = new SimulatedVenue(exchange, config, markets.map((m) => m.instrument));
  const corridors = markets.map(() => ({ below: 90, above: 110, until }));
  const closes: { calm: number[]; others: number[] } = { calm: [], others: [] };
  for (;;) {
    const isCalm = clock.openCalm(corridors);
    if (isCalm) clock.passTo(exchange);
    else if (!clock.openNext(exchange, venue)) return closes;
    else while (exchange.advance(clock.closesAt)) exchange.facts.splice(0);
    (isCalm ? closes.calm : closes.others).push((clock.closesAt - start) / minute);
  }
}

describe('a calm instant', () => {
  it('begins and ends no mark bar: of ten minutes to a mark the second to the ninth', () => {
    const mark = series([flat(100), flat(100)], 10 * minute);

    expect(closesOf([marketOf({ bars: still(20), mark })]).calm).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 19]);
  });

  it('ends before a funding stamp is settled inside its bar: a stamp at 3:30 stops the fourth minute, one at 6:00 the seventh', () => {
    const funding = fundingOf([[start + 3.5 * minute, 0.0001], [start + 6 * minute, 0.0001]]);

    expect(closesOf([marketOf({ bars: still(9), funding })]).others).toEqual([4, 7]);
  });

  it('has a bar of every symbol, with volume, inside the levels of each', () => {
    const one = marketOf({ bars: [...still(4), [100, 110, 100, 100], ...still(3)] });
    const two = marketOf({ bars: [...still(1), null, ...still(1), [100, 100, 100, 100, 0], ...still(2), [100, 100, 90, 100], ...still(1)], instrument: linear({ symbol: 'BBBUSDT' }) });

    expect(closesOf([one, two])).toEqual({ calm: [1, 3, 6, 8], others: [2, 4, 5, 7] });
  });

  it('closes no later than something is due', () => {
    expect(closesOf([marketOf({ bars: still(4) })], start + 3 * minute)).toEqual({ calm: [1, 2, 3], others: [4] });
  });
});
