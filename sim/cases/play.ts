/** Plays one case: sends its script at the stated times, reacts to first fills, and reads what the exchange says. */
import { onDetail } from '../detailed-exchange.ts';
import { createExchange } from '../exchange/index.ts';
import type { Exchange, Fact } from '../exchange/index.ts';
import { accountSeen, record } from './account.ts';
import type { AccountSeen, Recorder } from './account.ts';
import { markIntervalOf, readBars, readMark } from './bars.ts';
import type { BarFault, CaseBar } from './bars.ts';
import type { Case } from './case.ts';
import { readInside } from './inside.ts';
import type { Inside } from './inside.ts';
import { stepsOf } from './number.ts';
import type { Sending } from './script.ts';

export type Played =
  | { readonly tag: 'account'; readonly account: AccountSeen; readonly ambiguousBars: number }
  | { readonly tag: 'error'; readonly fault: BarFault };

/** A message whose sending time is known. */
interface Due { readonly at: number; readonly fraction: number; readonly place: number; readonly sending: Sending }

interface Desk {
  readonly exchange: Exchange; readonly of: Case; readonly to: Recorder;
  /** By sending time; reactions after what the script sends at the same time. */
  readonly due: Due[]; readonly waiting: Sending[]; readonly filled: Set<string>;
  barIndex: number; reactions: number;
}

const isBefore = (a: Due, b: Due): boolean =>
  a.at !== b.at ? a.at < b.at : Math.abs(a.fraction - b.fraction) > 1e-7 ? a.fraction < b.fraction : a.place < b.place;

function schedule(desk: Desk, due: Due): void {
  let place = desk.due.length;
  while (place > 0 && isBefore(due, desk.due[place - 1]!)) place--;
  desk.due.splice(place, 0, due);
}

/** Sends everything whose sending time has come. */
function sendDue(desk: Desk, at: number, fraction: number): void {
  for (;;) {
    const next = desk.due[0];
    if (next === undefined || next.at > at || (next.at === at && next.fraction > fraction + 1e-7)) return;
    desk.due.shift();
    desk.exchange.send(next.sending.message, next.at + desk.of.latencyMs, next.fraction);
  }
}

/** Messages that wait for a fill of this order are sent when the strategy knows of it. */
function react(desk: Desk, fact: Fact): void {
  if (fact.kind !== 'execution') return;
  const name = fact.order >= 0 ? desk.to.orders[fact.order] ?? '' : fact.cause;
  if (desk.filled.has(name)) return;
  desk.filled.add(name);
  for (const sending of desk.waiting) {
    if (sending.after !== name) continue;
    desk.reactions++;
    schedule(desk, {
      at: fact.at + desk.of.responseLatencyMs, fraction: fact.fraction, place: 1e9 + desk.reactions, sending,
    });
  }
}

function playBar(desk: Desk, closesAt: number): void {
  const { exchange } = desk;
  for (;;) {
    const next = desk.due[0];
    const isInside = next !== undefined && next.at < closesAt;
    if (exchange.advance(isInside ? next.at : closesAt, isInside ? next.fraction : 0)) {
      const facts = exchange.facts.splice(0);
      for (const fact of facts) {
        record(desk.to, fact, desk.barIndex);
        react(desk, fact);
      }
      const last = facts[facts.length - 1];
      if (last !== undefined) sendDue(desk, last.at, last.fraction);
    } else if (isInside) sendDue(desk, next.at, next.fraction);
    else return;
  }
}

function recorderOf(of: Case): Recorder {
  const conditional = new Set<number>();
  for (const { message } of of.script.sendings) {
    if (message.tag === 'submit' && message.triggerTicks > 0) conditional.add(message.order);
  }
  return {
    instrument: of.instrument, orders: of.script.orders, labels: of.script.sendings.map((sending) => sending.label),
    fills: [], statuses: new Map(), answers: [], conditional, realised: 0n, fees: 0n, funding: 0n,
  };
}

function deskOf(of: Case, hasMark: boolean, inside: Inside | null): Desk {
  const whole = createExchange({
    config: of.config, symbols: [{ instrument: of.instrument, leverage: of.leverage, hasMark }], wallet: of.wallet,
  });
  const exchange = inside === null ? whole : onDetail(whole, [inside.last], [inside.children]);
  const desk: Desk = {
    exchange, of, to: recorderOf(of), due: [], waiting: of.script.sendings.filter((sending) => sending.after !== null),
    filled: new Set(), barIndex: 0, reactions: 0,
  };
  of.script.sendings.forEach((sending, place) => {
    if (sending.at !== null) schedule(desk, { at: sending.at, fraction: 0, place, sending });
  });
  for (const { at, rate } of of.funding) exchange.fund(0, at, rate);
  return desk;
}

function playBars(desk: Desk, bars: readonly CaseBar[], mark: readonly CaseBar[]): void {
  const { exchange, of } = desk;
  const ticks = (price: bigint): number => stepsOf(price, of.instrument.tick);
  const markMs = markIntervalOf(mark, bars, of.intervalMs);
  let nextMark = 0;
  bars.forEach((bar, barIndex) => {
    desk.barIndex = barIndex;
    sendDue(desk, bar.at, 0);
    for (let m = mark[nextMark]; m !== undefined && m.at <= bar.at; m = mark[++nextMark]) {
      exchange.openMarkBar(0, m.at, m.at + markMs, ticks(m.open), ticks(m.high), ticks(m.low), ticks(m.close));
    }
    const closesAt = bar.at + of.intervalMs;
    exchange.openBar(0, bar.at, closesAt, ticks(bar.open), ticks(bar.high), ticks(bar.low), ticks(bar.close), bar.volume);
    playBar(desk, closesAt);
  });
}

/** Bad bars stop a case before anything runs. */
export function playCase(of: Case): Played {
  const bars = readBars(of.bars, of.intervalMs, of.isGapFatal);
  if (bars.fault !== null) return { tag: 'error', fault: bars.fault };
  const mark = of.mark === null ? null : readMark(of.mark, bars.bars, of.intervalMs);
  if (mark !== null && mark.fault !== null) return { tag: 'error', fault: mark.fault };
  const inside = readInside(of, bars.bars);
  if (inside !== null && 'fault' in inside) return { tag: 'error', fault: inside.fault };
  const desk = deskOf(of, mark !== null && mark.bars.length > 0, inside);
  playBars(desk, bars.bars, mark?.bars ?? []);
  const { exchange } = desk;
  return {
    tag: 'account', account: accountSeen(desk.to, exchange.wallet, exchange.position(0), exchange.markTicks(0)),
    ambiguousBars: exchange.ambiguousBars,
  };
}
