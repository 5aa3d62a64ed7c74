/**
 * The small account's rules on the built-in market, minute bars, end to end: every rule that ends by itself fires on what
 * the market and the exchange did, says until when, and trading goes on afterwards. Numbers stated beside the preset
 * replace its own where the built-in market never goes that far.
 */
import { describe, expect, it } from 'vitest';
import { loadMarket } from '../../../data/index.ts';
import { presets } from '../../../engine/index.ts';
import type { AnyStrategy, RunConfigWish } from '../../../engine/index.ts';
import type { SymbolMarket } from '../../../sim/index.ts';
import { play } from '../played.ts';
import type { Cells } from '../played.ts';
import { scripted } from '../scripted.ts';
import type { AnyScene, Script } from '../scripted.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const preset = presets['small-account']!;
const small = (risk: NonNullable<RunConfigWish['risk']>, own: RunConfigWish = {}): RunConfigWish => ({
  ...preset, cash: 1_000, ...own,
  risk: {
    ...preset.risk, unavailable: ['slowLink'], maxDrawdown: null, minEquity: null, goalEquity: null, winRate: null, streakSize: null,
    atr: null, feeGate: false, feeCheck: null, dailyLoss: null, weeklyLoss: null, lossStreaks: null, slippageAnomaly: null, priceShock: null,
    stages: preset.risk!.stages!.map((stage) => ({ ...stage, tradesPerDay: 1_000 })), ...risk,
  },
});

/** In for 20 minutes, out, and in again: loses its fees and a little more. */
const churn: Script = {
  symbols: ['SOLUSDT'],
  always: ({ bar, position, intents }: AnyScene) => {
    if (position.tag === 'flat') return intents.enter({ side: 'long', risk: 0.01, stop: bar.close * 0.99, stopBy: 'last' });
    return position.barsHeld > 20 ? intents.exit('time') : intents.hold;
  },
};

async function builtin(from: number, to: number): Promise<readonly SymbolMarket[]> {
  const { symbols } = await loadMarket({ folder: '', market: 'builtin:linear', symbols: ['SOLUSDT'], timeframe: '1m', from, to });
  return symbols;
}

interface Ran { readonly first: number; readonly opened: readonly number[]; readonly warnings: readonly Cells[]; readonly modes: readonly Cells[] }

function ran(markets: readonly SymbolMarket[], config: RunConfigWish, cause: string, script: Script = churn): Ran {
  const strategy: AnyStrategy = scripted(script).strategy;
  const { rows } = play({ markets, strategy, config });
  const warnings = rows('warnings');
  const first = warnings.find(({ code }) => code === cause)?.['first_at'];
  return { first: typeof first === 'number' ? first : Number.NaN, opened: rows('trades').map((row) => Number(row['opened_at'])), warnings, modes: rows('modes') };
}

/** No trade is opened while the rule holds, and one is within two days after. */
function expectPause({ first, opened, warnings }: Ran, until: number): void {
  expect(first, JSON.stringify(warnings)).toBeGreaterThan(0);
  expect(opened.filter((at) => at > first && at < until)).toEqual([]);
  expect(opened.some((at) => at >= until && at < until + 2 * day)).toBe(true);
}

const midnightAfter = (at: number): number => (Math.floor(at / day) + 1) * day;
const from = Date.UTC(2025, 9, 6);

describe('the small account on the built-in market', async () => {
  const markets = await builtin(from, from + 8 * day);
  const threeWeeks = await builtin(from, from + 21 * day);

  it('pauses for the rest of a UTC day after a loss of 5 %', () => {
    const run = ran(markets, small({ dailyLoss: 0.05 }), 'DAILY-LOSS');

    expectPause(run, midnightAfter(run.first));
    expect(run.modes.slice(0, 2)).toMatchObject([
      { time: run.first, mode: 'cooldown', cause: 'daily-loss', until: midnightAfter(run.first) }, { time: midnightAfter(run.first), mode: 'trading', cause: null },
    ]);
  });

  it('pauses for 7 days after a loss of 12.5 % in a week', () => {
    const run = ran(threeWeeks, small({ weeklyLoss: { fraction: 0.125, pauseMs: 7 * day } }), 'WEEKLY-LOSS');

    expectPause(run, run.first + 7 * day);
  });

  it('pauses until midnight after 3 losses, for 72 hours after 5', () => {
    const three = ran(markets, small({ lossStreaks: [{ losses: 3, pauseMs: null }] }), 'LOSS-STREAK');
    expectPause(three, midnightAfter(three.first));

    const five = ran(markets, small({ lossStreaks: [{ losses: 5, pauseMs: 3 * day }] }), 'LOSS-STREAK');
    expectPause(five, five.first + 3 * day);
  });

  it('pauses for an hour after 3 fills in 10 minutes that were more than 2 off, here in a market with 150 bps of slippage', () => {
    const always = ({ bar, position, intents }: AnyScene): ReturnType<AnyScene['intents']['exit']> => position.tag === 'flat'
      ? intents.enter({ side: 'long', risk: 0.01, stop: bar.close * 0.981, stopBy: 'last' }) : intents.exit('at once');
    const run = ran(markets, small({ slippageAnomaly: preset.risk!.slippageAnomaly! }, { slippage: { kind: 'bps', b: 150 } }), 'SLIPPAGE-ANOMALY', { ...churn, always });

    expectPause(run, run.first + hour);
  });

  it('pauses for 30 minutes and rests for 30 more after a crash: 4 % in a minute or 6 % in five of 10 October', () => {
    const priceShock = { ...preset.risk!.priceShock!, windows: [{ withinMs: minute, move: 0.04, calm: 0.02 }, { withinMs: 5 * minute, move: 0.06, calm: 0.03 }] };
    const run = ran(markets, small({ priceShock }), 'PRICE-SHOCK');

    expect(new Date(run.first).toISOString()).toMatch(/^2025-10-10T21:1/);
    expectPause(run, run.first + hour);
  });

  it('pauses for 300 s after 3 orders in a row that arrived when the price was through their trigger', () => {
    const always = ({ bar, position, intents, instrument: { tick } }: AnyScene): ReturnType<AnyScene['intents']['exit']> => position.tag === 'flat'
      ? intents.enter({ side: 'long', at: 'trigger', price: bar.close + tick, risk: 0.005, stop: bar.close * 0.99, stopBy: 'last' })
      : position.barsHeld > 20 ? intents.exit('time') : intents.hold;
    const run = ran(markets, small({}, { latencyMs: 30_000 }), 'REJECTIONS', { ...churn, always });

    expectPause(run, run.first + 300_000);
  });

  it('pauses for an hour after more than 2 changes of stage in one', () => {
    const stages = [{ ...preset.risk!.stages![0]!, tradesPerDay: 1_000 }, { ...preset.risk!.stages![0]!, from: 999, tradesPerDay: 1_000 }];
    const run = ran(markets, small({ stages }), 'STAGE-CHANGES');

    expectPause(run, run.first + hour);
  });

  it('with everything the preset has and its own numbers refuses what its stages refuse, and says so with numbers', () => {
    const { rows, result } = play({
      markets, strategy: scripted(churn).strategy, config: { ...preset, risk: { ...preset.risk, unavailable: ['slowLink'] } },
    });
    const refused = rows('decisions').filter(({ reason }) => reason === 'atr-minimum');

    expect(result.refusals['atr-minimum']).toBeGreaterThan(1_000);
    expect(refused[0]!['inputs']).toMatch(/^gate=atr-minimum atr=[\d.]+% min=2%$/);
    expect(rows('trades').every((row) => Number(row['risk']) <= 3 + 1e-9)).toBe(true);
  });

  it('without rules has no column of inputs, so that a run is what it was before there were any', () => {
    const { result } = play({ markets, strategy: scripted(churn).strategy, config: { cash: 1_000 } });

    expect(result.tables.find(({ name }) => name === 'decisions')?.columns.map(({ name }) => name)).not.toContain('inputs');
  });
});
