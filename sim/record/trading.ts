/**
 * Rows of what was decided, ordered, executed, traded and protected: fed by the run loop after each step, from notes
 * and executions only. Units and columns: `sim/result.ts`.
 */
import { valueOf } from '../../engine/index.ts';
import type { Execution, Instrument, Note, Order, OrderOutcome, State, Table } from '../../engine/index.ts';
import { booleanColumn, doubleColumn, Doubles, integerColumn, Integers, textColumn, Texts, timeColumn } from './columns.ts';

/** A named set of growing columns. */
type Kind = 'double' | 'integer' | 'time' | 'text' | 'boolean';
type Columns<S extends Record<string, Kind>> = {
  readonly [K in keyof S]: S[K] extends 'text' ? Texts : S[K] extends 'integer' | 'boolean' ? Integers : Doubles;
};

function columnsOf<S extends Record<string, Kind>>(shape: S): Columns<S> {
  const made: Record<string, Texts | Integers | Doubles> = {};
  for (const [name, kind] of Object.entries(shape)) {
    made[name] = kind === 'text' ? new Texts() : kind === 'integer' || kind === 'boolean' ? new Integers() : new Doubles();
  }
  return made as Columns<S>;
}

function tableOf(name: string, shape: Record<string, Kind>, columns: Readonly<Record<string, Texts | Integers | Doubles>>): Table {
  let rows = 0;
  const done = Object.entries(shape).map(([column, kind]) => {
    const from = columns[column];
    if (from instanceof Texts) {
      rows = from.codes.length;
      return textColumn(column, from);
    }
    if (from instanceof Integers) {
      rows = from.length;
      return kind === 'boolean' ? booleanColumn(column, from) : integerColumn(column, from);
    }
    const doubles = from!;
    rows = doubles.length;
    return kind === 'time' ? timeColumn(column, doubles) : doubleColumn(column, doubles);
  });
  return { name, rows, columns: done };
}

const decisionShape = {
  time: 'time', symbol: 'text', intent: 'text', outcome: 'text', reason: 'text', price: 'double', stop: 'double', qty: 'double',
} as const;
const orderShape = {
  order: 'integer', symbol: 'text', role: 'text', side: 'text', type: 'text', time_in_force: 'text', reduce_only: 'boolean',
  qty: 'double', price: 'double', trigger: 'double', stop: 'double', sent_at: 'time', ended_at: 'time', outcome: 'text',
  filled_qty: 'double', reason: 'text',
} as const;
const executionShape = {
  time: 'time', execution: 'integer', order: 'integer', symbol: 'text', cause: 'text', side: 'text', qty: 'double', price: 'double',
  reference: 'double', slippage_bps: 'double', value: 'double', fee: 'double', liquidity: 'text', lots: 'double', price_ticks: 'double',
} as const;
const tradeShape = {
  trade: 'integer', symbol: 'text', side: 'text', opened_at: 'time', closed_at: 'time', qty: 'double', entry_price: 'double',
  exit_price: 'double', gross: 'double', fees: 'double', funding: 'double', slippage: 'double', net: 'double', risk: 'double',
  r: 'double', mae: 'double', mfe: 'double', bars: 'integer', entry_reason: 'text', exit_reason: 'text', quality: 'text',
} as const;
const stopShape = { time: 'time', symbol: 'text', change: 'text', trigger: 'double', by: 'text', cause: 'text' } as const;

export interface TradingTotals { trades: number; tradedValue: number; slippageCost: number }

export interface TradingRecord {
  readonly totals: TradingTotals;
  /** Takes one note of a step. */
  readonly note: (note: Note) => void;
  /** Takes an execution that the step before counted; reads the order it belonged to from the state. */
  readonly execution: (state: State, event: Execution) => void;
  readonly tables: (state: State) => Table[];
}

export function createTradingRecord(symbols: readonly string[], instruments: readonly Instrument[]): TradingRecord {
  const decisions = columnsOf(decisionShape);
  const orders = columnsOf(orderShape);
  const executions = columnsOf(executionShape);
  const trades = columnsOf(tradeShape);
  const stops = columnsOf(stopShape);
  const totals: TradingTotals = { trades: 0, tradedValue: 0, slippageCost: 0 };
  const price = (leg: number, priceTicks: number): number => valueOf(priceTicks, instruments[leg]!.tick);
  const quantity = (leg: number, lots: number): number => valueOf(lots, instruments[leg]!.lot);
  const optional = (leg: number, priceTicks: number): number => (priceTicks > 0 ? price(leg, priceTicks) : Number.NaN);

  function decision(note: Note & { tag: 'decision' }): void {
    decisions.time.push(note.at);
    decisions.symbol.push(symbols[note.leg]!);
    decisions.intent.push(note.intent);
    decisions.outcome.push(note.outcome);
    decisions.reason.push(note.reason === '' ? null : note.reason);
    decisions.price.push(optional(note.leg, note.priceTicks));
    decisions.stop.push(optional(note.leg, note.stopTicks));
    decisions.qty.push(note.lots > 0 ? quantity(note.leg, note.lots) : Number.NaN);
  }

  function order(o: Order, outcome: OrderOutcome | 'open', endedAt: number, reason: string): void {
    orders.order.push(o.id);
    orders.symbol.push(symbols[o.leg]!);
    orders.role.push(o.role);
    orders.side.push(o.side === 1 ? 'buy' : 'sell');
    orders.type.push(o.type);
    orders.time_in_force.push(o.timeInForce);
    orders.reduce_only.push(o.reduceOnly ? 1 : 0);
    orders.qty.push(quantity(o.leg, o.lots));
    orders.price.push(optional(o.leg, o.priceTicks));
    orders.trigger.push(optional(o.leg, o.triggerTicks));
    orders.stop.push(optional(o.leg, o.terms === null ? 0 : o.terms.stopTicks));
    orders.sent_at.push(o.sentAt);
    orders.ended_at.push(endedAt);
    orders.outcome.push(outcome);
    orders.filled_qty.push(quantity(o.leg, o.filled));
    orders.reason.push(reason);
  }

  function execution(state: State, event: Execution): void {
    const { fill } = state;
    const instrument = instruments[event.leg]!;
    const value = Number(event.value) / instrument.moneyUnits;
    executions.time.push(event.at);
    executions.execution.push(executions.execution.length + 1);
    executions.order.push(event.order);
    executions.symbol.push(symbols[event.leg]!);
    executions.cause.push(event.cause);
    executions.side.push(event.side === 1 ? 'buy' : 'sell');
    executions.qty.push(quantity(event.leg, event.lots));
    executions.price.push(price(event.leg, event.priceTicks));
    executions.reference.push(optional(event.leg, fill.referenceTicks));
    executions.slippage_bps.push(event.side * (event.priceTicks / fill.referenceTicks - 1) * 10_000);
    executions.value.push(value);
    executions.fee.push(Number(event.fee) / instrument.moneyUnits);
    executions.liquidity.push(event.liquidity);
    executions.lots.push(event.lots);
    executions.price_ticks.push(event.priceTicks);
    totals.tradedValue += value;
  }

  function trade(note: Note & { tag: 'trade' }): void {
    const { moneyUnits } = instruments[note.leg]!;
    const net = Number(note.gross - note.fees + note.funding) / moneyUnits;
    totals.trades += 1;
    totals.slippageCost += note.slippage;
    trades.trade.push(totals.trades);
    trades.symbol.push(symbols[note.leg]!);
    trades.side.push(note.side === 1 ? 'long' : 'short');
    trades.opened_at.push(note.openedAt);
    trades.closed_at.push(note.at);
    trades.qty.push(quantity(note.leg, note.lots));
    trades.entry_price.push(price(note.leg, note.entryTicks));
    trades.exit_price.push(price(note.leg, note.exitTicks));
    trades.gross.push(Number(note.gross) / moneyUnits);
    trades.fees.push(Number(note.fees) / moneyUnits);
    trades.funding.push(Number(note.funding) / moneyUnits);
    trades.slippage.push(note.slippage);
    trades.net.push(net);
    trades.risk.push(note.risk > 0 ? note.risk : Number.NaN);
    trades.r.push(note.risk > 0 ? net / note.risk : Number.NaN);
    trades.mae.push(note.maeTicks / note.entryTicks);
    trades.mfe.push(note.mfeTicks / note.entryTicks);
    trades.bars.push(note.bars);
    trades.entry_reason.push(note.entryReason === '' ? null : note.entryReason);
    trades.exit_reason.push(note.exitReason);
    trades.quality.push('executed');
  }

  function stop(note: Note & { tag: 'protection' }): void {
    const { protection } = note;
    const trigger = protection === null || !('trigger' in protection) ? 0 : protection.trigger;
    stops.time.push(note.at);
    stops.symbol.push(symbols[note.leg]!);
    stops.change.push(protection === null ? 'fired' : protection.tag);
    stops.trigger.push(optional(note.leg, trigger));
    stops.by.push(protection !== null && 'by' in protection ? protection.by : null);
    stops.cause.push(note.cause);
  }

  return {
    totals,
    execution,
    note: (note) => {
      switch (note.tag) {
        case 'protection': stop(note); return;
        case 'decision': decision(note); return;
        case 'order-ended': order(note.order, note.outcome, note.at, note.reason); return;
        case 'trade': trade(note); return;
        default:
      }
    },
    tables: (state) => {
      for (const leg of state.legs) for (const live of leg.orders) order(live, 'open', Number.NaN, live.reason);
      return [
        tableOf('decisions', decisionShape, decisions), tableOf('orders', orderShape, orders),
        tableOf('executions', executionShape, executions), tableOf('trades', tradeShape, trades), tableOf('stops', stopShape, stops),
      ];
    },
  };
}
