/** The check at the start: a rule that is on has a source, or the run says that it does without it. */
import { describe, expect, it } from 'vitest';
import { ConfigError, presets, runConfig } from '../../../engine/index.ts';
import { createRules } from '../../../engine/rule-state.ts';
import { checkSources } from '../../../engine/rules/index.ts';
import { minute } from '../../sim/market.ts';

const check = (risk: object, bars = 1): string => {
  try {
    checkSources({ config: runConfig.parse({ risk }), baseMs: bars * minute });
    return 'fine';
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return thrown.message;
  }
};
const small = presets['small-account']!.risk!;

describe('the sources of rules', () => {
  it('by default nothing is on, nothing is remembered and nothing is missing', () => {
    expect(createRules(runConfig.parse({}), 1, 100)).toBeNull();
    expect(check({}, 1_440)).toBe('fine');
  });

  it('price shocks of 1 minute cannot be seen on bars of 5: the start says so and how to go on', () => {
    expect(check({ ...small, unavailable: ['slowLink'] })).toBe('fine');
    expect(check({ ...small, unavailable: ['slowLink'] }, 5)).toBe('risk: rules without a source in this run: priceShock-1m: bars of 5 minutes do not show moves of 1. '
      + 'Fix: turn them off, or say that the run does without them: --set \'risk.unavailable=["slowLink","priceShock-1m"]\'');
    expect(check({ ...small, unavailable: ['slowLink', 'priceShock-1m'] }, 5)).toBe('fine');
  });

  it('slow links and spreads wait for a connector that tells them', () => {
    expect(check({ slowLink: { slowMs: 5_000, clearMs: 2_000, calmMs: 300_000 }, maxSpreadBps: 5 }))
      .toMatch(/slowLink: nothing tells how long requests took; maxSpreadBps: nothing tells quotes\. Fix/);
  });

  it('what acts on stages needs stages, what measures by the average range needs one', () => {
    expect(check({ winRate: { window: 50, halveFrom: 10, halveBelow: 0.4, haltFrom: 30, haltBelow: 0.45 } })).toMatch(/winRate: it acts on risk\.stages/);
    expect(check({ ...small, atr: null, unavailable: ['slowLink'] })).toMatch(/feeGate: .* risk\.atr, which is null/);
    expect(check({ ...small, feeGate: false, unavailable: ['slowLink'] })).toMatch(/feeCheck: it acts on risk\.feeGate/);
    expect(check({ ...small, unavailable: ['slowLink', 'priceShock-1m', 'priceShock-5m'] }, 7)).toMatch(/atr: bars of 7 minutes do not build bars of 60/);
  });

  it('the preset is a whole configuration by itself, and switches every rule of the section on but Kelly, spread and the cap of trades of a run', () => {
    const { risk } = runConfig.parse(presets['small-account']);
    const off = Object.entries(risk).filter(([, rule]) => rule === null || rule === false).map(([name]) => name);

    expect(off.sort()).toEqual(['kelly', 'maxSpreadBps', 'runTrades']);
  });
});
