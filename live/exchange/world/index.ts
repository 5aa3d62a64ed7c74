/** The inside of the local exchange: one account over one market, played in time. */
export { createWorld } from './local-world.ts';
export type { LocalWorld, WorldOptions } from './local-world.ts';
