/**
 * What is asked of the exchange before anything is sent: instruments, key, account, positions, fees, clock, candles.
 */
import { rulesOfListing } from '../../data/index.ts';
import { stepOf } from '../../engine/index.ts';
import { z } from 'zod';
import { VenueError } from '../connection.ts';
import type { AccountFacts, Candle, CandleRequest, ClockFacts, FeeFacts, FundingRequest, KeyFacts, LegFacts, ListedInstrument, SettledFunding } from '../connection.ts';
import { isChild } from './account-feed.ts';
import { intervalWord } from './bars.ts';
import { priorities } from './budget.ts';
import { classify } from './codes.ts';
import { priceOrNull, stepsOfText } from './numbers.ts';
import type { Requests } from './requests.ts';
import { orderRow, positionRow, readRows } from './rows.ts';

type Category = 'linear' | 'inverse';

const text = z.union([z.string(), z.number().transform(String)]);
const optionalText = z.union([z.string(), z.number().transform(String), z.null()]).optional().transform((value) => value ?? '');
const instrumentRow = z.object({
  symbol: text, status: text, baseCoin: text, quoteCoin: text, settleCoin: text, fundingInterval: z.coerce.number().optional(), deliveryTime: optionalText,
  priceFilter: z.object({ tickSize: text }), leverageFilter: z.object({ maxLeverage: text }),
  lotSizeFilter: z.object({ qtyStep: text, minOrderQty: text, maxOrderQty: text, maxMktOrderQty: optionalText, minNotionalValue: optionalText }),
});
const riskRow = z.object({ riskLimitValue: text, maintenanceMargin: text, initialMargin: optionalText, maxLeverage: optionalText, mmDeduction: optionalText });
const feeRow = z.object({ symbol: text, takerFeeRate: text, makerFeeRate: text });
const keyResult = z.object({
  userID: text, readOnly: z.coerce.number(), uta: z.coerce.number().optional(), ips: z.array(z.string()).nullish(), deadlineDay: z.number().nullish(),
  permissions: z.record(z.string(), z.array(z.string())),
});
const walletRow = z.object({ coin: z.array(z.object({ coin: text, walletBalance: optionalText, equity: optionalText })) });
const fundingRow = z.object({ fundingRate: text.transform(Number), fundingRateTimestamp: text.transform(Number) });
const candleRow = z.array(text).min(5);

/** Decimal texts; `status` 'Trading' = open for orders. */
export type Terms = Readonly<Record<'tick' | 'step' | 'minQty' | 'minNotional' | 'status', string>>;

const candlesMost = 1_000;
const fundingsMost = 200;
const clockSamples = 5;

export class Facts {
  readonly #requests: Requests;
  readonly #category: Category;
  constructor(requests: Requests, category: Category) {
    this.#requests = requests;
    this.#category = category;
  }

  /** The median of five samples; the exchange's stamp is taken to be from the middle of the round trip. */
  async clock(): Promise<ClockFacts> {
    const samples: { readonly offsetMs: number; readonly tripMs: number }[] = [];
    for (let i = 0; i < clockSamples; i++) {
      const before = Date.now();
      const from = performance.now();
      const { time } = await this.#requests.ask('market', priorities.reading, (client) => client.getServerTime());
      const tripMs = performance.now() - from;
      if (!Number.isFinite(time)) throw new VenueError('market', 'malformed', { text: 'no time in the envelope' });
      samples.push({ offsetMs: time - (before + tripMs / 2), tripMs });
    }
    const offsets = samples.map(({ offsetMs }) => offsetMs).toSorted((a, b) => a - b);
    const offsetMs = Math.round(offsets[clockSamples >> 1]!);
    return {
      offsetMs, spreadMs: Math.round(offsets.at(-1)! - offsets[0]!), roundTripMs: Math.round(Math.min(...samples.map(({ tripMs }) => tripMs))),
    };
  }

  async instruments(symbols: readonly string[], isSigned: boolean): Promise<readonly ListedInstrument[]> {
    const found: ListedInstrument[] = [];
    for (const symbol of symbols) {
      const category = this.#category;
      const [row] = await this.#list('market', instrumentRow, (client) => client.getInstrumentsInfo({ category, symbol }));
      if (row === undefined) throw new VenueError('market', 'refused', { text: `symbol ${symbol} is not listed` });
      const tiers = await this.#list('market', riskRow, (client) => client.getRiskLimit({ category, symbol }));
      const fees = isSigned ? await this.fees(symbol) : null;
      found.push(listedOf(row, tiers, fees, category));
    }
    return found;
  }

  /** What of a symbol's rules may change while it trades; null = it is not listed. */
  async terms(symbol: string): Promise<Terms | null> {
    const category = this.#category;
    const [row] = await this.#list('market', instrumentRow, (client) => client.getInstrumentsInfo({ category, symbol }));
    if (row === undefined) return null;
    const { tick, qtyStep, minQty, minNotional } = rulesOfListing(row, [], null, category, '');
    return { tick, step: qtyStep, minQty, minNotional, status: row.status };
  }

  /** Null where the environment does not serve fee rates. */
  async fees(symbol: string): Promise<FeeFacts | null> {
    const category = this.#category;
    try {
      const rows = await this.#list('fees', feeRow, (client) => client.getFeeRate({ category, symbol }));
      const row = rows.find((one) => one.symbol === symbol);
      return row === undefined ? null : { symbol, takerRate: row.takerFeeRate, makerRate: row.makerFeeRate };
    } catch (error) {
      if (error instanceof VenueError && (error.kind === 'refused' || error.kind === 'malformed')) return null;
      throw error;
    }
  }

  async key(): Promise<KeyFacts> {
    const result = parsed('account', keyResult, await this.#requests.result('account', priorities.reading, (client) => client.getQueryApiKey()));
    const { permissions } = result;
    const wallet = permissions['Wallet'] ?? [];
    const trade = permissions['ContractTrade'] ?? [];
    return {
      account: result.userID, readOnly: result.readOnly === 1, canTrade: trade.includes('Order') && trade.includes('Position'),
      canWithdraw: wallet.includes('Withdraw'), canTransfer: wallet.some((word) => /Transfer/.test(word)), ips: result.ips ?? [],
      daysLeft: typeof result.deadlineDay === 'number' ? result.deadlineDay : null, unified: result.uta === 1,
    };
  }

  async account(settle: string): Promise<AccountFacts> {
    const info = await this.#requests.result('account', priorities.reading, (client) => client.getAccountInfo());
    const [wallet] = await this.#list('account', walletRow, (client) => client.getWalletBalance({ accountType: 'UNIFIED', coin: settle }));
    const coin = wallet?.coin.find((one) => one.coin === settle);
    const balance = coin === undefined || coin.walletBalance === '' ? '0' : coin.walletBalance;
    return { marginMode: marginModes[String(info['marginMode'])] ?? 'unrecognised', balance, equity: coin === undefined || coin.equity === '' ? balance : coin.equity };
  }

  async legs(symbols: readonly string[]): Promise<readonly LegFacts[]> {
    const category = this.#category;
    return Promise.all(symbols.map(async (symbol): Promise<LegFacts> => {
      const [positions, orders] = await Promise.all([
        this.#list('positions', positionRow, (client) => client.getPositionInfo({ category, symbol })),
        this.#list('orders', orderRow, (client) => client.getActiveOrders({ category, symbol, openOnly: 0, limit: 50 })),
      ]);
      const held = positions.find(({ size }) => Number(size) > 0) ?? positions[0];
      if (held === undefined) throw new VenueError('positions', 'malformed', { text: `no position row of ${symbol}` });
      const isOpen = Number(held.size) > 0;
      return {
        symbol, side: !isOpen ? 0 : held.side === 'Sell' ? -1 : 1, size: held.size, entryPrice: held.avgPrice ?? held.entryPrice ?? '0',
        stopLoss: priceOrNull(held.stopLoss), leverage: held.leverage ?? '', mode: positions.some(({ positionIdx }) => positionIdx !== 0) ? 'hedge' : 'one-way',
        reduceOnly: held.isReduceOnly, orders: orders.filter((row) => !isChild(row)).map(({ orderId, orderLinkId }) => ({ id: orderId, link: orderLinkId })),
      };
    }));
  }

  async setLeverage(symbol: string, leverage: string): Promise<void> {
    const category = this.#category;
    const { code, text: said } = await this.#requests.ask('setting', priorities.reading, (client) =>
      client.setLeverage({ category, symbol, buyLeverage: leverage, sellLeverage: leverage }));
    mustBeSet(code, said);
    const [leg] = await this.legs([symbol]);
    if (Number(leg!.leverage) !== Number(leverage)) {
      throw new VenueError('setting', 'refused', { text: `leverage of ${symbol} reads ${leg!.leverage} after it was set to ${leverage}` });
    }
  }

  async setIsolated(): Promise<void> {
    const { code, text: said } = await this.#requests.ask('setting', priorities.reading, (client) => client.setMarginMode('ISOLATED_MARGIN'));
    mustBeSet(code, said);
  }

  /** Backwards in pages of 1,000, until there are enough or nothing older comes. */
  async candles({ symbol, kind, intervalMs, until, count }: CandleRequest): Promise<readonly Candle[]> {
    const interval = intervalWord(intervalMs);
    const category = this.#category;
    const found = new Map<number, Candle>();
    let end = until - 1;
    while (found.size < count) {
      const limit = Math.min(candlesMost, count - found.size + 1);
      const before = found.size;
      const ask = { category, symbol, interval, end, limit } as const;
      const result = await this.#requests.result('market', priorities.reading, (client) => (kind === 'last' ? client.getKline(ask) : client.getMarkPriceKline(ask)));
      const { rows } = readRows(candleRow, result['list']);
      let oldest = end;
      for (const row of rows) {
        const candle = candleOf(row, intervalMs);
        oldest = Math.min(oldest, candle.openedAt);
        if (candle.closesAt <= until) found.set(candle.openedAt, candle);
      }
      if (found.size === before) break;
      end = oldest - 1;
    }
    return [...found.values()].toSorted((a, b) => a.openedAt - b.openedAt).slice(-count);
  }

  /** Backwards in pages of 200. */
  async fundings({ symbol, from, until }: FundingRequest): Promise<readonly SettledFunding[]> {
    const category = this.#category;
    const found = new Map<number, SettledFunding>();
    for (let endTime = until; endTime >= from;) {
      const before = found.size;
      const ask = { category, symbol, startTime: from, endTime, limit: fundingsMost } as const;
      const rows = await this.#list('market', fundingRow, (client) => client.getFundingRateHistory(ask));
      for (const { fundingRate, fundingRateTimestamp: settledAt } of rows) if (settledAt >= from && settledAt <= until) found.set(settledAt, { settledAt, rate: fundingRate });
      if (found.size === before || rows.length < fundingsMost) break;
      endTime = Math.min(...found.keys()) - 1;
    }
    return [...found.values()].toSorted((a, b) => a.settledAt - b.settledAt);
  }

  async #list<T>(endpoint: Parameters<Requests['ask']>[0], schema: z.ZodType<T>, what: Parameters<Requests['ask']>[2]): Promise<readonly T[]> {
    const result = await this.#requests.result(endpoint, priorities.reading, what);
    const { rows, bad } = readRows(schema, result['list']);
    if (bad.length > 0 && rows.length === 0) throw new VenueError(endpoint, 'malformed', { text: bad[0]! });
    return rows;
  }
}

const marginModes: Readonly<Record<string, AccountFacts['marginMode']>> = { ISOLATED_MARGIN: 'isolated', REGULAR_MARGIN: 'cross', PORTFOLIO_MARGIN: 'portfolio' };

/** Done, or so already. */
function mustBeSet(code: number, said: string): void {
  const { tag } = classify('setting', code, said);
  if (tag !== 'done' && tag !== 'unchanged') throw new VenueError('setting', 'refused', { code, text: said });
}

function parsed<T>(endpoint: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new VenueError(endpoint, 'malformed', { text: result.error.issues[0]?.message ?? 'not as expected' });
  return result.data;
}

function candleOf(row: readonly string[], intervalMs: number): Candle {
  const [start, open, high, low, close, volume = '0'] = row;
  const openedAt = Number(start);
  return { openedAt, closesAt: openedAt + intervalMs, open: Number(open), high: Number(high), low: Number(low), close: Number(close), volume: Number(volume) };
}

function listedOf(row: z.output<typeof instrumentRow>, tiers: readonly z.output<typeof riskRow>[], fees: FeeFacts | null, kind: Category): ListedInstrument {
  const { lotSizeFilter: lot } = row;
  const step = stepOf(lot.qtyStep);
  const rules = rulesOfListing(row, tiers, fees, kind, 'the exchange, at the start of the run');
  const deliveryAt = Number(row.deliveryTime);
  return {
    rules, status: row.status, maxLots: stepsOfText(lot.maxOrderQty, step), maxMarketLots: stepsOfText(lot.maxMktOrderQty === '' ? lot.maxOrderQty : lot.maxMktOrderQty, step),
    fundingMs: (row.fundingInterval ?? 480) * 60_000, deliveryAt: deliveryAt > 0 ? deliveryAt : null,
  };
}
