/** A strategy in the engine's own thread, without the rest of the command: load it, play the built-in market, keep its words. */
import { loadMarket } from '../../data/index.ts';
import { runConfig } from '../../engine/index.ts';
import { bundleStrategy } from '../../cli/strategy/index.ts';
import { startEngine } from '../../cli/worker/index.ts';
import type { Declared, Finished } from '../../cli/worker/index.ts';
import { readParams } from '../../cli/run-config.ts';

/** What a strategy came to: what it declared and how it ended, or the line and code it failed with. */
export type Came =
  | { readonly tag: 'played'; readonly declared: Declared; readonly finished: Finished }
  | { readonly tag: 'failed'; readonly line: string; readonly exitCode: unknown };

const twoDays = { market: 'builtin:linear', timeframe: '5m', from: Date.UTC(2025, 9, 1), to: Date.UTC(2025, 9, 3), folder: '' } as const;

/** Bundles `file` of `folder`, loads it and plays two days of BTCUSDT 5m. */
export async function playInThread(folder: string, file: string, { params = [], decideTimeoutMs = 10_000 }: {
  readonly params?: readonly string[]; readonly decideTimeoutMs?: number;
} = {}): Promise<Came> {
  const engine = startEngine(decideTimeoutMs);
  try {
    const declared = await engine.load(await bundleStrategy(file, folder), readParams(params));
    const { symbols } = await loadMarket({ ...twoDays, symbols: declared.symbols });
    const finished = await engine.run({ market: { symbols }, config: runConfig.parse({}), record: 'normal', hardship: null }, () => {});
    return { tag: 'played', declared, finished };
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    return { tag: 'failed', line: thrown.message, exitCode: 'exitCode' in thrown ? thrown.exitCode : null };
  } finally {
    await engine.end();
  }
}
