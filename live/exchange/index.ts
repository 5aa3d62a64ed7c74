/** A local exchange that speaks the real wire on loopback, with the simulator's matching core behind it. */
export type { Pace } from './pace.ts';
export type { World } from './world.ts';
