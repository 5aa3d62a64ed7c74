/** The tables of a run that trades, made of its journal. */
export { Projector } from './projector.ts';
export type { Fed, ProjectorRequest } from './projector.ts';
export { Teller } from './teller.ts';
export type { Told, Totals } from './teller.ts';
