/** The simulator's exchange behind the connection of a runner, without a wire. */
import type { Event } from '../../../engine/index.ts';
import { SimulatedConnection } from '../../live/simulated-connection.ts';
import { minute } from '../../sim/market.ts';
import { standingMarket } from '../markets.ts';
import { Site } from '../site.ts';
import type { Venue } from '../venue.ts';

/** Market time in which whatever was sent is judged and told, ms. */
const stepMs = 10;

export const inProcess: Venue = {
  name: 'in process',
  cannot: {
    'same-link': 'no answer is ever lost here, so that no order is sent twice: the core knows numbers, not links',
    'paged-executions': 'a reading brings no executions: nothing is lost here, so that there is none left to be found',
    'lost-answer-placed': 'there is no line on which an answer could be lost',
    'lost-answer-late': 'there is no line on which an order could be late',
    wallet: 'no wallet is told: the engine counts its own from fills, fees and funding',
    'lost-answer-absent': 'there is no line on which an order could be lost',
    leverage: 'leverage is given with the configuration and cannot be set',
    'stop-removed': 'nobody else is at the account',
  },
  open: async (behaviour) => {
    const { markets, config, prices, units, cash, mostLots } = standingMarket('linear', behaviour);
    const events: Event[] = [];
    const instruments = markets.map(({ instrument }) => instrument);
    const connection = new SimulatedConnection({
      markets, config, wallet: cash, tell: (event) => events.push(event), history: 2,
    });
    connection.venue.recover();
    const play = async (ms: number): Promise<void> => {
      for (const until = connection.now() + ms; connection.now() < until;) await connection.rest(until);
    };
    const quiet = async (): Promise<void> => {
      while (connection.venue.underWay > 0) await new Promise((resolve) => { setImmediate(resolve); });
      await play(stepMs);
    };
    return new Site({
      connection, instruments, units, mostLots, events, now: () => connection.now(), price: (leg) => Promise.resolve(prices[leg]!), quiet, patienceMs: 0, offsetMs: () => 0,
      play: (minutes) => play(minutes * minute), close: () => connection.venue.close(0),
    });
  },
};
