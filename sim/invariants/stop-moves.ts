/**
 * I2: a stop is never asked for on the wrong side of the price the engine knows, and never gets looser unless the strategy
 * may say so, while trading.
 *
 * The price known is that of the book, or the last fill where that is newer than the book: after either, a stop right for
 * one of them is right. Looser is judged against what the engine last wanted for this position; what the venue showed to be
 * there in its place (somebody moved it) counts as wanted, and the first step of a position sets its first stop.
 */
import type { Command, EnterCommand, Event, Ms, SetStopCommand, State } from '../../engine/index.ts';
import type { Findings } from './violation.ts';

interface Wanted { position: object | null; triggerTicks: number; isFirstStep: boolean; filledAt: Ms; filledTicks: number }

export class StopMoveWatch {
  readonly #findings: Findings;
  readonly #mayLoosen: boolean;
  readonly #legs: readonly Wanted[];

  constructor(findings: Findings, legs: number, mayLoosen: boolean) {
    this.#findings = findings;
    this.#mayLoosen = mayLoosen;
    this.#legs = Array.from({ length: legs }, (): Wanted =>
      ({ position: null, triggerTicks: 0, isFirstStep: false, filledAt: 0, filledTicks: Number.NaN }));
  }

  event(event: Event, state: State): void {
    for (let i = 0; i < this.#legs.length; i++) this.#legs[i]!.isFirstStep = false;
    if (!('leg' in event)) return;
    const wanted = this.#legs[event.leg];
    if (wanted === undefined) return;
    if (event.tag === 'execution') {
      wanted.filledAt = event.at;
      wanted.filledTicks = event.priceTicks;
    }
    const { position } = state.legs[event.leg]!;
    if (position.tag === 'flat') {
      wanted.position = null;
      return;
    }
    const isShown = event.tag === 'stop-set' || event.tag === 'account-snapshot';
    if (wanted.position !== position) {
      wanted.position = position;
      wanted.isFirstStep = true;
    } else if (!isShown || position.protection.tag !== 'armed') return;
    wanted.triggerTicks = triggerOf(position.protection);
  }

  /** A restart builds the same position anew. */
  restarted(state: State): void {
    for (let i = 0; i < this.#legs.length; i++) {
      const wanted = this.#legs[i]!;
      const { position } = state.legs[i]!;
      wanted.position = position.tag === 'flat' ? null : position;
      if (position.tag === 'open') wanted.triggerTicks = triggerOf(position.protection);
    }
  }

  command(at: Ms, command: Command, state: State): void {
    if (command.tag === 'enter') this.#riding(at, command);
    if (command.tag !== 'set-stop' || command.triggerTicks === 0) return;
    const { position } = state.legs[command.leg]!;
    if (position.tag === 'flat') {
      this.#findings.add('I2', at, command.leg, `a stop at ${command.triggerTicks} for no position`);
      return;
    }
    const wanted = this.#legs[command.leg]!;
    this.#side(at, command, position.side, state, wanted);
    const { triggerTicks } = command;
    const isLooser = wanted.triggerTicks > 0 && position.side * (triggerTicks - wanted.triggerTicks) < 0;
    if (isLooser && !wanted.isFirstStep && !(this.#mayLoosen && state.mode.tag === 'trading')) {
      this.#findings.add('I2', at, command.leg, `stop loosened from ${wanted.triggerTicks} to ${triggerTicks} (${state.mode.tag})`);
    }
    wanted.triggerTicks = triggerTicks;
  }

  #side(at: Ms, { leg, triggerTicks, by }: SetStopCommand, side: number, state: State, wanted: Wanted): void {
    const { book } = state.legs[leg]!;
    const known = by === 'mark' ? book.markTicks : book.lastTicks;
    const isRight = (priceTicks: number): boolean => side * (priceTicks - triggerTicks) > 0;
    const isFillNewer = wanted.filledAt > book.lastAt || (wanted.filledAt === book.lastAt && !Number.isNaN(wanted.filledTicks));
    if (Number.isNaN(known) || isRight(known) || (isFillNewer && isRight(wanted.filledTicks))) return;
    this.#findings.add('I2', at, leg, `a stop at ${triggerTicks} on the wrong side of ${by} ${known}`);
  }

  /** A stop that rides on an order lies on the losing side of the order's own price. */
  #riding(at: Ms, { leg, side, stopTicks, priceTicks, triggerTicks }: EnterCommand): void {
    const own = priceTicks > 0 ? priceTicks : triggerTicks;
    if (stopTicks === 0 || own === 0 || side * (own - stopTicks) > 0) return;
    this.#findings.add('I2', at, leg, `a stop at ${stopTicks} on the wrong side of its own order at ${own}`);
  }
}

function triggerOf(protection: { readonly tag: string; readonly trigger?: number }): number {
  return protection.tag === 'unprotected' || protection.tag === 'waived' ? 0 : protection.trigger ?? 0;
}
