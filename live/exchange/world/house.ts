/** What the parts of one world share. */
import type { Instrument, Ms } from '../../../engine/index.ts';
import type { Exchange } from '../../../sim/index.ts';
import type { Push } from '../world.ts';
import type { Feed } from './feed.ts';
import type { Ids } from './ids.ts';
import type { Orders } from './orders.ts';
import type { Leg } from './position-row.ts';

export interface House {
  readonly category: 'linear' | 'inverse';
  readonly instruments: readonly Instrument[];
  readonly exchange: Exchange;
  readonly feed: Feed;
  readonly ids: Ids;
  readonly orders: Orders;
  readonly legs: readonly Leg[];
  readonly latencyMs: Ms;
  readonly responseMs: Ms;
  readonly now: () => Ms;
  /** Does something once what happened at `at` is known outside: at once, or the response latency later. */
  readonly tell: (at: Ms, act: () => void) => void;
  /** Does something once what is sent now has arrived. */
  readonly arrive: (act: (at: Ms) => void) => void;
  readonly publish: (push: Omit<Push, 'at'>) => void;
  /** Somebody gets an answer: the instant is one to stop at. */
  readonly answered: () => void;
}

/** Symbol index of a name; -1 = not traded here. */
export const symbolOf = (house: Pick<House, 'instruments'>, name: string): number => house.instruments.findIndex(({ symbol }) => symbol === name);
