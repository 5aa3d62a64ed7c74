/**
 * The contract of a venue connector, as types: what a connector is asked, what it may be asked only after the
 * risk review, and what it tells. A venue never answers and never throws: every outcome comes back as an event.
 * The connector itself is not part of this version; whoever writes one implements these words and nothing else.
 */
export type { Approved, Command, Event } from '../engine/index.ts';
