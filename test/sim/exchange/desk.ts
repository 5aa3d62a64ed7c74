/** A bare door for tests of the matching core: plays columns of bars, sends messages at chosen times, keeps the facts. */
import { instrumentOf } from '../../../engine/index.ts';
import type { Instrument, InstrumentRules } from '../../../engine/index.ts';
import { createExchange } from '../../../sim/index.ts';
import type { Exchange, ExchangeConfig, Fact, Message, Submit, TradingStop } from '../../../sim/index.ts';

export const minute = 60_000;
export const epoch = 1_700_006_400_000;

/** Open, high, low, close in ticks and volume in base. */
export type Candle = readonly [open: number, high: number, low: number, close: number, volume: number];

export function instrument(symbol: string, more: Partial<InstrumentRules> = {}): Instrument {
  return instrumentOf({
    symbol, kind: 'linear', base: 'A', quote: 'USDT', settle: 'USDT', tick: '0.1', qtyStep: '0.001', minQty: '0.001', minNotional: '0',
    takerRate: '0.00055', makerRate: '0.0002', maxLeverage: '100', source: 'test',
    tiers: [{ limit: '2000000', mmr: '0.005', deduction: '0' }, { limit: '10000000', mmr: '0.01', deduction: '10000' }], ...more,
  });
}

/** Contracts of one quote unit, tick 0.5, settled in the base coin. */
export function inverseInstrument(symbol: string): Instrument {
  return instrument(symbol, {
    kind: 'inverse', quote: 'USD', settle: 'A', tick: '0.5', qtyStep: '1', minQty: '1',
    tiers: [{ limit: '150', mmr: '0.005', deduction: '0' }, { limit: '300', mmr: '0.01', deduction: '0.75' }],
  });
}

export const plain: ExchangeConfig = {
  path: 'adverse', limitFill: 'through', slippage: { kind: 'none' }, halfSpreadTicks: 0, participation: null, liqFormula: 'mark-value',
};

/** 10,000 USDT in money units. */
export const tenThousand = 10_000n * 10n ** 12n;

/** An account over these instruments, all at 10x. */
export function openDesk(config: Partial<ExchangeConfig>, instruments: readonly Instrument[], wallet: bigint, hasMark = false): Exchange {
  return createExchange({ config: { ...plain, ...config }, wallet, symbols: instruments.map((one) => ({ instrument: one, leverage: '10', hasMark })) });
}

export function openExchange(config: Partial<ExchangeConfig> = {}, symbols = 1, wallet = tenThousand): Exchange {
  return openDesk(config, Array.from({ length: symbols }, (_, i) => instrument(`S${i}`)), wallet);
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

/** A message on its way: arrives `offsetMs` after the open of bar `bar`. */
export interface Sent { readonly bar: number; readonly offsetMs: number; readonly message: Message }

/** Plays one bar of every symbol and returns its facts. */
export function playBar(exchange: Exchange, k: number, candles: readonly Candle[], sent: readonly Sent[] = []): Fact[] {
  const openedAt = epoch + k * minute;
  for (const { bar, offsetMs, message } of sent) if (bar === k) exchange.send(message, openedAt + offsetMs);
  candles.forEach(([open, high, low, close, volume], symbol) => {
    exchange.openBar(symbol, openedAt, openedAt + minute, open, high, low, close, volume);
  });
  return playUntil(exchange, openedAt + minute);
}

/** Plays on to a time and returns the facts on the way. */
export function playUntil(exchange: Exchange, until: number): Fact[] {
  const facts: Fact[] = [];
  while (exchange.advance(until)) facts.push(...exchange.facts.splice(0));
  return facts;
}

export const executionsOf = (facts: readonly Fact[]): Fact[] => facts.filter((fact) => fact.kind === 'execution');

/** Messages at the open of a bar. */
export const atOpen = (bar: number, ...messages: readonly Message[]): Sent[] => messages.map((message) => ({ bar, offsetMs: 0, message }));
