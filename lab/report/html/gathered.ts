/** What a story is made of: the stored run, its rows, and the candles it was played on. */
import type { LoadedMarket, StoredRun } from '../../../data/index.ts';
import type { RunRows } from './read.ts';

export interface Gathered {
  readonly stored: StoredRun;
  readonly rows: RunRows;
  readonly market: LoadedMarket | null;
  /** Why there is no market; '' = there is. */
  readonly marketMissing: string;
  /** The same run on other paths. */
  readonly siblings: readonly StoredRun[];
  readonly bucketMs: number;
}
