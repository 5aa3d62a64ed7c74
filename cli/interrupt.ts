/**
 * Ctrl-C: the process ends with 130 at once, threads included; only work that writes files is first allowed to end.
 * A second Ctrl-C does not wait.
 */
let writing: Promise<unknown> | null = null;
let asked = 0;

export function exitOnInterrupt(): void {
  process.on('SIGINT', () => {
    asked += 1;
    if (asked === 1) process.stderr.write('\ninterrupted: nothing more is done\n');
    const leave = (): never => process.exit(130);
    if (writing === null || asked > 1) leave();
    else void writing.then(leave, leave);
  });
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
