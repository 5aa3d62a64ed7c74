/** Tells a schedule line by line: time since the beginning, what happened, what the engine made of it. */
import type { Command, Event, Ms, State } from '../../engine/index.ts';
import { from } from './market.ts';

export interface Story {
  event(event: Event, state: State): void;
  command(at: Ms, command: Command): void;
  note(at: Ms, text: string): void;
}

export const silent: Story = { event: () => undefined, command: () => undefined, note: () => undefined };

export function toldTo(print: (line: string) => void): Story {
  let before = '';
  const line = (at: Ms, text: string): void => print(`${((at - from) / 1_000).toFixed(3).padStart(8)}  ${text}`);
  return {
    event(event, state) {
      if (event.tag !== 'bar-closed' && event.tag !== 'cycle-closed' && event.tag !== 'mark-price') line(event.at, `-> ${textOf(event)}`);
      const after = stateOf(state);
      if (after !== before) line(event.at, `   = ${after}`);
      before = after;
    },
    command: (at, command) => { line(at, `<- ${textOf(command)}`); },
    note: (at, text) => { line(at, `## ${text}`); },
  };
}

function textOf(value: Event | Command): string {
  const { tag, ...rest } = value;
  const fields = JSON.stringify(rest, (key, part: unknown) => (key === 'at' ? undefined : typeof part === 'bigint' ? String(part) : part));
  return `${tag} ${fields.slice(0, 420)}`;
}

export function stateOf({ mode, legs, link }: State): string {
  const told = legs.map(({ position, orders, query }) => {
    const held = position.tag === 'flat' ? 'flat' : `${position.side * position.lots} ${position.protection.tag}${'trigger' in position.protection ? ` ${position.protection.trigger}` : ''}${position.leaving === '' ? '' : ` leaving(${position.leaving})`}`;
    const own = orders.map((order) => `${order.role}${order.id}:${order.state.tag}${order.filled > 0 ? `+${order.filled}` : ''}`);
    return `${held} [${own.join(' ')}]${query.tag === 'none' ? '' : ` ?${query.tag}`}`;
  });
  const how = mode.tag === 'halted' || mode.tag === 'cooldown' ? `${mode.tag}{${mode.cause}}` : mode.tag;
  return `${how}${link.tag === 'down' ? ' link-down' : ''} | ${told.join(' | ')}`;
}
