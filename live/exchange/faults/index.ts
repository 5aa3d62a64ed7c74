/** Fault plans of the local exchange: their form, the catalogue F01-F88, and the desk that works them. */
export { catalogue, faultIds, faultPlan } from './catalogue/index.ts';
export type { FaultEntry, FaultOptions } from './catalogue/index.ts';
export { Desk } from './desk.ts';
export type { DeskDoors, DeskOptions } from './desk.ts';
export type { FaultEffect, Matcher, Rule, RuleText } from './plan.ts';
