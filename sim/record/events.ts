/**
 * `--record all`: every venue event, funding stamp and command as one row of numbers. Bars and cycles are not repeated:
 * the manifest names the data they come from.
 */
import type { Command, Event, Table } from '../../engine/index.ts';
import { Words } from './columns.ts';
import { Rows } from './rows.ts';

const shape = {
  time: 'time', kind: 'text', leg: 'integer', order: 'integer', lots: 'double', price_ticks: 'double', stop_ticks: 'double',
} as const;

export class EventRecord {
  readonly #rows = new Rows(7);
  readonly #kinds = new Words();

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
    const row = this.#rows.open();
    const { values } = this.#rows;
    values[row] = at;
    values[row + 1] = this.#kinds.code(kind);
    values[row + 2] = leg;
    values[row + 3] = order;
    values[row + 4] = lots;
    values[row + 5] = price;
    values[row + 6] = stop;
  }

  table(): Table { return this.#rows.table('events', shape, { kind: this.#kinds }); }
}
