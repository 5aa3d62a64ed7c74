/**
 * One leg as the exchange shows it when it is asked: position, stop, open orders, ended orders, executions, prices. Each part
 * is asked for by itself, and a part that could not be read is `unknown`: it proves nothing.
 *
 * 1. `takenAt` is exchange time before the first question: whatever is missing in an answer may have happened after it.
 * 2. Lists are read to their last page, or are unknown.
 * 3. What stands is asked for before what ended, and the position before its executions: an order that ends between two
 *    questions shows in the later answer, and no fill is in the position that is not among the executions.
 * 4. A payment of funding that the journal may hold already is not told again.
 */
import { divideHalfEven, parseDecimal } from '../../engine/index.ts';
import type { AccountSnapshot, EndedOrder, Execution, Instrument, Money, Ms, OpenOrder } from '../../engine/index.ts';
import { VenueError } from '../connection.ts';
import type { Log } from '../connection.ts';
import { isChild, isTrade } from './account-feed.ts';
import type { AccountFeed } from './account-feed.ts';
import { priorities } from './budget.ts';
import type { Links } from './links.ts';
import { priceOrNull, stepsOfText } from './numbers.ts';
import type { Endpoint, Requests } from './requests.ts';
import { executionRow, orderRow, positionRow, readRows, tickerRow } from './rows.ts';
import type { ExecutionRow, OrderRow } from './rows.ts';

export interface ReadingsWish {
  readonly requests: Requests;
  readonly category: 'linear' | 'inverse';
  readonly symbols: readonly string[];
  readonly instruments: () => readonly Instrument[];
  readonly links: Links;
  readonly feed: AccountFeed;
  readonly now: () => Ms;
  readonly log: Log;
}

type Client = Parameters<Parameters<Requests['ask']>[2]>[0];
type Page = Readonly<Record<string, unknown>>;

const overlapMs = 60_000;
const weekMs = 7 * 86_400_000;
/** Pages of one list. */
const pagesMost = 200;

export class Readings {
  readonly #wish: ReadingsWish;
  /** Executions up to then are known, by leg. */
  readonly #knownTo: Ms[] = [];
  /** Payments of funding up to then were told in another life, ms. */
  #fundedTo: Ms = 0;

  constructor(wish: ReadingsWish) { this.#wish = wish; }

  /** Executions from then on are read, until some were; ms. */
  from(at: Ms): void {
    for (const leg of this.#wish.symbols.keys()) this.#knownTo[leg] = at + overlapMs;
    this.#fundedTo = at + overlapMs;
  }

  /** Null when nothing at all could be read. */
  async read(leg: number): Promise<AccountSnapshot | null> {
    const { now, instruments } = this.#wish;
    const takenAt = now();
    const [position, open, prices] = await Promise.all([
      this.#part('position', () => this.#position(leg)), this.#part('open orders', () => this.#open(leg)), this.#part('prices', () => this.#prices(leg)),
    ]);
    const [ended, executions] = await Promise.all([
      this.#part('ended orders', () => this.#ended(leg, takenAt)), this.#part('executions', () => this.#executions(leg, takenAt)),
    ]);
    if (position === 'unknown' && open === 'unknown' && ended === 'unknown' && executions === 'unknown') return null;
    const { tick } = instruments()[leg]!;
    return {
      tag: 'account-snapshot', at: now(), takenAt, leg, position: position === 'unknown' ? 'unknown' : position.held,
      stop: position === 'unknown' ? 'unknown' : position.stopLoss === null ? null
        : { triggerTicks: stepsOfText(position.stopLoss, tick), by: open === 'unknown' ? this.#wish.feed.sourceOf(leg) : open.stopBy ?? this.#wish.feed.sourceOf(leg) },
      openOrders: open === 'unknown' ? 'unknown' : open.orders, ended, executions,
      markTicks: prices === 'unknown' ? Number.NaN : prices.mark, lastTicks: prices === 'unknown' ? Number.NaN : prices.last,
    };
  }

  async #part<T>(what: string, work: () => Promise<T>): Promise<T | 'unknown'> {
    try {
      return await work();
    } catch (error) {
      const why = error instanceof VenueError ? error.message : 'it could not be understood';
      this.#wish.log('warning', 'part of a reading is unknown', { part: what, why });
      return 'unknown';
    }
  }

  async #position(leg: number): Promise<{ readonly held: Exclude<AccountSnapshot['position'], 'unknown'>; readonly stopLoss: string | null }> {
    const { category, symbols, instruments } = this.#wish;
    const instrument = instruments()[leg]!;
    const rows = await this.#list('positions', positionRow, (client, cursor) => client.getPositionInfo({ category, symbol: symbols[leg]!, ...cursor }));
    const row = rows.find(({ positionIdx, symbol }) => positionIdx === 0 && symbol === symbols[leg]);
    if (row === undefined) throw new VenueError('positions', 'malformed', { text: 'no position of one-way mode' });
    const lots = stepsOfText(row.size, instrument.lot);
    const price = priceOrNull(row.avgPrice ?? row.entryPrice);
    if (lots === 0 || price === null) return { held: { side: 0, lots: 0, entryTicks: 0, cost: 0n }, stopLoss: null };
    const side = row.side === 'Sell' ? -1 : 1;
    return {
      held: { side, lots, entryTicks: stepsOfText(price, instrument.tick), cost: costOf(instrument, row.size, price) }, stopLoss: priceOrNull(row.stopLoss),
    };
  }

  async #open(leg: number): Promise<{ readonly orders: readonly OpenOrder[]; readonly stopBy: 'mark' | 'last' | null }> {
    const { category, symbols, instruments } = this.#wish;
    const { tick, lot } = instruments()[leg]!;
    const rows = await this.#list('orders', orderRow, (client, cursor) => client.getActiveOrders({ category, symbol: symbols[leg]!, openOnly: 0, limit: 50, ...cursor }));
    const stop = rows.find((row) => isChild(row) && /StopLoss/.test(`${row.stopOrderType} ${row.createType}`));
    const orders = newest(rows).filter((row) => !isChild(row) && !isOver(row)).map((row): OpenOrder => {
      const price = row.orderType === 'Market' ? null : priceOrNull(row.price);
      return {
        order: this.#numberOf(row), side: row.side === 'Sell' ? -1 : 1, lots: stepsOfText(row.qty, lot), filled: stepsOfText(row.cumExecQty ?? '0', lot),
        priceTicks: price === null ? 0 : stepsOfText(price, tick), reduceOnly: row.reduceOnly,
      };
    });
    return { orders, stopBy: stop === undefined || stop.triggerBy === '' ? null : stop.triggerBy === 'LastPrice' ? 'last' : 'mark' };
  }

  /** Of the cache of closed orders, which a restart of the exchange empties, and of the history, which lags. */
  async #ended(leg: number, now: Ms): Promise<readonly EndedOrder[]> {
    const { category, symbols, instruments, links } = this.#wish;
    const { lot } = instruments()[leg]!;
    const since = (this.#knownTo[leg] ?? now) - overlapMs;
    const [closed, history] = await Promise.all([
      this.#first('orders', orderRow, (client) => client.getActiveOrders({ category, symbol: symbols[leg]!, openOnly: 1, limit: 50 })),
      this.#list('orders', orderRow, (client, cursor) => client.getHistoricOrders({ category, symbol: symbols[leg]!, limit: 50, ...cursor }),
        (rows) => rows.some(({ updatedTime }) => updatedTime < since)),
    ]);
    return newest([...closed, ...history]).flatMap((row): EndedOrder[] => {
      const own = links.ownerOf(row.orderLinkId);
      const outcome = outcomeOf(row);
      return own === null || outcome === null ? [] : [{ order: own.order, outcome, filled: stepsOfText(row.cumExecQty ?? '0', lot) }];
    });
  }

  async #executions(leg: number, now: Ms): Promise<readonly Execution[]> {
    const { category, symbols, feed } = this.#wish;
    const since = (this.#knownTo[leg] ?? now) - overlapMs;
    const rows: ExecutionRow[] = [];
    for (let from = since; from <= now; from += weekMs) {
      const until = Math.min(from + weekMs - 1, now + overlapMs);
      rows.push(...await this.#list('executions', executionRow, (client, cursor) =>
        client.getExecutionList({ category, symbol: symbols[leg]!, startTime: from, endTime: until, limit: 100, ...cursor })));
    }
    for (const row of rows) if (row.execType === 'Funding' && row.execTime > this.#fundedTo) feed.funding(row, leg);
    const matches = [...new Map(rows.toReversed().map((row) => [row.execId, row])).values()]
      .filter(({ execType }) => isTrade(execType)).toSorted((a, b) => a.execTime - b.execTime || a.seq - b.seq);
    this.#knownTo[leg] = Math.max(this.#knownTo[leg] ?? 0, since + overlapMs, matches.at(-1)?.execTime ?? 0);
    return matches.map((row) => feed.eventOf(row, leg));
  }

  async #prices(leg: number): Promise<{ readonly mark: number; readonly last: number }> {
    const { category, symbols, instruments } = this.#wish;
    const { tick } = instruments()[leg]!;
    const [row] = await this.#first('market', tickerRow, (client) =>
      client.getTickers(category === 'linear' ? { category: 'linear', symbol: symbols[leg]! } : { category: 'inverse', symbol: symbols[leg]! }));
    const ticksOf = (text: string | null | undefined): number => {
      const price = priceOrNull(text ?? null);
      return price === null ? Number.NaN : stepsOfText(price, tick);
    };
    return { mark: ticksOf(row?.markPrice), last: ticksOf(row?.lastPrice) };
  }

  #numberOf({ orderLinkId, orderId }: OrderRow): number {
    return this.#wish.links.ownerOf(orderLinkId)?.order ?? this.#wish.links.foreign(orderId);
  }

  async #first<T>(endpoint: Endpoint, schema: Parameters<typeof readRows<T>>[0], what: (client: Client) => Promise<unknown>): Promise<readonly T[]> {
    return this.#rows(endpoint, schema, await this.#wish.requests.result(endpoint, priorities.reading, what));
  }

  /** Every page, or as many as `isEnough` wants; a cursor that leads nowhere new ends the list. */
  async #list<T>(endpoint: Endpoint, schema: Parameters<typeof readRows<T>>[0], what: (client: Client, cursor: { readonly cursor?: string }) => Promise<unknown>,
    isEnough: (rows: readonly T[]) => boolean = () => false): Promise<readonly T[]> {
    const all: T[] = [];
    const seen = new Set<string>();
    let cursor = '';
    for (let page = 0; page < pagesMost; page++) {
      const at = cursor;
      const result = await this.#wish.requests.result(endpoint, priorities.reading, (client) => what(client, at === '' ? {} : { cursor: at }));
      const rows = this.#rows(endpoint, schema, result);
      all.push(...rows);
      const next = result['nextPageCursor'];
      if (typeof next !== 'string' || next === '' || rows.length === 0 || seen.has(next) || isEnough(rows)) return all;
      seen.add(next);
      cursor = next;
    }
    throw new VenueError(endpoint, 'malformed', { text: `more than ${pagesMost} pages` });
  }

  #rows<T>(endpoint: Endpoint, schema: Parameters<typeof readRows<T>>[0], result: Page): readonly T[] {
    const { rows, bad } = readRows<T>(schema, result['list']);
    if (bad.length > 0) throw new VenueError(endpoint, 'malformed', { text: bad[0]! });
    return rows;
  }
}

/** The last word on every order of several lists. */
function newest(rows: readonly OrderRow[]): readonly OrderRow[] {
  const last = new Map<string, OrderRow>();
  for (const row of rows) {
    const known = last.get(row.orderId);
    if (known === undefined || row.updatedTime > known.updatedTime || (row.updatedTime === known.updatedTime && isOver(row))) last.set(row.orderId, row);
  }
  return [...last.values()];
}

const outcomes: Readonly<Record<string, EndedOrder['outcome']>> = {
  Filled: 'filled', Cancelled: 'cancelled', PartiallyFilledCanceled: 'cancelled', Deactivated: 'cancelled', Rejected: 'rejected',
};
const isOver = ({ orderStatus }: OrderRow): boolean => orderStatus in outcomes;
function outcomeOf({ orderStatus, cumExecQty }: OrderRow): EndedOrder['outcome'] | null {
  const outcome = outcomes[orderStatus] ?? null;
  return outcome === 'rejected' && Number(cumExecQty ?? '0') > 0 ? 'cancelled' : outcome;
}

const fine = 18;
/** Value of what is held at the average the exchange shows, money units. */
export function costOf(instrument: Instrument, size: string, price: string): Money {
  const scale = 10n ** BigInt(2 * fine - instrument.moneyScale);
  const of = (text: string): bigint => parseDecimal(text, fine);
  if (instrument.kind === 'linear') return divideHalfEven(of(size) * of(price), scale);
  return divideHalfEven(of(size) * 10n ** BigInt(instrument.moneyScale), of(price));
}

