/**
 * The fields of every event and command in the order in which a journal writes them. The types hold each list complete:
 * a new field does not compile until it has a place here.
 */
import type { Approved, Command } from '../commands.ts';
import type { Event } from '../events.ts';
import { encode, numberText, stringText } from './text.ts';

type Told = Event | Command;
type Fields<T extends Told> = { readonly [K in Exclude<keyof T, 'tag' | 'at'>]: true };
type Shapes<T extends Told> = { readonly [K in T['tag']]: Fields<Extract<T, { readonly tag: K }>> };

const eventShapes: Shapes<Event> = {
  'bar-closed': {
    symbol: true, openedAt: true, closedAt: true, open: true, high: true, low: true, close: true, volume: true,
    openTicks: true, highTicks: true, lowTicks: true, closeTicks: true,
  },
  'mark-price': { symbol: true, markTicks: true },
  funding: { symbol: true, leg: true, rate: true, settledAt: true, nextAt: true, payment: true },
  'order-accepted': { leg: true, order: true },
  'order-rejected': { leg: true, order: true, reason: true },
  'order-changed': { leg: true, order: true, change: true, lots: true, priceTicks: true },
  'order-cancelled': { leg: true, order: true, cause: true, filled: true },
  'order-expired': { leg: true, order: true, filled: true },
  execution: {
    leg: true, order: true, id: true, cause: true, side: true, lots: true, priceTicks: true, value: true, fee: true,
    liquidity: true, leavesLots: true, tradedAt: true,
  },
  'stop-set': { leg: true, triggerTicks: true, by: true, trailTicks: true, setAt: true },
  'stop-unchanged': { leg: true, triggerTicks: true },
  'stop-refused': { leg: true, triggerTicks: true, reason: true },
  'request-failed': { leg: true, order: true, of: true, certainty: true, reason: true },
  'account-snapshot': {
    takenAt: true, leg: true, position: true, stop: true, openOrders: true, ended: true, executions: true,
    markTicks: true, lastTicks: true,
  },
  wallet: { wallet: true, balance: true },
  'instrument-changed': { symbol: true, change: true },
  liquidation: { leg: true },
  adl: { leg: true, lotsAfter: true },
  connected: {}, disconnected: {}, stale: { symbol: true }, timer: {},
  'cycle-closed': { missing: true },
  operator: { verb: true },
  'manual-order': { name: true, leg: true, side: true, isOpening: true, qty: true, risk: true, notional: true, price: true, stop: true, bars: true },
};

const commandShapes: Shapes<Command> = {
  enter: {
    leg: true, order: true, side: true, lots: true, type: true, priceTicks: true, triggerTicks: true, triggerBy: true,
    triggerDirection: true, timeInForce: true, stopTicks: true, stopBy: true,
  },
  reduce: { leg: true, order: true, side: true, lots: true, type: true, priceTicks: true, timeInForce: true, reduceOnly: true },
  amend: { leg: true, order: true, priceTicks: true, lots: true },
  cancel: { leg: true, order: true },
  'set-stop': { leg: true, triggerTicks: true, by: true, trailTicks: true, activeTicks: true },
  'query-account': { leg: true },
  notify: { severity: true, cause: true, text: true },
};

/** Fields that not every event of its kind has. */
const optional: ReadonlySet<string> = new Set(['tradedAt', 'setAt', 'notional']);

type Keys = Readonly<Record<string, readonly string[]>>;
const keysOf = (shapes: Readonly<Record<string, object>>): Keys =>
  Object.fromEntries(Object.entries(shapes).map(([tag, fields]) => [tag, Object.keys(fields)]));
const eventKeys = keysOf(eventShapes);
const commandKeys = keysOf(commandShapes);

function fieldsText(told: Told, keys: readonly string[]): string {
  const record = told as unknown as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of keys) {
    const value = record[key];
    if (value === undefined && optional.has(key)) continue;
    text += `,"${key}":${typeof value === 'number' ? numberText(value) : typeof value === 'string' ? stringText(value) : encode(value)}`;
  }
  return text;
}

/** `,"leg":0,"order":3`: an event's fields besides its kind and time. */
export function eventText(event: Event): string {
  return fieldsText(event, eventKeys[event.tag]!);
}

export function isEventKind(kind: string): boolean {
  return Object.hasOwn(eventKeys, kind);
}

/** An event from its kind, its time and a record's fields. Throws a SyntaxError when one is missing. */
export function eventOf(kind: string, at: number, fields: Readonly<Record<string, unknown>>): Event {
  return told({ tag: kind, at }, kind, eventKeys[kind]!, fields) as Event;
}

export function commandsText(commands: readonly Command[]): string {
  return `[${commands.map((command) => `{"tag":"${command.tag}"${fieldsText(command, commandKeys[command.tag]!)}}`).join(',')}]`;
}

/** Commands as a journal keeps them. What was written was approved when it was written. */
export function commandsOf(list: unknown): readonly Approved[] {
  if (!Array.isArray(list)) throw new SyntaxError('commands of a journal must be a list');
  return list.map((item: unknown) => {
    const fields = item as Readonly<Record<string, unknown>>;
    const tag = String(fields['tag']);
    const keys = Object.hasOwn(commandKeys, tag) ? commandKeys[tag]! : null;
    if (keys === null) throw new SyntaxError(`'${tag}' is no command`);
    return told({ tag }, tag, keys, fields) as unknown as Approved;
  });
}

function told(out: Record<string, unknown>, tag: string, keys: readonly string[], fields: Readonly<Record<string, unknown>>): unknown {
  for (const key of keys) {
    const isThere = Object.hasOwn(fields, key);
    if (!isThere && optional.has(key)) continue;
    if (!isThere) throw new SyntaxError(`${tag} of a journal has no ${key}`);
    out[key] = fields[key];
  }
  return out;
}
