/**
 * What makes market time pass in the local exchange. At a scaled speed it follows the machine's clock. At full speed it
 * stands still until a client says that it rests (`idle`), and moves no further than to the next thing told or answered;
 * while a write waits for its answer it moves as far as that answer. A client that never says so is served at a scale.
 */
import type { Ms } from '../../engine/index.ts';

export interface Pace {
  /** A write came in or something else is due: to be called by every door after it. */
  wake(): void;
  /** The client has nothing under way before `until`. Resolves with market time, once `until` has come or something was told. */
  idle(until: Ms): Promise<{ readonly now: Ms; readonly hasEnded: boolean }>;
  pause(): void;
  resume(): void;
  stop(): void;
}
