/** The catalogue: every fault F01 to F88 with a maker of its plan, or with the reason why there is none. */
import type { RuleText } from '../plan.ts';
import { accountFaults } from './account.ts';
import type { FaultEntry, FaultOptions } from './entry.ts';
import { orderFaults } from './orders.ts';
import { requestFaults } from './requests.ts';
import { streamFaults } from './streams.ts';

export { faultOptions } from './entry.ts';
export type { FaultEntry, FaultOptions } from './entry.ts';

/** By number. */
export const catalogue: readonly FaultEntry[] = [...requestFaults, ...orderFaults, ...streamFaults, ...accountFaults]
  .sort((a, b) => a.id.localeCompare(b.id));

/** Those that can be set. */
export const faultIds: readonly string[] = catalogue.flatMap((entry) => ('plan' in entry ? [entry.id] : []));

/** Throws `RangeError` when there is no such plan. */
export function faultPlan(id: string, options: Omit<FaultOptions, 'id'> = {}): readonly RuleText[] {
  const entry = catalogue.find((known) => known.id === id);
  if (entry === undefined) throw new RangeError(`fault must be one of F01 to F88, was '${id}'`);
  if (!('plan' in entry)) throw new RangeError(`${id} (${entry.title}) cannot be set: ${entry.reason}`);
  return entry.plan({ ...options, id });
}
