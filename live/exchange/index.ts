/** A local exchange that speaks the real wire on loopback, with the simulator's matching core behind it. */
export { startAdmin } from './admin/index.ts';
export type { AdminDoor, AdminOptions, FaultDesk, SocketDesk } from './admin/index.ts';
export type { Pace } from './pace.ts';
export { startRest } from './rest/index.ts';
export type { RestDoor, RestOptions } from './rest/index.ts';
export type { World } from './world.ts';
