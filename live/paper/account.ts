/**
 * The account of a paper run: the matching core of a backtest, the tape it plays, and its own time, which is that of the bars
 * played so far. No clock and no promise: the same calls give the same account.
 */
import { instrumentOf, moneyToNumber, parseDecimal, valueOf } from '../../engine/index.ts';
import type { Event, Instrument, InstrumentRules, Ms, RunConfig } from '../../engine/index.ts';
import { averageTicks, createExchange, SimulatedVenue } from '../../sim/index.ts';
import type { Exchange } from '../../sim/index.ts';
import type { LegFacts } from '../connection.ts';
import { Tape } from './tape.ts';

export interface AccountRequest {
  readonly rules: readonly InstrumentRules[];
  readonly config: RunConfig;
  /** Bars that open earlier are none of this account's, ms. */
  readonly from: Ms;
  /** Mark candles come beside the bars; otherwise the mark is the last price. */
  readonly hasMarks: boolean;
}

export class PaperAccount {
  readonly tape: Tape;
  readonly instruments: readonly Instrument[];
  readonly venue: SimulatedVenue;
  readonly #exchange: Exchange;
  readonly #leverage: string;
  /** Bars are begun and not played to their close. */
  isOpen = false;
  /** Time of what was played, ms. */
  now: Ms;

  constructor({ rules, config, from, hasMarks }: AccountRequest) {
    this.instruments = rules.map((one) => instrumentOf(one, config));
    this.#leverage = String(config.leverage);
    this.#exchange = createExchange({
      config, wallet: parseDecimal(String(config.cash), this.instruments[0]!.moneyScale), countsAmbiguity: false,
      symbols: this.instruments.map((instrument) => ({ instrument, leverage: this.#leverage, hasMark: hasMarks })),
    });
    this.venue = new SimulatedVenue(this.#exchange, config, this.instruments);
    this.tape = new Tape(rules.length, from);
    this.now = from;
  }

  /** Plays to `until` at most, or to the next thing that happens, or to the close of the bars. False = no bar is known. */
  play(until: Ms): boolean {
    const { tape, venue } = this;
    if (!this.isOpen) {
      const opensAt = tape.nextOpenAt;
      if (opensAt === Number.POSITIVE_INFINITY) return false;
      if (until < opensAt) { // nothing traded until then
        this.now = Math.max(this.now, until);
        return true;
      }
      tape.openNext(this.#exchange, venue);
      this.isOpen = true;
    }
    const target = Math.max(this.now, Math.min(until, tape.playedTo));
    if (this.#exchange.advance(target)) {
      this.now = Math.max(this.now, this.#exchange.facts[0]?.at ?? this.now);
      venue.collect();
      return true;
    }
    this.now = target;
    if (target === tape.playedTo) this.isOpen = false;
    return true;
  }

  /** What is known by now, in order. */
  *due(): Iterable<Event> {
    while (this.venue.dueAt <= this.now) yield this.venue.take();
  }

  /** Wallet balance in the settle coin. */
  get balance(): number {
    return moneyToNumber(this.instruments[0]!, this.#exchange.wallet);
  }

  leg(leg: number): LegFacts {
    const instrument = this.instruments[leg]!;
    const { symbol, tick, lot } = instrument;
    const { side, lots, cost, slTicks } = this.#exchange.position(leg);
    return {
      symbol, side, size: String(valueOf(lots, lot)), entryPrice: String(valueOf(averageTicks(instrument, lots, cost), tick)),
      stopLoss: slTicks === 0 ? null : String(valueOf(slTicks, tick)), leverage: this.#leverage, mode: 'one-way', reduceOnly: false,
      orders: this.#exchange.standing(leg).orders.map(({ order }) => ({ id: String(order), link: '' })),
    };
  }
}
