/**
 * Rules of the run's symbols that change while it goes on: read when asked for, and after a refusal that they could explain.
 *
 * 1. Told is a difference to the rules that ticks and lots are counted by, once, and its end.
 * 2. What cannot be read proves nothing. A symbol that is not listed any more is closed.
 *
 * Source of the need: Bybit V5, "Get Instruments Info": tick, steps, minima and status of a symbol change at any time.
 */
import type { Event, InstrumentRules, Ms } from '../../engine/index.ts';
import { VenueError } from '../connection.ts';
import type { Log } from '../connection.ts';
import type { Terms } from './facts.ts';

/** A refusal makes it look again, but not more often than this, market time. */
const doubtEveryMs = 60_000;

export interface RulesWish {
  readonly symbols: readonly string[];
  /** By symbol, in their order. */
  readonly rules: () => readonly InstrumentRules[];
  readonly terms: (symbol: string) => Promise<Terms | null>;
  readonly now: () => Ms;
  readonly tell: (event: Event) => void;
  readonly log: Log;
}

export class RulesWatch {
  readonly #wish: RulesWish;
  /** What was told last, by symbol. */
  readonly #told: string[];
  #doubtAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | null = null;

  constructor(wish: RulesWish) {
    this.#wish = wish;
    this.#told = wish.symbols.map(() => '');
  }

  /** Readings under way. */
  get underWay(): number { return this.#looking === null ? 0 : 1; }

  look(): void {
    this.#looking ??= this.#read().finally(() => { this.#looking = null; });
  }

  /** The exchange refused what the rules may not allow any more. */
  doubt(): void {
    const now = this.#wish.now();
    if (now - this.#doubtAt < doubtEveryMs) return;
    this.#doubtAt = now;
    this.look();
  }

  /** What the exchange lists now. */
  listed(symbol: number, terms: Terms | null): void {
    const { rules, now, tell } = this.#wish;
    const change = changeOf(rules()[symbol]!, terms);
    if (change === this.#told[symbol]) return;
    this.#told[symbol] = change;
    tell({ tag: 'instrument-changed', at: now(), symbol, change });
  }

  async #read(): Promise<void> {
    const { symbols, terms, log } = this.#wish;
    for (const [index, symbol] of symbols.entries()) {
      try {
        this.listed(index, await terms(symbol));
      } catch (error) {
        if (!(error instanceof VenueError)) throw error;
        log('warning', 'the rules of a symbol could not be read: taken to be as before', { symbol, kind: error.kind });
      }
    }
  }
}

/** `tick 0.1, now 5; status Trading, now Closed`; '' = no difference. */
function changeOf(ours: InstrumentRules, theirs: Terms | null): string {
  if (theirs === null) return 'status Trading, now not listed';
  const pairs = [
    ['tick', ours.tick, theirs.tick], ['quantity step', ours.qtyStep, theirs.step], ['least quantity', ours.minQty, theirs.minQty],
    ['least notional', ours.minNotional, theirs.minNotional],
  ] as const;
  const changes = pairs.flatMap(([name, own, listed]) => (Number(own) === Number(listed) ? [] : [`${name} ${own}, now ${listed}`]));
  if (theirs.status !== 'Trading') changes.push(`status Trading, now ${theirs.status}`);
  return changes.join('; ');
}
