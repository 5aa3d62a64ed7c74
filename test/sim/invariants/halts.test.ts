/** Which halts the world justifies, written the other way round: for each thing that may happen, the causes it justifies. */
import { describe, expect, it } from 'vitest';
import { familyNames } from '../../../sim/index.ts';
import { isJustified } from '../../../sim/invariants/halts.ts';
import type { Circumstance } from '../../../sim/invariants/halts.ts';

type Cause = Parameters<typeof isJustified>[0];
const causes: readonly Cause[] = [
  'unprotected', 'unreconciled', 'foreign', 'liquidated', 'money', 'drawdown', 'rejections', 'win-rate', 'link', 'crash-loop', 'journal',
  'strategy-failed', 'kill-switch', 'operator',
];
const unheard = 'unprotected unreconciled link';
const byFamily: Readonly<Record<string, string>> = {
  'lost-request': unheard, 'lost-reply': unheard, 'late-order': unheard, latency: unheard, 'query-lost': unheard, 'stale-reading': unheard,
  'history-lag': unheard, 'unknown-parts': unheard, 'stream-drop': unheard, 'silent-gap': unheard, 'zombie-topic': unheard, outage: unheard,
  ban: unheard, 'clock-skew': unheard, stall: unheard, sleep: unheard, kill: unheard,
  'server-error': 'unprotected unreconciled rejections link', 'rate-limit': 'unprotected unreconciled rejections link',
  'manual-close': 'unprotected unreconciled foreign', 'manual-open': 'unprotected unreconciled foreign',
  'manual-cancel': 'unprotected unreconciled', 'stop-removed': 'unprotected unreconciled', 'stop-moved': 'unprotected unreconciled',
  adl: 'unprotected unreconciled liquidated', liquidation: 'unprotected unreconciled liquidated',
  'stop-not-modified': 'unprotected', 'stop-no-position': 'unprotected', 'duplicate-link': 'unreconciled', 'link-forgotten': 'unreconciled',
  'no-position': 'rejections',
};
const byCircumstance: Readonly<Record<Circumstance, string>> = {
  operator: 'kill-switch operator', 'venue-closed': unheard, liquidated: 'liquidated', foreign: 'unprotected unreconciled foreign',
  'equity-gone': 'money', 'strategy-fails': 'strategy-failed', restarts: 'crash-loop', losses: 'drawdown win-rate', refusals: 'rejections',
  'no-volume': 'unprotected',
};

describe('a halt is justified', () => {
  it.each([...new Set([...familyNames, ...Object.keys(byFamily)])])('by faults of the family %s for its causes and no other', (family) => {
    expect(causes.filter((cause) => isJustified(cause, new Set([family]), new Set())).join(' ')).toBe(byFamily[family] ?? '');
  });
  it.each(Object.entries(byCircumstance))('by the circumstance %s for its causes and no other', (circumstance, expected) => {
    expect(causes.filter((cause) => isJustified(cause, new Set(), new Set([circumstance as Circumstance]))).join(' ')).toBe(expected);
  });
  it('by nothing when nothing happened', () => {
    expect(causes.filter((cause) => isJustified(cause, new Set(), new Set()))).toEqual([]);
  });
});
