/**
 * The shipped strategies and their expected results (`strategies/expected.json`), on the built-in market and, where the
 * files are there, on real Bybit candles with mark price and funding. HOLDFAST_GOLDEN=write writes the file anew;
 * every change of it needs its reason in the commit.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { importFiles, loadMarket } from '../../data/index.ts';
import { isStrategy, runConfig } from '../../engine/index.ts';
import type { AnyStrategy } from '../../engine/index.ts';
import { run } from '../../sim/index.ts';
import { audit } from '../sim/auditor.ts';
import { grid } from '../../strategies/grid.ts';
import { reversion } from '../../strategies/reversion.ts';
import { trend } from '../../strategies/trend.ts';

interface Expected { readonly bars: number; readonly trades: number; readonly ledger: unknown; readonly commands: string }

const file = resolve('strategies/expected.json');
const rewrites = process.env['HOLDFAST_GOLDEN'] === 'write';
const expected = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Expected>;
const found: Record<string, Expected> = { ...expected };
const market = resolve('../shared/market');
const real = existsSync(market);
const folder = mkdtempSync(join(tmpdir(), 'holdfast-golden-'));

const strategies: readonly AnyStrategy[] = [trend, reversion, grid].map((strategy: unknown) => {
  if (!isStrategy(strategy)) throw new Error('not a strategy');
  return strategy;
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  if (rewrites) writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
});

/** Plays and audits the strategy; what it gave and what it should give. */
async function played(strategy: AnyStrategy, name: string, lake: string): Promise<{ readonly gave: Expected; readonly due: Expected | undefined }> {
  const loaded = await loadMarket({
    folder: lake, market: name, symbols: strategy.symbols, timeframe: strategy.timeframe,
    ...(name.startsWith('builtin') ? {} : { from: Date.UTC(2025, 8, 24) }),
  });
  const config = runConfig.parse({});
  const result = run({ strategy, params: {}, market: loaded, config, record: 'all', progress: null });
  const trades = result.tables.find((table) => table.name === 'trades')?.rows ?? 0;
  const key = `${strategy.name} ${name}`;
  found[key] = { bars: result.bars, trades, ledger: result.ledger, commands: result.loopDigest };

  audit(result, loaded.symbols, config);
  return { gave: found[key], due: rewrites ? found[key] : expected[key] };
}

describe('shipped strategies', () => {
  for (const strategy of strategies) {
    it(`${strategy.name} gives its expected ledger and commands on the built-in market`, async () => {
      const { gave, due } = await played(strategy, 'builtin:linear', folder);

      expect(gave).toEqual(due);
    });
  }

  describe.skipIf(!real)('on real candles (left out without ../shared/market, which is not ours to ship)', () => {
    let imported: Promise<unknown> | null = null;
    const files = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'].flatMap((symbol) => [
      join(market, `bybit_linear_${symbol}_5m_2025-09-24_2025-12-31.parquet`),
      join(market, `bybit_linear_${symbol}_mark1h_2025-09-24_2025-12-31.parquet`),
    ]);
    for (const strategy of strategies) {
      it(`${strategy.name} gives its expected ledger and commands on Bybit 2025-09-24 to 2025-12-31`, async () => {
        imported ??= importFiles([...files, join(market, 'bybit_linear_funding_2025-09-24_2025-12-31.csv')], { folder });
        await imported;
        const { gave, due } = await played(strategy, 'bybit:linear', folder);

        expect(gave).toEqual(due);
      });
    }
  });
});
