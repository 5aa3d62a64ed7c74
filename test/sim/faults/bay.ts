/**
 * A faulty venue by itself, without an engine: ten minutes of one symbol at 10,000 ticks, commands at stated times, and what
 * is heard of them. Times are ms after the start; 20 ms to the venue and 30 ms back.
 */
import { approveReducing } from '../../../engine/risk.ts';
import type { Approved, Command, Event, Lots } from '../../../engine/index.ts';
import { createExchange } from '../../../sim/index.ts';
import type { Exchange } from '../../../sim/index.ts';
import { FaultyVenue, namedPlan } from '../../../sim/faults/index.ts';
import type { FaultPlan } from '../../../sim/faults/index.ts';
import { linear, minute, start } from '../market.ts';

export type Heard = Event & { readonly after: number };
type Injected = FaultPlan['inject'][number];

/** Nothing but these faults, by name. */
export function only(...inject: readonly Injected[]): FaultPlan {
  return { ...namedPlan('calm', 1), inject };
}

export const enter = (order: number, own: Partial<Extract<Command, { tag: 'enter' }>> = {}): Command => ({
  tag: 'enter', leg: 0, order, side: 1, lots: 10 as Lots, type: 'market', priceTicks: 0, triggerTicks: 0, triggerBy: 'last',
  triggerDirection: 0, timeInForce: 'IOC', stopTicks: 9_900, stopBy: 'mark', ...own,
});
/** Rests far below the price. */
export const rest = (order: number): Command => enter(order, { type: 'limit', priceTicks: 9_500, stopTicks: 9_400, timeInForce: 'GTC' });
export const reduce = (order: number, lots = 10): Command => ({
  tag: 'reduce', leg: 0, order, side: -1, lots: lots as Lots, type: 'market', priceTicks: 0, timeInForce: 'IOC', reduceOnly: true,
});
export const cancel = (order: number): Command => ({ tag: 'cancel', leg: 0, order });
export const setStop = (triggerTicks: number): Command => ({ tag: 'set-stop', leg: 0, triggerTicks, by: 'mark', trailTicks: 0, activeTicks: 0 });
export const query: Command = { tag: 'query-account', leg: 0 };

export interface Bay { readonly heard: readonly Heard[]; readonly venue: FaultyVenue; readonly exchange: Exchange }

/** Plays ten minutes. `low` = the lowest price of the fifth minute, `hole` = a minute without a bar. */
export function bay(plan: FaultPlan, commands: readonly (readonly [after: number, command: Command])[], low = 10_000, hole = -1): Bay {
  const instrument = linear();
  const exchange = createExchange({
    config: { path: 'adverse', limitFill: 'through', slippage: { kind: 'none' }, halfSpreadTicks: 0, participation: null, liqFormula: 'mark-value' },
    symbols: [{ instrument, leverage: '10', hasMark: false }], wallet: 100_000_000_000_000_000n,
  });
  const to = start + 10 * minute;
  const venue = new FaultyVenue({ exchange, times: { latencyMs: 20, responseLatencyMs: 30 }, instruments: [instrument], plan, from: start, to });
  const heard: Heard[] = [];
  const waiting = [...commands];
  const stepTo = (until: number, isOpen: boolean): void => {
    for (;;) {
      const next = waiting[0] === undefined ? Infinity : start + waiting[0][0];
      const due = Math.min(next, venue.tasksDueAt, venue.eventsDueAt, until);
      if (isOpen && exchange.advance(due)) venue.collect();
      else if (venue.tasksDueAt <= due) venue.work();
      else if (venue.eventsDueAt <= due) heard.push(told(venue.take()));
      else if (next <= due) venue.send([approveReducing(waiting.shift()![1] as never) as Approved], due);
      else if (due === until) return;
    }
  };
  for (let i = 0; i < 10; i++) {
    const openedAt = start + i * minute;
    if (i !== hole) exchange.openBar(0, openedAt, openedAt + minute, 10_000, 10_000, i === 4 ? low : 10_000, 10_000, 1_000_000);
    stepTo(openedAt + minute, i !== hole);
  }
  return { heard, venue, exchange };
}

const told = (event: Event): Heard => ({ ...event, after: event.at - start });

/** `tag after` of everything heard: the conversation at a glance. */
export const talk = ({ heard }: Bay): readonly string[] => heard.map((event) => {
  const about = event.tag === 'request-failed' ? ` ${event.certainty} ${event.reason}` : event.tag === 'order-rejected' || event.tag === 'stop-refused' ? ` ${event.reason}`
    : event.tag === 'order-cancelled' ? ` ${event.cause} ${event.filled}` : event.tag === 'execution' ? ` ${event.cause} ${event.side * event.lots}` : '';
  return `${event.tag}${about} ${event.after}`;
});
