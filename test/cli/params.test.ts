/** Parameters of the command line against a strategy's own bounds: every refusal names parameter, value and bounds. */
import { describe, expect, it } from 'vitest';
import { readParams } from '../../cli/run-config.ts';
import { parseParams } from '../../cli/strategy/index.ts';
import { defineStrategy, z } from '../../engine/index.ts';

const probe = defineStrategy({
  name: 'probe', symbols: ['BTCUSDT'], timeframe: '5m',
  params: z.object({
    fast: z.number().int().min(2).max(200).default(20),
    stopAtr: z.number().min(0.5).max(6).default(2),
    side: z.enum(['long', 'short']).default('long'),
    label: z.string().default('a'),
    wide: z.boolean().default(false),
  }),
  indicators: (on, p) => ({ fast: on('5m').ema(p.fast) }),
  decide: ({ intents }) => intents.hold,
});
const parsed = (...given: readonly string[]): unknown => parseParams(probe as never, readParams(given)).output;
const refusal = (...given: readonly string[]): string => {
  try {
    parsed(...given);
    return 'accepted';
  } catch (thrown) {
    return (thrown as Error).message;
  }
};

describe('parameters', () => {
  it('are defaults when nothing is given, key=value or JSON otherwise, the last one winning', () => {
    expect(parsed()).toEqual({ fast: 20, stopAtr: 2, side: 'long', label: 'a', wide: false });
    expect(parsed('fast=10', 'side=short', 'wide=true')).toEqual({ fast: 10, stopAtr: 2, side: 'short', label: 'a', wide: true });
    expect(parsed('{"fast": 10, "stopAtr": 1.5}', 'fast=11')).toMatchObject({ fast: 11, stopAtr: 1.5 });
  });
  it('take a text that looks like a number as a text where a text is wanted', () => {
    expect(parsed('label=007')).toMatchObject({ label: '007' });
  });
  it('outside their bounds are refused with value and both bounds', () => {
    expect(refusal('fast=500')).toBe('params: fast: was 500, expected a whole number from 2 to 200. Fix: --params fast=VALUE within these bounds');
    expect(refusal('fast=2.5')).toContain('params: fast: was 2.5, expected a whole number from 2 to 200');
    expect(refusal('stopAtr=0.1')).toContain('params: stopAtr: was 0.1, expected a number from 0.5 to 6');
    expect(refusal('stopAtr=wide')).toContain('params: stopAtr: was "wide", expected a number from 0.5 to 6');
    expect(refusal('side=up')).toContain('params: side: was "up", expected one of long, short');
  });
  it('of an unknown name are refused with the known ones and the nearest', () => {
    expect(refusal('fsat=10')).toBe('params: fsat: was not a parameter of probe, expected one of fast, stopAtr, side, label, wide. Fix: use fast');
  });
  it('that are neither key=value nor an object are refused', () => {
    expect(refusal('fast')).toContain("arguments: --params: was 'fast', expected key=value");
    expect(refusal('{"fast": }')).toContain('arguments: --params');
  });
});
