/**
 * What a paper run did before it was ended or killed, from its journal alone: the account is played again, command by command,
 * and every fact must come out as it was told then. What comes out beyond that happened while nobody looked.
 */
import { journalRecords } from '../../engine/index.ts';
import type { Approved, BarClosed, Event, Ms } from '../../engine/index.ts';
import { BrainError } from '../brain.ts';
import type { PaperAccount } from './account.ts';
import type { Stamp } from './tape.ts';

interface Sent {
  readonly at: Ms;
  /** Facts told before. */
  readonly told: number;
  readonly commands: readonly Approved[];
}

export interface Past {
  /** The run began to trade then; null = it never did. */
  readonly from: Ms | null;
  readonly bars: readonly BarClosed[];
  readonly stamps: readonly { readonly symbol: number; readonly stamp: Stamp }[];
  /** Of the last record, ms; 0 = none. */
  readonly endsAt: Ms;
  readonly told: readonly Event[];
  readonly sent: readonly Sent[];
  /** Closes of mark candles that were told, by symbol, ms. */
  readonly markedAt: ReadonlyMap<number, ReadonlySet<Ms>>;
}

/** Whether marks were played; null = nothing was played yet. */
export function wasMarked({ from, bars, markedAt }: Past): boolean | null {
  if (markedAt.size > 0) return true;
  return from !== null && bars.some(({ openedAt }) => openedAt >= from) ? false : null;
}

/** A bar that was played without its mark candle stays without it, though the exchange has it now. */
export function lacksMark({ bars, markedAt }: Past): (mark: BarClosed) => boolean {
  const streamed = new Set(bars.filter(({ at, closedAt }) => at === closedAt).map(({ symbol, closedAt }) => `${symbol} ${closedAt}`));
  const lastAt = new Map([...markedAt].map(([symbol, closes]) => [symbol, [...closes].at(-1) ?? 0]));
  return ({ symbol, closedAt }) =>
    streamed.has(`${symbol} ${closedAt}`) && markedAt.get(symbol)?.has(closedAt) !== true && (lastAt.get(symbol) ?? 0) > closedAt;
}

/** What the account itself tells; everything else comes from the market, the clock or people. */
const own: ReadonlySet<Event['tag']> = new Set<Event['tag']>([
  'order-accepted', 'order-rejected', 'order-cancelled', 'order-expired', 'order-changed', 'execution', 'stop-set', 'stop-unchanged', 'stop-refused',
  'request-failed', 'funding',
]);

/** `lines` of a journal, oldest first. Throws a JournalError when it is damaged. */
export function readPast(lines: Iterable<string>): Past {
  let from: Ms | null = null;
  let endsAt: Ms = 0;
  const bars: BarClosed[] = [];
  const stamps: { symbol: number; stamp: Stamp }[] = [];
  const told: Event[] = [];
  const sent: Sent[] = [];
  const markedAt = new Map<number, Set<Ms>>();
  for (const record of journalRecords(lines)) {
    endsAt = record.at;
    if (record.tag === 'restart') from ??= record.at;
    else if (record.tag === 'commands') sent.push({ at: record.at, told: told.length, commands: record.commands });
    else {
      const { event } = record;
      if (event.tag === 'bar-closed') bars.push(event);
      if (event.tag === 'mark-price') markedAt.set(event.symbol, (markedAt.get(event.symbol) ?? new Set()).add(event.at));
      if (event.tag === 'funding') stamps.push({ symbol: event.symbol, stamp: { settledAt: event.settledAt, rate: event.rate, nextAt: event.nextAt } });
      if (own.has(event.tag)) told.push(event);
    }
  }
  return { from, endsAt, bars, stamps, told, sent, markedAt };
}

/**
 * Brings a new account to where the journal ends, and on to the end of its tape. What it then has to tell was never told.
 * Throws a BrainError when something else comes out than was told.
 */
export function relive(account: PaperAccount, { told, sent }: Past): void {
  const reliving = new Reliving(account, told);
  for (const { at, told: count, commands } of sent) {
    reliving.playTo(count, at);
    account.venue.send(commands, at);
  }
  reliving.playTo(told.length, account.now);
  while (account.play(Number.POSITIVE_INFINITY));
}

class Reliving {
  readonly #account: PaperAccount;
  readonly #told: readonly Event[];
  #count = 0;

  constructor(account: PaperAccount, told: readonly Event[]) {
    this.#account = account;
    this.#told = told;
  }

  /** So many facts were told, and it was `at`. */
  playTo(count: number, at: Ms): void {
    const account = this.#account;
    while (this.#count < count) if (!this.#takeOne() && !account.play(Number.POSITIVE_INFINITY)) throw differs(this.#told[this.#count]!, null);
    while (account.now < at && account.play(at));
  }

  /** False = nothing waits to be told. Answers to readings are no facts. */
  #takeOne(): boolean {
    const { venue } = this.#account;
    if (venue.dueAt === Number.POSITIVE_INFINITY) return false;
    const event = venue.take();
    if (!own.has(event.tag)) return true;
    const then = this.#told[this.#count]!;
    if (keyOf(event) !== keyOf(then)) throw differs(then, event);
    this.#count += 1;
    return true;
  }
}

/** What must be the same; when it was told may be later than when it happened. */
function keyOf(event: Event): string {
  switch (event.tag) {
    case 'execution': return `execution ${event.id} of order ${event.order}: ${event.lots} at ${event.priceTicks}`;
    case 'funding': return `funding ${event.settledAt}: ${event.payment}`;
    case 'stop-set': return `stop-set ${event.leg}: ${event.triggerTicks}`;
    default: return `${event.tag}${'order' in event ? ` ${event.order}` : ''}${'leg' in event ? ` of ${event.leg}` : ''}`;
  }
}

function differs(then: Event, now: Event | null): BrainError {
  const came = now === null ? 'nothing' : keyOf(now);
  return new BrainError('journal', `the account does not come out of the journal: was ${came}, expected ${keyOf(then)}; the exchange may have changed its candles`);
}
