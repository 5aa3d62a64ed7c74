/** The report of a stored run as one HTML document, and beside it as Markdown and JSON. */
import { readRows } from './read.ts';
import { candleMs, storyOf } from './gather.ts';
import type { LoadedMarket, StoredRun } from '../../../data/index.ts';
import type { Story } from '../story.ts';
export { differenceDocument } from './difference.ts';
export { documentOf } from './document.ts';
export { markdownOf } from './markdown.ts';
export { pageScript } from './bundle.ts';
export type { Story } from '../story.ts';

export interface StoryRequest {
  readonly folder: string;
  readonly stored: StoredRun;
  /** Null when the candles cannot be had; then `marketMissing` says why. */
  readonly market: LoadedMarket | null;
  readonly marketMissing: string;
  readonly siblings: readonly StoredRun[];
}

const minuteMs = 60_000;

/** Reads everything a report needs of one run. */
export async function tellStory(request: StoryRequest): Promise<Story> {
  const { folder, stored, market } = request;
  const bucketMs = candleMs(stored, market?.intervalMs ?? minuteMs);
  const rows = await readRows(folder, stored.run, stored.manifest, bucketMs);
  return storyOf({ ...request, rows, bucketMs });
}
