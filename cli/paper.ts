/**
 * `holdfast paper STRATEGY --network ...`: the market as it goes on, without a key, and fills by the matching core of a backtest.
 * Engine, journal, tables and commands are those of `live`; the account lives in the journal alone.
 */
import { dataFolder } from '../data/index.ts';
import { keyChecks } from '../live/index.ts';
import { beginLiveRun, drawLetters, liveFolder } from './live-folder.ts';
import { RunTables } from './live-store.ts';
import { checkAll, earlierRun, holdPaper, loadStrategy } from './live-start.ts';
import { LateLog, manifestOf, opened, sayFindings, trade } from './live-trade.ts';
import type { TradeOptions } from './live-trade.ts';
import { onPaper, openMarket } from './paper-line.ts';

/** Nobody has a key here. */
const fix = 'check the network, and that the exchange is up';

export async function paper(reference: string, options: TradeOptions): Promise<number> {
  const data = dataFolder(options.dataDir);
  const loaded = await loadStrategy(reference, options);
  try {
    const { declared } = loaded;
    const goesOn = earlierRun(loaded, options, data, 'paper');
    const log = new LateLog();
    const letters = goesOn?.letters ?? drawLetters();
    const lock = await holdPaper(letters, goesOn?.run ?? letters);
    try {
      const market = await opened(() => openMarket(options, { declared, letters, rules: goesOn?.instruments ?? null, log: log.say }), fix);
      const checked = await opened(() => checkAll({ loaded, line: market.line, options, goesOn, looksOnly: false, isPaper: true }), fix);
      sayFindings(checked, market.line);
      process.stderr.write(`on paper: fills are simulated; not checked without a key: ${keyChecks.join(', ')}\n`);
      const run = goesOn ?? manifestOf({ loaded, checked, network: options.network, letters, mode: 'paper' });
      const folder = goesOn === null ? beginLiveRun(data, run) : liveFolder(data, run.run);
      log.open(folder, market.line, options.verbose === true);
      const line = await opened(() => onPaper(market, { run, folder, barMs: declared.timeframeMs, log: log.say }), fix);
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
