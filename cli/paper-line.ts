/** The line of a paper run: the market of an exchange without a key, and an account that only the journal knows. */
import { FilePort } from '../data/index.ts';
import { JournalError } from '../engine/index.ts';
import { BrainError } from '../live/index.ts';
import type { Log, Tell } from '../live/index.ts';
import { openPaper } from '../live/paper/index.ts';
import { Failure } from './failure.ts';
import type { LiveFolder, LiveManifest } from './live-folder.ts';
import { openLine } from './live-start.ts';
import type { Line, LineRequest } from './live-start.ts';
import type { NetworkOptions } from './network.ts';

/** The market alone: enough for the checks. What it tells goes to nobody until the account is there. */
export interface MarketLine { readonly line: Line; readonly listen: (tell: Tell) => void }

export async function openMarket(options: NetworkOptions, wish: Pick<LineRequest, 'declared' | 'letters' | 'rules' | 'log'>): Promise<MarketLine> {
  let heard: Tell = () => {};
  const line = await openLine(options, { ...wish, market: (event) => heard(event) });
  return { line, listen: (tell) => { heard = tell; } };
}

export interface PaperRun { readonly run: LiveManifest; readonly folder: LiveFolder; readonly barMs: number; readonly log: Log }

/** Plays the journal of the run again, and after it what the market did meanwhile. */
export async function onPaper({ line, listen }: MarketLine, { run, folder, barMs, log }: PaperRun): Promise<Line> {
  const { connection: market, clock, queue } = line;
  try {
    const { connection, missed, areMarked } = await openPaper({
      market, clock, rules: run.instruments, config: run.config, barMs, journal: new FilePort(folder.journal).lines(), tell: (event) => queue.push(event), log,
    });
    listen((event) => connection.heard(event));
    if (!areMarked) log('warning', 'the exchange has no mark candles of this length: the mark is the last price');
    if (missed > 0) log('info', 'bars that closed meanwhile were played', { bars: missed });
    return { ...line, connection, clock: connection, correct: null };
  } catch (thrown) {
    if (thrown instanceof BrainError || thrown instanceof JournalError) {
      throw new Failure(5, `journal: run ${run.run}: ${thrown.message}. Fix: look at the journal folder, or begin a new run with --new`, thrown);
    }
    throw thrown;
  }
}
