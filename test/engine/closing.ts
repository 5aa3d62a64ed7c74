/** The engine alone, closed bar by closed bar: every bar stands still, and its decision is the script's. */
import type { Command, Instrument, Note, OpenPosition } from '../../engine/index.ts';
import { linear, minute, start } from '../sim/market.ts';
import type { ConfigWish } from '../sim/played.ts';
import { scripted } from '../sim/scripted.ts';
import type { AnyScene, Script } from '../sim/scripted.ts';
import { bar, cycle, execution, stepped } from './stepped.ts';
import type { Stepped } from './stepped.ts';

type Enter = Parameters<AnyScene['intents']['enter']>[0];
export type At = NonNullable<Script['at']>;
export const long = { side: 'long', qty: 4, stop: 90 } as const;
export const enter = (want: unknown): At[number] => ({ intents }) => intents.enter(want as Enter);

export interface Wish { readonly instrument?: Instrument; readonly config?: ConfigWish; readonly ticks?: number; readonly markTicks?: number }
export interface Engine extends Stepped { readonly close: (ticks?: number) => { commands: readonly Command[]; notes: readonly Note[] } }

/** Closes bars one after another; the decision of each is the script's. */
export function engineOf(at: At, { instrument = linear(), config = {}, ticks = 100, markTicks }: Wish = {}): Engine {
  const engine = stepped({ strategy: scripted({ at }).strategy, instruments: [instrument], config });
  let closes = start - minute;
  return {
    ...engine,
    close: (price = ticks) => {
      closes += minute;
      engine.take(bar(instrument, closes, [price, price, price, price]));
      if (markTicks !== undefined) engine.take({ tag: 'mark-price', at: closes, symbol: 0, markTicks });
      return engine.take(cycle(closes));
    },
  };
}

/** A long of 4 from 100 with its stop at 90 confirmed, then the script from decision 1 on. */
export function heldEngine(at: At, wish: Wish = {}): Engine & { readonly position: () => OpenPosition } {
  const engine = engineOf({ 0: enter(long), ...at }, wish);
  engine.close();
  engine.take({ tag: 'order-accepted', at: start, leg: 0, order: 1 });
  engine.take(execution(wish.instrument ?? linear(), { at: start, id: 1, side: 1, lots: 4, priceTicks: 100, order: 1 }));
  engine.take({ tag: 'stop-set', at: start, leg: 0, triggerTicks: 90, by: 'mark', trailTicks: 0 });
  return {
    ...engine,
    position: () => {
      const { position } = engine.state.legs[0]!;
      if (position.tag === 'flat') throw new Error('flat');
      return position;
    },
  };
}

/** What became of the wants of a close, and why. */
export const outcome = ({ notes }: { readonly notes: readonly Note[] }): unknown =>
  notes.flatMap((note) => (note.tag === 'decision' ? [[note.outcome, note.reason]] : []));
