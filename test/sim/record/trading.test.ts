/** Rows of decisions, orders, executions, trades, stops, modes and events, each worked out by hand. */
import { describe, expect, it } from 'vitest';
import type { Command, Event, Note, State, Table } from '../../../engine/index.ts';
import { EventRecord } from '../../../sim/record/events.ts';
import { TradingRecord } from '../../../sim/record/index.ts';
import { inverse, linear } from '../market.ts';

type Cell = number | string | boolean | null;
const cellsOf = (table: Table | undefined): Record<string, Cell>[] => Array.from({ length: table?.rows ?? 0 }, (_, row) =>
  Object.fromEntries(table!.columns.map((column): [string, Cell] => {
    switch (column.type) {
      case 'text': return [column.name, column.dictionary[column.codes[row]!] ?? null];
      case 'boolean': return [column.name, column.values[row] === 1];
      default: return [column.name, Number.isNaN(column.values[row]) ? null : column.values[row]!];
    }
  })));
const line = linear({ tick: '0.5', qtyStep: '0.1', minQty: '0.1' });
const made = (): TradingRecord => new TradingRecord(['AAA', 'BBB'], [line, inverse()]);
const note = (own: object): Note => ({ at: 5, leg: 0, ...own }) as never;
const only = (record: TradingRecord, name: string): Record<string, Cell>[] => cellsOf(record.taken().find((table) => table.name === name));
const scale = 10n ** BigInt(line.moneyScale);

describe('a decision', () => {
  const decision = (own: object): Note => note({ tag: 'decision', intent: 'long', outcome: 'sent', reason: 'up', priceTicks: 200, stopTicks: 180, lots: 30, inputs: '', ...own });

  it('is told in prices and quantities: 200 ticks of 0.5, 30 lots of 0.1; 0 and no word are none', () => {
    const record = made();
    record.note(decision({}));
    record.note(decision({ leg: 1, at: 6, reason: '', priceTicks: 0, stopTicks: 0, lots: 0 }));

    expect(only(record, 'decisions')).toEqual([
      { time: 5, symbol: 'AAA', intent: 'long', outcome: 'sent', reason: 'up', price: 100, stop: 90, qty: 3 },
      { time: 6, symbol: 'BBB', intent: 'long', outcome: 'sent', reason: null, price: null, stop: null, qty: null },
    ]);
  });
  it('has inputs once one of them had', () => {
    const record = made();
    record.note(decision({ inputs: 'risk 1' }));
    record.note(decision({}));

    expect(only(record, 'decisions').map(({ inputs }) => inputs)).toEqual(['risk 1', null]);
  });
  it('waits with 255 others to be written: none is lost, of 255, 256, 257 or 600', () => {
    for (const count of [255, 256, 257, 600]) {
      const record = made();
      for (let i = 0; i < count; i++) {
        record.note(decision({ at: i }));
        record.note(note({ tag: 'protection', at: i, protection: null, cause: 'stop' }));
      }
      const tables = record.taken();
      const timesOf = (name: string): Cell[] => cellsOf(tables.find((table) => table.name === name)).map(({ time }) => time!);
      expect([timesOf('decisions'), timesOf('stops')]).toEqual([Array.from({ length: count }, (_, i) => i), Array.from({ length: count }, (_, i) => i)]);
      expect(only(record, 'decisions')).toEqual([]);
    }
  });
});

describe('an order', () => {
  const order = (own: object) => ({
    id: 7, leg: 0, role: 'entry', side: 1, type: 'limit', reduceOnly: false, timeInForce: 'GTC', triggerTicks: 210, priceTicks: 200, lots: 30, filled: 10,
    terms: { stopTicks: 180 }, sentAt: 3, reason: 'up', ...own,
  });
  const row = { order: 7, symbol: 'AAA', role: 'entry', side: 'buy', type: 'limit', time_in_force: 'GTC', reduce_only: false, qty: 3, price: 100, trigger: 105, stop: 90, sent_at: 3, filled_qty: 1 };

  it('that ended has its end and outcome; at market, without trigger and terms, it has no prices', () => {
    const record = made();
    record.note(note({ tag: 'order-ended', order: order({}), outcome: 'filled', reason: 'target' }));
    record.note(note({ tag: 'order-ended', order: order({ side: -1, reduceOnly: true, triggerTicks: 0, priceTicks: 0, terms: null }), outcome: 'cancelled', reason: 'late' }));
    record.note(note({ tag: 'order-ended', order: order({ terms: { stopTicks: 0 } }), outcome: 'filled', reason: 'x' }));

    expect(only(record, 'orders')).toEqual([
      { ...row, ended_at: 5, outcome: 'filled', reason: 'target' },
      { ...row, side: 'sell', reduce_only: true, price: null, trigger: null, stop: null, ended_at: 5, outcome: 'cancelled', reason: 'late' },
      { ...row, stop: null, ended_at: 5, outcome: 'filled', reason: 'x' },
    ]);
  });
  it('that stands at the end is open and has no end', () => {
    const record = made();
    const tables = record.tables({ legs: [{ orders: [order({})] }, { orders: [order({ leg: 1, id: 8 })] }] } as never as State);

    expect(cellsOf(tables.find(({ name }) => name === 'orders')).map(({ order: id, symbol, outcome, ended_at, reason }) => [id, symbol, outcome, ended_at, reason]))
      .toEqual([[7, 'AAA', 'open', null, 'up'], [8, 'BBB', 'open', null, 'up']]);
    expect(tables.map(({ name }) => name)).toEqual(['decisions', 'orders', 'executions', 'trades', 'stops']);
  });
});

describe('an execution', () => {
  const event = (own: object) => ({
    tag: 'execution', at: 5, leg: 0, order: 7, id: 1, cause: 'order', side: 1, lots: 30, priceTicks: 202, value: 303n * scale, fee: scale / 2n, liquidity: 'taker', leavesLots: 0, ...own,
  }) as never;
  const referring = (referenceTicks: number): State => ({ fill: { referenceTicks } }) as never;

  it('bought at 101 where 100 was wanted costs 100 bps, 3 of 303; sold there it gains them', () => {
    const record = made();
    record.execution(referring(200), event({}));
    record.execution(referring(200), event({ side: -1, liquidity: 'maker', cause: 'stop' }));
    record.execution(referring(0), event({ at: 6 }));
    const [bought, sold, without] = only(record, 'executions');

    expect({ ...bought, slippage_bps: Number(bought!['slippage_bps']).toFixed(6) }).toEqual({
      time: 5, execution: 1, order: 7, symbol: 'AAA', cause: 'order', side: 'buy', qty: 3, price: 101, reference: 100, slippage_bps: '100.000000', value: 303, fee: 0.5,
      liquidity: 'taker', lots: 30, price_ticks: 202,
    });
    expect([sold!['side'], sold!['liquidity'], sold!['cause'], Number(sold!['slippage_bps']).toFixed(6)]).toEqual(['sell', 'maker', 'stop', '-100.000000']);
    expect([without!['reference'], without!['time']]).toEqual([null, 6]);
    expect(record.totals.tradedValue).toBe(909);
    expect(record.totals.slippageCost).toBeCloseTo(0, 12);
  });
  it('of a linear one costs 3, of an inverse one of 303 that was bought 1 % too high 3.03', () => {
    const [line3, turned] = [made(), made()];
    line3.execution(referring(200), event({}));
    turned.execution(referring(200), event({ leg: 1, value: 303n * 10n ** BigInt(inverse().moneyScale) }));

    expect(line3.totals.slippageCost).toBeCloseTo(3, 9);
    expect(turned.totals.slippageCost).toBeCloseTo(3.03, 9);
  });
  it('is numbered on from what was given up before, 40 of an earlier record and 2 of this one', () => {
    const record = new TradingRecord(['AAA'], [line], { executions: 40, trades: 9 });
    record.execution(referring(200), event({}));
    record.note(note({ tag: 'recovered', execution: event({}), referenceTicks: 202 }));
    expect(only(record, 'executions').map(({ execution, reference }) => [execution, reference])).toEqual([[41, 100], [42, 101]]);
    record.execution(referring(200), event({}));

    expect(only(record, 'executions').map(({ execution }) => execution)).toEqual([43]);
    expect(record.totals.trades).toBe(9);
  });
});

describe('a trade', () => {
  const trade = (own: object): Note => note({
    tag: 'trade', side: 1, openedAt: 2, lots: 30, entryTicks: 200, exitTicks: 220, gross: 30n * scale, fees: scale, funding: -2n * scale, slippage: 0.5, net: 27, risk: 9,
    maeTicks: -10, mfeTicks: 30, bars: 4, entryReason: 'up', exitReason: 'target', ...own,
  });

  it('has its result, what it risked as R, and its excursions as parts of the entry', () => {
    const record = made();
    record.note(trade({}));
    record.note(trade({ side: -1, risk: 0, funding: 0n, entryReason: '', leg: 1 }));
    const [long, short] = only(record, 'trades');

    expect(long).toEqual({
      trade: 1, symbol: 'AAA', side: 'long', opened_at: 2, closed_at: 5, qty: 3, entry_price: 100, exit_price: 110, gross: 30, fees: 1, funding: -2, slippage: 0.5, net: 27,
      risk: 9, r: 3, mae: -0.05, mfe: 0.15, bars: 4, entry_reason: 'up', exit_reason: 'target', quality: 'executed',
    });
    expect([short!['trade'], short!['symbol'], short!['side'], short!['risk'], short!['r'], short!['funding'], short!['entry_reason']]).toEqual([2, 'BBB', 'short', null, null, 0, null]);
    expect(record.totals.trades).toBe(2);
  });
});

describe('a stop and a mode', () => {
  it('a stop that is armed has trigger and price, one that fired or is not there has none', () => {
    const record = made();
    for (const protection of [{ tag: 'armed', trigger: 180, by: 'mark' }, null, { tag: 'unprotected' }, { tag: 'requested', trigger: 0, by: 'last' }]) {
      record.note(note({ tag: 'protection', protection, cause: 'asked' }));
    }
    const base = { time: 5, symbol: 'AAA', cause: 'asked' };

    expect(only(record, 'stops')).toEqual([
      { ...base, change: 'armed', trigger: 90, by: 'mark' }, { ...base, change: 'fired', trigger: null, by: null },
      { ...base, change: 'unprotected', trigger: null, by: null }, { ...base, change: 'requested', trigger: null, by: 'last' },
    ]);
  });
  it('modes are a table only when there are any; a cooldown has its end, a halt is kept', () => {
    const record = made();
    record.note(note({ tag: 'mode', mode: { tag: 'trading' } }));
    record.note(note({ tag: 'mode', mode: { tag: 'cooldown', until: 99, cause: 'daily-loss', evidence: '5 %', since: 5 } }));
    record.note(note({ tag: 'mode', mode: { tag: 'halted', cause: 'money', evidence: 'none left', since: 5 } }));
    record.note(note({ tag: 'unknown' }));

    expect(only(record, 'modes')).toEqual([
      { time: 5, mode: 'trading', cause: null, evidence: null, until: null }, { time: 5, mode: 'cooldown', cause: 'daily-loss', evidence: '5 %', until: 99 },
      { time: 5, mode: 'halted', cause: 'money', evidence: 'none left', until: null },
    ]);
    expect(record.halts).toEqual([{ cause: 'money', at: 5, evidence: 'none left' }]);
  });
});

describe('the events', () => {
  const none = { leg: -1, order: -1, lots: null, price_ticks: null, stop_ticks: null };
  it('have what each kind has', () => {
    const record = new EventRecord();
    const events: object[] = [
      { tag: 'execution', leg: 1, order: 4, side: -1, lots: 5, priceTicks: 100 }, { tag: 'stop-set', leg: 1, order: 9, triggerTicks: 90 }, { tag: 'funding', leg: 1, symbol: 1, rate: 0.5 },
      { tag: 'mark-price', symbol: 2, markTicks: 101 }, { tag: 'order-accepted', leg: 1, order: 4 }, { tag: 'timer' },
    ];
    for (const event of events) record.event({ at: 5, ...event } as never as Event);

    expect(cellsOf(record.table())).toEqual([
      { ...none, kind: 'execution', leg: 1, order: 4, lots: -5, price_ticks: 100 }, { ...none, kind: 'stop-set', leg: 1, stop_ticks: 90 },
      { ...none, kind: 'funding', leg: 1, price_ticks: 0.5 }, { ...none, kind: 'mark-price', leg: 2, price_ticks: 101 },
      { ...none, kind: 'order-accepted', leg: 1, order: 4 }, { ...none, kind: 'timer' },
    ].map((row) => ({ time: 5, ...row })));
  });
  it('and commands too', () => {
    const record = new EventRecord();
    const commands: object[] = [
      { tag: 'enter', leg: 1, order: 4, side: -1, lots: 5, priceTicks: 100, stopTicks: 110 }, { tag: 'reduce', leg: 1, order: 5, side: -1, lots: 3, priceTicks: 101 },
      { tag: 'amend', leg: 1, order: 4, lots: 6, priceTicks: 99 }, { tag: 'cancel', leg: 1, order: 4 }, { tag: 'set-stop', leg: 1, triggerTicks: 90 },
      { tag: 'query-account', leg: 1 }, { tag: 'notify' },
    ];
    for (const command of commands) record.command(6, command as never as Command);

    expect(cellsOf(record.table())).toEqual([
      { ...none, kind: 'enter', leg: 1, order: 4, lots: -5, price_ticks: 100, stop_ticks: 110 }, { ...none, kind: 'reduce', leg: 1, order: 5, lots: -3, price_ticks: 101 },
      { ...none, kind: 'amend', leg: 1, order: 4, lots: 6, price_ticks: 99 }, { ...none, kind: 'cancel', leg: 1, order: 4 }, { ...none, kind: 'set-stop', leg: 1, stop_ticks: 90 },
      { ...none, kind: 'query-account', leg: 1 }, { ...none, kind: 'notify' },
    ].map((row) => ({ time: 6, ...row })));
  });
});
