/**
 * Trading for real: the contract of a venue connector as types, and the shell that trades through one. A venue never answers
 * and never throws: every outcome comes back as an event.
 */
export type { Approved, Command, Event } from '../engine/index.ts';
export { BrainError } from './brain.ts';
export type * from './brain.ts';
export { checkStart, keyChecks } from './checks.ts';
export type { Checked, CheckRequest, Finding } from './checks.ts';
export type { Clock } from './clock.ts';
export { VenueError } from './connection.ts';
export type * from './connection.ts';
export { CredentialsError, readCredentials } from './credentials.ts';
export type { CredentialsRequest, FoundCredentials } from './credentials.ts';
export { besides, guarded, JournaledEngine } from './journaled-engine.ts';
export type { EngineRequest } from './journaled-engine.ts';
export { cleaner, createLog } from './log.ts';
export type { LogRequest } from './log.ts';
export { openDoor, verbs } from './door.ts';
export type { DoorNote, Manual, OperatorOrder } from './door.ts';
export { disagreements, legsOf, operate } from './operate.ts';
export type { Shell } from './operate.ts';
export { EventQueue } from './queue.ts';
export { clockSpreadMostMs, LiveRun, steppedPolls, wirePolls } from './run.ts';
export type { LiveEnd, LiveRequest, PollTimes } from './run.ts';
export { marketTime, SteppedClock } from './stepped-clock.ts';
export type { AdminDoor } from './stepped-clock.ts';
export type { Tell, Venue } from './venue.ts';
export { WallClock } from './wall-clock.ts';
export { barOf, readHistory } from './warm-up.ts';
