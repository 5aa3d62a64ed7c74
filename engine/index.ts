/** What the rest of the house and users may use of the engine. */
export * from './units.ts';
export * from './invariant.ts';
export * from './decimal.ts';
export * from './instrument.ts';
export type * from './events.ts';
export type * from './commands.ts';
export type * from './table.ts';
export { runConfig } from './config.ts';
export type { RunConfig } from './config.ts';
export * from './strategy.ts';
export { IntentError } from './intents.ts';
