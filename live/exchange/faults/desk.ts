/**
 * The fault plan at work between the doors and their wires. One desk serves all doors: the REST door asks it about every
 * request, the streams about every upgrade and frame, the admin door sets and clears the plan and reads what was fired.
 *
 * 1. Without a plan nothing is changed and nothing is kept.
 * 2. The same seed and the same order of requests and frames fire the same faults.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Ms } from '../../../engine/index.ts';
import type { FaultDesk } from '../admin/index.ts';
import type { Pace } from '../pace.ts';
import { snapshotOf } from '../rest/index.ts';
import type { Effect, RequestHead, RequestSink, RestRequest } from '../rest/index.ts';
import type { Arrival, Asked, CloseCode, Frame, Leaving, StreamKind, StreamSink } from '../streams/index.ts';
import type { Push, Reads, Row, World } from '../world.ts';
import { act } from './acts.ts';
import { faultOptions, faultPlan } from './catalogue/index.ts';
import { Delivery, rowsOf } from './delivery.ts';
import { Ghosts } from './ghosts.ts';
import { granted, wireEffects } from './http.ts';
import { isAct, isArrival, isHttp, isLeaving, rule } from './plan.ts';
import type { EffectOf, FaultEffect, Rule, RuleText } from './plan.ts';
import { Rules } from './rules.ts';
import type { Due, Sight } from './rules.ts';
import { isRow, textIn } from './rows.ts';

export interface DeskOptions {
  readonly world: World; readonly pace: Pace;
  /** Wall time, ms. */
  readonly wall?: () => Ms;
}

/** What the desk needs of the doors, once they are open. */
export interface DeskDoors {
  publish(push: Push): void;
  cut(which: StreamKind | 'all', code: CloseCode): number;
}

/** By number from the catalogue, or rules in full. */
const planText = z.strictObject({
  seed: z.number().int().default(1),
  faults: z.array(z.union([faultOptions, rule])).min(1),
});

interface Refusals { left: number; how: number | 'reset' }
const snapshotsMost = 200;

export class Desk implements FaultDesk, RequestSink, StreamSink {
  readonly #world: World;
  readonly #pace: Pace;
  readonly #wall: () => Ms;
  #rules: Rules;
  #delivery = new Delivery();
  #ghosts = new Ghosts();
  #doors: DeskDoors | null = null;
  readonly #refusals = new Map<StreamKind, Refusals>();
  #snapshots: Reads[] = [];
  #isStale = false;
  #isEmpty = true;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor({ world, pace, wall = Date.now }: DeskOptions) {
    this.#world = world;
    this.#pace = pace;
    this.#wall = wall;
    this.#rules = new Rules([], 1, wall);
  }

  attach(doors: DeskDoors): void { this.#doors = doors; }

  /** Throws `RangeError` with what is wrong about the plan. */
  set(plan: Row): Row {
    const read = planText.safeParse(plan);
    if (!read.success) throw new RangeError(z.prettifyError(read.error));
    const { seed, faults } = read.data;
    const rules = faults.flatMap((one) => ('effect' in one ? [one] : faultPlan(one.id, one)));
    this.install(rules, seed);
    return { seed, rules: rules.length };
  }

  /** A plan made here; the journal begins anew. */
  install(rules: readonly RuleText[], seed: number): void {
    this.clear();
    const parsed: readonly Rule[] = rules.map((one) => rule.parse(one));
    this.#rules = new Rules(parsed, seed, this.#wall);
    this.#isEmpty = parsed.length === 0;
    this.#isStale = this.#rules.some(({ tag }) => tag === 'stale');
    if (this.#isStale) this.#snapshots = [this.#snapshot()];
  }

  clear(): void {
    this.#rules = new Rules([], 1, this.#wall);
    this.#isEmpty = true;
    this.#isStale = false;
    this.#snapshots = [];
    this.#delivery.close();
    this.#delivery = new Delivery();
    this.#ghosts = new Ghosts();
    this.#refusals.clear();
  }

  journal(): Row { return { count: this.#rules.count, fired: this.#rules.journal }; }

  close(): void {
    this.clear();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** To be called with every push of the world, before it is told. */
  seen(): void {
    if (!this.#isStale) return;
    this.#snapshots.push(this.#snapshot());
    if (this.#snapshots.length > snapshotsMost) this.#snapshots.shift();
  }

  #snapshot(): Reads { return snapshotOf(this.#world.reads, this.#world.market.instruments.map(({ symbol }) => symbol)); }

  // The REST door.

  closesUnread(head: RequestHead): boolean {
    return !this.#isEmpty && this.#rules.due(this.#sightOf(head, {}), ({ tag }) => tag === 'unread').length > 0;
  }

  effectsOn(request: RestRequest): readonly Effect[] {
    if (this.#isEmpty) return [];
    const due = this.#rules.due(this.#sightOf(request, request.params), (effect) => (isHttp(effect) && effect.tag !== 'unread') || isAct(effect));
    const effects = due.flatMap((one): readonly Effect[] => {
      if (isAct(one.effect)) this.#act(one.effect, request.params);
      if (one.effect.tag === 'reject-later') return this.#rejectLater(one.effect, request.params);
      return wireEffects(one, request, (pushes) => this.#staleReads(pushes));
    });
    const isOrders = request.path === '/v5/order/realtime' || request.path === '/v5/order/history';
    const ghosts = isOrders && this.#ghosts.count > 0 ? this.#ghosts.wanted(request.params) : [];
    return ghosts.length === 0 ? effects : [...effects, { tag: 'rows', change: (rows) => [...ghosts, ...rows] }];
  }

  #sightOf({ method, path, marketAt }: RequestHead, params: Row): Sight {
    return { transport: 'http', method, path, topic: '', op: '', rows: [params], marketAt };
  }

  #staleReads(pushes: number): Reads {
    return this.#snapshots.at(-1 - pushes) ?? this.#snapshots[0] ?? this.#snapshot();
  }

  #rejectLater({ ms, reason }: EffectOf<'reject-later'>, params: Row): readonly Effect[] {
    const orderId = randomUUID();
    this.#after(ms, () => {
      const row = this.#ghosts.add(params, orderId, this.#world.now, reason);
      this.#doors?.publish({ topic: 'order', symbol: textIn(params, 'symbol'), at: this.#world.now, rows: [row] });
    });
    return granted(params, false, orderId);
  }

  #after(ms: Ms, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, ms);
    this.#timers.add(timer);
  }

  // The streams.

  upgrade(kind: StreamKind): number | 'reset' | null {
    const refusals = this.#refusals.get(kind);
    if (refusals !== undefined && refusals.left > 0) {
      refusals.left -= 1;
      return refusals.how;
    }
    if (this.#isEmpty) return null;
    const sight: Sight = { transport: kind, method: '', path: '', topic: '', op: '', rows: [], marketAt: this.#world.now };
    const [due] = this.#rules.due(sight, ({ tag }) => tag === 'refuse-upgrade');
    return due?.effect.tag === 'refuse-upgrade' ? due.effect.how : null;
  }

  arriving({ kind, op, body }: Asked): Arrival {
    if (this.#isEmpty) return { tag: 'serve' };
    const args: readonly unknown[] = Array.isArray(body['args']) ? body['args'] : [];
    const [first] = args;
    const cause = isRow(first) ? first : { args: args.join(',') };
    const sight: Sight = { transport: kind, method: '', path: '', topic: '', op, rows: [cause], marketAt: this.#world.now };
    // An act of a rule without `op` is meant for what goes out.
    const due = this.#rules.due(sight, (effect) => isArrival(effect) || (isAct(effect) && op.startsWith('order.')));
    for (const { effect } of due) if (isAct(effect)) this.#act(effect, cause);
    return arrivalOf(due.find(({ effect }) => isArrival(effect))?.effect ?? null);
  }

  leaving(frame: Frame, out: (leaving: Leaving) => void): void {
    if (this.#isEmpty) {
      out({ tag: 'send', payload: frame.body, afterMs: 0 });
      return;
    }
    this.#delivery.keep(frame);
    const { kind, topic, op, body } = frame;
    const rows = topic === '' ? [body] : rowsOf(body);
    const sight: Sight = { transport: kind, method: '', path: '', topic, op, rows, marketAt: this.#world.now };
    const due = this.#rules.due(sight, (effect) => isLeaving(effect) || (isAct(effect) && topic !== ''));
    this.#delivery.leave(frame, due.filter(({ effect }) => !isAct(effect)), out);
    for (const { effect } of due) if (isAct(effect)) this.#soon(effect, rows[0] ?? {});
  }

  /** Nothing is done to the account from inside of what it tells; it is done before anybody can answer to that. */
  #soon(effect: FaultEffect, cause: Row): void { queueMicrotask(() => { this.#act(effect, cause); }); }

  #act(effect: FaultEffect, cause: Row): void {
    if (effect.tag === 'outage') {
      for (const kind of effect.which) {
        this.#refusals.set(kind, { left: effect.refusals, how: effect.how });
        this.#doors?.cut(kind, effect.code);
      }
      return;
    }
    try {
      act(effect, cause, this.#world);
    } catch (thrown) {
      // What somebody else cannot do either, such as selling less than one step, is not done.
      if (!(thrown instanceof RangeError)) throw thrown;
    }
    this.#pace.wake();
  }
}

function arrivalOf(effect: Due['effect'] | null): Arrival {
  switch (effect?.tag) {
    case 'ignore': return { tag: 'ignore' };
    case 'answer': return { tag: 'answer', body: effect.body, closes: effect.closes };
    case 'hang-up': return { tag: 'close', code: effect.code, isServed: effect.isServed };
    default: return { tag: 'serve' };
  }
}

