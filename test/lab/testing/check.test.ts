import { describe, expect, it } from 'vitest';
import { defineStrategy, z } from '../../../engine/index.ts';
import { checkStrategy } from '../../../lab/testing/index.ts';
import { grid } from '../../../strategies/grid.ts';
import { reversion } from '../../../strategies/reversion.ts';
import { trend } from '../../../strategies/trend.ts';

const breakout = (memory: () => object, decide: (scene: never) => unknown): unknown => defineStrategy({
  name: 'made-to-fail', symbols: ['BTCUSDT'], timeframe: '15m', params: z.object({}),
  indicators: (on) => ({ top: on('15m').highest(20), range: on('15m').atr(14) }), memory, decide,
} as never);

describe('checkStrategy', () => {
  for (const strategy of [trend, reversion, grid]) {
    it(`finds nothing wrong with the shipped strategy ${strategy.name}`, async () => {
      expect(await checkStrategy(strategy)).toEqual([]);
    });
  }

  it('finds a decision that depends on something outside the run', async () => {
    let calls = 0;
    const findings = await checkStrategy(breakout(() => ({}), (scene: never) => {
      const { bar, prev, ind, position, intents } = scene as { bar: { close: number }; prev: { top: number }; ind: { range: number };
        position: { tag: string }; intents: { hold: unknown; enter: (want: object) => unknown } };
      calls += 1;
      return position.tag === 'flat' && calls % 977 === 0 && prev.top > 0
        ? intents.enter({ side: 'long', risk: 0.005, stop: { distance: 2 * ind.range + 0 * bar.close } }) : intents.hold;
    }));

    expect(findings.map((finding) => finding.check)).toContain('determinism');
    expect(findings[0]?.text).toMatch(/decisions row \d+ was/);
  });

  it('finds a decision that depends on which object the memory is, which no restart keeps', async () => {
    let before: unknown = null;
    const findings = await checkStrategy(breakout(() => ({}), (scene: never) => {
      const { memory, ind, position, intents } = scene as { memory: object; ind: { range: number };
        position: { tag: string }; intents: { hold: unknown; enter: (want: object) => unknown } };
      const isKept = before === memory;
      before = memory;
      return position.tag === 'flat' && isKept
        ? intents.enter({ side: 'long', risk: 0.005, stop: { distance: 2 * ind.range } }) : intents.hold;
    }));

    expect(findings.map((finding) => finding.check)).toContain('memory');
  });

  it('refuses what defineStrategy did not make', async () => {
    await expect(checkStrategy({ name: 'x' })).rejects.toThrow('needs what defineStrategy returned');
  });
});
