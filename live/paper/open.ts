/**
 * Opens a paper account where its journal left it: what was journaled is played again, bars that closed while nobody looked are
 * fetched and played after it, and only then does anybody decide again.
 */
import type { BarClosed, InstrumentRules, Ms, RunConfig } from '../../engine/index.ts';
import { BrainError } from '../brain.ts';
import type { Clock } from '../clock.ts';
import type { Connection, Log } from '../connection.ts';
import type { Tell } from '../venue.ts';
import { barOf } from '../warm-up.ts';
import { PaperAccount } from './account.ts';
import { PaperConnection } from './connection.ts';
import { readPast, relive } from './past.ts';
import type { Past } from './past.ts';

export interface PaperWish {
  /** The exchange without a key. */
  readonly market: Connection;
  readonly clock: Clock & { readonly hasEnded?: boolean };
  readonly rules: readonly InstrumentRules[];
  readonly config: RunConfig;
  readonly barMs: Ms;
  /** Lines of the run's journal, oldest first; none = a run that begins. */
  readonly journal: Iterable<string>;
  readonly tell: Tell;
  readonly log: Log;
}

export interface OpenPaper {
  readonly connection: PaperConnection;
  /** Bars played that closed while nobody looked. */
  readonly missed: number;
}

/** Rejects with VenueError when bars cannot be fetched, with BrainError or JournalError when the journal does not hold. */
export async function openPaper(wish: PaperWish): Promise<OpenPaper> {
  const { market, clock, rules, config, barMs, tell, log } = wish;
  const past = readPast(wish.journal);
  const now = clock.now();
  const last = now - (now % barMs);
  if (past.endsAt > last + barMs) {
    const [then, present] = [past.endsAt, last].map((at) => new Date(at).toISOString());
    throw new BrainError('journal', `the run was played up to ${then}, and its market stands at ${present}`);
  }
  const account = new PaperAccount({ rules, config, from: past.from ?? last });
  const missed = past.from === null ? [] : await barsSince(wish, past, last);
  const known = past.bars.filter(({ openedAt }) => openedAt >= (past.from ?? last));
  const bars = [...known, ...missed].toSorted((a, b) => a.closedAt - b.closedAt || a.symbol - b.symbol);
  for (const bar of bars) account.tape.add(bar);
  for (const { symbol, stamp } of past.stamps) account.tape.fund(symbol, stamp);
  relive(account, past);
  account.now = Math.max(account.now, last);
  return { connection: new PaperConnection({ account, market, clock, barMs, tell, log }), missed: missed.length };
}

/** Closed bars from the beginning of the run up to `last` that the journal does not hold. */
async function barsSince({ market, rules, barMs, config }: PaperWish, { from, bars }: Past, last: Ms): Promise<readonly BarClosed[]> {
  const missing: BarClosed[] = [];
  const { instruments } = new PaperAccount({ rules, config, from: from ?? last });
  for (const [symbol, instrument] of instruments.entries()) {
    let before = from ?? last;
    for (const opensAt of [...bars.filter((bar) => bar.symbol === symbol && bar.openedAt >= before).map(({ openedAt }) => openedAt), last]) {
      const count = Math.round((opensAt - before) / barMs);
      if (count > 0) {
        const candles = await market.candles({ symbol: instrument.symbol, kind: 'last', intervalMs: barMs, until: opensAt, count });
        missing.push(...candles.filter(({ openedAt, closesAt }) => openedAt >= before && closesAt <= opensAt).map((candle) => barOf(candle, symbol, instrument)));
      }
      before = Math.max(before, opensAt + barMs);
    }
  }
  return missing;
}
