/** The engine alone, without a venue: events in, commands and notes out, both copied so that a test can keep them. */
import { createState, runConfig, setupOf, step, valueOf } from '../../engine/index.ts';
import type { AnyStrategy, BarClosed, Command, Direction, Event, Execution, Instrument, Lots, Note, Out, State } from '../../engine/index.ts';
import { feeOf, valueAt } from '../../engine/index.ts';
import { minute } from '../sim/market.ts';
import type { ConfigWish } from '../sim/played.ts';

export interface Stepped {
  readonly state: State;
  /** Takes one event in and returns what came of it. */
  readonly take: (event: Event) => { readonly commands: readonly Command[]; readonly notes: readonly Note[] };
}

export interface SteppedWish {
  readonly strategy: AnyStrategy;
  readonly instruments: readonly Instrument[];
  readonly config?: ConfigWish;
  readonly by?: typeof step;
}

export function stepped({ strategy, instruments, config = {}, by = step }: SteppedWish): Stepped {
  const setup = setupOf({ strategy, params: {}, config: runConfig.parse(config), instruments, baseMs: minute });
  const state = createState(setup);
  const out: Out = { commands: [], notes: [] };
  return {
    state,
    take(event) {
      out.commands.length = 0;
      out.notes.length = 0;
      by(state, event, out);
      return { commands: [...out.commands], notes: [...out.notes] };
    },
  };
}

/** A closed bar of one minute; open, high, low, close in ticks. */
export function bar(instrument: Instrument, at: number, ticks: readonly [number, number, number, number], symbol = 0): BarClosed {
  const [openTicks, highTicks, lowTicks, closeTicks] = ticks;
  const price = (value: number): number => valueOf(value, instrument.tick);
  return {
    tag: 'bar-closed', at, symbol, openedAt: at - minute, closedAt: at, volume: 1, openTicks, highTicks, lowTicks, closeTicks,
    open: price(openTicks), high: price(highTicks), low: price(lowTicks), close: price(closeTicks),
  };
}

export const cycle = (at: number, missing: readonly number[] = []): Event => ({ tag: 'cycle-closed', at, missing });

export interface Fill { readonly at: number; readonly id: number; readonly side: Direction; readonly lots: number; readonly priceTicks: number; readonly order?: number; readonly leaves?: number }

/** An execution at the taker rate, worth what the instrument says. */
export function execution(instrument: Instrument, { at, id, side, lots, priceTicks, order = -1, leaves = 0 }: Fill): Execution {
  const value = valueAt(instrument, priceTicks, lots);
  return {
    tag: 'execution', at, leg: 0, order, id, cause: order < 0 ? 'foreign' : 'order', side, lots: lots as Lots, priceTicks, value,
    fee: feeOf(value, instrument.takerPico), liquidity: 'taker', leavesLots: leaves,
  };
}
