/**
 * The run's configuration from the command line: a preset, a JSON file, single options, then `--set key=value`, later ones
 * over earlier ones; checked as a whole by the engine's schema. Each mistake is one line naming key, value and bounds.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { presets, runConfig } from '../engine/index.ts';
import type { RunConfig } from '../engine/index.ts';
import { Failure, nearest, textOf } from './failure.ts';
import type { GivenParam } from './strategy/index.ts';

export interface ConfigOptions {
  readonly preset?: string;
  readonly config?: string;
  readonly cash?: string;
  readonly leverage?: string;
  readonly slippage?: string;
  readonly set?: readonly string[];
}

type Raw = Record<string, unknown>;

/** Reads, merges, checks. Throws a Failure (exit 2). */
export async function readRunConfig(options: ConfigOptions): Promise<RunConfig> {
  const preset = options.preset === undefined ? {} : presetOf(options.preset);
  const raw = over(preset, options.config === undefined ? {} : await readJsonObject('config', options.config));
  if (options.cash !== undefined) raw['cash'] = valueOf(options.cash);
  if (options.leverage !== undefined) raw['leverage'] = valueOf(options.leverage);
  if (options.slippage !== undefined) raw['slippage'] = slippageOf(options.slippage);
  for (const pair of options.set ?? []) {
    const { name, value } = splitPair('--set', pair);
    setAt(raw, name, name === 'slippage' && typeof value === 'string' ? slippageOf(value) : value);
  }
  const parsed = runConfig.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String) ?? [];
  if (issue?.code === 'unrecognized_keys') throw unknownKey([...path, issue.keys[0] ?? ''].join('.'));
  const where = path.join('.');
  throw new Failure(2, `config: ${where}: was ${JSON.stringify(valueAt(raw, path))}, expected ${expectation(issue?.message)}. Fix: change ${where}`);
}

/** A preset as a file would state it. Nothing here can tell how long requests take, so that rule is said to be unavailable. */
function presetOf(name: string): Raw {
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (preset === undefined) {
    throw new Failure(2, `config: preset: was '${name}', expected one of ${Object.keys(presets).join(', ')}. Fix: --preset ${nearest(name, Object.keys(presets)) ?? 'NAME'}`);
  }
  return over(structuredClone(preset), { risk: { unavailable: ['slowLink'] } });
}

/** `own` laid over `base`, section by section; a list or a plain value replaces the one below. */
function over(base: Raw, own: Raw): Raw {
  const merged: Raw = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const below = merged[key];
    merged[key] = isSection(below) && isSection(value) ? over(below, value) : value;
  }
  return merged;
}

const isSection = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `{...}` as JSON, or any number of `key=value`. */
export function readParams(given: readonly string[]): GivenParam[] {
  return given.flatMap((text): GivenParam[] => {
    if (!text.trimStart().startsWith('{')) {
      const { name, value, text: written } = splitPair('--params', text);
      return [{ name, value, text: written }];
    }
    const object = parseObject('arguments: --params', text);
    return Object.entries(object).map(([name, value]) => ({ name, value, text: null }));
  });
}

/** SHA-256 of a value's JSON with sorted keys: equal settings have equal hashes however they were written. */
export function hashOfJson(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical((value as Raw)[key])}`).join(',')}}`;
}

export async function readJsonObject(what: string, file: string): Promise<Raw> {
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw new Failure(2, `${what}: ${file}: was not readable (${textOf(thrown)}), expected a JSON file. Fix: check the path`);
  });
  return parseObject(`${what}: ${file}`, text);
}

function parseObject(where: string, text: string): Raw {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw new Failure(2, `${where}: was not JSON (${textOf(thrown)}), expected an object. Fix: write {"key": value}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Failure(2, `${where}: was ${JSON.stringify(value)}, expected an object. Fix: write {"key": value}`);
  }
  return value as Raw;
}

function splitPair(option: string, pair: string): { name: string; value: unknown; text: string } {
  const at = pair.indexOf('=');
  if (at <= 0) throw new Failure(2, `arguments: ${option}: was '${pair}', expected key=value. Fix: ${option} ${pair || 'key'}=VALUE`);
  const text = pair.slice(at + 1);
  return { name: pair.slice(0, at).trim(), value: valueOf(text), text };
}

/** JSON when it is JSON (`20`, `true`, `null`, `[1]`), else the text itself. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `none`, `ticks:1`, `bps:2`, `volshare:0.1:0.025`. */
function slippageOf(text: string): unknown {
  const [kind, first, second] = text.split(':');
  const numbers = [first, second].filter((part) => part !== undefined).map(Number);
  const [a, b] = numbers;
  if (numbers.every(Number.isFinite)) {
    if (kind === 'none' && numbers.length === 0) return { kind };
    if (kind === 'ticks' && numbers.length === 1) return { kind, n: a };
    if (kind === 'bps' && numbers.length === 1) return { kind, b: a };
    if (kind === 'volshare' && numbers.length === 2) return { kind, k: a, cap: b };
  }
  throw new Failure(2, `config: slippage: was '${text}', expected none, ticks:N, bps:N or volshare:K:CAP. Fix: --slippage ticks:1`);
}

function setAt(raw: Raw, name: string, value: unknown): void {
  const path = name.split('.');
  const last = path.pop() ?? name;
  let place = raw;
  for (const key of path) {
    const inner = place[key];
    // A list keeps being one: `risk.stages.0.atrMinimum=0` changes its first entry.
    const next = (Array.isArray(inner) ? [...inner as unknown[]] : isSection(inner) ? { ...inner } : {}) as Raw;
    place[key] = next;
    place = next;
  }
  place[last] = value;
}

function valueAt(raw: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((place, key) => (typeof place === 'object' && place !== null ? (place as Raw)[key] : undefined), raw);
}

function unknownKey(name: string): Failure {
  const known = Object.keys(runConfig.shape).flatMap((key) => {
    const section: unknown = runConfig.parse({})[key as keyof RunConfig];
    return key !== 'slippage' && isSection(section) ? Object.keys(section).map((inner) => `${key}.${inner}`) : [key];
  });
  const near = nearest(name, known);
  return new Failure(2, `config: ${name}: was not a known key, expected one of ${known.join(', ')}. Fix: ${near === null ? 'leave it out' : `use ${near}`}`);
}

/** zod's sentence as what was expected: `Too big: expected number to be <=200` becomes `number to be <=200`. */
function expectation(message: string | undefined): string {
  return (message ?? 'another value').replace(/^.*?expected /, '').replace(/, received .*$/, '');
}
