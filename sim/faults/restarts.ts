/**
 * When an engine is killed. Most of a run is waiting, and a kill while nothing is under way proves little: most kills wait,
 * from their time on, for something to happen and come one to four events later; some come between a decision and the
 * sending of its commands.
 */
import type { Ms } from '../../engine/index.ts';
import { chanceOf, streams } from './chance.ts';
import { wordOf } from './words.ts';

export interface Restart {
  /** From here on it may come; at `until` it comes even when nothing happens. */
  readonly at: Ms;
  readonly until: Ms;
  /** Happenings (events heard, commands sent) to wait for. */
  readonly after: number;
  /** The next commands are decided and written down, and never sent. */
  readonly beforeSend: boolean;
  readonly downMs: Ms;
  /** Part of the bytes not synced that survives, 0 to below 1. */
  readonly kept: number;
}

const shortestMs = 50;
const longestMs = 15_000;

/** `count` kills between `from` and `to`, in order of time. */
export function restartsOf(seed: number, count: number, from: Ms, to: Ms): readonly Restart[] {
  const patience = (to - from) / (2 * Math.max(1, count));
  return Array.from({ length: count }, (_, i): Restart => {
    const of = (which: number): number => chanceOf(seed, which === 0 ? streams.faults : streams.venue, [wordOf('restart'), i, which]);
    const at = from + Math.floor(of(0) * (to - from));
    const waits = of(1) < 0.8;
    return {
      at, until: waits ? Math.min(at + patience, to - 1) : at, after: 1 + Math.floor(of(2) * 4), beforeSend: waits && of(3) < 0.3,
      downMs: shortestMs + Math.floor(of(4) * (longestMs - shortestMs + 1)), kept: of(5),
    };
  }).sort((a, b) => a.at - b.at || a.until - b.until);
}
