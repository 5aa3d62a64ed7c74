/** A world on a stage: what it publishes is kept, requests are answered by letting time pass as far as the answer. */
import { runConfig } from '../../../../engine/index.ts';
import type { RunConfigWish } from '../../../../engine/index.ts';
import { createWorld } from '../../../../live/exchange/index.ts';
import type { LocalWorld, WorldOptions } from '../../../../live/exchange/index.ts';
import type { Answer, OrderFilter, Push, Row } from '../../../../live/exchange/world.ts';
import { marketOf } from '../../../sim/market.ts';
import type { MarketWish } from '../../../sim/market.ts';

export interface Stage {
  readonly world: LocalWorld;
  readonly pushes: Push[];
  /** Time passes as far as the answer and no further. */
  ask(write: Promise<Answer>): Promise<Answer>;
  /** Plays on to `until`, however often something is told on the way. */
  playTo(until: number): void;
  /** Rows pushed on a topic, oldest first. */
  rows(topic: Push['topic']): Row[];
}

export interface StageWish extends Partial<Omit<WorldOptions, 'market' | 'config'>> {
  readonly markets: readonly MarketWish[];
  readonly config?: RunConfigWish;
}

export function stageOf({ markets, config = {}, ...options }: StageWish): Stage {
  const world = createWorld({ market: { symbols: markets.map(marketOf) }, config: runConfig.parse(config), ...options });
  const pushes: Push[] = [];
  world.published = (push) => { pushes.push(push); };
  return {
    world, pushes,
    ask: async (write) => {
      while (world.underWay > 0) world.play(world.dueAt);
      return write;
    },
    playTo: (until) => {
      while (world.now < until || world.dueAt <= until) {
        const before = world.now;
        world.play(until);
        if (world.now === before && world.dueAt > until && world.now >= world.endsAt) return;
      }
    },
    rows: (topic) => pushes.filter((push) => push.topic === topic).flatMap(({ rows }) => rows),
  };
}

export const everyOrder: OrderFilter = {
  symbol: null, orderId: null, orderLinkId: null, orderFilter: null, orderStatus: null, from: null, to: null,
};

export const everyExecution = { symbol: null, orderId: null, orderLinkId: null, execType: null, from: null, to: null };

/** A market order of the first symbol; `more` over it. */
export const buy = (qty: string, more: Row = {}): Row => ({ symbol: 'AAAUSDT', side: 'Buy', orderType: 'Market', qty, ...more });
export const sell = (qty: string, more: Row = {}): Row => buy(qty, { side: 'Sell', ...more });
/** A limit order of the first symbol. */
export const limit = (side: 'Buy' | 'Sell', qty: string, price: string, more: Row = {}): Row => buy(qty, { side, orderType: 'Limit', price, ...more });
