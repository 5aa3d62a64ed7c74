/** The rules of a plan at work: what fits, how often it did, and whether it fires now. Every firing is in the journal. */
import type { Ms } from '../../../engine/index.ts';
import type { Row } from '../world.ts';
import { drawsOf } from './chance.ts';
import type { FaultEffect, Matcher, Rule } from './plan.ts';
import { textIn } from './rows.ts';

/** What happened on a door, as a matcher sees it. Absent text is ''. */
export interface Sight {
  readonly transport: 'http' | 'public' | 'private' | 'trade';
  readonly method: string; readonly path: string; readonly topic: string; readonly op: string;
  /** Members of the request, or the rows of a push. */
  readonly rows: readonly Row[];
  readonly marketAt: Ms;
}

/** One firing. Times: market and wall. */
export interface Fired {
  readonly n: number; readonly id: string; readonly rule: number; readonly effect: string; readonly marketAt: Ms; readonly wallAt: Ms;
  readonly transport: string; readonly what: string; readonly symbol: string;
}

/** Firings kept; later ones are counted only. */
const journalMost = 10_000;

interface Live { readonly rule: Rule; readonly place: number; readonly draw: () => number; matched: number; fired: number }

/** An effect that is due, with the draws of its rule. */
export interface Due { readonly effect: FaultEffect; readonly draw: () => number }

export class Rules {
  readonly #live: readonly Live[];
  readonly #wall: () => Ms;
  readonly journal: Fired[] = [];
  count = 0;

  constructor(rules: readonly Rule[], seed: number, wall: () => Ms) {
    this.#live = rules.map((rule, place) => ({ rule, place, draw: drawsOf(seed, place), matched: 0, fired: 0 }));
    this.#wall = wall;
  }

  some(holds: (effect: FaultEffect) => boolean): boolean { return this.#live.some(({ rule }) => holds(rule.effect)); }

  /** Effects due at this sight, among those that `isMeant`, in the order of the plan. */
  due(sight: Sight, isMeant: (effect: FaultEffect) => boolean): readonly Due[] {
    const due: Due[] = [];
    for (const live of this.#live) {
      const { when, effect } = live.rule;
      if (!isMeant(effect) || !fits(when, sight)) continue;
      live.matched += 1;
      if (live.matched < (when.nth ?? 1) || !this.#fires(live)) continue;
      live.fired += 1;
      this.#note(live, sight);
      due.push({ effect, draw: live.draw });
    }
    return due;
  }

  #fires({ rule: { times, probability }, fired, draw }: Live): boolean {
    const most = times === null ? Infinity : times ?? (probability === undefined ? 1 : Infinity);
    return fired < most && (probability === undefined || draw() < probability);
  }

  #note({ rule, place }: Live, { transport, method, path, topic, op, rows, marketAt }: Sight): void {
    this.count += 1;
    if (this.journal.length >= journalMost) return;
    const what = path === '' ? (topic === '' ? (op === '' ? 'upgrade' : op) : topic) : `${method} ${path}`;
    this.journal.push({
      n: this.count, id: rule.id, rule: place, effect: rule.effect.tag, marketAt, wallAt: this.#wall(), transport, what, symbol: textIn(rows[0], 'symbol'),
    });
  }
}

function fits(when: Matcher, { transport, method, path, topic, op, rows, marketAt }: Sight): boolean {
  return (when.transport === undefined || when.transport === transport)
    && (when.method === undefined || when.method === method)
    && (when.path === undefined || (when.path.endsWith('*') ? path.startsWith(when.path.slice(0, -1)) : path === when.path))
    && (when.topic === undefined || topic === when.topic || topic.startsWith(`${when.topic}.`))
    && (when.op === undefined || when.op === op)
    && (when.from === undefined || marketAt >= when.from) && (when.to === undefined || marketAt < when.to)
    && hasRow(when, rows);
}

function hasRow({ symbol, link, has }: Matcher, rows: readonly Row[]): boolean {
  if (symbol === undefined && link === undefined && has === undefined) return true;
  return rows.some((row) => (symbol === undefined || row['symbol'] === symbol)
    && (link === undefined || textIn(row, 'orderLinkId').startsWith(link))
    && Object.entries(has ?? {}).every(([key, value]) => row[key] === value));
}
