/**
 * `--record all`: every venue event, funding stamp and command as one row of numbers. Bars and cycles are not repeated:
 * the manifest names the data they come from.
 */
import type { Command, Event, Table } from '../../engine/index.ts';
import { doubleColumn, Doubles, integerColumn, Integers, textColumn, Texts, timeColumn } from './columns.ts';

export class EventRecord {
  readonly #time = new Doubles();
  readonly #kind = new Texts();
  readonly #leg = new Integers();
  readonly #order = new Integers();
  readonly #lots = new Doubles();
  readonly #price = new Doubles();
  readonly #stop = new Doubles();

  event(event: Event): void { // hot
    const leg = 'leg' in event ? event.leg : 'symbol' in event ? event.symbol : -1;
    const order = 'order' in event ? event.order : -1;
    switch (event.tag) {
      case 'execution': this.#row(event.at, event.tag, leg, order, event.side * event.lots, event.priceTicks, Number.NaN); return;
      case 'stop-set': this.#row(event.at, event.tag, leg, -1, Number.NaN, Number.NaN, event.triggerTicks); return;
      case 'funding': this.#row(event.at, event.tag, leg, -1, Number.NaN, event.rate, Number.NaN); return;
      case 'mark-price': this.#row(event.at, event.tag, leg, -1, Number.NaN, event.markTicks, Number.NaN); return;
      default: this.#row(event.at, event.tag, leg, order, Number.NaN, Number.NaN, Number.NaN);
    }
  }

  command(at: number, command: Command): void { // hot
    switch (command.tag) {
      case 'enter': this.#row(at, 'enter', command.leg, command.order, command.side * command.lots, command.priceTicks, command.stopTicks); return;
      case 'reduce': this.#row(at, 'reduce', command.leg, command.order, command.side * command.lots, command.priceTicks, Number.NaN); return;
      case 'amend': this.#row(at, 'amend', command.leg, command.order, command.lots, command.priceTicks, Number.NaN); return;
      case 'cancel': this.#row(at, 'cancel', command.leg, command.order, Number.NaN, Number.NaN, Number.NaN); return;
      case 'set-stop': this.#row(at, 'set-stop', command.leg, -1, Number.NaN, Number.NaN, command.triggerTicks); return;
      default: this.#row(at, command.tag, 'leg' in command ? command.leg : -1, -1, Number.NaN, Number.NaN, Number.NaN);
    }
  }

  #row(at: number, kind: string, leg: number, order: number, lots: number, price: number, stop: number): void { // hot
    this.#time.push(at);
    this.#kind.push(kind);
    this.#leg.push(leg);
    this.#order.push(order);
    this.#lots.push(lots);
    this.#price.push(price);
    this.#stop.push(stop);
  }

  table(): Table {
    return {
      name: 'events', rows: this.#time.length, columns: [
        timeColumn('time', this.#time), textColumn('kind', this.#kind), integerColumn('leg', this.#leg),
        integerColumn('order', this.#order), doubleColumn('lots', this.#lots), doubleColumn('price_ticks', this.#price),
        doubleColumn('stop_ticks', this.#stop),
      ],
    };
  }
}
