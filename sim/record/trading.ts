/**
 * Rows of what was decided, ordered, executed, traded and protected: fed by the run loop after each step, from notes
 * and executions only. Units and columns: `sim/result.ts`.
 */
import { valueOf } from '../../engine/index.ts';
import type { Execution, Instrument, Note, Order, OrderOutcome, State, Table } from '../../engine/index.ts';
import { drain } from '../drain.ts';
import { Words } from './columns.ts';
import { Rows } from './rows.ts';

const decisionShape = {
  time: 'time', symbol: 'text', intent: 'text', outcome: 'text', reason: 'text', price: 'double', stop: 'double', qty: 'double',
} as const;
const inputShape = { ...decisionShape, inputs: 'text' } as const;
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

const modeShape = { time: 'time', mode: 'text', cause: 'text', evidence: 'text', until: 'time' } as const;

/** Decisions and stops are written so many at a time: the same code over all of them, instead of a turn for each between two bars. */
const waitingNotes = 256;

export interface Halt { readonly cause: string; readonly at: number; readonly evidence: string }

export interface TradingTotals { trades: number; tradedValue: number; slippageCost: number }

/** The dictionary of every text column of a table, by name. */
type WordsOf<S> = { readonly [K in keyof S as S[K] extends 'text' ? K : never]: Words };

export class TradingRecord {
  readonly totals: TradingTotals = { trades: 0, tradedValue: 0, slippageCost: 0 };
  readonly #decisions = new Rows(9);
  readonly #decisionWords: WordsOf<typeof inputShape> = {
    symbol: new Words(), intent: new Words(), outcome: new Words(), reason: new Words(), inputs: new Words(),
  };
  readonly #orders = new Rows(16);
  readonly #orderWords: WordsOf<typeof orderShape> = {
    symbol: new Words(), role: new Words(), side: new Words(), type: new Words(), time_in_force: new Words(),
    outcome: new Words(), reason: new Words(),
  };
  readonly #executions = new Rows(15);
  readonly #executionWords: WordsOf<typeof executionShape> = {
    symbol: new Words(), cause: new Words(), side: new Words(), liquidity: new Words(),
  };
  readonly #trades = new Rows(21);
  readonly #tradeWords: WordsOf<typeof tradeShape> = {
    symbol: new Words(), side: new Words(), entry_reason: new Words(), exit_reason: new Words(), quality: new Words(),
  };
  readonly #stops = new Rows(6);
  readonly #stopWords: WordsOf<typeof stopShape> = { symbol: new Words(), change: new Words(), by: new Words(), cause: new Words() };
  readonly #modes = new Rows(5);
  readonly #modeWords: WordsOf<typeof modeShape> = { mode: new Words(), cause: new Words(), evidence: new Words() };
  readonly #waitingDecisions: (Note & { tag: 'decision' })[] = [];
  readonly #waitingStops: (Note & { tag: 'protection' })[] = [];
  readonly halts: Halt[] = [];
  readonly #symbols: readonly string[];
  readonly #instruments: readonly Instrument[];

  /** Executions in rows that were given up before. */
  #executionsBefore: number;

  /** `before` = rows of an earlier record that this one goes on from. */
  constructor(symbols: readonly string[], instruments: readonly Instrument[], before = { executions: 0, trades: 0 }) {
    this.#symbols = symbols;
    this.#instruments = instruments;
    this.#executionsBefore = before.executions;
    this.totals.trades = before.trades;
  }

  /** Takes one note of a step. */
  note(note: Note): void { // hot
    switch (note.tag) {
      case 'protection':
        if (this.#waitingStops.push(note) === waitingNotes) this.#writeStops();
        return;
      case 'decision':
        if (this.#waitingDecisions.push(note) === waitingNotes) this.#writeDecisions();
        return;
      case 'order-ended': this.#order(note.order, note.outcome, note.at, note.reason); return;
      case 'trade': this.#trade(note); return;
      case 'mode': this.#mode(note); return;
      case 'recovered': this.#execution(note.execution, note.referenceTicks); return;
      default:
    }
  }

  /** Every table; orders still standing are listed with outcome `open`. */
  tables(state: State): Table[] {
    for (const leg of state.legs) for (const order of leg.orders) this.#order(order, 'open', Number.NaN, order.reason);
    return this.taken();
  }

  /** The rows since they were asked for last, which are given up; of orders those that have ended. */
  taken(): Table[] {
    this.#writeDecisions();
    this.#writeStops();
    this.#executionsBefore += this.#executions.length;
    return [
      // Without rules no decision has inputs, and the table is what it was before there were any.
      this.#decisions.table('decisions', this.#decisionWords.inputs.list.length > 0 ? inputShape : decisionShape, this.#decisionWords),
      this.#orders.table('orders', orderShape, this.#orderWords),
      this.#executions.table('executions', executionShape, this.#executionWords),
      this.#trades.table('trades', tradeShape, this.#tradeWords), this.#stops.table('stops', stopShape, this.#stopWords),
      ...(this.#modes.length === 0 ? [] : [this.#modes.table('modes', modeShape, this.#modeWords)]),
    ];
  }

  #writeDecisions(): void {
    const waiting = this.#waitingDecisions;
    for (let i = 0; i < waiting.length; i++) this.#decision(waiting[i]!);
    drain(waiting);
  }

  #writeStops(): void {
    const waiting = this.#waitingStops;
    for (let i = 0; i < waiting.length; i++) this.#stop(waiting[i]!);
    drain(waiting);
  }

  #decision(note: Note & { tag: 'decision' }): void { // hot
    const { tick, lot } = this.#instruments[note.leg]!;
    const words = this.#decisionWords;
    const row = this.#decisions.open();
    const { values } = this.#decisions;
    values[row] = note.at;
    values[row + 1] = words.symbol.code(this.#symbols[note.leg]!);
    values[row + 2] = words.intent.code(note.intent);
    values[row + 3] = words.outcome.code(note.outcome);
    values[row + 4] = note.reason === '' ? -1 : words.reason.code(note.reason);
    values[row + 5] = note.priceTicks > 0 ? valueOf(note.priceTicks, tick) : Number.NaN;
    values[row + 6] = note.stopTicks > 0 ? valueOf(note.stopTicks, tick) : Number.NaN;
    values[row + 7] = note.lots > 0 ? valueOf(note.lots, lot) : Number.NaN;
    values[row + 8] = note.inputs === '' ? -1 : words.inputs.code(note.inputs);
  }

  #order(o: Order, outcome: OrderOutcome | 'open', endedAt: number, reason: string): void {
    const { tick, lot } = this.#instruments[o.leg]!;
    const words = this.#orderWords;
    const stopTicks = o.terms === null ? 0 : o.terms.stopTicks;
    const row = this.#orders.open();
    const { values } = this.#orders;
    values[row] = o.id;
    values[row + 1] = words.symbol.code(this.#symbols[o.leg]!);
    values[row + 2] = words.role.code(o.role);
    values[row + 3] = words.side.code(o.side === 1 ? 'buy' : 'sell');
    values[row + 4] = words.type.code(o.type);
    values[row + 5] = words.time_in_force.code(o.timeInForce);
    values[row + 6] = o.reduceOnly ? 1 : 0;
    values[row + 7] = valueOf(o.lots, lot);
    values[row + 8] = o.priceTicks > 0 ? valueOf(o.priceTicks, tick) : Number.NaN;
    values[row + 9] = o.triggerTicks > 0 ? valueOf(o.triggerTicks, tick) : Number.NaN;
    values[row + 10] = stopTicks > 0 ? valueOf(stopTicks, tick) : Number.NaN;
    values[row + 11] = o.sentAt;
    values[row + 12] = endedAt;
    values[row + 13] = words.outcome.code(outcome);
    values[row + 14] = valueOf(o.filled, lot);
    values[row + 15] = words.reason.code(reason);
  }

  #mode({ at, mode }: Note & { tag: 'mode' }): void {
    const cause = 'cause' in mode ? mode.cause : '';
    const evidence = 'evidence' in mode ? mode.evidence : '';
    const words = this.#modeWords;
    const row = this.#modes.open();
    const { values } = this.#modes;
    values[row] = at;
    values[row + 1] = words.mode.code(mode.tag);
    values[row + 2] = cause === '' ? -1 : words.cause.code(cause);
    values[row + 3] = evidence === '' ? -1 : words.evidence.code(evidence);
    values[row + 4] = mode.tag === 'cooldown' ? mode.until : Number.NaN;
    if (mode.tag === 'halted') this.halts.push({ cause: mode.cause, at, evidence });
  }

  /** Takes an execution that the step before counted; what it is measured against is read from the state. */
  execution(state: State, event: Execution): void { // hot
    this.#execution(event, state.fill.referenceTicks);
  }

  #execution(event: Execution, referenceTicks: number): void { // hot
    const { tick, lot, kind, moneyUnits } = this.#instruments[event.leg]!;
    const value = Number(event.value) / moneyUnits;
    const words = this.#executionWords;
    const row = this.#executions.open();
    const { values } = this.#executions;
    values[row] = event.at;
    values[row + 1] = this.#executionsBefore + this.#executions.length;
    values[row + 2] = event.order;
    values[row + 3] = words.symbol.code(this.#symbols[event.leg]!);
    values[row + 4] = words.cause.code(event.cause);
    values[row + 5] = words.side.code(event.side === 1 ? 'buy' : 'sell');
    values[row + 6] = valueOf(event.lots, lot);
    values[row + 7] = valueOf(event.priceTicks, tick);
    values[row + 8] = referenceTicks > 0 ? valueOf(referenceTicks, tick) : Number.NaN;
    values[row + 9] = event.side * (event.priceTicks / referenceTicks - 1) * 10_000;
    values[row + 10] = value;
    values[row + 11] = Number(event.fee) / moneyUnits;
    values[row + 12] = words.liquidity.code(event.liquidity);
    values[row + 13] = event.lots;
    values[row + 14] = event.priceTicks;
    this.totals.tradedValue += value;
    if (referenceTicks > 0) {
      const off = kind === 'linear' ? 1 - referenceTicks / event.priceTicks : event.priceTicks / referenceTicks - 1;
      this.totals.slippageCost += event.side * value * off;
    }
  }

  #trade(note: Note & { tag: 'trade' }): void {
    const { tick, lot, moneyUnits } = this.#instruments[note.leg]!;
    const { net } = note;
    this.totals.trades += 1;
    const words = this.#tradeWords;
    const row = this.#trades.open();
    const { values } = this.#trades;
    values[row] = this.totals.trades;
    values[row + 1] = words.symbol.code(this.#symbols[note.leg]!);
    values[row + 2] = words.side.code(note.side === 1 ? 'long' : 'short');
    values[row + 3] = note.openedAt;
    values[row + 4] = note.at;
    values[row + 5] = valueOf(note.lots, lot);
    values[row + 6] = valueOf(note.entryTicks, tick);
    values[row + 7] = valueOf(note.exitTicks, tick);
    values[row + 8] = Number(note.gross) / moneyUnits;
    values[row + 9] = Number(note.fees) / moneyUnits;
    values[row + 10] = note.funding === 0n ? 0 : Number(note.funding) / moneyUnits;
    values[row + 11] = note.slippage;
    values[row + 12] = net;
    values[row + 13] = note.risk > 0 ? note.risk : Number.NaN;
    values[row + 14] = note.risk > 0 ? net / note.risk : Number.NaN;
    values[row + 15] = note.maeTicks / note.entryTicks;
    values[row + 16] = note.mfeTicks / note.entryTicks;
    values[row + 17] = note.bars;
    values[row + 18] = note.entryReason === '' ? -1 : words.entry_reason.code(note.entryReason);
    values[row + 19] = words.exit_reason.code(note.exitReason);
    values[row + 20] = words.quality.code('executed');
  }

  #stop(note: Note & { tag: 'protection' }): void { // hot
    const { protection } = note;
    const words = this.#stopWords;
    const trigger = protection === null || !('trigger' in protection) ? 0 : protection.trigger;
    const row = this.#stops.open();
    const { values } = this.#stops;
    values[row] = note.at;
    values[row + 1] = words.symbol.code(this.#symbols[note.leg]!);
    values[row + 2] = words.change.code(protection === null ? 'fired' : protection.tag);
    values[row + 3] = trigger > 0 ? valueOf(trigger, this.#instruments[note.leg]!.tick) : Number.NaN;
    values[row + 4] = protection !== null && 'by' in protection ? words.by.code(protection.by) : -1;
    values[row + 5] = words.cause.code(note.cause);
  }
}
