/**
 * The account's stream: what the venue tells unasked. Messages are lost while it is down, whether that shows or not, come
 * twice, or late, so that later ones overtake them. What was lost is never sent again; readings of the account have it.
 */
import type { Event, Ms } from '../../engine/index.ts';
import type { Odds, Target } from './odds.ts';
import type { TimeQueue } from './queue.ts';
import type { Spell, Weather } from './spells.ts';

export interface StreamWeather { readonly silences: Weather; readonly zombies: Weather }

/** Topics that can fall silent alone. */
const topics = ['order', 'execution', 'position'] as const;

export class Stream {
  readonly #odds: Odds;
  readonly #weather: StreamWeather;
  readonly #queue: TimeQueue<Event>;
  readonly #responseMs: Ms;
  /** Nobody listens: the process is dead or asleep. */
  isDeaf = false;

  constructor(odds: Odds, weather: StreamWeather, queue: TimeQueue<Event>, responseMs: Ms) {
    this.#odds = odds;
    this.#weather = weather;
    this.#queue = queue;
    this.#responseMs = responseMs;
  }

  /** Sends what happened at `at`; `eventOf` makes the event as it is heard. `target.action` names the topic. */
  push(target: Target, at: Ms, eventOf: (heardAt: Ms) => Event): void {
    if (this.isDeaf || this.#isLost(target, at)) return;
    const late = this.#odds.strikes('reorder', target, at) ? this.#odds.length('reorder', target) : 0;
    const heardAt = at + this.#responseMs + late;
    this.#queue.put(heardAt, eventOf(heardAt));
    if (!this.#odds.strikes('duplicate', target, at)) return;
    const again = heardAt + this.#odds.length('duplicate', target);
    this.#queue.put(again, eventOf(again));
  }

  #isLost({ action }: Target, at: Ms): boolean {
    if (this.#weather.silences.during(at) !== null) return true;
    const zombie = this.#weather.zombies.during(at);
    return zombie !== null && topicOf(this.#odds, zombie) === action;
  }

  /** What a reader fetches by itself once it can, such as the payments of funding: late, never lost. */
  tell(at: Ms, eventOf: (heardAt: Ms) => Event): void {
    const silence = this.#weather.silences.during(at);
    const heardAt = Math.max(at + this.#responseMs, silence === null ? at : silence.until);
    this.#queue.put(heardAt, eventOf(heardAt));
  }
}

/** The topic that a zombie spell silences. */
export function topicOf(odds: Odds, { family, index }: Spell): (typeof topics)[number] {
  const part = odds.amount(family, { leg: 0, order: 0, action: 'position', attempt: index }, 3);
  return topics[Math.floor(part * topics.length)]!;
}
