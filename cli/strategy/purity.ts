/**
 * Takes clock, chance, environment and network away from a thread, before the strategy's script is evaluated. Whatever
 * would make the same market give another decision throws; the stack names the strategy's line. Nothing gives them back: the
 * thread ends with the run. Our own code in the thread uses none of them.
 *
 * 1. A forbidden thing throws when it is used, also when it was captured at import.
 * 2. The real objects are unreachable: the stand-ins sit on the global object and on the prototypes that lead back.
 * 3. What the engine in the same thread computes with, such as Math.floor, cannot be replaced: the assignment throws.
 */

/** A strategy reached for something that history and live trading cannot give it alike. */
export class PurityError extends Error {
  override readonly name = 'PurityError';
  constructor(thing: string, instead: string) {
    super(`${thing} is not available to a strategy: ${instead}`);
  }
}

const time = 'use scene.time';
const chance = 'decisions must not depend on chance; keep a seed in params and a generator in memory';
const clock = 'decisions happen at bar closes only';
const outside = 'a decision sees only its scene; use params';
const timers = ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate'];
const clocks = [
  'Performance', 'PerformanceEntry', 'PerformanceMark', 'PerformanceMeasure', 'PerformanceObserver',
  'PerformanceObserverEntryList', 'PerformanceResourceTiming', 'Event', 'CustomEvent', 'MessageEvent', 'AbortSignal', 'AbortController',
];
const network = [
  'fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'Request', 'Response', 'Headers', 'FormData', 'BroadcastChannel',
  'MessageChannel', 'MessagePort', 'Worker',
];
const chances = ['Crypto', 'CryptoKey', 'SubtleCrypto'];
/** Objects whose every property throws. */
const objects: Readonly<Record<string, string>> = {
  performance: time, crypto: chance, process: outside, navigator: outside, localStorage: outside, sessionStorage: outside,
};
/** What the collector does is not the market's doing. */
const collector = ['WeakRef', 'FinalizationRegistry'];

/** What engine and strategy share in one thread. Object.prototype is left: libraries write `toString` on objects of their own. */
const shared = [
  Math, JSON, Reflect, Object, Number, String, Array, Map, Set, Array.prototype, Map.prototype, Set.prototype, String.prototype,
  Number.prototype, Float64Array.prototype, Int32Array.prototype,
];

/** Replaces the forbidden globals of this thread. `print` receives the strategy's console lines. */
export function forbidImpurities(print: (line: string) => void): void {
  const refuse = (thing: string, instead: string): never => {
    throw new PurityError(thing, instead);
  };
  const define = (target: object, name: string, value: unknown): void => {
    Object.defineProperty(target, name, { value, writable: false, configurable: false, enumerable: false });
  };

  define(globalThis, 'Date', forbiddenDate(refuse));
  define(Math, 'random', () => refuse('Math.random', chance));
  for (const name of timers) define(globalThis, name, forbiddenFunction(name, clock, refuse));
  for (const name of clocks) define(globalThis, name, forbiddenFunction(name, time, refuse));
  for (const name of network) define(globalThis, name, forbiddenFunction(name, outside, refuse));
  for (const name of chances) define(globalThis, name, forbiddenFunction(name, chance, refuse));
  for (const name of collector) define(globalThis, name, forbiddenFunction(name, 'the collector runs when it likes', refuse));
  for (const [name, instead] of Object.entries(objects)) define(globalThis, name, forbiddenObject(name, instead, refuse));
  define(Intl, 'DateTimeFormat', forbiddenFunction('Intl.DateTimeFormat', 'it reads the machine\'s clock and time zone', refuse));
  define(globalThis, 'console', quietConsole(print, refuse));
  define(Atomics, 'wait', () => refuse('Atomics.wait', clock));
  define(Atomics, 'waitAsync', () => refuse('Atomics.waitAsync', clock));
  for (const one of shared) Object.freeze(one);
}

type Refuse = (thing: string, instead: string) => never;

/**
 * A `Date` that cannot be made or asked. `instanceof Date` still answers (false for anything a strategy can hold),
 * because libraries ask it of plain values.
 */
function forbiddenDate(refuse: Refuse): unknown {
  const stand = forbiddenFunction('Date', time, refuse);
  for (const name of ['now', 'parse', 'UTC']) {
    Object.defineProperty(stand, name, { value: () => refuse(`Date.${name}`, time), writable: false, configurable: false });
  }
  return stand;
}

function forbiddenFunction(name: string, instead: string, refuse: Refuse): object {
  const stand = function (): never { return refuse(name, instead); };
  Object.defineProperty(stand, 'name', { value: name });
  return stand;
}

function forbiddenObject(name: string, instead: string, refuse: Refuse): object {
  const asked = (property: string | symbol): never => refuse(`${name}.${String(property)}`, instead);
  return new Proxy({}, {
    get: (_, property) => asked(property),
    set: (_, property) => asked(property),
    has: (_, property) => asked(property),
    ownKeys: () => refuse(name, instead),
    getOwnPropertyDescriptor: (_, property) => asked(property),
  });
}

/** Lines go to `print`; what reads a clock or the process throws. */
function quietConsole(print: (line: string) => void, refuse: Refuse): object {
  const words = (values: readonly unknown[]): string => values.map((value) => shown(value)).join(' ');
  const methods: Record<string, unknown> = {};
  for (const name of ['log', 'info', 'debug', 'warn', 'error', 'trace', 'dir']) {
    methods[name] = (...values: readonly unknown[]): void => print(words(values));
  }
  return new Proxy(methods, {
    get: (known, property) => (typeof property === 'string' && Object.hasOwn(known, property)
      ? known[property]
      : refuse(`console.${String(property)}`, 'console.log and console.error are')),
  });
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner)) ?? String(value);
  } catch {
    return String(value);
  }
}
