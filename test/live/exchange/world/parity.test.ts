/**
 * The world against the matching core itself: the same market and the same messages at the same times must give the same
 * executions, fees, funding and wallet, whatever the world does between them.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal, parseDecimal, runConfig } from '../../../../engine/index.ts';
import type { RunConfig, RunConfigWish } from '../../../../engine/index.ts';
import { createWorld } from '../../../../live/exchange/index.ts';
import type { LocalWorld } from '../../../../live/exchange/index.ts';
import type { Answer, Push, Row } from '../../../../live/exchange/world.ts';
import { Clock, createExchange } from '../../../../sim/index.ts';
import type { Fact, Message, SymbolMarket } from '../../../../sim/index.ts';
import { chance, fundingOf, inverse, linear, marketOf, minute, series, start, walk } from '../../../sim/market.ts';
import { everyExecution } from './stage.ts';

/** Something asked for at a close. `order` counts the orders asked for, from 1. */
type Action =
  | { readonly do: 'create'; readonly order: number; readonly body: Row; readonly message: Message }
  | { readonly do: 'amend' | 'cancel'; readonly order: number; readonly body: Row; readonly message: Message }
  | { readonly do: 'stop'; readonly body: Row; readonly message: Message };
interface Script { readonly symbols: readonly SymbolMarket[]; readonly config: RunConfig; readonly at: ReadonlyMap<number, readonly Action[]> }

const bars = 60;

function marketsOf(seed: number, kind: 'linear' | 'inverse', holes: number): SymbolMarket[] {
  const make = (symbol: string, own: number, hasMark: boolean): SymbolMarket => {
    const rows = walk({ seed: seed * 7 + own, bars, holes, quiet: 0.05, stepTicks: 120 });
    const known = rows.filter((row) => row !== null);
    return marketOf({
      instrument: kind === 'linear' ? linear({ symbol }) : inverse({ symbol }), bars: rows,
      mark: hasMark ? series(known.slice(0, bars / 5).map((row) => [row[0] + 3, row[1] + 5, row[2] - 5, row[3] + 2]), 5 * minute) : null,
      funding: fundingOf([[start + 20 * minute, 0.0007], [start + 40 * minute, -0.0003]]),
    });
  };
  return [make('AAAUSDT', 1, false), make('BBBUSDT', 2, true)];
}

/** Random requests at random closes, the prices near the bar's. */
function scriptOf(seed: number, kind: 'linear' | 'inverse', wish: RunConfigWish, holes = 0.03): Script {
  const symbols = marketsOf(seed, kind, holes);
  const next = chance(seed);
  const pick = (count: number): number => Math.floor(next() * count);
  const at = new Map<number, Action[]>();
  let orders = 0;
  let references = 0;
  const made: number[] = [];
  for (let k = 0; k < symbols[0]!.last.length; k++) {
    const closesAt = symbols[0]!.last.openedAt[k]! + minute;
    const actions: Action[] = [];
    for (let many = pick(4); many > 0; many--) {
      const symbol = pick(2);
      const { instrument } = symbols[symbol]!;
      const near = symbols[symbol]!.last.close[Math.min(k, symbols[symbol]!.last.length - 1)]! + pick(200) - 100;
      const price = (ticks: number): string => formatDecimal(BigInt(ticks * instrument.tick.num), instrument.tick.places);
      const choice = pick(10);
      if (choice < 6 || made.length === 0) {
        orders += 1;
        made.push(symbol);
        actions.push(createAction({ symbol, name: instrument.symbol, order: orders, near, pick, price }));
      } else if (choice < 8) {
        const order = 1 + pick(made.length);
        const of = made[order - 1]!;
        const lots = 1 + pick(20);
        const isCancel = choice === 6;
        const who = { symbol: symbols[of]!.instrument.symbol, orderLinkId: `o-${order}` };
        actions.push(isCancel ? { do: 'cancel', order, body: who, message: { tag: 'cancel', symbol: of, order } } : {
          do: 'amend', order, body: { ...who, qty: String(lots) },
          message: { tag: 'amend', symbol: of, order, priceTicks: 0, lots, triggerTicks: 0, malformed: '' },
        });
      } else {
        references += 1;
        const body = { symbol: instrument.symbol, tpslMode: 'Full', stopLoss: price(near), slTriggerBy: 'MarkPrice', ...(choice === 9 ? { trailingStop: price(60) } : {}) };
        actions.push({ do: 'stop', body, message: {
          tag: 'trading-stop', symbol, reference: references, slTicks: near, slBy: 'mark', tpTicks: null, tpBy: 'last',
          trailTicks: choice === 9 ? 60 : null, activeTicks: null,
        } });
      }
    }
    at.set(closesAt, actions);
  }
  return { symbols, config: runConfig.parse({ cash: kind === 'linear' ? 300_000 : 3, leverage: 8, ...wish }), at };
}

interface CreateWish {
  readonly symbol: number; readonly name: string; readonly order: number; readonly near: number;
  readonly pick: (count: number) => number; readonly price: (ticks: number) => string;
}

function createAction({ symbol, name, order, near, pick, price }: CreateWish): Action {
  const side = pick(2) === 0 ? 1 : -1;
  const isLimit = pick(2) === 0;
  const lots = 1 + pick(30);
  const reduceOnly = pick(4) === 0;
  const timeInForce = (['GTC', 'IOC', 'FOK', 'PostOnly'] as const)[pick(4)]!;
  const trigger = pick(3) === 0 ? near + side * (20 + pick(60)) : 0;
  const direction = side === 1 ? 1 : 2;
  const sl = !reduceOnly && pick(2) === 0 ? near - side * (30 + pick(200)) : 0;
  const tp = !reduceOnly && pick(3) === 0 ? near + side * (60 + pick(200)) : 0;
  const body: Row = {
    symbol: name, orderLinkId: `o-${order}`, side: side === 1 ? 'Buy' : 'Sell', orderType: isLimit ? 'Limit' : 'Market', qty: String(lots),
    reduceOnly, ...(isLimit ? { price: price(near), timeInForce } : {}),
    ...(trigger > 0 ? { triggerPrice: price(trigger), triggerDirection: direction, triggerBy: 'LastPrice' } : {}),
    ...(sl > 0 ? { stopLoss: price(sl), slTriggerBy: 'MarkPrice' } : {}), ...(tp > 0 ? { takeProfit: price(tp), tpTriggerBy: 'LastPrice' } : {}),
  };
  return { do: 'create', order, body, message: {
    tag: 'submit', symbol, order, side, lots, type: isLimit ? 'limit' : 'market', priceTicks: isLimit ? near : 0,
    triggerTicks: trigger, triggerDirection: trigger > 0 ? direction : 0, triggerBy: 'last', timeInForce: isLimit ? timeInForce : 'IOC',
    reduceOnly, expireAt: 0, slTicks: sl, slBy: 'mark', tpTicks: tp, tpBy: 'last', malformed: '',
  } };
}

/** By time, and by symbol where several of one instant are told in the order in which their requests happened to come. */
function inOrder(fills: readonly string[]): string[] {
  const key = (line: string): string => line.split(' ').slice(0, 2).join(' ');
  return [...fills].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

interface Outcome { readonly fills: readonly string[]; readonly wallet: string; readonly positions: readonly string[] }

/** The core alone, its bars begun by the clock of a backtest. */
function played({ symbols, config, at }: Script): Outcome {
  const clock = new Clock({ symbols }, 'warn');
  const exchange = createExchange({
    config, wallet: parseDecimal(String(config.cash), symbols[0]!.instrument.moneyScale),
    symbols: symbols.map(({ instrument, mark }) => ({ instrument, leverage: String(config.leverage), hasMark: mark !== null })),
  });
  const facts: Fact[] = [];
  while (clock.openNext(exchange, { stamps: symbols.map(() => []) })) {
    while (exchange.advance(clock.closesAt)) facts.push(...exchange.facts.splice(0));
    for (const { message } of at.get(clock.closesAt) ?? []) exchange.send(message, clock.closesAt + config.latencyMs);
  }
  const money = (symbol: number, value: bigint): string => formatDecimal(value, symbols[symbol]!.instrument.moneyScale);
  return {
    fills: inOrder(facts.flatMap((fact) => {
      if (fact.kind === 'funding') return fact.lots === 0 ? [] : [`${fact.at} ${symbols[fact.symbol]!.instrument.symbol} Funding ${money(fact.symbol, -fact.payment)}`];
      if (fact.kind !== 'execution') return [];
      const { instrument } = symbols[fact.symbol]!;
      const price = fact.exactPrice === '' ? formatDecimal(BigInt(fact.priceTicks * instrument.tick.num), instrument.tick.places) : fact.exactPrice;
      return [`${fact.at} ${instrument.symbol} ${fact.order === -1 ? fact.cause : `o-${fact.order}`} ${fact.side} ${fact.lots} at ${price} `
        + `${fact.liquidity} ${money(fact.symbol, fact.fee)} ${money(fact.symbol, fact.realised)}`];
    })),
    wallet: money(0, exchange.wallet),
    positions: symbols.map((_, i) => {
      const { side, lots, cost } = exchange.position(i);
      return `${side} ${lots} ${cost}`;
    }),
  };
}

const causes: Readonly<Record<string, string>> = { StopLoss: 'SL', TakeProfit: 'TP', TrailingStop: 'TS', '': 'LIQ' };

function told({ symbols }: Script, world: LocalWorld, pushes: readonly Push[]): Outcome {
  const rows = pushes.filter(({ topic }) => topic === 'execution').flatMap((push) => push.rows);
  const truth = world.truth();
  return {
    fills: inOrder(rows.map((row) => {
      const text = (key: string): string => String(row[key]);
      if (row['execType'] === 'Funding') return `${text('execTime')} ${text('symbol')} Funding ${text('execFee')}`;
      const who = row['orderLinkId'] === '' ? causes[text('stopOrderType')] : text('orderLinkId');
      return `${text('execTime')} ${text('symbol')} ${who} ${row['side'] === 'Buy' ? 1 : -1} ${text('execQty')} at ${text('execPrice')} `
        + `${row['isMaker'] === true ? 'maker' : 'taker'} ${text('execFee')} ${text('execPnl')}`;
    })),
    wallet: String((world.reads.wallet()['coin'] as Row[])[0]!['walletBalance']),
    positions: symbols.map((_, i) => {
      const leg = (truth['legs'] as Row[])[i]!;
      return `${String(leg['side'])} ${String(leg['lots'])} ${String(leg['cost'])}`;
    }),
  };
}

function write(world: LocalWorld, action: Action): Promise<Answer> {
  switch (action.do) {
    case 'create': return world.writes.create(action.body);
    case 'amend': return world.writes.amend(action.body);
    case 'cancel': return world.writes.cancel(action.body);
    case 'stop': return world.writes.tradingStop(action.body);
  }
}

interface Staged { readonly world: LocalWorld; readonly pushes: Push[]; readonly answers: readonly Answer[] }

/** The same through the world: all requests of a close go out together, or each after the answer to the one before. */
async function staged({ symbols, config, at }: Script, way: 'together' | 'one by one'): Promise<Staged> {
  const world = createWorld({ market: { symbols }, config });
  const pushes: Push[] = [];
  const waiting: Promise<Answer>[] = [];
  let closedAt = 0;
  let doneAt = 0;
  world.published = (push) => {
    pushes.push(push);
    if (push.topic === 'kline') closedAt = push.at;
  };
  while (world.now < world.endsAt || world.dueAt < Infinity) {
    world.play(Infinity);
    if (closedAt === doneAt) continue;
    doneAt = closedAt;
    for (const action of at.get(closedAt) ?? []) {
      waiting.push(write(world, action));
      if (way === 'one by one') while (world.underWay > 0) world.play(world.dueAt);
    }
  }
  return { world, pushes, answers: await Promise.all(waiting) };
}

const wishes: readonly RunConfigWish[] = [
  {}, { participation: 0.02 }, { latencyMs: 250 }, { path: 'ohlc', limitFill: 'touch', halfSpreadTicks: 2, slippage: { kind: 'ticks', n: 1 } },
  { latencyMs: 40, responseLatencyMs: 60, slippage: { kind: 'volshare', k: 0.1, cap: 0.5 } },
];

describe('the same requests through the world and through the core', () => {
  it.each(['linear', 'inverse'] as const)('%s: give the same fills, fees, funding, wallet and positions, 40 scripts', async (kind) => {
    let fills = 0;
    await fc.assert(fc.asyncProperty(fc.nat(1_000_000), fc.constantFrom(...wishes), async (seed, wish) => {
      const script = scriptOf(seed, kind, wish);

      const { world, pushes } = await staged(script, 'together');
      const outcome = told(script, world, pushes);

      fills += outcome.fills.length;
      expect(outcome).toEqual(played(script));
      expect(world.reads.executions(everyExecution).length).toBe(outcome.fills.length);
    }), { seed: 5, numRuns: 40 });
    expect(fills).toBeGreaterThan(400);
  });
  it('one at a close gives the same without any latency where the market has no holes, 40 scripts', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(1_000_000), async (seed) => {
      const whole = scriptOf(seed, 'linear', {}, 0);
      const at = new Map([...whole.at].map(([closesAt, actions]) => [closesAt, actions.slice(0, 1)] as const));
      const script = { ...whole, at };

      const { world, pushes } = await staged(script, 'one by one');

      expect(told(script, world, pushes)).toEqual(played(script));
    }), { seed: 6, numRuns: 40 });
  });
});

describe('a world of one seed', () => {
  it('publishes and answers the same bytes twice, and other ids with another seed', async () => {
    const script = scriptOf(11, 'linear', { participation: 0.05 });

    const [first, second] = [await staged(script, 'one by one'), await staged(script, 'one by one')];

    expect(JSON.stringify([second.pushes, second.answers])).toBe(JSON.stringify([first.pushes, first.answers]));
    expect(first.pushes.length).toBeGreaterThan(100);
    const idOf = (seed: string): string => {
      const world = createWorld({ market: { symbols: script.symbols }, config: script.config, seed });
      void world.writes.create({ symbol: 'AAAUSDT', side: 'Buy', orderType: 'Market', qty: '1' });
      world.play(world.dueAt);
      return String(world.reads.executions(everyExecution)[0]!['orderId']);
    };
    expect(idOf('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(idOf('a')).not.toBe(idOf('b'));
  });
  it('keeps the money: of every execution and stamp, fees, results and payments sum up to the wallet, and rows to the position', async () => {
    const script = scriptOf(23, 'linear', {});

    const { world } = await staged(script, 'together');

    const sum = world.reads.transactions(null, null).reduce((total, row) => total + parseDecimal(String(row['change']), 12), 0n);
    expect(String((world.reads.wallet()['coin'] as Row[])[0]!['walletBalance'])).toBe(formatDecimal(parseDecimal('300000', 12) + sum, 12));
    const realised = ['AAAUSDT', 'BBBUSDT'].reduce((total, symbol) => total + parseDecimal(String(world.reads.positions(symbol)[0]!['cumRealisedPnl']), 12), 0n);
    expect(realised).toBe(sum);
  });
});
