/** A local exchange that speaks the real wire on loopback, with the simulator's matching core behind it. */
export type { Pace } from './pace.ts';
export { createPace } from './played-pace.ts';
export type { PaceOptions } from './played-pace.ts';
export type { World } from './world.ts';
export { createWorld } from './world/index.ts';
export type { LocalWorld, WorldOptions } from './world/index.ts';
