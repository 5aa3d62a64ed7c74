/** The built-in market, dressed in a strategy's own symbols: enough life to make most strategies trade. */
import type { AnyStrategy } from '../../engine/index.ts';
import { builtinSymbols, loadMarket } from '../../data/index.ts';
import type { Market } from '../../sim/index.ts';

/** Series are handed out in turn when a strategy has more symbols than the built-in market. */
export async function practiceMarket(strategy: AnyStrategy): Promise<Market> {
  const names = strategy.symbols.map((symbol, i) =>
    (builtinSymbols.some((known) => known === symbol) ? symbol : builtinSymbols[i % builtinSymbols.length]!));
  const loaded = await loadMarket({ folder: '', market: 'builtin:linear', symbols: [...new Set(names)], timeframe: strategy.timeframe });
  const bySymbol = new Map(loaded.symbols.map((one) => [one.instrument.symbol, one]));
  return { symbols: names.map((name) => bySymbol.get(name)!) };
}
