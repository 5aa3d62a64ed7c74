/**
 * Opens a paper account where its journal left it: what was journaled is played again, bars that closed while nobody looked are
 * fetched and played after it, and only then does anybody decide again.
 */
import { instrumentOf } from '../../engine/index.ts';
import type { BarClosed, Instrument, InstrumentRules, Ms, RunConfig } from '../../engine/index.ts';
import { BrainError } from '../brain.ts';
import type { Clock } from '../clock.ts';
import type { Connection, Log } from '../connection.ts';
import type { Tell } from '../venue.ts';
import { barOf } from '../warm-up.ts';
import { PaperAccount } from './account.ts';
import { PaperConnection } from './connection.ts';
import { hasMarks, marksBetween } from './marks.ts';
import type { MarkWish } from './marks.ts';
import { lacksMark, readPast, relive, wasMarked } from './past.ts';
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
  /** Stops by mark price are judged by it; otherwise by the last price. */
  readonly areMarked: boolean;
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
  const from = past.from ?? last;
  const instruments = rules.map((one) => instrumentOf(one, config));
  const marks: MarkWish = { market, barMs, instruments };
  const areMarked = wasMarked(past) ?? await hasMarks(marks, last);
  const missed = past.from === null ? [] : await barsSince(wish, instruments, past, last);
  const beside = areMarked ? await marksSince(marks, past, last) : [];
  const known = past.bars.filter(({ openedAt }) => openedAt >= from);
  const bars = [...known, ...missed].toSorted((a, b) => a.closedAt - b.closedAt || a.symbol - b.symbol);
  const account = relived(past, await stampsSince(wish, instruments, past, now), (stamps) => {
    const own = new PaperAccount({ rules, config, from, hasMarks: areMarked });
    for (const mark of beside) own.tape.addMark(mark);
    for (const bar of bars) own.tape.add(bar);
    for (const { symbol, stamp } of [...past.stamps, ...stamps]) own.tape.fund(symbol, stamp);
    return own;
  });
  account.now = Math.max(account.now, last);
  return { connection: new PaperConnection({ account, market, clock, marks: areMarked ? marks : null, barMs, tell, log }), missed: missed.length, areMarked };
}

type Stamps = Past['stamps'];

/** Funding that settled after the run began, flat, and that its journal does not hold; what follows the last stamp is not known. */
async function stampsSince({ market }: PaperWish, instruments: readonly Instrument[], { from, stamps }: Past, now: Ms): Promise<Stamps> {
  if (from === null) return [];
  const missing: Stamps[number][] = [];
  for (const [symbol, instrument] of instruments.entries()) {
    const settled = await market.fundings({ symbol: instrument.symbol, from: from + 1, until: now });
    for (const [i, { settledAt, rate }] of settled.entries()) {
      const isKnown = stamps.some((one) => one.symbol === symbol && one.stamp.settledAt === settledAt);
      if (!isKnown) missing.push({ symbol, stamp: { settledAt, rate, nextAt: settled[i + 1]?.settledAt ?? null } });
    }
  }
  return missing;
}

/**
 * The account where its journal ends, with every stamp that settled since. One whose time was played without it does not come
 * out of the journal and stays left out: those after the last fact told are tried alone, and at last none.
 */
function relived(past: Past, missing: Stamps, begin: (stamps: Stamps) => PaperAccount): PaperAccount {
  const lastAt = past.told.at(-1)?.at ?? 0;
  for (const stamps of [missing, missing.filter(({ stamp }) => stamp.settledAt > lastAt)]) {
    const account = begin(stamps);
    try {
      relive(account, past);
      return account;
    } catch (error) {
      if (!(error instanceof BrainError)) throw error;
    }
  }
  const account = begin([]);
  relive(account, past);
  return account;
}

/** Mark candles from the beginning of the run up to `last`, as they were played. */
async function marksSince(wish: MarkWish, past: Past, last: Ms): Promise<readonly BarClosed[]> {
  if (past.from === null) return [];
  const lacks = lacksMark(past);
  const marks: BarClosed[] = [];
  for (const symbol of wish.instruments.keys()) marks.push(...await marksBetween(wish, symbol, past.from - (past.from % wish.barMs), last));
  return marks.filter((mark) => !lacks(mark));
}

/** Closed bars from the beginning of the run up to `last` that the journal does not hold. */
async function barsSince({ market, barMs }: PaperWish, instruments: readonly Instrument[], { from, bars }: Past, last: Ms): Promise<readonly BarClosed[]> {
  const missing: BarClosed[] = [];
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
