/**
 * A long run told while it goes on: a line every so many schedules, each failure at once, and an end by Ctrl-C that lets the
 * portions under way finish, so that the totals are those of whole portions. A second Ctrl-C ends it without them.
 */
import type { Tally } from './tally.ts';

const mebibyte = 2 ** 20;

export class Progress {
  readonly #every: number;
  readonly #all: number;
  readonly #print: (line: string) => void;
  readonly #began = performance.now();
  #told = 0;
  #failures = 0;
  #largest = 0;
  #cpuMs = 0;
  /** Since when, ms of `performance.now`; 0 = it is not. */
  #stoppedAt = 0;

  constructor({ all, every, print }: { readonly all: number; readonly every: number; readonly print: (line: string) => void }) {
    this.#all = all;
    this.#every = every;
    this.#print = print;
  }

  /** Somebody wants it to end: no further portion is begun. */
  get isStopped(): boolean { return this.#stoppedAt > 0; }
  get seconds(): number { return (performance.now() - this.#began) / 1_000; }

  /** Processor time of all portions, whatever else the machine does meanwhile. */
  get cpuSeconds(): number { return this.#cpuMs / 1_000; }

  /** What is known after a portion, which took `cpuMs`; `memory` = bytes that the process which played it holds. */
  heard({ schedules, failures }: Tally, { cpuMs, memory }: { readonly cpuMs: number; readonly memory: number }): void {
    this.#cpuMs += cpuMs;
    this.#largest = Math.max(this.#largest, memory);
    for (; this.#failures < failures.length; this.#failures++) {
      const { seed, counts } = failures[this.#failures]!;
      this.#print(`seed ${seed}: ${Object.keys(counts).join(' ')}`);
    }
    if (Math.floor(schedules / this.#every) === this.#told) return;
    this.#told = Math.floor(schedules / this.#every);
    this.#print(`${schedules} of ${this.#all}, ${failures.length} with a violation, ${(schedules / this.seconds).toFixed(1)} a second, `
      + `${(schedules / this.cpuSeconds).toFixed(1)} a second of one core, `
      + `${Math.round(memory / mebibyte)} MB, at most ${Math.round(this.#largest / mebibyte)}`);
  }

  /** One Ctrl-C may come twice at once: from the terminal, and from whoever started this. */
  stop(): void {
    const at = performance.now();
    if (this.isStopped && at > this.#stoppedAt + 1_000) process.exit(130);
    if (this.isStopped) return;
    this.#stoppedAt = at;
    this.#print('stopping: the portions under way are finished first');
  }
}
