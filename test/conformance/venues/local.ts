/** The local exchange, and this project's connector over the wire to it. Market time stands still, the server's clock is the wall's. */
import type { RuleText } from '../../../live/exchange/index.ts';
import { openStage } from '../../live/bybit/stage.ts';
import type { Stage } from '../../live/bybit/stage.ts';
import { standingMarket } from '../markets.ts';
import { Site } from '../site.ts';
import type { Line } from '../site.ts';
import type { Venue } from '../venue.ts';

/** A request without an answer has failed after so long, and a late one arrives then, wall time, ms. */
const requestMs = 300;
const lateMs = 900;

type Entry = 'rest' | 'ws';
type Arrival = Parameters<Line['loseNextAnswer']>[0];

const effects: Readonly<Record<Entry, Readonly<Record<Arrival, RuleText['effect']>>>> = {
  rest: { placed: { tag: 'unanswered' }, absent: { tag: 'lost' }, late: { tag: 'hold', ms: lateMs } },
  ws: { placed: { tag: 'drop' }, absent: { tag: 'ignore' }, late: { tag: 'ignore' } },
};
const creations: Readonly<Record<Entry, RuleText['when']>> = {
  rest: { transport: 'http', method: 'POST', path: '/v5/order/create' }, ws: { transport: 'trade', op: 'order.create' },
};

const unaltered = 'it goes by HTTP whichever way orders go: shown without the socket';
const bySocket: Venue['cannot'] = {
  'lost-answer-late': 'the local exchange holds back requests by HTTP, no frames of the trade socket',
  ...Object.fromEntries((['stop-tightened', 'stop-same', 'stop-removed', 'stop-fires', 'stop-through', 'stop-without-position', 'wallet', 'rules', 'clock', 'leverage', 'margin-mode'] as const)
    .map((behaviour) => [behaviour, unaltered])),
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

export const overTheWire = (kind: 'linear' | 'inverse', entry: Entry = 'rest'): Venue => ({
  name: `local exchange, ${kind}${entry === 'ws' ? ', orders by socket' : ''}`,
  cannot: entry === 'rest' ? {} : bySocket,
  open: async (behaviour) => {
    const { markets, config, prices, units, cash, mostLots } = standingMarket(kind, behaviour);
    const instruments = markets.map(({ instrument }) => instrument);
    const symbols = instruments.map(({ symbol }) => symbol);
    const isSlow = behaviour.startsWith('lost-answer');
    const stage = await openStage({ options: { market: { symbols: markets }, config }, symbols, entry, ...(isSlow ? { timing: { requestMs } } : {}) });
    if (entry === 'ws') await socketUp(stage);
    const { exchange, connection, events, quiet, play, close } = stage;
    return new Site({
      connection, instruments, units, mostLots, events, cash, now: () => exchange.world.now, price: (leg) => Promise.resolve(prices[leg]!), quiet, patienceMs: 3_000,
      offsetMs: () => 0, play, close,
      hand: {
        removeStop: (leg) => {
          exchange.world.acts.foreignStop(symbols[leg]!, '0');
          return play(1);
        },
      },
      line: {
        loseNextAnswer: (arrival) => { exchange.faults.install([{ when: creations[entry], times: 1, effect: effects[entry][arrival] }], 3); },
        lateArrived: () => pause(lateMs),
      },
    });
  },
});

const isUp = ({ logged }: Stage): boolean => logged.some((line) => line.includes('orders go by the trade socket'));
async function socketUp(stage: Stage): Promise<void> {
  for (let look = 0; look < 400 && !isUp(stage); look++) await pause(5);
  if (!isUp(stage)) throw new Error('the trade socket did not come up');
}
