/**
 * A fault plan: which families, how often, from which seed. Named ones are `calm` (the machinery with nothing to do),
 * `rough` (a tenth of the storm, and nobody else at the account) and `storm` (the highest rates); anything else is written down as JSON.
 *
 * Checked by hand, because nothing here may import a schema library: an unknown word is refused by name.
 */
import type { Ms } from '../../engine/index.ts';
import { chanceOf, streams } from './chance.ts';
import { families, familyNames } from './families.ts';
import type { Family } from './families.ts';
import { wordOf } from './words.ts';

/** How often a family strikes, and how long it delays or lasts. */
export interface Rate { readonly rate: number; readonly minMs: Ms; readonly maxMs: Ms }

export type Action = 'enter' | 'reduce' | 'amend' | 'cancel' | 'set-stop' | 'query' | 'order' | 'execution' | 'position';
export const actions: readonly Action[] = ['enter', 'reduce', 'amend', 'cancel', 'set-stop', 'query', 'order', 'execution', 'position'];

/** One fault by name: on an object (what is left out matches any), or at a time. */
export interface Injected {
  readonly family: Family;
  readonly leg?: number; readonly order?: number; readonly action?: Action; readonly attempt?: number;
  /** Ms UTC; also where a spell begins. */
  readonly at?: Ms;
  readonly forMs?: Ms;
}

export interface FaultPlan {
  /** Name of the plan, as reports show it. */
  readonly plan: string;
  readonly seed: number;
  readonly families: Readonly<Record<Family, Rate>>;
  /** Each family is on with p = 0.5, its rate uniform from 0 to the one stated. */
  readonly swarm: boolean;
  /** Faults end this long after the first bar's open; null = they never do. */
  readonly quietAfter: Ms | null;
  /** Times at which nothing gets through, spread over the run. */
  readonly outages: number;
  /** Length of the stretches that spells are judged by. */
  readonly windowMs: Ms;
  /** Silence after which a client gives a request up. */
  readonly timeoutMs: Ms;
  readonly inject: readonly Injected[];
}

/** The plan given cannot be read. The message says where, what was there and what was expected. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}

export const planNames = ['calm', 'rough', 'storm'] as const;
type PlanName = (typeof planNames)[number];
const shares: Readonly<Record<PlanName, number>> = { calm: 0, rough: 0.1, storm: 1 };
const outagesOf: Readonly<Record<PlanName, number>> = { calm: 0, rough: 1, storm: 4 };
const hour = 3_600_000;
/** A day of `rough` and a quarter of one of `storm` may each bring one spell of a family. */
const windowsOf: Readonly<Record<PlanName, Ms>> = { calm: 24 * hour, rough: 24 * hour, storm: 6 * hour };

export function namedPlan(name: PlanName, seed: number): FaultPlan {
  return {
    plan: name, seed, families: ratesOf(shares[name], name === 'storm'), swarm: false, quietAfter: null, outages: outagesOf[name],
    windowMs: windowsOf[name], timeoutMs: 5_000, inject: [],
  };
}

/** What others do to an account is no weather: one liquidation ends a run, and there would be nothing left to compare. */
const byOthers: ReadonlySet<Family> = new Set<Family>(['manual-close', 'manual-open', 'manual-cancel', 'adl', 'liquidation']);

function ratesOf(share: number, withOthers: boolean): Record<Family, Rate> {
  return Object.fromEntries(familyNames.map((family) => {
    const { most, minMs, maxMs } = families[family];
    return [family, { rate: byOthers.has(family) && !withOthers ? 0 : most * share, minMs, maxMs }];
  })) as Record<Family, Rate>;
}

/** The rates that act: those of the plan, or the swarm's part of them. */
export function actingRates({ families: stated, swarm, seed }: FaultPlan): Readonly<Record<Family, Rate>> {
  if (!swarm) return stated;
  return Object.fromEntries(familyNames.map((family) => {
    const { rate, minMs, maxMs } = stated[family];
    const isOn = chanceOf(seed, streams.faults, [wordOf(family), 1]) < 0.5;
    return [family, { rate: isOn ? rate * chanceOf(seed, streams.faults, [wordOf(family), 2]) : 0, minMs, maxMs }];
  })) as Record<Family, Rate>;
}

// ---- reading

const keys = ['plan', 'base', 'seed', 'families', 'swarm', 'quietAfter', 'outages', 'windowMs', 'timeoutMs', 'inject'];

/** Reads what a plan file holds. `seed` of the command line goes before that of the file. */
export function readPlan(given: unknown, name: string, seed: number | null): FaultPlan {
  const file = objectAt(given, 'the plan');
  refuseUnknown(file, keys, '');
  const base = file['base'] === undefined ? 'calm' : wordAt(file['base'], 'base', planNames);
  const own = file['seed'] === undefined ? 1 : wholeAt(file['seed'], 'seed', 0, 2_147_483_647);
  const start = namedPlan(base, seed ?? own);
  return {
    plan: file['plan'] === undefined ? name : textAt(file['plan'], 'plan'), seed: start.seed,
    families: file['families'] === undefined ? start.families : readFamilies(file['families'], start.families),
    swarm: file['swarm'] === undefined ? false : flagAt(file['swarm'], 'swarm'),
    quietAfter: file['quietAfter'] == null ? null : wholeAt(file['quietAfter'], 'quietAfter', 0, 1e13),
    outages: file['outages'] === undefined ? start.outages : wholeAt(file['outages'], 'outages', 0, 10_000),
    windowMs: file['windowMs'] === undefined ? start.windowMs : wholeAt(file['windowMs'], 'windowMs', 1_000, 1e12),
    timeoutMs: file['timeoutMs'] === undefined ? start.timeoutMs : wholeAt(file['timeoutMs'], 'timeoutMs', 100, 60_000),
    inject: file['inject'] === undefined ? [] : readInjected(file['inject']),
  };
}

function readFamilies(given: unknown, start: FaultPlan['families']): FaultPlan['families'] {
  const stated = objectAt(given, 'families');
  const read: Record<Family, Rate> = { ...start };
  for (const [name, value] of Object.entries(stated)) {
    const family = wordAt(name, 'families', familyNames);
    const at = `families.${family}`;
    if (typeof value === 'number') {
      read[family] = { ...start[family], rate: numberAt(value, at, 0, 1) };
      continue;
    }
    const own = objectAt(value, at);
    refuseUnknown(own, ['rate', 'minMs', 'maxMs'], `${at}.`);
    const rate = own['rate'] === undefined ? start[family].rate : numberAt(own['rate'], `${at}.rate`, 0, 1);
    const minMs = own['minMs'] === undefined ? start[family].minMs : wholeAt(own['minMs'], `${at}.minMs`, 0, 1e12);
    const maxMs = own['maxMs'] === undefined ? Math.max(minMs, start[family].maxMs) : wholeAt(own['maxMs'], `${at}.maxMs`, minMs, 1e12);
    if (family === 'late-order' && maxMs > latestMs) refuse(`${at}.maxMs`, maxMs, `at most ${latestMs}: no venue takes a request later`);
    read[family] = { rate, minMs, maxMs };
  }
  return read;
}

/** A request is taken within its window of 5 s, and may stand in a queue behind the gate for less than 10 s more. */
const latestMs = 14_999;

function readInjected(given: unknown): readonly Injected[] {
  if (!Array.isArray(given)) return refuse('inject', given, 'a list');
  return given.map((one: unknown, i): Injected => {
    const at = `inject[${i}]`;
    const fields = objectAt(one, at);
    refuseUnknown(fields, ['family', 'leg', 'order', 'action', 'attempt', 'at', 'forMs'], `${at}.`);
    const family = wordAt(fields['family'], `${at}.family`, familyNames);
    if (families[family].about === 'spell' && fields['at'] === undefined) refuse(`${at}.at`, undefined, `the time at which ${family} begins, ms`);
    return {
      family,
      ...(fields['leg'] === undefined ? {} : { leg: wholeAt(fields['leg'], `${at}.leg`, 0, 1_000) }),
      ...(fields['order'] === undefined ? {} : { order: wholeAt(fields['order'], `${at}.order`, -1e9, 1e15) }),
      ...(fields['action'] === undefined ? {} : { action: wordAt(fields['action'], `${at}.action`, actions) }),
      ...(fields['attempt'] === undefined ? {} : { attempt: wholeAt(fields['attempt'], `${at}.attempt`, 0, 1e15) }),
      ...(fields['at'] === undefined ? {} : { at: wholeAt(fields['at'], `${at}.at`, 0, 1e15) }),
      ...(fields['forMs'] === undefined ? {} : { forMs: wholeAt(fields['forMs'], `${at}.forMs`, 0, 1e12) }),
    };
  });
}

function refuse(where: string, was: unknown, expected: string): never {
  throw new PlanError(`${where}: was ${was === undefined ? 'left out' : JSON.stringify(was)}, expected ${expected}`);
}

function refuseUnknown(given: Readonly<Record<string, unknown>>, known: readonly string[], where: string): void {
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) throw new PlanError(`${where}${key}: was an unknown word, expected one of ${known.join(', ')}`);
  }
}

function objectAt(given: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return refuse(where, given, 'an object');
  return given as Readonly<Record<string, unknown>>;
}

function numberAt(given: unknown, where: string, least: number, most: number): number {
  if (typeof given !== 'number' || !(given >= least && given <= most)) return refuse(where, given, `a number from ${least} to ${most}`);
  return given;
}

function wholeAt(given: unknown, where: string, least: number, most: number): number {
  const value = numberAt(given, where, least, most);
  return Number.isSafeInteger(value) ? value : refuse(where, given, 'a whole number');
}

function flagAt(given: unknown, where: string): boolean {
  return typeof given === 'boolean' ? given : refuse(where, given, 'true or false');
}

function textAt(given: unknown, where: string): string {
  return typeof given === 'string' && given !== '' ? given : refuse(where, given, 'a name');
}

function wordAt<T extends string>(given: unknown, where: string, known: readonly T[]): T {
  const found = known.find((word) => word === given);
  return found ?? refuse(where, given, `one of ${known.join(', ')}`);
}
