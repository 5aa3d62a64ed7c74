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

export class TradingRecord {
  readonly totals: TradingTotals = { trades: 0, tradedValue: 0, slippageCost: 0 };
  readonly #decisions = columnsOf(decisionShape);
  readonly #orders = columnsOf(orderShape);
  readonly #executions = columnsOf(executionShape);
  readonly #trades = columnsOf(tradeShape);
  readonly #stops = columnsOf(stopShape);
  readonly #symbols: readonly string[];
  readonly #instruments: readonly Instrument[];

  constructor(symbols: readonly string[], instruments: readonly Instrument[]) {
    this.#symbols = symbols;
    this.#instruments = instruments;
  }

  /** Takes one note of a step. */
  note(note: Note): void { // hot
    switch (note.tag) {
      case 'protection': this.#stop(note); return;
      case 'decision': this.#decision(note); return;
      case 'order-ended': this.#order(note.order, note.outcome, note.at, note.reason); return;
      case 'trade': this.#trade(note); return;
      default:
    }
  }

  /** Every table; orders still standing are listed with outcome `open`. */
  tables(state: State): Table[] {
    for (const leg of state.legs) for (const order of leg.orders) this.#order(order, 'open', Number.NaN, order.reason);
    return [
      tableOf('decisions', decisionShape, this.#decisions), tableOf('orders', orderShape, this.#orders),
      tableOf('executions', executionShape, this.#executions), tableOf('trades', tradeShape, this.#trades),
      tableOf('stops', stopShape, this.#stops),
    ];
  }

  #price(leg: number, priceTicks: number): number { return valueOf(priceTicks, this.#instruments[leg]!.tick); }
  #quantity(leg: number, lots: number): number { return valueOf(lots, this.#instruments[leg]!.lot); }
  #optional(leg: number, priceTicks: number): number { return priceTicks > 0 ? this.#price(leg, priceTicks) : Number.NaN; }

  #decision(note: Note & { tag: 'decision' }): void {
    this.#decisions.time.push(note.at);
    this.#decisions.symbol.push(this.#symbols[note.leg]!);
    this.#decisions.intent.push(note.intent);
    this.#decisions.outcome.push(note.outcome);
    this.#decisions.reason.push(note.reason === '' ? null : note.reason);
    this.#decisions.price.push(this.#optional(note.leg, note.priceTicks));
    this.#decisions.stop.push(this.#optional(note.leg, note.stopTicks));
    this.#decisions.qty.push(note.lots > 0 ? this.#quantity(note.leg, note.lots) : Number.NaN);
  }

  #order(o: Order, outcome: OrderOutcome | 'open', endedAt: number, reason: string): void {
    this.#orders.order.push(o.id);
    this.#orders.symbol.push(this.#symbols[o.leg]!);
    this.#orders.role.push(o.role);
    this.#orders.side.push(o.side === 1 ? 'buy' : 'sell');
    this.#orders.type.push(o.type);
    this.#orders.time_in_force.push(o.timeInForce);
    this.#orders.reduce_only.push(o.reduceOnly ? 1 : 0);
    this.#orders.qty.push(this.#quantity(o.leg, o.lots));
    this.#orders.price.push(this.#optional(o.leg, o.priceTicks));
    this.#orders.trigger.push(this.#optional(o.leg, o.triggerTicks));
    this.#orders.stop.push(this.#optional(o.leg, o.terms === null ? 0 : o.terms.stopTicks));
    this.#orders.sent_at.push(o.sentAt);
    this.#orders.ended_at.push(endedAt);
    this.#orders.outcome.push(outcome);
    this.#orders.filled_qty.push(this.#quantity(o.leg, o.filled));
    this.#orders.reason.push(reason);
  }

  /** Takes an execution that the step before counted; the order it belonged to is read from the state. */
  execution(state: State, event: Execution): void {
    const { fill } = state;
    const instrument = this.#instruments[event.leg]!;
    const value = Number(event.value) / instrument.moneyUnits;
    this.#executions.time.push(event.at);
    this.#executions.execution.push(this.#executions.execution.length + 1);
    this.#executions.order.push(event.order);
    this.#executions.symbol.push(this.#symbols[event.leg]!);
    this.#executions.cause.push(event.cause);
    this.#executions.side.push(event.side === 1 ? 'buy' : 'sell');
    this.#executions.qty.push(this.#quantity(event.leg, event.lots));
    this.#executions.price.push(this.#price(event.leg, event.priceTicks));
    this.#executions.reference.push(this.#optional(event.leg, fill.referenceTicks));
    this.#executions.slippage_bps.push(event.side * (event.priceTicks / fill.referenceTicks - 1) * 10_000);
    this.#executions.value.push(value);
    this.#executions.fee.push(Number(event.fee) / instrument.moneyUnits);
    this.#executions.liquidity.push(event.liquidity);
    this.#executions.lots.push(event.lots);
    this.#executions.price_ticks.push(event.priceTicks);
    this.totals.tradedValue += value;
  }

  #trade(note: Note & { tag: 'trade' }): void {
    const { moneyUnits } = this.#instruments[note.leg]!;
    const net = Number(note.gross - note.fees + note.funding) / moneyUnits;
    this.totals.trades += 1;
    this.totals.slippageCost += note.slippage;
    this.#trades.trade.push(this.totals.trades);
    this.#trades.symbol.push(this.#symbols[note.leg]!);
    this.#trades.side.push(note.side === 1 ? 'long' : 'short');
    this.#trades.opened_at.push(note.openedAt);
    this.#trades.closed_at.push(note.at);
    this.#trades.qty.push(this.#quantity(note.leg, note.lots));
    this.#trades.entry_price.push(this.#price(note.leg, note.entryTicks));
    this.#trades.exit_price.push(this.#price(note.leg, note.exitTicks));
    this.#trades.gross.push(Number(note.gross) / moneyUnits);
    this.#trades.fees.push(Number(note.fees) / moneyUnits);
    this.#trades.funding.push(Number(note.funding) / moneyUnits);
    this.#trades.slippage.push(note.slippage);
    this.#trades.net.push(net);
    this.#trades.risk.push(note.risk > 0 ? note.risk : Number.NaN);
    this.#trades.r.push(note.risk > 0 ? net / note.risk : Number.NaN);
    this.#trades.mae.push(note.maeTicks / note.entryTicks);
    this.#trades.mfe.push(note.mfeTicks / note.entryTicks);
    this.#trades.bars.push(note.bars);
    this.#trades.entry_reason.push(note.entryReason === '' ? null : note.entryReason);
    this.#trades.exit_reason.push(note.exitReason);
    this.#trades.quality.push('executed');
  }

  #stop(note: Note & { tag: 'protection' }): void {
    const { protection } = note;
    const trigger = protection === null || !('trigger' in protection) ? 0 : protection.trigger;
    this.#stops.time.push(note.at);
    this.#stops.symbol.push(this.#symbols[note.leg]!);
    this.#stops.change.push(protection === null ? 'fired' : protection.tag);
    this.#stops.trigger.push(this.#optional(note.leg, trigger));
    this.#stops.by.push(protection !== null && 'by' in protection ? protection.by : null);
    this.#stops.cause.push(note.cause);
  }
}
