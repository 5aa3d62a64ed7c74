/**
 * The time a shell lives by: exchange time. On the wire it is the machine's clock corrected by a measured offset. Beside a
 * local exchange at full speed it is the exchange's own: time stands still until the shell says that it rests.
 */
import type { Ms } from '../engine/index.ts';

export interface Clock {
  /** Exchange time, ms. Never runs backwards. */
  now(): Ms;
  /** `isStepped` = time passes only in `rest`. */
  readonly isStepped: boolean;
  /**
   * The shell has nothing to do and nothing under way before `until`. Resolves when `until` has come, or earlier when
   * `interrupt` was called: something was told. On a stepped clock it also resolves once everything that the exchange
   * has pushed up to its new time was received here.
   */
  rest(until: Ms): Promise<void>;
  /** Ends the present rest. Called by whoever puts an event into the queue. */
  interrupt(): void;
  close(): void;
}
