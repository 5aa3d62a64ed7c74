/**
 * A journal that dies at a named point of a named phase, the process with it. What is kept is what a killed process leaves (all
 * that was written, half a line included), or what a machine without power leaves (what was synced, and any part of the rest).
 */
import { MemoryPort } from '../../../engine/index.ts';
import type { Approved, JournalPort } from '../../../engine/index.ts';

export const phases = ['entry', 'protect', 'move', 'exit', 'recover'] as const;
export type Phase = (typeof phases)[number];

/** In the order in which they come. */
export const points = [
  'before its record', 'in the middle of its record', 'after its record, before it is synced', 'after it is synced, before it is sent',
  'after it is sent, before its answer', 'after its answer, before that is recorded', 'after the record of its answer, before it is synced',
  'after the record of its answer is synced',
] as const;
export type Point = (typeof points)[number];

export interface Plan { readonly phase: Phase; readonly point: Point; readonly answer: string }

/** Words on which an answer to a phase's wish may come. The last two decide which of them a round waits for. */
export const answers: Readonly<Record<Phase, readonly [string, string]>> = {
  entry: ['order-accepted', 'execution'], protect: ['stop-set', 'stop-set'], move: ['stop-set', 'stop-set'], exit: ['execution', 'order-accepted'],
  recover: ['account-snapshot', 'account-snapshot'],
};

export class Killed extends Error {
  override readonly name = 'Killed';
}

const tagsIn = (line: string): readonly string[] => [...line.matchAll(/"tag":"([a-z-]+)"/g)].map((match) => match[1]!);
const kindOf = (line: string): string => /"k":"([a-z-]+)"/.exec(line)?.[1] ?? '';

export class KillingPort implements JournalPort {
  readonly kept = new MemoryPort();
  #plan: Plan | null = null;
  #stage: 'wish' | 'sync' | 'send' | 'answer' | 'answer-sync' = 'wish';
  /** What was wanted last of the position: its first stop belongs to its entry. */
  #lastOrder: 'enter' | 'reduce' | null = null;
  #stopsSinceOrder = 0;
  isDead = false;
  /** Called at the moment of death. */
  died: () => void = () => {};

  arm(plan: Plan | null): void {
    this.#plan = plan;
    this.#stage = 'wish';
  }

  append(line: string): void {
    this.#refuseIfDead();
    const { point } = this.#plan ?? {};
    if (this.#stage === 'wish' && this.#isWish(line)) {
      if (point === 'before its record') this.die();
      if (point === 'in the middle of its record') {
        this.kept.append(line.slice(0, line.length >> 1));
        this.die();
      }
      this.#stage = 'sync';
    } else if (this.#stage === 'answer' && kindOf(line) === this.#plan?.answer) {
      if (point === 'after its answer, before that is recorded') this.die();
      this.#stage = 'answer-sync';
    }
    this.kept.append(line);
    this.#note(line);
  }

  sync(): void {
    this.#refuseIfDead();
    const { point } = this.#plan ?? {};
    if (this.#stage === 'sync' && point === 'after its record, before it is synced') this.die();
    if (this.#stage === 'answer-sync' && point === 'after the record of its answer, before it is synced') this.die();
    this.kept.sync();
    if (this.#stage === 'sync') this.#stage = 'send';
    if (this.#stage === 'answer-sync' && point === 'after the record of its answer is synced') this.die();
  }

  /** Stands before the connector. */
  sending(commands: readonly Approved[], at: number, send: (commands: readonly Approved[], at: number) => void): void {
    if (this.isDead) return;
    if (this.#plan === null || this.#stage !== 'send') {
      send(commands, at);
      return;
    }
    if (this.#plan.point === 'after it is synced, before it is sent') this.die();
    if (this.#plan.point === 'after it is sent, before its answer') {
      send(commands.slice(0, 1), at);
      this.die();
    }
    this.#stage = 'answer';
    send(commands, at);
  }

  die(): never {
    this.isDead = true;
    this.died();
    throw new Killed(`${this.#plan?.phase}: ${this.#plan?.point}`);
  }

  /** What a new process finds. `lost` = share of the unsynced that the machine lost, 0 = only the process died. */
  reborn(lost: number): void {
    this.kept.crash(Math.ceil(this.kept.unsynced * (1 - lost)), lost > 0.5 ? 'torn' : 'none');
    this.isDead = false;
    this.#plan = null;
    this.#lastOrder = null;
  }

  lines(): Iterable<string> { return this.kept.lines(); }
  cut(bytes: number): void { this.kept.cut(bytes); }
  turn(): void {
    this.#refuseIfDead();
    this.kept.turn();
  }
  keepSnapshot(line: string): void {
    this.#refuseIfDead();
    this.kept.keepSnapshot(line);
  }
  snapshots(): readonly string[] { return this.kept.snapshots(); }

  #isWish(line: string): boolean {
    if (kindOf(line) !== 'commands') return false;
    const tags = tagsIn(line);
    switch (this.#plan?.phase) {
      case 'entry': return tags.includes('enter');
      case 'protect': return tags.includes('set-stop') && this.#lastOrder === 'enter' && this.#stopsSinceOrder === 0;
      case 'move': return tags.includes('set-stop') && this.#lastOrder === 'enter' && this.#stopsSinceOrder > 0;
      case 'exit': return tags.includes('reduce');
      case 'recover': return tags.includes('query-account');
      default: return false;
    }
  }

  #note(line: string): void {
    for (const tag of kindOf(line) === 'commands' ? tagsIn(line) : []) {
      if (tag === 'enter' || tag === 'reduce') {
        this.#lastOrder = tag;
        this.#stopsSinceOrder = 0;
      } else if (tag === 'set-stop') this.#stopsSinceOrder += 1;
    }
  }

  #refuseIfDead(): void {
    if (this.isDead) throw new Killed('dead already');
  }
}
