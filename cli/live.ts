/**
 * `holdfast live STRATEGY --network ...`: the strategy file of a backtest, unchanged, trades. Checks first, then the engine in
 * its own thread and the shell in this one, until Ctrl-C, a stop of the operator, or the end of a local market.
 */
import { dataFolder } from '../data/index.ts';
import { confirmMainnet } from './confirm.ts';
import { beginLiveRun, drawLetters, liveFolder, wasTried } from './live-folder.ts';
import { RunTables } from './live-store.ts';
import { checkAll, earlierRun, holdLine, loadStrategy, openLine } from './live-start.ts';
import { LateLog, manifestOf, opened, sayFindings, trade } from './live-trade.ts';
import type { TradeOptions } from './live-trade.ts';

export interface LiveOptions extends TradeOptions {
  readonly yesMainnet?: boolean;
}

export async function live(reference: string, options: LiveOptions): Promise<number> {
  const data = dataFolder(options.dataDir);
  const loaded = await loadStrategy(reference, options);
  try {
    const goesOn = earlierRun(loaded, options, data);
    await confirmMainnet(options, wasTried(data, loaded.configHash));
    const log = new LateLog();
    const letters = goesOn?.letters ?? drawLetters();
    const line = await opened(() => openLine(options, { declared: loaded.declared, letters, rules: goesOn?.instruments ?? null, log: log.say }));
    const lock = await opened(() => holdLine(line, goesOn?.run ?? letters));
    try {
      const checked = await opened(() => checkAll({ loaded, line, options, goesOn, looksOnly: false }));
      sayFindings(checked, line);
      const run = goesOn ?? manifestOf({ loaded, checked, network: options.network, letters, mode: 'live' });
      const folder = goesOn === null ? beginLiveRun(data, run) : liveFolder(data, run.run);
      log.open(folder, line, options.verbose === true);
      const tables = new RunTables(data, run, log.say);
      try {
        await tables.prepare(loaded.bundle);
        return await trade({ loaded, line, run, folder, log: log.say, options, tables });
      } finally {
        await tables.end();
      }
    } finally {
      await lock.release();
    }
  } finally {
    await loaded.brain.end();
  }
}
