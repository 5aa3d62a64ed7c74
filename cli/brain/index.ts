/** The thread the live engine runs in, seen from the command line. */
export { startBrain } from './brain.ts';
export type { ThreadedBrain } from './brain.ts';
export type { Declared } from './protocol.ts';
