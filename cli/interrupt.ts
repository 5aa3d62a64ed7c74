/**
 * Ctrl-C: the process ends with 130 at once, threads included; only work that writes files is first allowed to end.
 * A second Ctrl-C does not wait.
 */
let writing: Promise<unknown> | null = null;
let asked = 0;
/** Who ends by himself at the first Ctrl-C. */
let graceful: { readonly stop: () => void; readonly saying: string } | null = null;

export function exitOnInterrupt(): void {
  process.on('SIGINT', () => {
    asked += 1;
    if (asked === 1 && graceful !== null) {
      process.stderr.write(`\n${graceful.saying}; once more ends at once\n`);
      graceful.stop();
      return;
    }
    if (asked === 1) process.stderr.write('\ninterrupted: nothing more is done\n');
    const leave = (): never => process.exit(130);
    if (writing === null || asked > 1) leave();
    else void writing.then(leave, leave);
  });
}

/** From here on the first SIGINT or SIGTERM calls `stop`; the second ends the process. Returns what undoes it. */
export function onInterrupt(stop: () => void, saying = 'stopping: no new entries'): () => void {
  const terminated = (): void => {
    if (graceful === null) process.exit(143);
    process.emit('SIGINT');
  };
  graceful = { stop, saying };
  process.on('SIGTERM', terminated);
  return () => {
    graceful = null;
    process.off('SIGTERM', terminated);
  };
}

/** Runs `work`, which Ctrl-C does not cut in two. */
export async function uncut<T>(work: () => Promise<T>): Promise<T> {
  const under = work();
  writing = under;
  try {
    return await under;
  } finally {
    if (writing === under) writing = null;
  }
}
