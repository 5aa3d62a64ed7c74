/** The local exchange, and this project's connector over the wire to it. Market time stands still, the server's clock is the wall's. */
import { openStage } from '../../live/bybit/stage.ts';
import { standingMarket } from '../markets.ts';
import { Site } from '../site.ts';
import type { Venue } from '../venue.ts';

/** A request without an answer has failed after so long, wall time, ms. */
const requestMs = 300;

export const overTheWire = (kind: 'linear' | 'inverse', entry: 'rest' | 'ws' = 'rest'): Venue => ({
  name: `local exchange, ${kind}${entry === 'ws' ? ', orders by socket' : ''}`,
  cannot: {},
  open: async (behaviour) => {
    const { markets, config, prices, units } = standingMarket(kind, behaviour);
    const instruments = markets.map(({ instrument }) => instrument);
    const symbols = instruments.map(({ symbol }) => symbol);
    const isSlow = behaviour.startsWith('lost-answer');
    const { exchange, connection, events, quiet, fault, play, close } = await openStage({
      options: { market: { symbols: markets }, config }, symbols, entry, ...(isSlow ? { timing: { requestMs } } : {}),
    });
    return new Site({
      connection, instruments, units, events, now: () => exchange.world.now, price: (leg) => Promise.resolve(prices[leg]!), quiet, patienceMs: 3_000,
      offsetMs: () => 0, close,
      hand: {
        removeStop: (leg) => {
          exchange.world.acts.foreignStop(symbols[leg]!, '0');
          return play(1);
        },
      },
      line: { loseNextAnswer: (hasArrived) => { fault(hasArrived ? 'F02' : 'F01'); } },
    });
  },
});
