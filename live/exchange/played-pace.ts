/**
 * Plays a world: after the machine's clock, or at full speed as its client rests.
 *
 * 1. At full speed market time stands while nobody rests, except as far as a request needs to be answered.
 * 2. Until a first client rests at full speed, nothing moves for `patienceMs` of wall time; after that the market runs at 60
 *    times the machine's clock, and stands again from the first rest on. `idle` with a time that has come counts as a rest.
 * 3. Nothing is played inside what is being played: a wake from a push is worked off after it.
 */
import type { Ms } from '../../engine/index.ts';
import type { Pace } from './pace.ts';
import type { LocalWorld } from './world/index.ts';

export interface PaceOptions {
  readonly world: LocalWorld;
  /** Market time per machine time, or as fast as its client allows. */
  readonly speed: number | 'max';
  /** Wall time without a rest after which full speed becomes 60; 10,000 unless stated. */
  readonly patienceMs?: Ms;
  /** The machine's clock, ms. */
  readonly wall?: () => Ms;
  /** Does something after so many ms of wall time; returns how to call it off. */
  readonly later?: (ms: Ms, act: () => void) => () => void;
}

const scaleWithoutRest = 60;
const usualPatienceMs = 10_000;
/** Wall time between two steps of a scaled market, and the most that one step may take. */
const tickMs = 10;
const tickMostMs = 8;

interface Moment { readonly now: Ms; readonly hasEnded: boolean }
interface Rest { readonly until: Ms; readonly resolve: (moment: Moment) => void }

function afterTimeout(ms: Ms, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  return () => { clearTimeout(timer); };
}

class PlayedPace implements Pace {
  readonly #world: LocalWorld;
  readonly #wall: () => Ms;
  readonly #later: (ms: Ms, act: () => void) => () => void;
  readonly #isFull: boolean;
  /** 0 = time passes in rests only. */
  #scale: number;
  #rests: Rest[] = [];
  #isPaused = false;
  #isStopped = false;
  #isPlaying = false;
  /** Market time that the machine's time `#anchorWall` stands for. */
  #anchor: Ms;
  #anchorWall: Ms;
  #callOff: () => void = () => undefined;

  constructor({ world, speed, patienceMs = usualPatienceMs, wall = () => performance.now(), later = afterTimeout }: PaceOptions) {
    if (speed !== 'max' && !(speed > 0 && speed < Infinity)) throw new RangeError(`speed must be a positive number or 'max', was ${speed}`);
    this.#world = world;
    this.#wall = wall;
    this.#later = later;
    this.#isFull = speed === 'max';
    this.#scale = speed === 'max' ? 0 : speed;
    this.#anchor = world.now;
    this.#anchorWall = wall();
    this.#callOff = this.#isFull ? later(patienceMs, () => { this.#run(scaleWithoutRest); }) : later(tickMs, () => { this.#tick(); });
  }

  wake(): void {
    if (this.#isPlaying || this.#isStopped) return;
    if (this.#scale > 0 && !this.#isPaused) this.#tick();
    this.#answer();
  }

  idle(until: Ms): Promise<Moment> {
    if (this.#isFull && this.#scale > 0) this.#stand();
    else if (this.#isFull) this.#callOff();
    return new Promise((resolve) => {
      this.#rests.push({ until, resolve });
      if (this.#scale === 0) this.#step();
      else this.#endRests(false);
    });
  }

  pause(): void {
    this.#isPaused = true;
    if (this.#scale > 0) this.#callOff();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#scale > 0) this.#run(this.#scale);
    else this.#step();
  }

  stop(): void {
    this.#isStopped = true;
    this.#callOff();
    this.#endRests(true);
  }

  #moment(): Moment {
    const { now, endsAt, dueAt } = this.#world;
    return { now, hasEnded: now >= endsAt && dueAt === Infinity };
  }

  /** One step of a market that stands while nobody rests. */
  #step(): void {
    const first = this.#rests[0];
    if (first === undefined || this.#isPaused || this.#isStopped || this.#isPlaying) return;
    let until = first.until;
    for (const rest of this.#rests) if (rest.until < until) until = rest.until;
    this.#play(until);
    this.#endRests(true);
  }

  #play(until: Ms): void {
    this.#isPlaying = true;
    try {
      this.#world.play(until);
    } finally {
      this.#isPlaying = false;
    }
  }

  /** Time moves as far as the answers that are waited for. */
  #answer(): void {
    while (this.#world.underWay > 0) {
      const { dueAt } = this.#world;
      if (dueAt === Infinity) return;
      if (this.#scale > 0 && dueAt > this.#world.now && !this.#isPaused) return; // a scaled market comes there by itself
      this.#play(dueAt);
      this.#endRests(true);
    }
  }

  #endRests(isTold: boolean): void {
    const moment = this.#moment();
    const over = this.#rests.filter(({ until }) => isTold || moment.hasEnded || until <= moment.now);
    if (over.length === 0) return;
    this.#rests = this.#rests.filter((rest) => !over.includes(rest));
    for (const { resolve } of over) resolve(moment);
  }

  #run(scale: number): void {
    if (this.#isStopped) return;
    this.#scale = scale;
    this.#anchor = this.#world.now;
    this.#anchorWall = this.#wall();
    this.#tick();
  }

  #stand(): void {
    this.#callOff();
    this.#scale = 0;
  }

  #tick(): void {
    this.#callOff();
    if (this.#isPaused || this.#isStopped || this.#scale === 0) return;
    const startedAt = this.#wall();
    const target = this.#anchor + (startedAt - this.#anchorWall) * this.#scale;
    while (this.#world.now < target || this.#world.dueAt <= target) {
      if (this.#moment().hasEnded) break;
      const before = this.#world.now;
      this.#play(Math.floor(target));
      this.#endRests(this.#world.hasTold);
      if (this.#world.now === before && this.#world.dueAt > target) break;
      if (this.#wall() - startedAt > tickMostMs) break;
    }
    this.#endRests(false);
    if (!this.#moment().hasEnded || this.#rests.length > 0) this.#callOff = this.#later(tickMs, () => { this.#tick(); });
  }
}

export function createPace(options: PaceOptions): Pace {
  return new PlayedPace(options);
}
