/**
 * I6  an execution counts once, however often and from wherever it is told.
 * I7  the engine's size is the sum of the executions it was told, exactly; where a snapshot made it take over a position
 *     without its executions, the sum goes on from there.
 * I8  wallet = start + realised - fees + funding, exactly, in money units.
 * I16 at rest the engine has counted every execution of the venue, and no other.
 */
import type { Event, Execution, Ms, State } from '../../engine/index.ts';
import { believedLots } from './truth.ts';
import type { Truth } from './truth.ts';
import type { Findings } from './violation.ts';

type ExecutionId = Execution['id'];

interface Sum {
  lots: number;
  /** What was told before this moment is part of a position taken over. */
  takenOverAt: Ms;
}

export class LedgerWatch {
  readonly #truth: Truth;
  readonly #findings: Findings;
  readonly #sums: readonly Sum[];
  readonly #told = new Set<ExecutionId>();

  constructor(truth: Truth, findings: Findings, state: State) {
    this.#truth = truth;
    this.#findings = findings;
    this.#sums = state.legs.map((leg): Sum => ({ lots: believedLots(leg), takenOverAt: 0 }));
  }

  event(event: Event, state: State): void {
    switch (event.tag) {
      case 'execution':
        this.#execution(event, state);
        break;
      case 'account-snapshot':
        if (event.executions !== 'unknown') for (const execution of event.executions) this.#count(execution);
        this.#compare(event.at, event.leg, state, event.position !== 'unknown' && event.position.side * event.position.lots === believedLots(state.legs[event.leg]!));
        break;
      case 'adl':
      case 'liquidation':
        this.#compare(event.at, event.leg, state, true);
        break;
      case 'funding':
      case 'wallet':
        break;
      default:
        return;
    }
    this.#wallet(event.at, state);
  }

  #execution(event: Execution, state: State): void {
    const isNew = this.#count(event);
    if (!isNew && state.fill.isNew) this.#findings.add('I6', event.at, event.leg, `execution ${event.id} counted again`);
    this.#compare(event.at, event.leg, state, event.at <= this.#sums[event.leg]!.takenOverAt);
  }

  #count(execution: Execution): boolean {
    if (this.#told.has(execution.id)) return false;
    this.#told.add(execution.id);
    this.#sums[execution.leg]!.lots += execution.side * execution.lots;
    return true;
  }

  /** `mayTakeOver`: the size may come from elsewhere than executions. */
  #compare(at: Ms, leg: number, state: State, mayTakeOver: boolean): void {
    const sum = this.#sums[leg]!;
    const lots = believedLots(state.legs[leg]!);
    if (lots === sum.lots) return;
    if (mayTakeOver) sum.takenOverAt = at;
    else this.#findings.add('I7', at, leg, `the engine holds ${lots} lots, its executions make ${sum.lots}`);
    sum.lots = lots;
  }

  #wallet(at: Ms, state: State): void {
    const { balance, realised, fees, funding } = state.wallet;
    const expected = state.setup.cash + realised - fees + funding;
    if (balance !== expected) this.#findings.add('I8', at, -1, `wallet of ${balance}, made of ${expected}`);
  }

  /** What was told and not kept is told anew after a crash. */
  restarted(state: State): void {
    for (const id of this.#told) if (!hasCounted(state, id)) this.#told.delete(id);
    for (const [leg, sum] of this.#sums.entries()) sum.lots = believedLots(state.legs[leg]!);
  }

  quiet(at: Ms, state: State): void {
    for (const [leg, sum] of this.#sums.entries()) {
      for (const execution of this.#truth.executions(leg)) {
        if (hasCounted(state, execution.id) || execution.at <= sum.takenOverAt) continue;
        this.#findings.add('I16', at, leg, `execution ${execution.id} of ${execution.at} never counted`);
      }
    }
  }
}

function hasCounted({ seen }: State, id: ExecutionId): boolean {
  return (typeof id === 'number' && id > 0 && id <= seen.upTo) || seen.set.has(id);
}
