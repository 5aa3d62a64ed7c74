/**
 * Stage 2: the market book, higher timeframes and indicators of a leg. Only closed bars are known here, and a longer
 * timeframe shows its last closed bar: a bucket ends with its last base bar, or late, when a later bar arrives.
 */
import type { BarClosed, Funding, MarkPrice } from './events.ts';
import { feedBar, feedTimeframe, rollDecision, takeAhead } from './indicators/index.ts';
import { noteBar } from './rules/index.ts';
import type { BarRecord, Leg, State } from './state.ts';
import { addToAggregate, completed, done, endBucket, late } from './timeframe.ts';
import type { Aggregate } from './timeframe.ts';
import { valueOf } from './units.ts';
import { rememberBar } from './view.ts';

/** Written out as one function: each call of a quiet bar is a tenth of what the bar may cost. */
export function takeBar(state: State, leg: Leg, bar: BarClosed): void { // hot
  const { book, aggregates, indicators, decisionAggregate } = leg;
  const { closeTicks } = bar;
  book.lastTicks = closeTicks;
  book.markTicks = closeTicks + book.basisTicks;
  book.lastAt = bar.at;
  if (state.rules !== null) noteBar(state, state.rules, leg, bar);
  if (leg.hold.tag === 'blocked' && leg.hold.cause === 'stale') leg.hold = { tag: 'none' };
  if (leg.rollDue) {
    rollDecision(indicators);
    leg.rollDue = false;
  }
  if (decisionAggregate !== null && endBucket(decisionAggregate, bar.openedAt) === late) endLate(state, leg, decisionAggregate, bar);
  const { plan } = state.setup;
  for (let i = 0; i < aggregates.length; i++) {
    const aggregate = aggregates[i]!;
    if (aggregate !== null) feedLonger(state, leg, i, aggregate, bar);
    else if (indicators.ahead === null) feedBar(plan, indicators, i, bar);
    else takeAhead(indicators, indicators.ahead, bar.openedAt);
  }
  if (decisionAggregate === null) dueWith(state, leg, bar);
  else buildDecisionBar(state, leg, decisionAggregate, bar);
}

/** A base bar into the bar of a longer timeframe. */
function feedLonger(state: State, leg: Leg, timeframe: number, aggregate: Aggregate, bar: BarClosed): void {
  if (endBucket(aggregate, bar.openedAt) === late) feedDone(state, leg, timeframe, aggregate);
  const ended = addToAggregate(
    aggregate, bar.openedAt, bar.openTicks, bar.highTicks, bar.lowTicks, bar.closeTicks, bar.volume,
  );
  if (ended === completed) feedDone(state, leg, timeframe, aggregate);
}

function feedDone(state: State, leg: Leg, timeframe: number, a: Aggregate): void {
  feedTimeframe(
    state.setup.plan, leg.indicators, timeframe,
    a[done.open]!, a[done.high]!, a[done.low]!, a[done.close]!, a[done.volume]!, a[done.openedAt]!,
  );
}

/** A decision bar that ends late is history and the previous bar of the next one, not a reason to decide. */
function endLate(state: State, leg: Leg, aggregate: Aggregate, bar: BarClosed): void {
  fillRecord(state, leg, aggregate);
  rememberBar(leg, leg.decisionBar);
  const { aggregates } = leg;
  for (let i = 0; i < aggregates.length; i++) {
    const longer = aggregates[i]!;
    if (longer !== null && endBucket(longer, bar.openedAt) === late) feedDone(state, leg, i, longer);
  }
  rollDecision(leg.indicators);
}

/** A decision bar of several base bars. */
function buildDecisionBar(state: State, leg: Leg, aggregate: Aggregate, bar: BarClosed): void {
  const ended = addToAggregate(
    aggregate, bar.openedAt, bar.openTicks, bar.highTicks, bar.lowTicks, bar.closeTicks, bar.volume,
  );
  if (ended !== completed) return;
  fillRecord(state, leg, aggregate);
  dueWith(state, leg, leg.decisionBar);
}

function fillRecord(state: State, leg: Leg, a: Aggregate): void {
  const { tick } = state.setup.instruments[leg.symbol]!;
  const record = leg.decisionBar;
  record.openedAt = a[done.openedAt]!;
  record.closedAt = record.openedAt + state.setup.decisionMs;
  record.open = valueOf(a[done.open]!, tick);
  record.high = valueOf(a[done.high]!, tick);
  record.low = valueOf(a[done.low]!, tick);
  record.close = valueOf(a[done.close]!, tick);
  record.volume = a[done.volume]!;
}

/** Several legs wait together for their cycle, and the shell reuses its record: each keeps a bar of its own. */
function dueWith(state: State, leg: Leg, record: BarRecord): void { // hot
  if (state.legs.length > 1 && record !== leg.decisionBar) copyBar(record, leg.decisionBar);
  else {
    const scene = state.views.scenes[leg.index]!;
    if (scene.bar !== record) scene.bar = record;
  }
  rememberBar(leg, record);
  leg.isDue = true;
  leg.rollDue = true;
}

function copyBar(from: BarRecord, out: BarRecord): void { // hot
  out.openedAt = from.openedAt;
  out.closedAt = from.closedAt;
  out.open = from.open;
  out.high = from.high;
  out.low = from.low;
  out.close = from.close;
  out.volume = from.volume;
}

/** The mark as told; between two words of it the mark moves with the last price. */
export function takeMark(leg: Leg, event: MarkPrice): void {
  leg.book.markTicks = event.markTicks;
  leg.book.basisTicks = Number.isNaN(leg.book.lastTicks) ? 0 : event.markTicks - leg.book.lastTicks;
}

export function takeFunding(leg: Leg, event: Funding): void {
  leg.fundingRate = event.rate;
  leg.fundingAt = event.settledAt;
  leg.fundingNextAt = event.nextAt;
}
