/**
 * From what the account and the market tell to frames of one connection. Tickers and order books begin with a snapshot
 * after every subscription, and go on with what has changed since on this connection; nothing is told twice.
 */
import type { Push, Row, World } from '../world.ts';
import type { Link } from './link.ts';
import { bookOf, topicsOfPush } from './topics.ts';

/** Members of `execution` that `execution.fast` has too. */
const fastKeys = ['category', 'symbol', 'execId', 'execPrice', 'execQty', 'orderId', 'isMaker', 'orderLinkId', 'side', 'execTime', 'seq'] as const;

export class Frames {
  readonly #world: World;
  /** Frames told so far: part of their ids. */
  #told = 0;
  #tickers = 0;
  readonly #lastPrint = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
  }

  publish(push: Push, links: Iterable<Link>): void {
    const isOfAccount = ['order', 'execution', 'position', 'wallet'].includes(push.topic);
    if (isOfAccount) {
      this.#tellAccount(push, links);
      return;
    }
    const { category } = this.#world;
    const watchers = [...links].filter((link) => link.kind === 'public' && link.category === category && link.topics.size > 0);
    if (watchers.length === 0) return;
    if (push.topic === 'tickers') this.#tellTicker(push, watchers);
    else if (push.topic === 'kline') this.#tellCandles(push, watchers);
    else tell(watchers, `${push.topic}.${push.symbol}`, push, { type: 'snapshot', ts: push.at, data: push.rows });
  }

  #tellAccount(push: Push, links: Iterable<Link>): void {
    const names = topicsOfPush(push, this.#world.category);
    for (const link of links) {
      if (link.kind !== 'private') continue;
      for (const topic of names) if (link.topics.has(topic)) this.#tellOne(link, topic, push);
    }
  }

  #tellOne(link: Link, topic: string, push: Push): void {
    const isFast = topic.startsWith('execution.fast');
    const data = isFast ? push.rows.filter((row) => row['execType'] === 'Trade').map(fastRow) : push.rows;
    if (data.length === 0) return;
    this.#told += 1;
    const id = isFast ? {} : { id: `${push.symbol === '' ? this.#world.settle : push.symbol}_${push.at}_${this.#told}` };
    link.push(topic, push.symbol, { ...id, topic, creationTime: push.at, data });
  }

  #tellCandles(push: Push, watchers: readonly Link[]): void {
    for (const row of push.rows) {
      tell(watchers, `kline.${String(row['interval'])}.${push.symbol}`, push, { data: [row], ts: push.at, type: 'snapshot' });
    }
  }

  /** A ticker also says that trades and the book may have moved. */
  #tellTicker(push: Push, watchers: readonly Link[]): void {
    const row = push.rows.at(-1) ?? {};
    for (const link of watchers) {
      const topic = `tickers.${push.symbol}`;
      if (link.topics.has(topic)) this.#tellChange(link, topic, row, push);
      for (const own of link.topics) if (bookOf(own)?.symbol === push.symbol) this.#tellBook(link, own, push.at);
    }
    this.#tellPrints(push, watchers);
  }

  #tellChange(link: Link, topic: string, row: Row, { symbol, at }: Push): void {
    const before = link.told.get(topic) ?? {};
    const changed = Object.fromEntries(Object.entries(row).filter(([key, value]) => before[key] !== value));
    if (Object.keys(changed).length === 0) return;
    link.told.set(topic, row);
    this.#tickers += 1;
    link.push(topic, symbol, { topic, type: 'delta', data: { symbol, ...changed }, cs: this.#tickers, ts: at });
  }

  /** Prints since the last ticker, oldest first. */
  #tellPrints({ symbol, at }: Push, watchers: readonly Link[]): void {
    const topic = `publicTrade.${symbol}`;
    if (!watchers.some((link) => link.topics.has(topic))) return;
    const [print] = this.#world.market.recentTrades(symbol, 1);
    if (print === undefined || this.#lastPrint.get(symbol) === print['execId']) return;
    this.#lastPrint.set(symbol, String(print['execId']));
    const data = [{
      T: Number(print['time']), s: symbol, S: print['side'], v: print['size'], p: print['price'], L: 'ZeroPlusTick', i: print['execId'], BT: false,
      RPI: false, seq: Number(print['seq']),
    }];
    tell(watchers, topic, { symbol }, { type: 'snapshot', ts: at, data });
  }

  /** What a connection gets at once after it subscribed. */
  begin(link: Link, topics: readonly string[]): void {
    for (const topic of topics) {
      link.told.delete(topic);
      if (topic.startsWith('tickers.')) this.#beginTicker(link, topic, topic.slice('tickers.'.length));
      else if (bookOf(topic) !== null) this.#tellBook(link, topic, this.#world.now);
    }
  }

  #beginTicker(link: Link, topic: string, symbol: string): void {
    const row = this.#world.market.ticker(symbol);
    link.told.set(topic, row);
    this.#tickers += 1;
    link.push(topic, symbol, { topic, type: 'snapshot', data: row, cs: this.#tickers, ts: this.#world.now });
  }

  /** The smallest depth comes as snapshots only. */
  #tellBook(link: Link, topic: string, at: number): void {
    const { depth, symbol } = bookOf(topic) ?? { depth: 1, symbol: '' };
    const book = this.#world.market.orderBook(symbol);
    const now = { b: levelsOf(book['b'], depth), a: levelsOf(book['a'], depth) };
    const before = link.told.get(topic);
    const isFirst = before === undefined || depth === 1;
    const sides = isFirst ? now : { b: changesOf(levelsOf(before['b'], depth), now.b), a: changesOf(levelsOf(before['a'], depth), now.a) };
    const isQuiet = before !== undefined && JSON.stringify([before['b'], before['a']]) === JSON.stringify([now.b, now.a]);
    if (isQuiet) return;
    link.told.set(topic, now);
    const data = { s: symbol, ...sides, u: book['u'], seq: book['seq'] };
    link.push(topic, symbol, { topic, type: isFirst ? 'snapshot' : 'delta', ts: at, data, cts: book['cts'] ?? at });
  }
}

function tell(watchers: readonly Link[], topic: string, { symbol }: Pick<Push, 'symbol'>, rest: Row): void {
  for (const link of watchers) if (link.topics.has(topic)) link.push(topic, symbol, { topic, ...rest });
}

/** Fills of a maker carry no link here. */
function fastRow(row: Row): Row {
  const fast = Object.fromEntries(fastKeys.map((key) => [key, row[key]]));
  return row['isMaker'] === true ? { ...fast, orderLinkId: '' } : fast;
}

type Levels = readonly (readonly string[])[];

function levelsOf(side: unknown, depth: number): Levels {
  if (!Array.isArray(side)) return [];
  const levels: readonly unknown[] = side;
  return levels.slice(0, depth).map((level) => (Array.isArray(level) ? level.map(String) : []));
}

/** Levels that are new or of another size, and those that are gone with size '0'. */
function changesOf(before: Levels, now: Levels): Levels {
  const known = new Map(before.map(([price = '', size = '']) => [price, size]));
  const present = new Set(now.map(([price]) => price));
  const gone = before.filter(([price]) => !present.has(price)).map(([price = '']) => [price, '0']);
  return [...gone, ...now.filter(([price = '', size]) => known.get(price) !== size)];
}
