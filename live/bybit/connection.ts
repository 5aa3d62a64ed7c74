/**
 * One account of the exchange and the market beside it: requests by REST, what happens by streams, both as our words only.
 */
import { instrumentOf } from '../../engine/index.ts';
import type { Event, Instrument } from '../../engine/index.ts';
import type { Connection, ConnectRequest } from '../connection.ts';
import type { Venue } from '../venue.ts';
import { AccountFeed } from './account-feed.ts';
import { intervalWord } from './bars.ts';
import { Facts } from './facts.ts';
import { Links } from './links.ts';
import { MarketFeed } from './market-feed.ts';
import { Orders } from './orders.ts';
import { Readings } from './readings.ts';
import { Requests } from './requests.ts';
import { executionRow, orderRow, positionRow, readRows } from './rows.ts';
import { Stream } from './stream.ts';

/** Wall time in which the stream shows a stop that was accepted, ms. */
const showMs = 1_000;
/** Requests under way are looked after so often at the end, wall time, ms. */
const lookMs = 20;

const privateTopics = ['order', 'execution', 'position', 'wallet'] as const;

export function connectBybit(request: ConnectRequest): Connection {
  const { endpoints, credentials, symbols, category, barMs, run, now, log, timing } = request;
  const requests = new Requests({ rest: endpoints.rest, credentials, requestMs: timing.requestMs, log });
  const links = new Links(run);
  const facts = new Facts(requests, category);
  let listed: readonly Instrument[] | null = null;
  let offsetMs = 0;
  let isOver = false;
  const tell = (event: Event): void => { if (!isOver) request.tell(event); };
  const instruments = (): readonly Instrument[] => {
    if (listed === null) throw new RangeError('instruments are asked for first');
    return listed;
  };
  const market = new MarketFeed({ symbols, barMs, instruments, candles: (wish) => facts.candles(wish), now, tell, log });
  const feed: AccountFeed = new AccountFeed({
    symbols, instruments, links, tell, nextFunding: (leg) => market.nextFunding(leg), wonder: (leg) => wonder(leg),
  });
  const readings = new Readings({ requests, category, symbols, instruments, links, feed, now, log });
  const orders = new Orders({ requests, readings, feed, links, category, symbols, instruments, now, tell, showMs });
  let wondering = 0;
  const wonder = (leg: number): void => {
    wondering += 1;
    orders.read(leg).catch(() => {}).finally(() => { wondering -= 1; });
  };

  const takePrivate = (frame: Readonly<Record<string, unknown>>): void => {
    const topic = String(frame['topic']).split('.')[0];
    const taken = topic === 'order' ? each(orderRow, frame, (row) => feed.order(row))
      : topic === 'execution' ? each(executionRow, frame, (row) => feed.execution(row))
      : topic === 'position' ? each(positionRow, frame, (row) => {
        feed.position(row);
        orders.shown(symbols.indexOf(row.symbol));
      }) : [];
    for (const why of taken) log('alarm', 'a pushed row could not be read: the account is read instead', { topic: topic ?? '', why });
    if (taken.length > 0) for (const leg of symbols.keys()) wonder(leg);
  };

  let isWatched = false;
  let isTold = false;
  const changed = (): void => {
    const isUp = privateStream.isUp && (!isWatched || publicStream.isUp);
    if (isUp === isTold) return;
    isTold = isUp;
    tell({ tag: isUp ? 'connected' : 'disconnected', at: now() });
  };
  const shared = { category, timing, log, offsetMs: () => offsetMs, up: changed } as const;
  const publicStream: Stream = new Stream({
    ...shared, name: 'public', url: endpoints.public, credentials: null,
    topics: symbols.flatMap((symbol) => [`kline.${intervalWord(barMs)}.${symbol}`, `tickers.${symbol}`]),
    frame: (frame) => market.frame(frame),
    down: () => {
      market.forget();
      changed();
    },
  });
  const privateStream: Stream = new Stream({ ...shared, name: 'private', url: endpoints.private, credentials, topics: privateTopics, frame: takePrivate, down: changed });

  const venue: Venue = {
    send: (commands) => orders.send(commands),
    recover: () => privateStream.open(),
    get underWay() { return orders.underWay + wondering + market.underWay; },
    async close(within) {
      const until = performance.now() + within;
      while (orders.underWay > 0 && performance.now() < until) await new Promise((resolve) => { setTimeout(resolve, lookMs); });
      isOver = true;
      orders.close();
      market.close();
      publicStream.close();
      privateStream.close();
      requests.close();
    },
  };
  return {
    venue,
    async measureClock() {
      const measured = await facts.clock();
      ({ offsetMs } = measured);
      requests.offsetMs = offsetMs;
      return measured;
    },
    async instruments(wanted) {
      const found = await facts.instruments(wanted, credentials !== null);
      const known = symbols.map((symbol) => found.find(({ rules }) => rules.symbol === symbol));
      if (known.every((one) => one !== undefined)) listed = known.map(({ rules }) => instrumentOf(rules));
      return found;
    },
    candles: (wish) => facts.candles(wish),
    key: () => facts.key(),
    account: () => facts.account(instruments()[0]!.settle),
    legs: () => facts.legs(symbols),
    fees: (symbol) => facts.fees(symbol),
    setLeverage: (symbol, leverage) => facts.setLeverage(symbol, leverage),
    setIsolated: () => facts.setIsolated(),
    readFrom: (at) => readings.from(at),
    watchMarket(after) {
      isWatched = true;
      market.start(after);
      publicStream.open();
      changed();
    },
    async settled() {
      await Promise.all([publicStream.settled(), privateStream.settled()]);
    },
  };
}

/** Takes every row of a frame in that can be read; what is said of the others. */
function each<T>(schema: Parameters<typeof readRows<T>>[0], frame: Readonly<Record<string, unknown>>, take: (row: T) => void): readonly string[] {
  const { rows, bad } = readRows<T>(schema, frame['data']);
  for (const row of rows) take(row);
  return bad;
}
