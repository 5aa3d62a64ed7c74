/**
 * Intents as the engine reads them: one flat shape per tag, made and checked by the factory that strategies get.
 *
 * 1. Every number in a `Wanted` is finite and in its range; a want that is not throws an `IntentError` where it is
 *    made, so that the error points at the strategy's line.
 * 2. What the factory did not make is refused by `readIntent`, copies of an intent included.
 * Whether a want fits the position, the instrument and the account is judged later, and is a refusal, not an error.
 */
import { checkFields, fail, fraction, IntentError, positive, text, whole } from './intent-checks.ts';
import { noStop } from './wants.ts';
import type { Add, Enter, Guard, Intent, Intents, Resting, Side, Target, TriggerBy } from './wants.ts';

export { IntentError } from './intent-checks.ts';

/** Most resting orders of one symbol. */
export const maxResting = 50;

/** How an order is worked; prices in quote, 0 = none. `limit` is the limit price of a triggered order. */
interface Worked {
  readonly at: 'market' | 'limit' | 'trigger';
  readonly price: number;
  readonly limit: number;
  readonly postOnly: boolean;
  readonly sizeBy: 'risk' | 'riskQuote' | 'notional' | 'qty';
  /** In the unit of `sizeBy`: fraction of equity, settle coin, quote, base. */
  readonly size: number;
  /** Decision bars, at least 1. */
  readonly validFor: number;
  /** '' = none. */
  readonly reason: string;
}
export interface WantEnter extends Worked {
  readonly tag: 'enter' | 'reverse';
  readonly side: Side;
  readonly stopKind: 'level' | 'distance' | 'waived';
  /** Quote: a price (`level`), a distance (`distance`), 0 (`waived`). */
  readonly stop: number;
  readonly stopBy: TriggerBy;
  /** In R; 0 = none. */
  readonly breakEvenAt: number;
  readonly targets: readonly Target[];
  /** Quote; 0 = no trailing stop. */
  readonly trailDistance: number;
  /** Quote; 0 = active at once. */
  readonly trailFrom: number;
}
export interface WantAdd extends Worked {
  readonly tag: 'add';
  /** Quote; 0 = the position's stop stays. */
  readonly stop: number;
}
export interface WantHold { readonly tag: 'hold' }
export interface WantCancelEntry { readonly tag: 'cancel-entry' }
export interface WantExit { readonly tag: 'exit'; readonly reason: string }
export interface WantReduce { readonly tag: 'reduce'; readonly fraction: number; readonly reason: string }
export interface WantMoveStop { readonly tag: 'move-stop'; readonly price: number; readonly loosen: boolean }
export interface WantSetTargets { readonly tag: 'set-targets'; readonly targets: readonly Target[] }
/** One resting order with every field spelled out; price in quote, `qty` the key's total in base. */
export interface WantResting {
  readonly key: string; readonly side: 'buy' | 'sell'; readonly price: number; readonly qty: number;
  readonly reduceOnly: boolean; readonly postOnly: boolean; readonly once: boolean;
}
/** Stop of the position a resting set may open: a level in quote, waived in so many words, or nothing to guard. */
export type WantGuard = number | 'waived' | 'absent';
export interface WantRest {
  readonly tag: 'rest';
  readonly orders: readonly WantResting[];
  readonly long: WantGuard;
  readonly short: WantGuard;
  readonly stopBy: TriggerBy;
}
export type WantOne =
  | WantHold | WantCancelEntry | WantEnter | WantAdd | WantExit | WantReduce | WantMoveStop | WantSetTargets | WantRest;
/** `wants` holds neither `hold` nor `all`, and each tag at most once. */
export interface WantAll { readonly tag: 'all'; readonly wants: readonly WantOne[] }
export type Wanted = WantOne | WantAll;

/** The brand: only this module can make one. */
class Made {
  readonly want: Wanted;
  constructor(want: Wanted) { this.want = want; }
}
const made = (want: Wanted): Intent => new Made(want) as unknown as Intent;

/** What a decision answered. Anything the factory did not make throws an IntentError. */
export function readIntent(value: unknown): Wanted { // hot
  if (value instanceof Made) return value.want;
  return fail('decision', 'be made by intents', value);
}

/** What a decision about all symbols answered. A promise or a Map would read as no wish at all: neither is taken. */
export function readAnswers(value: unknown, symbols: readonly string[]): Readonly<Record<string, unknown>> {
  const shape: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
  if (shape !== Object.prototype && shape !== null) return fail('decideCycle', 'return an object of intents by symbol', value);
  const answers = value as Readonly<Record<string, unknown>>;
  for (const symbol of Object.keys(answers)) {
    if (!symbols.includes(symbol)) throw new IntentError(`decideCycle answered for '${symbol}', which the strategy does not trade`);
  }
  return answers;
}

const hold: WantHold = Object.freeze({ tag: 'hold' });
const holdIntent = made(hold);
const noTargets: readonly Target[] = Object.freeze([]);

/** The factory handed to strategies. */
export const intents: Intents = Object.freeze({
  hold: holdIntent,
  cancelEntry: made(Object.freeze({ tag: 'cancel-entry' })),
  enter: (want: Enter) => made(readEnter(want, 'enter')),
  add: (want: Add) => made(readAdd(want)),
  reverse: (want: Enter) => made(readEnter(want, 'reverse')),
  exit: (reason: string) => made({ tag: 'exit', reason: text('exit.reason', reason) }),
  reduce: (want: { readonly fraction: number; readonly reason: string }) => {
    checkFields('reduce', want, reduceFields);
    return made({
      tag: 'reduce', fraction: fraction('reduce.fraction', want.fraction), reason: text('reduce.reason', want.reason),
    });
  },
  moveStop: (price: number, how?: { readonly loosen: true }) =>
    made({ tag: 'move-stop', price: positive('moveStop.price', price), loosen: how?.loosen === true }),
  setTargets: (targets: readonly Target[]) =>
    made({ tag: 'set-targets', targets: readTargets('setTargets', targets) }),
  rest: (orders: readonly Resting[], guard: Guard) => made(readRest(orders, guard)),
  all: (...wants: readonly Intent[]) => combine(wants),
});

const workedFields = [
  'at', 'price', 'limit', 'postOnly', 'risk', 'riskQuote', 'notional', 'qty', 'stop', 'validFor', 'reason',
];
const addFields = new Set(workedFields);
const enterFields = new Set([...workedFields, 'side', 'stopBy', 'targets', 'trail', 'breakEvenAt']);
const reduceFields = new Set(['fraction', 'reason']);
const distanceFields = new Set(['distance']);
const trailFields = new Set(['distance', 'from']);
const targetFields = new Set(['price', 'fraction']);
const restingFields = new Set(['key', 'side', 'price', 'qty', 'reduceOnly', 'postOnly', 'once']);
const guardFields = new Set(['long', 'short', 'stopBy']);

function readEnter(want: Enter, tag: 'enter' | 'reverse'): WantEnter {
  checkFields(tag, want, enterFields);
  const { side, stop, trail, breakEvenAt } = want;
  if (side !== 'long' && side !== 'short') fail(`${tag}.side`, "be 'long' or 'short'", side);
  const sizeBy = readSizeBy(tag, want);
  const stopKind = stop === noStop ? 'waived' : typeof stop === 'object' && stop !== null ? 'distance' : 'level';
  if (stopKind === 'waived' && (sizeBy === 'risk' || sizeBy === 'riskQuote')) {
    fail(`${tag}.${sizeBy}`, 'come with a stop', noStop);
  }
  if (stopKind === 'waived' && breakEvenAt !== undefined) fail(`${tag}.breakEvenAt`, 'come with a stop', noStop);
  if (stopKind === 'distance') checkFields(`${tag}.stop`, stop, distanceFields);
  if (trail !== undefined) checkFields(`${tag}.trail`, trail, trailFields);
  return {
    tag, side,
    at: readAt(tag, want), price: readPrice(tag, want), limit: readLimit(tag, want), postOnly: readPostOnly(tag, want),
    sizeBy, size: readSize(tag, want, sizeBy),
    validFor: want.validFor === undefined ? 1 : whole(`${tag}.validFor`, want.validFor),
    reason: want.reason === undefined ? '' : text(`${tag}.reason`, want.reason),
    stopKind,
    stop: typeof stop === 'object' && stop !== null ? positive(`${tag}.stop.distance`, stop.distance)
      : stopKind === 'level' ? positive(`${tag}.stop`, stop) : 0,
    stopBy: readStopBy(tag, want.stopBy),
    breakEvenAt: breakEvenAt === undefined ? 0 : positive(`${tag}.breakEvenAt`, breakEvenAt),
    targets: want.targets === undefined ? noTargets : readTargets(`${tag}.targets`, want.targets),
    trailDistance: trail === undefined ? 0 : positive(`${tag}.trail.distance`, trail.distance),
    trailFrom: trail?.from === undefined ? 0 : positive(`${tag}.trail.from`, trail.from),
  };
}

function readAdd(want: Add): WantAdd {
  checkFields('add', want, addFields);
  const sizeBy = readSizeBy('add', want);
  return {
    tag: 'add',
    at: readAt('add', want), price: readPrice('add', want), limit: readLimit('add', want),
    postOnly: readPostOnly('add', want),
    sizeBy, size: readSize('add', want, sizeBy),
    validFor: want.validFor === undefined ? 1 : whole('add.validFor', want.validFor),
    reason: want.reason === undefined ? '' : text('add.reason', want.reason),
    stop: want.stop === undefined ? 0 : positive('add.stop', want.stop),
  };
}

/** A want before its fields are known to be what the types say. */
interface Loose {
  readonly at?: unknown; readonly price?: unknown; readonly limit?: unknown; readonly postOnly?: unknown;
  readonly risk?: unknown; readonly riskQuote?: unknown; readonly notional?: unknown; readonly qty?: unknown;
}

function readSizeBy(name: string, want: Loose): Worked['sizeBy'] {
  let found: Worked['sizeBy'] | null = null;
  for (const by of ['risk', 'riskQuote', 'notional', 'qty'] as const) {
    if (want[by] === undefined) continue;
    if (found !== null) fail(name, 'have exactly one of risk, riskQuote, notional, qty', `${found} and ${by}`);
    found = by;
  }
  return found ?? fail(name, 'have exactly one of risk, riskQuote, notional, qty', 'none');
}

function readSize(name: string, want: Loose, by: Worked['sizeBy']): number {
  const value = want[by];
  return by === 'risk' ? fraction(`${name}.risk`, value) : positive(`${name}.${by}`, value);
}

function readAt(name: string, want: Loose): Worked['at'] {
  const at = want.at;
  if (at === undefined) return 'market';
  if (at === 'market' || at === 'limit' || at === 'trigger') return at;
  return fail(`${name}.at`, "be 'market', 'limit' or 'trigger'", at);
}

function readPrice(name: string, want: Loose): number {
  if (want.at === 'limit' || want.at === 'trigger') return positive(`${name}.price`, want.price);
  return want.price === undefined ? 0 : fail(`${name}.price`, "come with at: 'limit' or at: 'trigger'", want.price);
}

function readLimit(name: string, want: Loose): number {
  if (want.limit === undefined) return 0;
  return want.at === 'trigger' ? positive(`${name}.limit`, want.limit)
    : fail(`${name}.limit`, "come with at: 'trigger'", want.limit);
}

function readPostOnly(name: string, want: Loose): boolean {
  if (want.postOnly === undefined) return false;
  if (typeof want.postOnly !== 'boolean') return fail(`${name}.postOnly`, 'be true or false', want.postOnly);
  return want.at === 'limit' ? want.postOnly : fail(`${name}.postOnly`, "come with at: 'limit'", want.postOnly);
}

function readStopBy(name: string, value: unknown): TriggerBy {
  if (value === undefined) return 'mark';
  return value === 'mark' || value === 'last' ? value : fail(`${name}.stopBy`, "be 'mark' or 'last'", value);
}

/** Copies, so that a list the strategy changes later does not change the want. */
function readTargets(name: string, targets: unknown): readonly Target[] {
  if (!Array.isArray(targets)) return fail(name, 'be a list', targets);
  let total = 0;
  const read = (targets as readonly unknown[]).map((target, i) => {
    checkFields(`${name}[${i}]`, target, targetFields);
    const { price, fraction: share } = target as Target;
    total += fraction(`${name}[${i}].fraction`, share);
    return { price: positive(`${name}[${i}].price`, price), fraction: share };
  });
  return total <= 1 + 1e-9 ? read : fail(`${name} fractions`, 'sum to at most 1', total);
}

function readRest(orders: readonly Resting[], guard: Guard): WantRest {
  if (!Array.isArray(orders)) return fail('rest.orders', 'be a list', orders);
  if (orders.length > maxResting) return fail('rest.orders', `be at most ${maxResting}`, orders.length);
  checkFields('rest.guard', guard, guardFields);
  const keys = new Set<string>();
  const read = orders.map((order: Resting, i): WantResting => {
    const wanted = readResting(`rest.orders[${i}]`, order);
    if (keys.has(wanted.key)) fail(`rest.orders[${i}].key`, 'be unique', wanted.key);
    keys.add(wanted.key);
    return wanted;
  });
  const long = readGuard('rest.guard.long', guard.long);
  const short = readGuard('rest.guard.short', guard.short);
  for (const order of read) {
    if (order.reduceOnly) continue;
    const { side, key } = order;
    if (side === 'buy' && long === 'absent') fail('rest.guard.long', `guard the buy order '${key}'`, undefined);
    if (side === 'sell' && short === 'absent') fail('rest.guard.short', `guard the sell order '${key}'`, undefined);
  }
  return { tag: 'rest', orders: read, long, short, stopBy: readStopBy('rest.guard', guard.stopBy) };
}

function readResting(name: string, order: Resting): WantResting {
  checkFields(name, order, restingFields);
  const { key, side, price, qty, reduceOnly, postOnly, once } = order;
  text(`${name}.key`, key);
  if (side !== 'buy' && side !== 'sell') fail(`${name}.side`, "be 'buy' or 'sell'", side);
  return {
    key, side, price: positive(`${name}.price`, price), qty: positive(`${name}.qty`, qty),
    reduceOnly: readFlag(`${name}.reduceOnly`, reduceOnly, false),
    postOnly: readFlag(`${name}.postOnly`, postOnly, false),
    once: readFlag(`${name}.once`, once, true),
  };
}

function readFlag(name: string, value: unknown, otherwise: boolean): boolean {
  if (value === undefined) return otherwise;
  return typeof value === 'boolean' ? value : fail(name, 'be true or false', value);
}

function readGuard(name: string, value: unknown): WantGuard {
  return value === undefined ? 'absent' : value === noStop ? 'waived' : positive(name, value);
}

function combine(wants: readonly Intent[]): Intent {
  const flat: WantOne[] = [];
  for (const intent of wants) {
    const want = readIntent(intent);
    for (const one of want.tag === 'all' ? want.wants : [want]) if (one.tag !== 'hold') flat.push(one);
  }
  let mover: string | null = null;
  const seen = new Set<string>();
  for (const { tag } of flat) {
    if (seen.has(tag)) fail('all', `have at most one ${tag}`, 'two');
    seen.add(tag);
    if (tag !== 'enter' && tag !== 'add' && tag !== 'reverse' && tag !== 'exit') continue;
    if (mover !== null) fail('all', 'have at most one of enter, add, reverse, exit', `${mover} and ${tag}`);
    mover = tag;
  }
  if (flat.length === 0) return holdIntent;
  const only = flat[0];
  return flat.length === 1 && only !== undefined ? made(only) : made({ tag: 'all', wants: flat });
}
