/**
 * Instrument rules by the time from which they held: what a venue said of a symbol, as often as it said something new. One
 * small file per symbol in the data folder, written whole or not at all.
 *
 * A venue tells its present rules alone. So the first version is also the best guess for the time before it, and is
 * marked as a guess where it is used for that.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { InstrumentRules } from '../engine/index.ts';
import type { MarketId } from './candles.ts';
import { timeText } from './candles.ts';
import { DataError } from './error.ts';
import { parseRules } from './instruments.ts';
import { syncPath } from './lake/index.ts';

/** `validFrom` = when the venue was first seen to have them, ms UTC. */
export interface RulesVersion { readonly validFrom: number; readonly rules: InstrumentRules }

const form = z.strictObject({ format: z.literal(1), versions: z.array(z.strictObject({ validFrom: z.iso.datetime(), rules: z.unknown() })).min(1) });

const fileOf = (folder: string, { venue, category }: MarketId, symbol: string): string => join(folder, 'instruments', venue, category, `${symbol}.json`);

/** Every version known, oldest first; none when nothing was stored. Throws a DataError for a file that is not one of these. */
export function readRules(folder: string, market: MarketId, symbol: string): readonly RulesVersion[] {
  const file = fileOf(folder, market, symbol);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
  const read = form.safeParse(jsonIn(text));
  if (!read.success) {
    throw new DataError({
      reason: 'bad-instrument', what: 'stored instrument rules that cannot be read', file,
      fix: `delete the file and run holdfast data download ${symbol} --kind instruments again`,
    });
  }
  return read.data.versions.map(({ validFrom, rules }) => ({ validFrom: Date.parse(validFrom), rules: parseRules(rules, file)[0]! }));
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Adds a version when the venue says something new; true = it did. The caller holds the lake's lock. */
export function keepRules(folder: string, market: MarketId, rules: InstrumentRules, at: number): boolean {
  const versions = readRules(folder, market, rules.symbol);
  const last = versions.at(-1);
  if (last !== undefined && (contentOf(last.rules) === contentOf(rules) || at <= last.validFrom)) return false;
  const file = fileOf(folder, market, rules.symbol);
  mkdirSync(dirname(file), { recursive: true });
  const all = [...versions, { validFrom: at, rules }].map((one) => ({ ...one, validFrom: new Date(one.validFrom).toISOString() }));
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify({ format: 1, versions: all }, null, 2)}\n`);
  syncPath(fresh);
  renameSync(fresh, file);
  syncPath(dirname(file));
  return true;
}

/** All that counts: where rules are from does not. */
const contentOf = ({ kind, base, quote, settle, tick, qtyStep, minQty, minNotional, takerRate, makerRate, maxLeverage, tiers }: InstrumentRules): string =>
  JSON.stringify([kind, base, quote, settle, tick, qtyStep, minQty, minNotional, takerRate, makerRate, maxLeverage, tiers.map(({ limit, mmr, deduction }) => [limit, mmr, deduction])]);

/** The rules of the time from `from` to `to`, ms, and in words what is doubtful about them. */
export interface RulesAt extends RulesVersion {
  /** When the venue was first seen to have others, ms; null = the newest known. */
  readonly validUntil: number | null;
  readonly doubts: readonly string[];
}

/** Those that held at `from`; before the first version, the first. Null when none is stored. */
export function rulesAt(versions: readonly RulesVersion[], from: number, to: number): RulesAt | null {
  const [first] = versions;
  if (first === undefined) return null;
  const found = versions.findLast(({ validFrom }) => validFrom <= from) ?? first;
  const doubts: string[] = [];
  if (found.validFrom > from) doubts.push(`rules are those seen on ${timeText(found.validFrom)}: what held in ${timeText(from)} is not known`);
  const later = versions.find(({ validFrom }) => validFrom > Math.max(from, found.validFrom) && validFrom < to);
  if (later !== undefined) doubts.push(`rules changed on ${timeText(later.validFrom)}: those of the start are used throughout`);
  return { ...found, validUntil: versions[versions.indexOf(found) + 1]?.validFrom ?? null, doubts };
}
