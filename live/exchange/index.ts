/** A local exchange that speaks the real wire on loopback, with the simulator's matching core behind it. */
export { startAdmin } from './admin/index.ts';
export type { AdminDoor, AdminOptions, FaultDesk, SocketDesk } from './admin/index.ts';
export { catalogue, faultPlan } from './faults/index.ts';
export type { FaultEntry, FaultOptions, RuleText } from './faults/index.ts';
export type { Pace } from './pace.ts';
export { createPace } from './played-pace.ts';
export type { PaceOptions } from './played-pace.ts';
export { startRest } from './rest/index.ts';
export type { Effect, RequestSink, RestDoor, RestOptions } from './rest/index.ts';
export { PortTakenError, startExchange } from './start.ts';
export type { ExchangeOptions, ReadyLine, RunningExchange } from './start.ts';
export type { StreamDoor } from './streams/index.ts';
export type { World } from './world.ts';
export { createWorld } from './world/index.ts';
export type { LocalWorld, WorldOptions } from './world/index.ts';
