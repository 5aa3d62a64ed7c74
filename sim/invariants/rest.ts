/**
 * What must hold once faults have ended and time has passed:
 *
 * I15 the engine believes what is so: size, stop, open orders of ours, cash; no order is unknown or without an answer. Cash =
 *     wallet less what the open lots cost: executions told in another order than they happened release another part of
 *     the cost, which evens out as soon as the position is closed.
 * I17 each leg is flat, or holds its stop or has waived it, or the engine is halted for a cause that the world justifies;
 *     nothing still recovers.
 */
import type { Leg, Money, Ms, Order, State } from '../../engine/index.ts';
import { isJustified } from './halts.ts';
import type { Circumstance } from './halts.ts';
import { believedLots, signedLots } from './truth.ts';
import type { Truth } from './truth.ts';
import type { Findings } from './violation.ts';

export class RestWatch {
  readonly #truth: Truth;
  readonly #findings: Findings;

  constructor(truth: Truth, findings: Findings) {
    this.#truth = truth;
    this.#findings = findings;
  }

  converged(at: Ms, state: State): void {
    for (const leg of state.legs) {
      const position = this.#truth.position(leg.index);
      const [there, here] = [signedLots(position), believedLots(leg)];
      if (there !== here) this.#off(at, leg, `holds ${here} lots, the venue ${there}`);
      else this.#stop(at, leg);
      this.#orders(at, leg);
    }
    const [here, there] = [this.#cash(state, true), this.#cash(state, false)];
    if (here !== there) this.#findings.add('I15', at, -1, `cash of ${here}, at the venue ${there}`);
  }

  /** Start less everything paid for lots still held, fees and funding: the same in any order of executions. */
  #cash(state: State, isBelieved: boolean): Money {
    let cash = isBelieved ? state.wallet.balance : this.#truth.wallet;
    for (const { index, symbol, position } of state.legs) {
      const held = isBelieved ? (position.tag === 'open' ? position : null) : this.#truth.position(index);
      if (held === null) continue;
      const isPaid = (held.side === 1) === (state.setup.instruments[symbol]!.kind === 'linear');
      cash += isPaid ? -held.cost : held.cost;
    }
    return cash;
  }

  #off(at: Ms, leg: Leg, text: string): void {
    this.#findings.add('I15', at, leg.index, text);
  }

  #stop(at: Ms, leg: Leg): void {
    if (leg.position.tag === 'flat') return;
    const { protection } = leg.position;
    const stop = this.#truth.stop(leg.index);
    const held = stop === null ? 'none' : `${stop.triggerTicks} by ${stop.by}`;
    const believed = protection.tag === 'armed' ? `${protection.trigger} by ${protection.by}` : 'none';
    if (held !== believed) this.#off(at, leg, `stop ${believed} (${protection.tag}), at the venue ${held}`);
  }

  #orders(at: Ms, leg: Leg): void {
    const there = this.#truth.openOrders(leg.index);
    for (const order of leg.orders) {
      const isOpen = there.some((one) => one.order === order.id);
      if (order.state.tag !== 'working') this.#off(at, leg, `${order.role} ${order.id} is still ${order.state.tag}`);
      else if (!isOpen) this.#off(at, leg, `${order.role} ${order.id} is working, the venue has none`);
      else this.#filled(at, leg, order);
    }
    for (const { order } of there) {
      if (order > 0 && !leg.orders.some((one) => one.id === order)) this.#off(at, leg, `order ${order} lives at the venue unknown to the engine`);
    }
  }

  #filled(at: Ms, leg: Leg, order: Order): void {
    const there = this.#truth.openOrders(leg.index).find((one) => one.order === order.id);
    if (there === undefined || (there.filled === order.filled && there.lots === order.lots)) return;
    this.#off(at, leg, `order ${order.id} is ${order.filled}/${order.lots}, at the venue ${there.filled}/${there.lots}`);
  }

  settled(at: Ms, state: State, fired: ReadonlySet<string>, circumstances: ReadonlySet<Circumstance>): void {
    const { mode } = state;
    if (mode.tag === 'halted') {
      if (!isJustified(mode.cause, fired, circumstances)) this.#findings.add('I17', at, -1, `halted since ${mode.since}, ${mode.cause}: ${mode.evidence}`);
      return;
    }
    if (mode.tag === 'recovering') this.#findings.add('I17', at, -1, `still recovering, missing ${mode.missing.join(' ')}`);
    for (const leg of state.legs) {
      const { position } = leg;
      if (position.tag === 'flat' || position.protection.tag === 'armed' || position.protection.tag === 'waived') continue;
      this.#findings.add('I17', at, leg.index, `a position that is ${position.protection.tag}${position.leaving === '' ? '' : `, leaving: ${position.leaving}`}`);
    }
  }
}
