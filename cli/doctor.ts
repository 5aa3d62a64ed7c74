/** `holdfast doctor STRATEGY --network ...`: the checks of a start, one line each, without starting and without setting anything. */
import { dataFolder } from '../data/index.ts';
import { VenueError } from '../live/index.ts';
import { Failure } from './failure.ts';
import { checkAll, earlierRun, findingLine, loadStrategy, openLine, refusalOf } from './live-start.ts';
import type { StartOptions } from './live-start.ts';
import { printJson, printLine } from './output.ts';

const closeMostMs = 1_000;

export async function doctor(reference: string, options: StartOptions): Promise<number> {
  const loaded = await loadStrategy(reference, options);
  try {
    const line = await openLine(options, { declared: loaded.declared, letters: 'doctor', rules: null, log: () => {} });
    const goesOn = earlierRun(loaded, options, dataFolder(options.dataDir));
    const { findings } = await checkAll({ loaded, line, options, goesOn, looksOnly: true });
    await line.connection.venue.close(closeMostMs);
    if (options.json === true) printJson({ network: options.network, run: goesOn?.run ?? null, findings });
    else for (const finding of findings) printLine(`${marks[finding.state]} ${line.clean(findingLine(finding))}`);
    return refusalOf(findings)?.exitCode ?? 0;
  } catch (thrown) {
    if (thrown instanceof VenueError) throw new Failure(4, `venue: ${thrown.message}. Fix: check the network and the key`);
    throw thrown;
  } finally {
    await loaded.brain.end();
  }
}

const marks = { ok: 'ok     ', warning: 'warning', refused: 'REFUSED' } as const;
