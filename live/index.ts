/**
 * Trading for real: the contract of a venue connector as types, and what a shell needs beside it. A venue never answers
 * and never throws: every outcome comes back as an event.
 */
export type { Approved, Command, Event } from '../engine/index.ts';
export type { Clock } from './clock.ts';
export { VenueError } from './connection.ts';
export type * from './connection.ts';
export type { Tell, Venue } from './venue.ts';
