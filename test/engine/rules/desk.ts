/**
 * An engine with rules and a person at its desk: bars come when told, the strategy wants what it is handed, the venue fills
 * what it is told to. Minute bars, tick 1, lot 1, no fees, from 14 November 2023 00:00 UTC, a Tuesday.
 */
import type { BarClosed, Command, Direction, Event, Execution, Instrument, Intents, Lots, Mode, Note, RunConfigWish, State } from '../../../engine/index.ts';
import { linear, minute, start } from '../../sim/market.ts';
import { scripted } from '../../sim/scripted.ts';
import { bar, cycle, execution, stepped } from '../stepped.ts';

type Intent = ReturnType<Intents['exit']>;
type Want = (intents: Intents) => Intent;
export type Decision = Note & { readonly tag: 'decision' };

export interface Desk {
  readonly state: State;
  readonly commands: Command[];
  readonly take: (event: Event) => readonly Command[];
  /** Bars that open at the close before, and the decision on `symbol`. Minutes after the start; `missing` symbols have no bar. */
  readonly close: (minutes: number, ticks: number, want?: Want, symbol?: number, missing?: readonly number[]) => Decision | null;
  /** The last entry sent: accepted and filled whole at the price. */
  readonly fillEntry: (priceTicks: number, fee?: bigint) => void;
  /** The venue's stop closes the position at the price. */
  readonly stopOut: (priceTicks: number, fee?: bigint) => void;
  /** In at 100 with `qty`, out at a price, at the present time. */
  readonly trade: (minutes: number, qty: number, exitTicks: number, fee?: bigint) => Decision | null;
  readonly mode: () => Mode['tag'];
  /** Cause and end of the cooldown, as minutes after the start. */
  readonly cooling: () => { readonly cause: string; readonly minutes: number } | null;
}

export interface DeskWish {
  readonly risk: RunConfigWish['risk'];
  readonly config?: RunConfigWish;
  readonly instruments?: readonly Instrument[];
}

export const freeLinear = (own: Parameters<typeof linear>[0] = {}): Instrument => linear({ takerRate: '0', makerRate: '0', ...own });

export function desk({ risk, config = {}, instruments = [freeLinear()] }: DeskWish): Desk {
  let next: Want | null = null;
  const { strategy } = scripted({
    symbols: instruments.map(({ symbol }) => symbol), always: ({ intents }) => next === null ? intents.hold : next(intents),
  });
  const engine = stepped({ strategy, instruments, config: { cash: 1_000, ...config, risk: { maxLeverage: 100, maxOpenRisk: 1, ...risk } } });
  const { state } = engine;
  const commands: Command[] = [];
  const lastTicks = instruments.map(() => 100);
  let executions = 0;

  const take = (event: Event): readonly Command[] => {
    const out = engine.take(event);
    commands.push(...out.commands);
    notes = out.notes;
    return out.commands;
  };
  let notes: readonly Note[] = [];
  const self: Desk = {
    state, commands, take,
    close(minutes, ticks, want, symbol = 0, missing = []) {
      const at = start + minutes * minute;
      instruments.forEach((instrument, index) => {
        if (missing.includes(index)) return;
        const open = lastTicks[index]!;
        const close = index === symbol ? ticks : open;
        lastTicks[index] = close;
        take(bar(instrument, at, [open, Math.max(open, close), Math.min(open, close), close], index) satisfies BarClosed);
      });
      let asked = 0;
      next = want === undefined ? null : (intents) => (asked++ === symbol ? want(intents) : intents.hold);
      take(cycle(at, missing));
      return notes.find((note): note is Decision => note.tag === 'decision') ?? null;
    },
    fillEntry(priceTicks, fee = 0n) {
      const { order, lots, side, leg } = enterOf(commands);
      take({ tag: 'order-accepted', at: state.now, leg, order });
      take(filled(leg, { order, lots, side, priceTicks, fee, cause: 'order' }));
      const { position } = state.legs[leg]!;
      if (position.tag === 'open' && 'trigger' in position.protection) {
        take({ tag: 'stop-set', at: state.now, leg, triggerTicks: position.protection.trigger, by: position.protection.by, trailTicks: 0 });
      }
    },
    stopOut(priceTicks, fee = 0n) {
      const leg = state.legs.find(({ position }) => position.tag === 'open')!;
      if (leg.position.tag !== 'open') return;
      take(filled(leg.index, { order: -1, lots: leg.position.lots, side: leg.position.side === 1 ? -1 : 1, priceTicks, fee, cause: 'stop' }));
    },
    trade(minutes, qty, exitTicks, fee = 0n) {
      const decision = self.close(minutes, 100, (intents) => intents.enter({ side: 'long', qty, stop: 99 }));
      if (decision?.outcome !== 'accepted') return decision;
      self.fillEntry(100);
      self.stopOut(exitTicks, fee);
      return decision;
    },
    mode: () => state.mode.tag,
    cooling: () => state.mode.tag === 'cooldown' ? { cause: state.mode.cause, minutes: (state.mode.until - start) / minute } : null,
  };

  interface Filled { readonly order: number; readonly lots: number; readonly side: Direction; readonly priceTicks: number; readonly fee: bigint; readonly cause: Execution['cause'] }
  function filled(leg: number, { order, lots, side, priceTicks, fee, cause }: Filled): Execution {
    executions += 1;
    return { ...execution(instruments[leg]!, { at: state.now, id: executions, side, lots: lots as Lots, priceTicks, order }), leg, fee, cause };
  }
  return self;
}

/** The last entry that left. */
export function enterOf(commands: readonly Command[]): Command & { readonly tag: 'enter' } {
  const enter = commands.filter((command) => command.tag === 'enter').at(-1);
  if (enter?.tag !== 'enter') throw new Error('no entry was sent');
  return enter;
}
