/** One symbol's position as a row of the wire, and the account's wallet. */
import { formatDecimal, gainNumber, moneyToNumber, parseDecimal, valueNumber } from '../../../engine/index.ts';
import type { Instrument, Money, Ms } from '../../../engine/index.ts';
import type { Exchange } from '../../../sim/index.ts';
import type { Row } from '../world.ts';
import { sideText } from './order-row.ts';
import { amountText, averageText, moneyText, priceText, sizeText } from './wire-text.ts';

/** What the world keeps of a position beside the matching core. */
export interface Leg {
  side: 1 | -1 | 0; lots: number; cost: Money;
  /** Decimal text, such as '10'. */
  leverage: string;
  openedAt: Ms; updatedAt: Ms; createdAt: Ms; seq: number;
  /** Realised less fees plus funding: of all time, and since the position was opened. */
  realised: Money; present: Money;
  /** Fees of the fills that opened what is held. */
  openFees: Money;
}

export function newLeg(leverage: string, at: Ms): Leg {
  return {
    side: 0, lots: 0, cost: 0n, leverage, openedAt: 0, updatedAt: at, createdAt: at, seq: 1, realised: 0n, present: 0n, openFees: 0n,
  };
}

export interface PositionQuery { readonly instrument: Instrument; readonly exchange: Exchange; readonly symbol: number; readonly leg: Leg }

interface Worth { readonly value: number; readonly gain: number; readonly maintenance: number; readonly initial: Money }

function worthOf({ instrument, exchange, symbol, leg }: PositionQuery): Worth {
  const value = moneyToNumber(instrument, leg.cost);
  const tiers = instrument.rules.tiers;
  const tier = tiers.find(({ limit }) => value <= Number(limit)) ?? tiers[tiers.length - 1];
  const gain = leg.side === 0 ? 0 : gainNumber(instrument, leg.side, value, valueNumber(instrument, exchange.markTicks(symbol), leg.lots));
  const maintenance = leg.side === 0 || tier === undefined ? 0 : value * Number(tier.mmr) - Number(tier.deduction);
  return { value, gain, maintenance, initial: exchange.margins(symbol).position };
}

/** The row of the lists. */
export function positionRow(query: PositionQuery): Row { return row(query, 'avgPrice'); }
/** The row of the stream names the entry otherwise. */
export function positionPush(category: string, query: PositionQuery): Row { return { category, ...row(query, 'entryPrice') }; }

function row(query: PositionQuery, entryKey: 'avgPrice' | 'entryPrice'): Row {
  const { instrument, exchange, symbol, leg } = query;
  const { slTicks, tpTicks } = exchange.position(symbol);
  const { trailTicks } = exchange.standing(symbol);
  const { gain, maintenance, initial } = worthOf(query);
  const { liquidationTicks } = exchange.margins(symbol);
  const mark = exchange.markTicks(symbol);
  const text = (ticks: number): string => (ticks === 0 ? '0' : priceText(instrument, ticks));
  const isFlat = leg.side === 0;
  const tier = instrument.rules.tiers[0];
  return {
    positionIdx: 0, riskId: 1, riskLimitValue: tier?.limit ?? '0', symbol: instrument.symbol, side: sideText(leg.side),
    size: sizeText(instrument, leg.lots), [entryKey]: averageText(instrument, leg.lots, leg.cost),
    positionValue: isFlat ? '' : moneyText(instrument, leg.cost), tradeMode: 0, positionStatus: 'Normal', autoAddMargin: 0,
    adlRankIndicator: isFlat ? 0 : 2, leverage: leg.leverage, breakEvenPrice: isFlat ? '' : breakEven(query),
    markPrice: Number.isNaN(mark) ? '' : priceText(instrument, mark), liqPrice: isFlat || liquidationTicks === 0 ? '' : tickText(instrument, liquidationTicks),
    positionIM: moneyText(instrument, initial), positionIMByMp: moneyText(instrument, initial),
    positionMM: amountText(maintenance), positionMMByMp: amountText(maintenance),
    takeProfit: text(tpTicks), stopLoss: text(slTicks), trailingStop: text(trailTicks), sessionAvgPrice: '',
    unrealisedPnl: isFlat ? '0' : amountText(gain), curRealisedPnl: moneyText(instrument, leg.present),
    cumRealisedPnl: moneyText(instrument, leg.realised), createdTime: String(leg.createdAt), updatedTime: String(leg.updatedAt),
    openTime: leg.openedAt, seq: leg.seq, isReduceOnly: false, mmrSysUpdatedTime: '', leverageSysUpdatedTime: '',
    tpslMode: 'Full', bustPrice: '', positionBalance: moneyText(instrument, initial),
  };
}

/** A price that no whole tick holds, to 8 decimals. */
const tickText = (instrument: Instrument, ticks: number): string =>
  formatDecimal(parseDecimal(String((ticks * instrument.tick.num) / instrument.tick.den), 8), 8);

/** (entry x size - realised) / (size - |size| x taker rate), as the exchange words it; linear. */
function breakEven({ instrument, leg }: PositionQuery): string {
  if (instrument.kind === 'inverse') return averageText(instrument, leg.lots, leg.cost);
  const size = (leg.side * leg.lots * instrument.lot.num) / instrument.lot.den;
  const cost = leg.side * moneyToNumber(instrument, leg.cost);
  return amountText((cost - moneyToNumber(instrument, leg.present)) / (size - Math.abs(size) * Math.max(instrument.takerRate, 0.00055)));
}

export interface WalletQuery { readonly instruments: readonly Instrument[]; readonly exchange: Exchange; readonly legs: readonly Leg[] }

export function walletRow({ instruments, exchange, legs }: WalletQuery): Row {
  const first = instruments[0]!;
  let gain = 0;
  let positions = 0n;
  let maintenance = 0;
  let orders = 0;
  let realised = 0n;
  for (const [symbol, leg] of legs.entries()) {
    const worth = worthOf({ instrument: instruments[symbol]!, exchange, symbol, leg });
    gain += worth.gain;
    maintenance += worth.maintenance;
    positions += worth.initial;
    orders += exchange.margins(symbol).orders;
    realised += leg.realised;
  }
  const balance = moneyText(first, exchange.wallet);
  const equity = amountText(moneyToNumber(first, exchange.wallet) + gain);
  return {
    accountType: 'UNIFIED', accountIMRate: '', accountIMRateByMp: '', accountMMRate: '', accountMMRateByMp: '', accountLTV: '',
    totalEquity: equity, totalWalletBalance: balance, totalMarginBalance: '', totalAvailableBalance: '', totalPerpUPL: amountText(gain),
    totalInitialMargin: '', totalInitialMarginByMp: '', totalMaintenanceMargin: '', totalMaintenanceMarginByMp: '',
    coin: [{
      coin: first.settle, equity, usdValue: equity, walletBalance: balance, availableToWithdraw: '', availableToBorrow: '', borrowAmount: '0',
      accruedInterest: '0', totalOrderIM: amountText(orders), totalPositionIM: moneyText(first, positions),
      totalPositionMM: amountText(maintenance), unrealisedPnl: amountText(gain), cumRealisedPnl: moneyText(first, realised), bonus: '0',
      collateralSwitch: true, marginCollateral: true, locked: '0', spotHedgingQty: '0', spotBorrow: '0',
    }],
  };
}
