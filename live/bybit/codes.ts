/**
 * What an answer of the exchange means, in our words: one table, total over operations, codes and texts. Nobody else looks
 * at a code.
 *
 * 1. Success is code 0, or a code that says that things are already so.
 * 2. A write whose outcome the code leaves open is `unknown`; so is every code that is not in the table.
 *
 * Source of every row: Bybit V5, "Error Codes", and the changelog up to 2026-07-24.
 */
import type { FailureReason, RejectReason } from '../../engine/index.ts';

/** `create` places an order, `stop` sets the position's stop, `setting` is leverage or a mode, `read` changes nothing. */
export type Operation = 'create' | 'amend' | 'cancel' | 'stop' | 'setting' | 'read';

export type Verdict =
  | { readonly tag: 'done' }
  /** It was already so. */
  | { readonly tag: 'unchanged' }
  /** Refused for good: nothing was changed. */
  | { readonly tag: 'refused'; readonly reason: RejectReason }
  /** The order named does not stand. */
  | { readonly tag: 'gone' }
  | { readonly tag: 'failed'; readonly certainty: 'not-applied' | 'unknown'; readonly reason: FailureReason };

type Class =
  | 'done' | 'unchanged' | 'duplicate' | 'gone' | 'through' | 'no-position' | 'margin' | 'small' | 'few' | 'malformed' | 'other'
  | 'clock' | 'limit' | 'forbidden' | 'open' | 'later';

const rows: readonly (readonly [Class, readonly number[]])[] = [
  ['done', [0]],
  ['unchanged', [34_040, 110_043, 110_025, 110_026, 110_027]],
  ['duplicate', [110_072, 170_141]],
  ['gone', [110_001, 110_008, 110_010, 170_139, 170_142, 170_143, 170_190, 170_213]],
  ['through', [110_092, 110_093]],
  ['no-position', [110_017, 110_034]],
  ['margin', [110_004, 110_006, 110_007, 110_011, 110_012, 110_039, 110_040, 110_044, 110_045, 110_046, 110_051, 110_052, 110_053, 170_033, 170_131]],
  ['small', [110_094, 170_136, 170_140]],
  ['malformed', [10_001, 10_017, 10_404, 110_018, 110_019, 110_032, 110_057, 110_058, 110_059, 110_060, 110_061]],
  ['other', [
    110_003, 110_009, 110_013, 110_020, 110_021, 110_022, 110_023, 110_024, 110_028, 110_029, 110_042, 110_064, 110_066, 110_074, 110_086,
    110_090, 110_120, 110_121, 30_208, 30_209, 30_228, 40_004, 170_132, 170_133, 170_192, 170_193, 170_194, 170_313, 170_810, 3_400_045,
  ]],
  ['clock', [-1, 10_002]],
  ['limit', [10_006, 10_018, 20_003, 170_005, 170_222]],
  ['forbidden', [
    10_003, 10_004, 10_005, 10_007, 10_008, 10_009, 10_010, 10_024, 10_027, 10_028, 10_029, 33_004, -2_015, 110_123, 110_124, 110_125,
  ]],
  ['later', [110_079, 110_063, 110_005]],
  ['open', [429, 10_000, 10_014, 10_016, 10_019, 10_403, 10_429, 20_006, 170_001, 170_007, 170_032, 170_146, 170_147, 500_000]],
];
const classes: ReadonlyMap<number, Class> = new Map(rows.flatMap(([name, codes]) => codes.map((code) => [code, name] as const)));

/** Every code of the table. */
export const knownCodes: readonly number[] = [...classes.keys()];

/** Texts of 10001 that say more than "parameter error". Sources: Bybit V5 error table, public logs of connectors. */
const throughText = /set for (?:Buy|Sell) position should (?:be )?(?:lower|greater|higher)|should (?:lower|greater|higher) (?:than )?base_?price/i;
const flatText = /zero position|position is zero/i;
const sameText = /not modified|no changes/i;
const fewText = /exceeds? minimum limit/i;

export function classify(operation: Operation, code: number, text: string): Verdict {
  return verdictOf(operation, classOf(code, text));
}

function classOf(code: number, text: string): Class | 'unrecognised' {
  if (code !== 10_001) return classes.get(code) ?? 'unrecognised';
  if (throughText.test(text)) return 'through';
  if (flatText.test(text)) return 'no-position';
  if (fewText.test(text)) return 'few';
  return sameText.test(text) ? 'unchanged' : 'malformed';
}

function verdictOf(operation: Operation, name: Class | 'unrecognised'): Verdict {
  switch (name) {
    case 'done': return { tag: 'done' };
    case 'unchanged': return { tag: 'unchanged' };
    case 'duplicate': return refused('duplicate-link');
    case 'gone': return operation === 'create' ? refused('other') : { tag: 'gone' };
    case 'through': return refused('through-trigger');
    case 'no-position': return refused('no-position');
    case 'margin': return refused('insufficient-margin');
    case 'small': return refused('below-min-notional');
    case 'few': return refused('below-min-qty');
    case 'malformed': return refused('malformed');
    case 'other': return refused('other');
    case 'clock': return failed('not-applied', 'clock');
    case 'limit': return failed('not-applied', 'rate-limited');
    case 'forbidden': return failed('not-applied', 'forbidden');
    case 'later': return failed('not-applied', 'busy');
    case 'open': return failed(operation === 'read' ? 'not-applied' : 'unknown', 'busy');
    default: return failed(operation === 'read' ? 'not-applied' : 'unknown', 'refused');
  }
}

const refused = (reason: RejectReason): Verdict => ({ tag: 'refused', reason });
const failed = (certainty: 'not-applied' | 'unknown', reason: FailureReason): Verdict => ({ tag: 'failed', certainty, reason });
