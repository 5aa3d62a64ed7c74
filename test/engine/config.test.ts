/** The configuration: every default, every bound at both of its ends, every word of a choice, and what is refused by its name. */
import { describe, expect, it } from 'vitest';
import { runConfig } from '../../engine/index.ts';

/** `{ a: { b: value } }` for 'a.b'; what has to stand beside it is given. */
function at(path: string, value: unknown, beside: Readonly<Record<string, unknown>> = {}): unknown {
  return path.split('.').reduceRight<unknown>((inner, key, i, keys) => ({ ...(i === keys.length - 1 ? beside : {}), [key]: inner }), value);
}
const accepts = (wish: unknown): boolean => runConfig.safeParse(wish).success;
const refusedAt = (wish: unknown): string[] => runConfig.safeParse(wish).error?.issues.map(({ path }) => path.join('.')) ?? [];

describe('a configuration', () => {
  it('of nothing has these defaults', () => {
    expect(runConfig.parse({})).toEqual({
      cash: 10_000, leverage: 10, path: 'adverse', limitFill: 'through', slippage: { kind: 'none' }, halfSpreadTicks: 0, participation: null, latencyMs: 0, responseLatencyMs: 0,
      liqFormula: 'mark-value', dataGap: 'warn', takerFee: null, makerFee: null,
      risk: {
        maxLeverage: 10, maxOpenRisk: 0.2, maxTotalLeverage: null, maxSymbols: null, maxOrderNotional: null, marginShare: null, stages: null, stageChanges: null, atr: null,
        feeGate: false, liquidation: false, stopDistance: null, ordersPerMinute: null, equityAgeMs: null, minEquity: null, goalEquity: null, runTrades: null, runHours: null,
        dailyLoss: null, weeklyLoss: null, lossStreaks: null, maxDrawdown: null, winRate: null, streakSize: null, kelly: null, feeCheck: null, feeAnomaly: null,
        slippageAnomaly: null, priceShock: null, rejections: null, slowLink: null, maxSpreadBps: null, unavailable: [],
      },
      adopt: { stopDistance: 0.02, positions: 'adopt', orders: 'adopt' }, exit: { limitMs: 0, iocMs: 0, iocBps: 10 },
      protectDeadlineMs: 2_000, recoverDeadlineMs: 10_000, protectAttempts: 3, unprotected: 'flatten', orderSilenceMs: 10_000, recvWindowMs: 5_000, absenceMarginMs: 10_000,
      buriedMs: 86_400_000, queryMs: 2_000, oversize: 1.1, linkHaltMs: 60_000, reconnectCooldownMs: 0, alertEveryMs: 300_000, crashLoop: { count: 3, withinMs: 600_000 },
      cycleGraceMs: 2_000, stopFireGraceMs: 1_500,
    });
  });

  const ticks = { kind: 'ticks' };
  const stage = { from: 0, lossCap: 5, lossFraction: 0.1, leverage: 5, gainPerFee: 2, atrMinimum: 0.001, tradesPerDay: 5, liquidation: { stopMultiple: 4, floor: 0.15 } };
  type Bound = [path: string, least: number, most: number, beside?: Readonly<Record<string, unknown>>];
  const whole: Bound[] = [
    ['halfSpreadTicks', 0, 10_000], ['latencyMs', 0, 60_000], ['responseLatencyMs', 0, 60_000], ['exit.limitMs', 0, 600_000], ['exit.iocMs', 0, 600_000],
    ['protectDeadlineMs', 100, 60_000], ['recoverDeadlineMs', 100, 600_000], ['protectAttempts', 1, 20], ['orderSilenceMs', 100, 600_000], ['recvWindowMs', 100, 60_000],
    ['absenceMarginMs', 0, 600_000], ['buriedMs', 0, 604_800_000], ['queryMs', 50, 60_000], ['linkHaltMs', 1_000, 3_600_000], ['reconnectCooldownMs', 0, 86_400_000],
    ['alertEveryMs', 0, 86_400_000], ['crashLoop.count', 1, 100], ['crashLoop.withinMs', 1_000, 86_400_000], ['cycleGraceMs', 0, 60_000], ['stopFireGraceMs', 0, 60_000],
    ['slippage.n', 0, 10_000, ticks], ['risk.maxSymbols', 1, 100_000], ['risk.ordersPerMinute', 1, 100_000], ['risk.runTrades', 1, 100_000], ['risk.equityAgeMs', 0, 86_400_000],
    ['risk.atr.barMs', 60_000, 86_400_000, { bars: 14 }], ['risk.atr.bars', 2, 500, { barMs: 60_000 }], ['risk.weeklyLoss.pauseMs', 1_000, 31_536_000_000, { fraction: 0.1 }],
    ['risk.slowLink.slowMs', 1, 100_000, { clearMs: 1, calmMs: 1_000 }],
  ];
  it.each<Bound>(whole)('%s is a whole number from %i to %i', (path, least, most, beside) => {
    for (const value of [least, most]) expect(accepts(at(path, value, beside))).toBe(true);
    for (const value of [least - 1, most + 1, least + 0.5, Number.NaN, String(least)]) expect(refusedAt(at(path, value, beside))).toEqual([path]);
  });

  const smallest = 1e-9;
  const real: Bound[] = [
    ['cash', smallest, 1e13], ['leverage', 1, 200], ['participation', 0, 1], ['takerFee', -0.01, 0.05], ['makerFee', -0.01, 0.05], ['adopt.stopDistance', smallest, 0.5],
    ['exit.iocBps', 0, 1_000], ['oversize', 1, 10], ['slippage.b', 0, 1_000, { kind: 'bps' }], ['slippage.k', 0, 10, { kind: 'volshare', cap: 0.1 }],
    ['slippage.cap', 0, 1, { kind: 'volshare', k: 1 }], ['risk.maxLeverage', smallest, 200], ['risk.maxOpenRisk', smallest, 1], ['risk.maxTotalLeverage', smallest, 2_000],
    ['risk.marginShare', smallest, 1], ['risk.runHours', smallest, 1_000_000], ['risk.dailyLoss', smallest, 1], ['risk.maxDrawdown', smallest, 1],
    ['risk.streakSize.up', 1, 10, { losses: 2, down: 0.5, least: 0.25, wins: 2 }],
  ];
  it.each<Bound>(real)('%s is a number from %d to %d', (path, least, most, beside) => {
    const under = least === smallest ? 0 : least - 1e-6;
    for (const value of [least, most]) expect(accepts(at(path, value, beside))).toBe(true);
    for (const value of [under, most * (1 + 1e-9) + 1e-9, Number.NaN, Number.POSITIVE_INFINITY]) expect(refusedAt(at(path, value, beside))).toEqual([path]);
  });

  it.each<[string, readonly string[]]>([
    ['path', ['adverse', 'favourable', 'adaptive', 'ohlc', 'olhc']], ['limitFill', ['through', 'touch']], ['liqFormula', ['mark-value', 'entry-value']], ['dataGap', ['warn', 'error']],
    ['adopt.positions', ['adopt', 'refuse', 'flatten']], ['adopt.orders', ['adopt', 'refuse', 'flatten']], ['unprotected', ['flatten', 'hold']],
  ])('%s is one of %s', (path, words) => {
    for (const word of words) expect(accepts(at(path, word))).toBe(true);
    for (const word of ['', 'other', null]) expect(refusedAt(at(path, word))).toEqual([path]);
  });

  it('may leave out what null turns off', () => {
    for (const path of ['participation', 'takerFee', 'makerFee', 'risk.maxSymbols', 'risk.stages', 'risk.atr', 'risk.lossStreaks', 'risk.priceShock']) expect(accepts(at(path, null))).toBe(true);
  });

  it('has stages that begin with 0 and rise', () => {
    const from = (...levels: readonly number[]): boolean => accepts({ risk: { stages: levels.map((level) => ({ ...stage, from: level })) } });

    expect([from(0), from(0, 100), from(0, 100, 200)]).toEqual([true, true, true]);
    expect([from(), from(1), from(0, 0), from(0, 200, 100), from(0, 100, 100), from(5, 100)]).toEqual([false, false, false, false, false, false]);
    expect(runConfig.safeParse({ risk: { stages: [{ ...stage, from: 1 }] } }).error?.issues[0]?.message).toBe('expected stages that begin with from 0 and rise');
  });

  it('has a stop distance whose least is at most its most, refused outside unless told to clamp', () => {
    const distance = (min: number, max: number): unknown => ({ risk: { stopDistance: { min, max } } });

    expect(runConfig.parse(distance(0.01, 0.01)).risk.stopDistance).toEqual({ min: 0.01, max: 0.01, outside: 'refuse' });
    expect(accepts({ risk: { stopDistance: { min: 0.01, max: 0.02, outside: 'clamp' } } })).toBe(true);
    expect(runConfig.safeParse(distance(0.02, 0.01)).error?.issues[0]?.message).toBe('expected min at most max');
  });

  it.each<[unknown, string]>([
    [{ levarage: 5 }, ''], [{ risk: { maxRisk: 1 } }, 'risk'], [{ adopt: { stop: 1 } }, 'adopt'], [{ exit: { ms: 1 } }, 'exit'], [{ crashLoop: { times: 1 } }, 'crashLoop'],
    [{ slippage: { kind: 'ticks', n: 1, b: 2 } }, 'slippage'], [{ slippage: { kind: 'none', n: 1 } }, 'slippage'],
  ])('%j has a key that is not known', (wish, path) => {
    expect(refusedAt(wish)).toEqual([path]);
  });

  it('of a slippage model that is not known is refused', () => {
    expect(refusedAt({ slippage: { kind: 'square' } })).toEqual(['slippage.kind']);
  });
});
