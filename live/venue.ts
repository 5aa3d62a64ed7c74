/**
 * The venue of an engine that trades for real: three verbs, no answers. Outcomes come back as events through `Tell`, in
 * the order in which they were learned; a verb never throws and never returns a result.
 *
 * 1. Commands of one call go out in order, the next after the answer to the one before or its deadline; stop moves and
 *    exits of different calls go before everything else that waits for the request budget.
 * 2. Every request ends in exactly one event: an answer, or `request-failed` with what is certain about it.
 * 3. What is told carries exchange time, never earlier than what was told before.
 */
import type { Approved, Event, Ms } from '../engine/index.ts';

/** Takes an event in. Never throws, returns at once. */
export type Tell = (event: Event) => void;

export interface Venue {
  /** `at` = exchange time of the decision, ms. */
  send(commands: readonly Approved[], at: Ms): void;
  /**
   * Streams are opened, or opened anew; once all of them are subscribed and acknowledged `connected` is told, after
   * `disconnected` if something was open before. Readings are asked for by the engine itself (`query-account`).
   */
  recover(): void;
  /** Nothing is told afterwards. Requests under way are waited for at most `within` ms of wall time. */
  close(within: Ms): Promise<void>;
  /** Requests sent or waiting that have no answer yet. */
  readonly underWay: number;
}
