/** Case files that cannot be understood: one line for their author, naming the case, the field, what was found and what was expected. */
import { describe, expect, it } from 'vitest';
import { runCase, runCases } from '../../../sim/index.ts';
import { at, buy, sell } from './kit.ts';

const good = [at(0), '200', '202', '198', '200', '1000'];
const base: Readonly<Record<string, unknown>> = { id: 'A', bars: [good], script: [], expect: { rejects: [] } };
const wrongIn = (change: Record<string, unknown>): string | null => runCase({ ...base, ...change }).malformed;
const order = (fields: Record<string, unknown>): Record<string, unknown> =>
  ({ script: [{ at: 0, do: 'submit', order: { id: 'E', side: 'Buy', type: 'Market', qty: '1', ...fields } }] });
const message = (fields: Record<string, unknown>): Record<string, unknown> => ({ script: [fields] });

describe('the fields of a case', () => {
  const faults: readonly (readonly [change: Record<string, unknown>, words: string])[] = [
    [{ kind: 'spot' }, 'kind must be one of linear, inverse, was "spot"'],
    [{ bars: 7 }, 'bars must be a list, was 7'],
    [{ bars: undefined }, 'bars must be a list, was nothing'],
    [{ mark: {} }, 'mark must be a list, was {}'],
    [{ expect: undefined }, 'expect must be an object, was nothing'],
    [{ expect: [] }, 'expect must be an object, was []'],
    [{ script: {} }, 'script must be a list, was {}'],
    [{ config: 7 }, 'config must be an object, was 7'],
    [{ config: { slipage: {} } }, 'config.slipage is not a field of fill-case/1; known: intervalMs, path, limitFill, slippage, halfSpreadTicks, participation, latencyMs, responseLatencyMs, liqFormula, wallet, dataGap, detailIntervalMs'],
    [{ config: { intervalMs: 0 } }, 'config.intervalMs must be above zero, was 0'],
    [{ config: { intervalMs: 1.5 } }, 'config.intervalMs must be whole milliseconds, was 1.5'],
    [{ config: { intervalMs: 'soon' } }, 'config.intervalMs must be a decimal number, was "soon"'],
    [{ config: { path: 'up' } }, 'config.path must be one of adverse, favourable, adaptive, ohlc, olhc, was "up"'],
    [{ config: { limitFill: 'near' } }, 'config.limitFill must be one of through, touch, was "near"'],
    [{ config: { liqFormula: 'x' } }, 'config.liqFormula must be one of mark-value, entry-value, was "x"'],
    [{ config: { dataGap: 'x' } }, 'config.dataGap must be one of warn, error, was "x"'],
    [{ config: { slippage: 5 } }, 'config.slippage must be an object, was 5'],
    [{ config: { slippage: { kind: 'much' } } }, 'config.slippage.kind must be one of none, ticks, bps, volshare, was "much"'],
    [{ config: { slippage: { kind: 'ticks' } } }, 'config.slippage.n must be a decimal number, was nothing'],
    [{ config: { slippage: { kind: 'bps', b: 'x' } } }, 'config.slippage.b must be a decimal number, was "x"'],
    [{ config: { slippage: { kind: 'volshare', cap: '1' } } }, 'config.slippage.k must be a decimal number, was nothing'],
    [{ config: { slippage: { kind: 'volshare', k: '1' } } }, 'config.slippage.cap must be a decimal number, was nothing'],
    [{ config: { halfSpreadTicks: 'x' } }, 'config.halfSpreadTicks must be a decimal number, was "x"'],
    [{ config: { participation: 'x' } }, 'config.participation must be a decimal number, was "x"'],
    [{ config: { halfSpreadTicks: -1 } }, 'config.halfSpreadTicks must be zero or more, was -1'],
    [{ config: { participation: '-0.1' } }, 'config.participation must be zero or more, was "-0.1"'],
    [{ config: { slippage: { kind: 'ticks', n: '-1' } } }, 'config.slippage.n must be zero or more, was "-1"'],
    [{ config: { slippage: { kind: 'bps', b: -5 } } }, 'config.slippage.b must be zero or more, was -5'],
    [{ config: { slippage: { kind: 'volshare', k: -1, cap: 1 } } }, 'config.slippage.k must be zero or more, was -1'],
    [{ config: { slippage: { kind: 'volshare', k: 1, cap: -1 } } }, 'config.slippage.cap must be zero or more, was -1'],
    [{ config: { latencyMs: -1 } }, 'config.latencyMs must be whole milliseconds, was -1'],
    [{ config: { responseLatencyMs: 0.5 } }, 'config.responseLatencyMs must be whole milliseconds, was 0.5'],
    [{ config: { wallet: 'all' } }, 'config.wallet must be a decimal number, was "all"'],
    [{ instrument: [] }, 'instrument must be an object, was []'],
    [{ instrument: { tik: '1' } }, 'instrument.tik is not a field of fill-case/1; known: tick, qtyStep, minQty, minNotional, taker, maker, leverage, tiers'],
    [{ instrument: { tick: '0' } }, 'instrument.tick must be above zero, was "0"'],
    [{ instrument: { qtyStep: '-1' } }, 'instrument.qtyStep must be above zero, was "-1"'],
    [{ instrument: { minQty: 'x' } }, 'instrument.minQty must be a decimal number, was "x"'],
    [{ instrument: { minNotional: 'x' } }, 'instrument.minNotional must be a decimal number, was "x"'],
    [{ instrument: { taker: 'x' } }, 'instrument.taker must be a decimal number, was "x"'],
    [{ instrument: { maker: null } }, 'instrument.maker must be a decimal number, was null'],
    [{ instrument: { leverage: '0' } }, 'instrument.leverage must be above zero, was "0"'],
    [{ instrument: { leverage: 'x' } }, 'instrument.leverage must be a decimal number, was "x"'],
    [{ instrument: { tiers: [] } }, 'instrument.tiers must be at least one tier, was []'],
    [{ instrument: { tiers: 5 } }, 'instrument.tiers must be a list, was 5'],
    [{ instrument: { tiers: [5] } }, 'instrument.tiers[0] must be an object, was 5'],
    [{ instrument: { tiers: [{ limit: '1' }] } }, 'instrument.tiers[0].mmr must be a decimal number, was nothing'],
    [{ instrument: { tiers: [['x', '0.1']] } }, 'instrument.tiers[0].limit must be a decimal number, was "x"'],
    [{ instrument: { tiers: [['1', '0.1', 'x']] } }, 'instrument.tiers[0].deduction must be a decimal number, was "x"'],
    [{ funding: 5 }, 'funding must be a list, was 5'],
    [{ funding: [5] }, 'funding[0] must be an object, was 5'],
    [{ funding: [{ rate: '0.1' }] }, 'funding[0].t must be a decimal number, was nothing'],
    [{ funding: [{ t: 0 }] }, 'funding[0].rate must be a decimal number, was nothing'],
  ];

  it.each(faults)('%j is told as one line', (change, words) => {
    expect(wrongIn(change)).toBe(`case A: ${words}`);
  });

  it('without an id the place in the file names the case', () => {
    expect(runCase({ bars: [] }).malformed).toBe('case: id must be text, was nothing');
    expect(runCase({ id: '' }).malformed).toBe('case: id must be text, was ""');
    expect(runCase(5).malformed).toBe('case must be an object, was 5');
    expect(runCases([{ ...base, id: 7 }])[0]).toMatchObject({ id: '?', malformed: 'case 1 of the file: id must be text, was 7', passed: false, account: null, error: null });
    expect(runCases([base, null])[1]?.malformed).toBe('case 2 of the file must be an object, was null');
  });

  it('a case that cannot be read keeps its id and has no differences', () => {
    expect(runCase({ ...base, kind: 'spot' })).toMatchObject({ id: 'A', passed: false, differences: [], why: '', row: '', title: '', ambiguousBars: 0 });
  });

  it('what no field is absent of may be null: config, instrument, mark, funding, script and slippage', () => {
    expect(wrongIn({ config: null, instrument: null, mark: null, funding: null, script: null })).toBeNull();
    expect(wrongIn({ config: { slippage: null, participation: null } })).toBeNull();
  });
});

describe('the messages of a script', () => {
  const faults: readonly (readonly [change: Record<string, unknown>, words: string])[] = [
    [message({ at: 0, do: 'buy' }), 'script[0].do must be one of submit, cancel, amend, tradingStop, addMargin, was "buy"'],
    [{ script: [5] }, 'script[0] must be an object, was 5'],
    [message({ at: 0, do: 'submit' }), 'script[0].order must be an object, was nothing'],
    [message({ do: 'cancel', id: 'E' }), 'script[0].at must be a decimal number, was nothing'],
    [message({ at: -5, do: 'cancel', id: 'E' }), 'script[0].at must be whole milliseconds, was -5'],
    [message({ at: 0, do: 'cancel' }), 'script[0].id must be text, was nothing'],
    [message({ at: 0, do: 'cancel', id: 'E', why: 'x' }), 'script[0].why is not a field of fill-case/1; known: at, after, do, id'],
    [message({ after: '', do: 'cancel', id: 'E' }), 'script[0].after must be text, was ""'],
    [message({ at: 0, after: 'E', do: 'cancel', id: 'E' }), 'script[0].at must be left out beside after, was 0'],
    [message({ after: 'F', do: 'cancel', id: 'E' }), 'script[0].after must be an order of the script or one of SL, TP, TS, LIQ, was "F"'],
    [message({ at: 0, do: 'amend', qty: '1' }), 'script[0].id must be text, was nothing'],
    [message({ at: 0, do: 'amend', id: 'E', size: '1' }), 'script[0].size is not a field of fill-case/1; known: at, after, do, id, price, qty, trigger'],
    [message({ at: 0, do: 'tradingStop', slTriggerBy: 'x' }), 'script[0].slTriggerBy must be one of LastPrice, MarkPrice, was "x"'],
    [message({ at: 0, do: 'tradingStop', tpTriggerBy: 'x' }), 'script[0].tpTriggerBy must be one of LastPrice, MarkPrice, was "x"'],
    [message({ at: 0, do: 'tradingStop', stop: '1' }), 'script[0].stop is not a field of fill-case/1; known: at, after, do, id, sl, tp, trailing, activePrice, slTriggerBy, tpTriggerBy'],
    [message({ at: 0, do: 'addMargin', amount: 'x' }), 'script[0].amount must be a decimal number, was "x"'],
    [message({ at: 0, do: 'addMargin', sum: '1' }), 'script[0].sum is not a field of fill-case/1; known: at, after, do, id, amount'],
    [order({ id: '' }), 'script[0].order.id must be text, was ""'],
    [order({ side: 'Long' }), 'script[0].order.side must be one of Buy, Sell, was "Long"'],
    [order({ type: 'Stop' }), 'script[0].order.type must be one of Market, Limit, was "Stop"'],
    [order({ tif: 'GTD' }), 'script[0].order.tif must be one of GTC, IOC, FOK, PostOnly, was "GTD"'],
    [order({ trigger: '5' }), 'script[0].order.triggerDirection must be 1 or 2, was nothing'],
    [order({ trigger: '5', triggerDirection: 3 }), 'script[0].order.triggerDirection must be 1 or 2, was 3'],
    [order({ triggerBy: 'IndexPrice' }), 'script[0].order.triggerBy must be one of LastPrice, MarkPrice, was "IndexPrice"'],
    [order({ slTriggerBy: 'x' }), 'script[0].order.slTriggerBy must be one of LastPrice, MarkPrice, was "x"'],
    [order({ tpTriggerBy: 'x' }), 'script[0].order.tpTriggerBy must be one of LastPrice, MarkPrice, was "x"'],
    [order({ reduceOnly: 'yes' }), 'script[0].order.reduceOnly must be true or false, was "yes"'],
    [order({ expireAt: 'x' }), 'script[0].order.expireAt must be a decimal number, was "x"'],
    [order({ stopLoss: '5' }), 'script[0].order.stopLoss is not a field of fill-case/1; known: id, side, type, qty, price, trigger, triggerDirection, triggerBy, tif, reduceOnly, expireAt, sl, tp, slTriggerBy, tpTriggerBy'],
  ];

  it.each(faults)('%j is told as one line', (change, words) => {
    expect(wrongIn(change)).toBe(`case A: ${words}`);
  });

  it('two orders of one id are told, a message after an order that stands behind it in the script is not', () => {
    const entry = { at: 0, do: 'submit', order: { id: 'E', side: 'Buy', type: 'Market', qty: '1' } };

    expect(wrongIn({ script: [entry, entry] })).toBe('case A: script[1].order.id must be an id of its own, was "E"');
    expect(wrongIn({ script: [{ after: 'E', do: 'cancel', id: 'X' }, entry] })).toBeNull();
    expect(wrongIn({ script: [entry, { after: 'SL', do: 'cancel', id: 'X' }] })).toBeNull();
  });

  it('a trigger direction may be written as text, and an unused one is nothing wrong', () => {
    expect(wrongIn(order({ trigger: '250', triggerDirection: '1' }))).toBeNull();
    expect(wrongIn(order({ trigger: '150', triggerDirection: '2' }))).toBeNull();
    expect(wrongIn(order({ triggerDirection: 7 }))).toBeNull();
  });
});

describe('numbers of a case', () => {
  const twoBars = [good, [at(1), '200', '202', '198', '200', '1000']];
  const fillOf = (qty: unknown, more: Record<string, unknown> = {}): unknown =>
    runCase({ ...base, bars: twoBars, script: [buy(1, { qty, ...more })] }).account?.fills[0]?.qty;

  it('may be JSON numbers, text, with an exponent, a sign, blanks around or a bare point: all are 2', () => {
    expect([fillOf(2), fillOf('2'), fillOf('0.2e1'), fillOf('+2.'), fillOf(' 2 '), fillOf('20E-1'), fillOf('.02e+2')]).toEqual(Array.from({ length: 7 }, () => '2'));
  });

  it('are nothing when they are not: 2x, e1, a lone point, NaN, an exponent beyond 100', () => {
    expect(['2x', 'e1', '.', Number.NaN, '1e-101', [], {}].map((qty) => fillOf(qty))).toEqual(Array.from({ length: 7 }, () => undefined));
  });

  it('a quantity is rounded down to the step and a price exactly, whatever the digits: 0.3 of 0.1 steps is 3 of them', () => {
    const fills = (qty: string): unknown =>
      runCase({ ...base, bars: twoBars, instrument: { qtyStep: '0.1', minQty: '0.1' }, script: [buy(1, { qty })] }).account?.fills[0]?.qty;

    expect([fills('0.3'), fills('0.3000000000000000001'), fills('0.2999999999999999999')]).toEqual(['0.3', '0.3', '0.2']);
  });

  it('a stop of nothing at all, written as empty text, removes: the same as 0', () => {
    const stops = (sl: string): unknown => runCase({
      ...base, bars: [...twoBars, [at(2), '200', '201', '190', '195', '1000']], script: [buy(1, { sl: '195' }), { at: at(2), do: 'tradingStop', id: 'S', sl }],
    }).account?.fills.length;

    expect([stops(''), stops('0'), stops('194')]).toEqual([1, 1, 2]);
  });
});

describe('defaults of the format', () => {
  const bars = [good, [at(1), '200', '202', '198', '200', '1000']];

  it('linear: tick 0.1, step 0.001, smallest 0.001 and 5, taker 0.00055, leverage 10, wallet 10000', () => {
    const account = runCase({ ...base, bars, script: [buy(1, { qty: '0.0259' }), sell(1, { id: 'F', qty: '0.0009' })] }).account;

    expect(account?.fills[0]).toEqual({ order: 'E', side: 'Buy', price: '200', qty: '0.025', liquidity: 'taker', fee: '0.00275', realizedPnl: '0', barIndex: 1 });
    expect(account?.answers).toEqual([{ id: 'F', code: 'QTY_BELOW_MIN', isOptional: false, isNameless: false }]);
    expect(account).toMatchObject({ walletBalance: '9999.99725', equity: '9999.99725', fees: '0.00275', funding: '0', realizedPnl: '0', unrealizedPnl: '0' });
  });

  it('inverse: tick 0.5, step 1, smallest 1, fees in coin', () => {
    const account = runCase({ ...base, kind: 'inverse', bars, script: [buy(1, { qty: '1.9', type: 'Limit', price: '200.9' })] }).account;

    expect(account?.fills[0]).toMatchObject({ price: '200', qty: '1', fee: '0.00000275' }); // 1/200 x 0.00055
    expect(account?.walletBalance).toBe('9999.99999725');
  });

  it('inverse tiers: 0.005 up to 150 coin, 0.01 with 0.75 less beyond', () => {
    // 160 coin at 2x, entry 100: 16000 contracts. LP = 16000 x 1.01 / (160 + 80 + 0.75) = 67.12; in the first tier 16000 x 1.005 / 240 = 67.
    const play = (low: string): unknown => runCase({
      ...base, kind: 'inverse', instrument: { leverage: '2' },
      bars: [[at(0), '100', '100', '100', '100', '1000'], [at(1), '100', '100', '100', '100', '1000'], [at(2), '100', '100', low, '100', '1000']],
      script: [buy(1, { qty: '16000' })],
    }).account?.fills.length;

    expect([play('67.5'), play('67')]).toEqual([1, 2]);
  });

  it('linear tiers beyond the table: 10,000,000 is no limit of the last one', () => {
    // 60,000 at 200 = 12,000,000: LP = (12,000,000 - 1,200,000 - 10,000) / (60,000 x 0.99) = 181.65.
    const play = (low: string): unknown => runCase({
      ...base, config: { wallet: '10000000' }, bars: [...bars, [at(2), '200', '201', low, '200', '1000']], script: [buy(1, { qty: '60000' })],
    }).account?.fills.length;

    expect([play('181.7'), play('181.6')]).toEqual([1, 2]);
  });
});
