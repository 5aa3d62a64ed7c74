/** The thread the engine runs in, seen from the command line. */
export { startEngine } from './engine.ts';
export type { Engine } from './engine.ts';
export type { Declared, Finished } from './protocol.ts';
