/**
 * A hand-made inside of the local exchange for tests of its doors: two linear symbols, rows that a test puts in, writes
 * that are recorded and answered at once.
 */
import type { CandleFilter, ExecutionFilter, OrderFilter, Push, Row, World } from '../../../../live/exchange/world.ts';
import type { Pace } from '../../../../live/exchange/pace.ts';
import type { InstrumentRules } from '../../../../engine/index.ts';

export const marketNow = Date.UTC(2024, 2, 15, 12, 30, 30);

const rules = (symbol: string, base: string): InstrumentRules => ({
  symbol, kind: 'linear', base, quote: 'USDT', settle: 'USDT', tick: '0.10', qtyStep: '0.001', minQty: '0.001', minNotional: '5',
  takerRate: '0.00055', makerRate: '0.0002', maxLeverage: '100', tiers: [{ limit: '2000000', mmr: '0.005', deduction: '0' }], source: 'test',
});

export interface SmallWorld extends World {
  readonly asked: { readonly write: string; readonly body: Row }[];
  readonly acted: string[];
  readonly rows: {
    open: Row[]; closed: Row[]; history: Row[]; executions: Row[]; closedPnl: Row[]; transactions: Row[]; positions: Row[]; wallet: Row;
  };
  /** What the next write is answered with; taken once. */
  refuse: { code: number; message: string } | null;
}

export function orderRow(id: string, more: Row = {}): Row {
  return {
    orderId: id, orderLinkId: `link-${id}`, blockTradeId: '', symbol: 'BTCUSDT', price: '60000.00', qty: '0.010', side: 'Buy',
    isLeverage: '', positionIdx: 0, orderStatus: 'New', cancelType: 'UNKNOWN', rejectReason: 'EC_NoError', avgPrice: '0',
    leavesQty: '0.010', leavesValue: '600', cumExecQty: '0.000', cumExecValue: '0', cumExecFee: '0', timeInForce: 'GTC', orderType: 'Limit',
    stopOrderType: '', orderIv: '', triggerPrice: '0.00', takeProfit: '', stopLoss: '', tpTriggerBy: '', slTriggerBy: '',
    triggerDirection: 0, triggerBy: '', lastPriceOnCreated: '60100.00', reduceOnly: false, closeOnTrigger: false, smpType: 'None',
    smpGroup: 0, smpOrderId: '', tpslMode: '', tpLimitPrice: '', slLimitPrice: '', placeType: '', cumFeeDetail: {},
    createdTime: String(marketNow - 1_000), updatedTime: String(marketNow - 1_000), ...more,
  };
}

export function positionRow(symbol: string, side: string, size: string): Row {
  return {
    positionIdx: 0, riskId: 1, riskLimitValue: '2000000', symbol, side, size, avgPrice: '60000', positionValue: '600', tradeMode: 0,
    positionStatus: 'Normal', autoAddMargin: 0, adlRankIndicator: 0, leverage: '10', positionBalance: '60', markPrice: '60100.00', liqPrice: '',
    bustPrice: '', positionMM: '3', positionIM: '60', tpslMode: 'Full', takeProfit: '', stopLoss: '', trailingStop: '0', unrealisedPnl: '1',
    curRealisedPnl: '0', cumRealisedPnl: '0', seq: 12, isReduceOnly: false, mmrSysUpdatedTime: '', leverageSysUpdatedTime: '',
    createdTime: String(marketNow), updatedTime: String(marketNow), openTime: marketNow,
  };
}

const instrumentRow = (symbol: string, base: string, status: string): Row => ({
  symbol, symbolId: 5, contractType: 'LinearPerpetual', status, baseCoin: base, quoteCoin: 'USDT', settleCoin: 'USDT', fundingInterval: 480,
  riskParameters: { priceLimitRatioX: '0.01', priceLimitRatioY: '0.02' }, priceFilter: { tickSize: '0.10' },
});

export function createSmallWorld(): SmallWorld {
  const asked: SmallWorld['asked'] = [];
  const acted: string[] = [];
  const kept: SmallWorld['rows'] = {
    open: [], closed: [], history: [], executions: [], closedPnl: [], transactions: [], positions: [],
    wallet: { accountType: 'UNIFIED', totalEquity: '1000', accountIMRate: '0.003', accountMMRate: '0.0021', coin: [{ coin: 'USDT' }, { coin: 'BTC' }] },
  };
  const write = (name: string) => async (body: Row) => {
    asked.push({ write: name, body });
    await Promise.resolve();
    const refusal = world.refuse;
    world.refuse = null;
    if (refusal !== null) return { ...refusal, result: {} };
    const isOrder = ['create', 'amend', 'cancel'].includes(name);
    const result = isOrder ? { orderId: body['orderId'] ?? `id-${asked.length}`, orderLinkId: body['orderLinkId'] ?? '' } : {};
    return { code: 0, message: 'OK', result: name === 'cancelAll' ? { list: [], success: '1' } : result };
  };
  const world: SmallWorld = {
    asked,
    acted,
    rows: kept,
    refuse: null,
    category: 'linear',
    settle: 'USDT',
    now: marketNow,
    endsAt: Infinity,
    writes: {
      create: write('create'), amend: write('amend'), cancel: write('cancel'), cancelAll: write('cancelAll'), tradingStop: write('tradingStop'),
      setLeverage: write('setLeverage'), switchMode: write('switchMode'), setMarginMode: write('setMarginMode'),
    },
    reads: {
      openOrders: (filter) => kept.open.filter((row) => isWanted(row, filter)),
      closedOrders: (filter) => kept.closed.filter((row) => isWanted(row, filter)),
      orderHistory: (filter) => kept.history.filter((row) => isWanted(row, filter)),
      executions: (filter) => kept.executions.filter((row) => isWanted(row, filter)),
      closedPnl: (symbol) => kept.closedPnl.filter((row) => symbol === null || row['symbol'] === symbol),
      transactions: () => kept.transactions,
      positions: (symbol) => {
        if (symbol === null) return kept.positions.filter((row) => row['size'] !== '0');
        const found = kept.positions.filter((row) => row['symbol'] === symbol);
        return found.length > 0 ? found : [positionRow(symbol, '', '0')];
      },
      wallet: () => kept.wallet,
      marginMode: () => 'ISOLATED_MARGIN',
    },
    market: marketReads(),
    published: (push: Push) => { acted.push(`published ${push.topic}`); },
    dueAt: Infinity,
    play: (until) => until,
    truth: () => ({ lots: 3, cash: 12_345_678_901_234_567_890n }),
    acts: {
      jump: (symbol, price, kind) => { acted.push(`jump ${symbol} ${price} ${kind}`); },
      foreignOrder: (symbol, side, size, reduceOnly) => { acted.push(`order ${symbol} ${side} ${size} ${reduceOnly}`); },
      foreignStop: (symbol, price) => { acted.push(`stop ${symbol} ${price}`); },
      wipeClosed: () => { acted.push('wipe'); },
    },
  };
  return world;
}

function marketReads(): World['market'] {
  return {
    instruments: [rules('BTCUSDT', 'BTC'), rules('ETHUSDT', 'ETH')],
    instrumentRows: () => [instrumentRow('ETHUSDT', 'ETH', 'Trading'), instrumentRow('BTCUSDT', 'BTC', 'Trading'), instrumentRow('NEWUSDT', 'NEW', 'PreLaunch')],
    candles,
    ticker: (symbol) => ({ symbol, lastPrice: '60000.00', markPrice: '60000.07', fundingRate: '0.0001', nextFundingTime: '1', fundingIntervalHour: '8' }),
    fundingHistory: (symbol) => [3, 2, 1].map((i) => ({ symbol, fundingRate: '0.0001', fundingRateTimestamp: String(i * 28_800_000) })),
    recentTrades: (symbol, limit) => Array.from({ length: limit + 5 }, (_, i) => ({ execId: `t${i}`, symbol, price: '60000', size: '1' })),
    orderBook: (symbol) => ({ s: symbol, a: levels(1), b: levels(-1), ts: marketNow, u: 1, seq: 2, cts: marketNow }),
    riskLimits: (symbol) => [{ id: 1, symbol, riskLimitValue: '2000000', maintenanceMargin: '0.005', initialMargin: '0.01', isLowestRisk: 1, maxLeverage: '100', mmDeduction: '' }],
    feeRates: (symbol) => ({ symbol, takerFeeRate: '0.00055', makerFeeRate: '0.0002' }),
  };
}

const levels = (sign: number): string[][] => Array.from({ length: 50 }, (_, i) => [String(60_000 + sign * (i + 1)), '1']);

/** A market without beginning or holes: open 100 (index 99). `start` alone counts forward from the candle that holds it. */
function candles({ kind, intervalMs, start, end, limit }: CandleFilter): readonly (readonly string[])[] {
  const oldest = start === null ? -Infinity : Math.floor(start / intervalMs);
  const last = Math.floor((end ?? marketNow) / intervalMs);
  const wanted = start !== null && end === null ? oldest + limit - 1 : last;
  const newest = wanted * intervalMs > marketNow ? Math.floor(marketNow / intervalMs) : wanted;
  const base = kind === 'index' ? '99' : '100';
  const rows: string[][] = [];
  for (let i = newest; i >= oldest && rows.length < limit; i--) {
    rows.push([String(i * intervalMs), base, base, base, base, ...(kind === 'last' ? ['1.5', '150'] : [])]);
  }
  return rows;
}

function isWanted(row: Row, filter: OrderFilter | ExecutionFilter): boolean {
  const at = Number(row['execTime'] ?? row['updatedTime']);
  return [['symbol', filter.symbol], ['orderId', filter.orderId], ['orderLinkId', filter.orderLinkId]]
    .every(([key, value]) => value === null || row[key ?? ''] === value)
    && at >= (filter.from ?? -Infinity) && at <= (filter.to ?? Infinity)
    && (!('execType' in filter) || filter.execType === null || row['execType'] === filter.execType);
}

export interface CountedPace extends Pace { woken: number; readonly said: string[] }

export function createPace(): CountedPace {
  const pace: CountedPace = {
    woken: 0,
    said: [],
    wake: () => { pace.woken += 1; },
    idle: async (until) => {
      pace.said.push(`idle ${until}`);
      return await Promise.resolve({ now: until, hasEnded: until === Infinity });
    },
    pause: () => { pace.said.push('pause'); },
    resume: () => { pace.said.push('resume'); },
    stop: () => { pace.said.push('stop'); },
  };
  return pace;
}
