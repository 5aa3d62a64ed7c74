/**
 * `holdfast init [dir]`: a strategy file that runs as it is and a README with the command. It overwrites nothing:
 * when one of its files is there, nothing is written.
 */
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { Failure, textOf } from './failure.ts';
import { printLine } from './output.ts';

const strategy = `import { defineStrategy, z } from 'holdfast';

/**
 * Buys a pullback that ends above the hourly trend; the stop follows two average ranges below the close. It is judged
 * on the last price: hourly mark bars, which is what most people have, cannot say when inside the hour a stop fired.
 */
export const trendPullback = defineStrategy({
  name: 'trend-pullback',
  symbols: ['BTCUSDT', 'ETHUSDT'],
  timeframe: '5m',
  params: z.object({
    fast: z.number().int().min(2).max(200).default(20),
    stopAtr: z.number().min(0.5).max(6).default(2),
  }),
  indicators: (on, p) => ({ fast: on('5m').ema(p.fast), range: on('5m').atr(14), trend: on('1h').ema(50) }),
  decide({ bar, ind, prev, position, intents }, p) {
    const stop = bar.close - p.stopAtr * ind.range;
    if (position.tag === 'flat') {
      return bar.open < prev.fast && bar.close > ind.fast && bar.close > ind.trend
        ? intents.enter({ side: 'long', risk: 0.005, stop, stopBy: 'last' })
        : intents.hold;
    }
    return bar.close < ind.trend ? intents.exit('hourly trend lost') : intents.moveStop(stop);
  },
});
`;

const readme = `# A holdfast strategy

    holdfast backtest strategy.ts --market builtin:linear

The built-in market is made up and needs no files; \`holdfast data import\` brings real candles.
`;

export async function init(folder: string): Promise<number> {
  const root = resolve(folder);
  const files = [{ path: join(root, 'strategy.ts'), text: strategy }, { path: join(root, 'README.md'), text: readme }];
  for (const { path } of files) {
    if (await isThere(path)) throw new Failure(2, `init: ${path}: was there already, expected nothing of that name. Fix: choose another folder`);
  }
  await writeAll(root, files);
  const shown = relative(process.cwd(), files[0]?.path ?? root) || root;
  printLine(`wrote ${files.map(({ path }) => relative(process.cwd(), path)).join(' and ')}`);
  printLine(`next: holdfast backtest ${shown} --market builtin:linear`);
  return 0;
}

async function writeAll(root: string, files: readonly { readonly path: string; readonly text: string }[]): Promise<void> {
  const written: string[] = [];
  try {
    await mkdir(root, { recursive: true });
    for (const { path, text } of files) {
      await writeFile(path, text, { flag: 'wx' });
      written.push(path);
    }
  } catch (thrown) {
    for (const path of written) await rm(path, { force: true });
    throw new Failure(2, `init: ${root}: was not writable (${textOf(thrown)}), expected a folder. Fix: choose another folder`);
  }
}

const isThere = (path: string): Promise<boolean> => access(path).then(() => true, () => false);
