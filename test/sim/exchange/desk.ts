/** A bare door for tests of the matching core: plays columns of bars, sends messages at chosen bars, keeps the facts. */
import { instrumentOf } from '../../../engine/index.ts';
import type { Instrument } from '../../../engine/index.ts';
import { createExchange } from '../../../sim/index.ts';
import type { Exchange, ExchangeConfig, Fact, Message, Submit, TradingStop } from '../../../sim/index.ts';

export const minute = 60_000;
export const epoch = 1_700_006_400_000;

/** Open, high, low, close in ticks and volume in base. */
export type Candle = readonly [open: number, high: number, low: number, close: number, volume: number];

export function instrument(symbol: string): Instrument {
  return instrumentOf({
    symbol, kind: 'linear', base: 'A', quote: 'USDT', settle: 'USDT', tick: '0.1', qtyStep: '0.001', minQty: '0.001', minNotional: '0',
    takerRate: '0.00055', makerRate: '0.0002', maxLeverage: '100', source: 'test',
    tiers: [{ limit: '2000000', mmr: '0.005', deduction: '0' }, { limit: '10000000', mmr: '0.01', deduction: '10000' }],
  });
}

export const plain: ExchangeConfig = {
  path: 'adverse', limitFill: 'through', slippage: { kind: 'none' }, halfSpreadTicks: 0, participation: null, liqFormula: 'mark-value',
};

/** 10,000 USDT in money units. */
export const tenThousand = 10_000n * 10n ** 12n;

export function openExchange(config: Partial<ExchangeConfig> = {}, symbols = 1, wallet = tenThousand): Exchange {
  return createExchange({
    config: { ...plain, ...config }, wallet,
    symbols: Array.from({ length: symbols }, (_, i) => ({ instrument: instrument(`S${i}`), leverage: '10', hasMark: false })),
  });
}

export function submit(order: number, side: 1 | -1, lots: number, more: Partial<Submit> = {}): Submit {
  return {
    tag: 'submit', symbol: 0, order, side, lots, type: 'market', priceTicks: 0, triggerTicks: 0, triggerDirection: 0, triggerBy: 'last',
    timeInForce: 'GTC', reduceOnly: false, expireAt: 0, slTicks: 0, slBy: 'last', tpTicks: 0, tpBy: 'last', malformed: '', ...more,
  };
}

export function stopAt(slTicks: number | null, more: Partial<TradingStop> = {}): TradingStop {
  return {
    tag: 'trading-stop', symbol: 0, reference: 0, slTicks, slBy: 'last', tpTicks: null, tpBy: 'last', trailTicks: null, activeTicks: null, ...more,
  };
}

/** Messages by the bar at whose open they arrive. */
export type Plan = ReadonlyMap<number, readonly Message[]>;

/** Plays one bar of every symbol and returns its facts. */
export function playBar(exchange: Exchange, k: number, candles: readonly Candle[], messages: readonly Message[] = []): Fact[] {
  const openedAt = epoch + k * minute;
  for (const message of messages) exchange.send(message, openedAt);
  candles.forEach(([open, high, low, close, volume], symbol) => {
    exchange.openBar(symbol, openedAt, openedAt + minute, open, high, low, close, volume);
  });
  const facts: Fact[] = [];
  while (exchange.advance(openedAt + minute)) facts.push(...exchange.facts.splice(0));
  return facts;
}
