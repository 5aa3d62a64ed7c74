/**
 * A strategy's memory must survive a restart: plain JSON of finite numbers, at most 64 kB. It is checked and
 * replaced by its own round trip at every snapshot, so that what a restart would lose is lost, and seen, at once.
 * A kept `bar`, `ind` or `prev` is refused there too: it is one object that shows the next bar at the next close.
 */
import type { Leg, State } from './state.ts';
import { StrategyError } from './strategy-error.ts';

/** UTF-16 units of the JSON text. */
export const memoryLimit = 65_536;

const nothingLent: ReadonlySet<unknown> = new Set();

/**
 * Throws a StrategyError naming the path of the first value that JSON cannot carry, or that is one of the objects `lent`
 * for the length of a decision. Returns a checked copy.
 */
export function roundTrip(memory: unknown, lent = nothingLent): unknown {
  const fault = findFault(memory, 'memory', [], lent);
  if (fault !== null) throw new StrategyError(fault);
  const text = JSON.stringify(memory);
  if (text.length > memoryLimit) {
    throw new StrategyError(`memory must be at most ${memoryLimit} characters of JSON, was ${text.length}`);
  }
  return JSON.parse(text) as unknown;
}

function findFault(value: unknown, path: string, above: readonly unknown[], lent: ReadonlySet<unknown>): string | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${path} must be a finite number, was ${value}`;
  if (typeof value !== 'object') return `${path} must be plain JSON, was ${typeof value}`;
  if (lent.has(value)) return `${path} must not be an object of the scene, which shows the next bar at the next close: keep its numbers`;
  if (above.includes(value)) return `${path} must not contain itself`;
  const chain = [...above, value];
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const fault = findFault(value[i], `${path}[${i}]`, chain, lent);
      if (fault !== null) return fault;
    }
    return null;
  }
  const shape: unknown = Object.getPrototypeOf(value);
  if (shape !== Object.prototype && shape !== null) {
    return `${path} must be plain JSON, was a ${(value as { constructor?: { name?: string } }).constructor?.name ?? 'class instance'}`;
  }
  for (const [key, inner] of Object.entries(value)) {
    const fault = findFault(inner, `${path}.${key}`, chain, lent);
    if (fault !== null) return fault;
  }
  return null;
}

/** Checks and replaces every memory of the run. */
export function roundTripMemories(state: State): void {
  const lent = new Set([...state.views.scenes.map(({ bar }) => bar), ...state.legs.flatMap(lentBy)]);
  if (state.memory !== null) state.memory = roundTrip(state.memory, lent);
  for (const leg of state.legs) if (leg.memory !== null) leg.memory = roundTrip(leg.memory, lent);
}

/** The objects of a scene that are written anew at every close; indicators of several values are such within `ind`. */
function lentBy({ decisionBar, indicators: { ind, prev } }: Leg): readonly unknown[] {
  return [decisionBar, ind, prev, ...Object.values(ind), ...Object.values(prev)].filter((one) => typeof one === 'object');
}
