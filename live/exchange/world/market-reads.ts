/** What anybody may ask of the market: instruments, candles, tickers, funding, the top of the book, limits and fees. */
import { formatDecimal } from '../../../engine/index.ts';
import type { Instrument, InstrumentRules, Ms } from '../../../engine/index.ts';
import type { CandleFilter, MarketReads, Row } from '../world.ts';
import { candlesOf } from './candles.ts';
import { firstAt } from './feed.ts';
import type { House } from './house.ts';
import { symbolOf } from './house.ts';
import type { Sizes } from './requests.ts';
import type { Tickers } from './tickers.ts';
import { plainText, priceText, sizeText } from './wire-text.ts';

/** Largest price the exchange lists, in ticks. */
const maxTicks = 20_000_000;
/** When everything here was first listed, ms: the first day of the oldest perpetual. */
const launchedAt = '1585526400000';

export class MarketBoard implements MarketReads {
  readonly instruments: readonly InstrumentRules[];
  readonly #house: House;
  readonly #tickers: Tickers;
  readonly #sizes: readonly Sizes[];

  constructor(house: House, tickers: Tickers, sizes: readonly Sizes[]) {
    this.#house = house;
    this.#tickers = tickers;
    this.#sizes = sizes;
    this.instruments = house.instruments.map(({ rules }) => rules);
  }

  instrumentRows(): readonly Row[] {
    return this.#house.instruments.map((instrument, symbol) => instrumentRow(instrument, symbol, this.#sizes[symbol]!, this.#tickers.fundingMs(symbol)));
  }

  candles(filter: CandleFilter): readonly (readonly string[])[] {
    const symbol = symbolOf(this.#house, filter.symbol);
    return symbol < 0 ? [] : candlesOf(this.#house.feed, symbol, this.#house.instruments[symbol]!, filter, this.#house.now());
  }

  ticker(symbol: string): Row {
    const index = symbolOf(this.#house, symbol);
    return index < 0 ? {} : this.#tickers.row(index);
  }

  /** Newest first: settled stamps only. */
  fundingHistory(symbol: string, from: Ms | null, to: Ms | null): readonly Row[] {
    const index = symbolOf(this.#house, symbol);
    const funding = index < 0 ? null : this.#house.feed.funding(index);
    if (funding === null) return [];
    const rows: Row[] = [];
    for (let i = this.#tickers.settledCount(index) - 1; i >= 0; i--) {
      const at = funding.settledAt[i]!;
      if ((from !== null && at < from) || (to !== null && at > to)) continue;
      rows.push({ symbol, fundingRate: plainText(funding.rate[i]!), fundingRateTimestamp: String(at) });
    }
    return rows;
  }

  /** One print per closed bar: its close, all its volume. Newest first. */
  recentTrades(symbol: string, limit: number): readonly Row[] {
    const index = symbolOf(this.#house, symbol);
    if (index < 0) return [];
    const { feed, instruments } = this.#house;
    const instrument = instruments[index]!;
    const series = feed.whole(index);
    const seen = firstAt(series, feed.seenUntil - series.intervalMs + 1);
    const rows: Row[] = [];
    for (let i = seen - 1; i >= 0 && rows.length < limit; i--) {
      const isUp = series.close[i]! >= series.open[i]!;
      rows.push({
        execId: `${symbol}-${series.openedAt[i]!}`, symbol, price: priceText(instrument, series.close[i]!), size: plainText(series.volume[i]!),
        side: isUp ? 'Buy' : 'Sell', time: String(series.openedAt[i]! + series.intervalMs - 1), isBlockTrade: false, isRPITrade: false, seq: String(i + 1),
      });
    }
    return rows;
  }

  orderBook(symbol: string): Row {
    const index = symbolOf(this.#house, symbol);
    if (index < 0) return {};
    const { now } = this.#house;
    const { bid1Price, bid1Size, ask1Price, ask1Size } = this.#tickers.row(index);
    const version = Math.floor(this.#house.feed.seenUntil / this.#house.feed.intervalMs);
    return { s: symbol, b: [[bid1Price, bid1Size]], a: [[ask1Price, ask1Size]], ts: now(), u: version, seq: version, cts: now() };
  }

  riskLimits(symbol: string): readonly Row[] {
    const index = symbolOf(this.#house, symbol);
    if (index < 0) return [];
    const { rules } = this.#house.instruments[index]!;
    return rules.tiers.map(({ limit, mmr, deduction }, place) => ({
      id: place + 1, symbol, riskLimitValue: limit, maintenanceMargin: mmr, initialMargin: plainText(Math.round((1 / Number(rules.maxLeverage)) * 1e6) / 1e6),
      isLowestRisk: place === 0 ? 1 : 0, maxLeverage: rules.maxLeverage, mmDeduction: deduction,
    }));
  }

  feeRates(symbol: string): Row {
    const index = symbolOf(this.#house, symbol);
    if (index < 0) return {};
    const { takerPico, makerPico } = this.#house.instruments[index]!;
    return { symbol, takerFeeRate: formatDecimal(takerPico, 12), makerFeeRate: formatDecimal(makerPico, 12) };
  }
}

function instrumentRow({ rules, ...instrument }: Instrument, symbol: number, { maxLots, maxMarketLots }: Sizes, fundingMs: Ms): Row {
  const whole: Instrument = { rules, ...instrument };
  const most = sizeText(whole, maxLots);
  return {
    symbol: rules.symbol, symbolId: symbol + 1, contractType: rules.kind === 'linear' ? 'LinearPerpetual' : 'InversePerpetual', status: 'Trading',
    baseCoin: rules.base, quoteCoin: rules.quote, launchTime: launchedAt, deliveryTime: '0', deliveryFeeRate: '',
    priceScale: String(whole.tick.places), leverageFilter: { minLeverage: '1', maxLeverage: rules.maxLeverage, leverageStep: '0.01' },
    priceFilter: { minPrice: rules.tick, maxPrice: priceText(whole, maxTicks), tickSize: rules.tick },
    lotSizeFilter: {
      maxOrderQty: most, minOrderQty: rules.minQty, qtyStep: rules.qtyStep, postOnlyMaxOrderQty: most,
      maxMktOrderQty: sizeText(whole, maxMarketLots), minNotionalValue: rules.minNotional,
    },
    unifiedMarginTrade: true, fundingInterval: Math.round(fundingMs / 60_000), settleCoin: rules.settle, copyTrading: 'none',
    upperFundingRate: '0.005', lowerFundingRate: '-0.005', isPreListing: false, preListingInfo: null,
    riskParameters: { priceLimitRatioX: '0.01', priceLimitRatioY: '0.02' }, symbolType: '',
  };
}
