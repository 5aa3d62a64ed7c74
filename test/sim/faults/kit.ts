/** What tests of faulted runs share. */
import type { Memory } from '../../../sim/play.ts';

/** For runs in which no engine is killed. */
export const noMemory: Memory = {
  save: () => { throw new Error('nothing is killed here'); },
  load: () => { throw new Error('nothing is killed here'); },
};
