import { describe, expect, it } from 'vitest';
import { defineStrategy, z } from '../../../engine/index.ts';
import { checkStrategy } from '../../../lab/testing/index.ts';
import { grid } from '../../../strategies/grid.ts';
import { reversion } from '../../../strategies/reversion.ts';
import { trend } from '../../../strategies/trend.ts';

const breakout = (enters: (memory: object) => boolean): unknown => defineStrategy({
  name: 'made-to-fail', symbols: ['BTCUSDT'], timeframe: '15m', params: z.object({}),
  indicators: (on) => ({ range: on('15m').atr(14) }), memory: (): { calls?: number } => ({}),
  decide: ({ memory, position, ind, intents }) => (enters(memory) && position.tag === 'flat'
    ? intents.enter({ side: 'long', risk: 0.005, stop: { distance: 2 * ind.range } }) : intents.hold),
});

describe('checkStrategy', () => {
  for (const strategy of [trend, reversion, grid]) {
    it(`finds nothing wrong with the shipped strategy ${strategy.name}`, async () => {
      expect(await checkStrategy(strategy)).toEqual([]);
    });
  }

  it('finds a decision that depends on something outside the run', async () => {
    let calls = 0;
    const findings = await checkStrategy(breakout(() => {
      calls += 1;
      return calls % 977 === 0;
    }));

    expect(findings.map((finding) => finding.check)).toContain('determinism');
    expect(findings[0]?.text).toMatch(/decisions row \d+ was/);
  });

  it('finds a decision that depends on which object the memory is, which no restart keeps', async () => {
    let before: unknown = null;
    const findings = await checkStrategy(breakout((memory) => {
      const isKept = before === memory;
      before = memory;
      return isKept;
    }));

    expect(findings.map((finding) => finding.check)).toContain('memory');
  });

  it('refuses what defineStrategy did not make', async () => {
    await expect(checkStrategy({ name: 'x' })).rejects.toThrow('needs what defineStrategy returned');
  });
});
