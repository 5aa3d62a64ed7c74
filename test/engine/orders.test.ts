/** Orders from sent to done, one by one, as a venue tells them: what is sent, what stands, what waits, what is late. */
import { describe, expect, it } from 'vitest';
import { deadlineOf } from '../../engine/index.ts';
import { cancelOrder, doubt, sendReduce } from '../../engine/orders.ts';
import { bid, buy, cancelEntry, fiveLong, long, Talk } from './talk.ts';
import type { Want } from './talk.ts';

const query = { tag: 'query-account', leg: 0 };
const cancelOf = (order: number) => ({ tag: 'cancel', leg: 0, order });
const at = (price: number, own: object = {}): Want => ({ intents }) =>
  intents.enter({ side: 'long', at: 'limit', price, qty: 5, stop: 80, validFor: 9, ...own });
const reverse: Want = ({ intents }) => intents.reverse({ side: 'short', qty: 4, stop: 120, reason: 'turned' });

/** A bid of 5 at 95 that stands, order 1. */
function standing(): Talk {
  const talk = new Talk();
  talk.decide(bid);
  talk.accept(1);
  return talk;
}

describe('an entry', () => {
  it('leaves with its terms and the stop that rides on it', () => {
    const talk = new Talk();

    expect(talk.decide(bid).commands).toEqual([{
      tag: 'enter', leg: 0, order: 1, side: 1, lots: 5, type: 'limit', priceTicks: 95, triggerTicks: 0, triggerBy: 'last',
      triggerDirection: 0, timeInForce: 'GTC', stopTicks: 80, stopBy: 'mark',
    }]);
    expect(talk.order(1)).toMatchObject({ state: { tag: 'sent', since: talk.now }, attempt: 1, attemptAt: talk.now, filled: 0, isUnwanted: false });
    expect(deadlineOf(talk.state)).toBe(talk.now + 10_000);
  });

  it('is working once accepted, and waits for nothing then', () => {
    const talk = new Talk();
    talk.decide(bid);
    talk.pass(40);
    talk.accept(1);

    expect(talk.order(1).state).toEqual({ tag: 'working', since: talk.now });
    expect(deadlineOf(talk.state)).toBe(Infinity);
  });

  it('accepted twice is accepted once', () => {
    const talk = standing();
    const { since } = talk.order(1).state;
    talk.pass(500);
    talk.accept(1);

    expect(talk.order(1).state.since).toBe(since);
  });

  it('whose acceptance got lost is working with its change at the venue', () => {
    const talk = new Talk();
    talk.decide(bid);
    talk.tell({ tag: 'order-changed', order: 1, change: 'untriggered', lots: 5 as never, priceTicks: 0 });

    expect(talk.order(1).state.tag).toBe('working');
    expect(talk.order(1)).toMatchObject({ lots: 5, priceTicks: 95 });
  });

  it('amended at the venue to 3 at 94 has those terms; without a price it keeps the one it has', () => {
    const talk = standing();
    talk.tell({ tag: 'order-changed', order: 1, change: 'amended', lots: 3 as never, priceTicks: 94 });
    expect(talk.order(1)).toMatchObject({ lots: 3, priceTicks: 94, state: { tag: 'working' } });

    talk.tell({ tag: 'order-changed', order: 1, change: 'amended', lots: 4 as never, priceTicks: 0 });
    expect(talk.order(1)).toMatchObject({ lots: 4, priceTicks: 94 });

    talk.tell({ tag: 'order-changed', order: 1, change: 'triggered', lots: 1 as never, priceTicks: 1 });
    expect(talk.order(1)).toMatchObject({ lots: 4, priceTicks: 94 });
  });

  it('unknown and then changed, or filled in part, is there', () => {
    for (const show of [
      (talk: Talk) => talk.tell({ tag: 'order-changed', order: 1, change: 'untriggered', lots: 5 as never, priceTicks: 0 }),
      (talk: Talk) => talk.fill(1, { side: 1, lots: 1, priceTicks: 95, leaves: 4 }),
    ]) {
      const talk = new Talk();
      talk.decide(bid);
      talk.wait(10_000);
      show(talk);

      expect(talk.order(1).state).toEqual({ tag: 'working', since: talk.now });
    }
  });

  it('changed while it is being cancelled goes on being cancelled', () => {
    const talk = standing();
    talk.decide(cancelEntry);
    talk.tell({ tag: 'order-changed', order: 1, change: 'triggered', lots: 5 as never, priceTicks: 95 });

    expect(talk.order(1).state.tag).toBe('cancelling');
  });

  it('that is not known changes nothing by being changed', () => {
    const talk = new Talk();

    expect(talk.tell({ tag: 'order-changed', order: 7, change: 'amended', lots: 3 as never, priceTicks: 94 }).commands).toEqual([]);
    expect(talk.orders).toEqual([]);
  });

  it('refused leaves with a note, counts as one refusal by its reason, and does not come back', () => {
    const talk = new Talk();
    talk.decide(bid);
    const order = talk.order(1);
    const { commands, notes } = talk.tell({ tag: 'order-rejected', order: 1, reason: 'insufficient-margin' });

    expect(commands).toEqual([]);
    expect(notes).toEqual([{ tag: 'order-ended', at: talk.now, order, outcome: 'rejected', reason: 'insufficient-margin' }]);
    expect(order.state).toEqual({ tag: 'done', outcome: 'rejected', since: talk.now });
    expect(talk.orders).toEqual([]);
    expect(talk.leg.buried).toEqual([]);
    expect(talk.state.refusals).toEqual({ 'venue-insufficient-margin': 1 });

    talk.tell({ tag: 'order-rejected', order: 1, reason: 'insufficient-margin' });
    expect(talk.state.refusals).toEqual({ 'venue-insufficient-margin': 1 });
    expect(talk.leg.query.tag).toBe('none');
  });

  it('refused twice by two orders counts 2', () => {
    const talk = new Talk();
    for (const order of [1, 2]) {
      talk.decide(bid);
      talk.tell({ tag: 'order-rejected', order, reason: 'other' });
    }

    expect(talk.state.refusals).toEqual({ 'venue-other': 2 });
  });

  it('refused because there is no position is put to the venue as a question', () => {
    const talk = new Talk();
    talk.decide(bid);

    expect(talk.tell({ tag: 'order-rejected', order: 1, reason: 'no-position' }).commands).toEqual([query]);
  });
});

describe('invariant 1: an order keeps what it filled', () => {
  it('in parts of 2 and 3: it is working between them and filled after', () => {
    const talk = new Talk();
    talk.decide(bid);
    const order = talk.order(1);
    talk.fill(1, { side: 1, lots: 2, priceTicks: 95, leaves: 3 });
    expect(order).toMatchObject({ filled: 2, state: { tag: 'working', since: talk.now } });

    const { notes } = talk.fill(1, { side: 1, lots: 3, priceTicks: 95 });
    expect(order).toMatchObject({ filled: 5, state: { tag: 'done', outcome: 'filled' } });
    expect(notes).toContainEqual({ tag: 'order-ended', at: talk.now, order, outcome: 'filled', reason: 'filled' });
    expect(talk.orders).toEqual([]);
    expect(talk.leg.buried).toEqual([]);
    expect(talk.lots).toBe(5);
  });

  it('cancelled with 2 of 5 filled and told: the 2 are kept, the rest is free', () => {
    const talk = standing();
    const order = talk.order(1);
    talk.fill(1, { side: 1, lots: 2, priceTicks: 95, leaves: 3 });
    const { commands, notes } = talk.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 2 });

    expect(commands).toEqual([]);
    expect(notes).toEqual([{ tag: 'order-ended', at: talk.now, order, outcome: 'cancelled', reason: 'venue' }]);
    expect(order).toMatchObject({ filled: 2 });
    expect(talk.lots).toBe(2);
    expect(talk.leg.buried).toEqual([]);
  });

  it('expired is noted as expired', () => {
    const talk = standing();
    const order = talk.order(1);

    expect(talk.tell({ tag: 'order-expired', order: 1, filled: 0 }).notes).toEqual([
      { tag: 'order-ended', at: talk.now, order, outcome: 'expired', reason: 'expired' },
    ]);
  });

  it('cancelled with 2 filled of which none was told: the venue is asked, the fill that comes late opens and is protected', () => {
    const talk = standing();
    const { commands } = talk.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 2 });
    expect(commands).toEqual([query]);
    expect(talk.orders).toEqual([]);
    expect(talk.leg.buried).toMatchObject([{ order: { id: 1, state: { outcome: 'cancelled' } }, until: talk.now + 86_400_000, filled: 2 }]);

    talk.fill(1, { side: 1, lots: 2, priceTicks: 95, leaves: 3 });
    expect(talk.order(1).filled).toBe(2);
    expect(talk.position).toMatchObject({ lots: 2, plannedLots: 2, adopted: false, wantedStop: 80, protection: { tag: 'requested', trigger: 80 } });
    expect(talk.orders).toEqual([]);
  });

  it('whose last fill came first is recognised when the first comes: 3 of 5 with nothing left, then 2', () => {
    const talk = standing();
    const { commands } = talk.fill(1, { side: 1, lots: 3, priceTicks: 95, leaves: 0 });
    expect(commands).toContainEqual(query);
    expect(talk.leg.buried).toMatchObject([{ order: { id: 1, filled: 3, state: { outcome: 'filled' } }, filled: 5 }]);

    talk.fill(1, { side: 1, lots: 2, priceTicks: 95, leaves: 2 });
    expect(talk.position).toMatchObject({ lots: 5, plannedLots: 5 });
    expect(talk.order(1).filled).toBe(5);
  });

  it('over by the venue\'s word stays over when its acceptance comes last', () => {
    const talk = new Talk();
    talk.decide(bid);
    talk.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 2 });

    expect(talk.accept(1).commands).toEqual([]);
    expect(talk.orders).toEqual([]);
    expect(talk.order(1).state).toMatchObject({ tag: 'done', outcome: 'cancelled' });
  });

  it('cancelled by a message that comes twice, the second with more filled: the venue is asked again', () => {
    const talk = standing();
    talk.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 2 });
    talk.fill(1, { side: 1, lots: 2, priceTicks: 95, leaves: 3 });
    talk.tell({ tag: 'account-snapshot', takenAt: talk.now, position: 'unknown', stop: 'unknown', openOrders: 'unknown', ended: 'unknown', executions: 'unknown', markTicks: NaN, lastTicks: NaN });
    talk.pass(1);

    expect(talk.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 2 }).commands).toEqual([]);
    expect(talk.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 3 }).commands).toEqual([query]);
    expect(talk.leg.buried).toMatchObject([{ filled: 3 }]);
    talk.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 1 });
    expect(talk.leg.buried).toMatchObject([{ filled: 3 }]);
  });

  it('that nobody knows ends without a word', () => {
    const talk = new Talk();

    expect(talk.tell({ tag: 'order-cancelled', order: 9, cause: 'venue', filled: 3 })).toEqual({ commands: [], notes: [] });
  });
});

describe('while fills are owed', () => {
  it.each([[14_999, 0], [15_000, 1]])('an entry %i ms after the word of the venue: %i leave', (later, count) => {
    const talk = standing();
    talk.pass(60_000 - later);
    talk.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 2 });

    expect(talk.decide(bid).commands.filter(({ tag }) => tag === 'enter')).toHaveLength(count);
  });

  it('a bid at the next close, 5 s later, is refused: fills are missing', () => {
    const talk = standing();
    talk.pass(55_000);
    talk.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 2 });

    expect(talk.decide(bid).commands).toEqual([]);
    expect(talk.state.refusals).toEqual({ 'fills-missing': 1 });
  });

  it('and told, an entry leaves again as ever', () => {
    const talk = standing();
    talk.pass(55_000);
    talk.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 2 });
    talk.fill(1, { side: 1, lots: 2, priceTicks: 95, leaves: 3 });
    talk.tell({ tag: 'execution', ...closing(talk, 2) });

    expect(talk.decide(bid).commands).toMatchObject([{ tag: 'enter' }]);
  });
});

function closing(talk: Talk, lots: number) {
  return {
    order: -1, id: 'x', cause: 'stop', side: -1, lots: lots as never, priceTicks: 80, value: talk.instrument.unitMoney * 80n * BigInt(lots),
    fee: 0n, liquidity: 'taker', leavesLots: 0,
  } as const;
}

describe('a cancel', () => {
  it('leaves once, however often it is wanted, and has 10 s to be answered', () => {
    const talk = standing();
    talk.pass(1);

    expect(talk.decide(cancelEntry).commands).toEqual([cancelOf(1)]);
    expect(talk.order(1)).toMatchObject({ isUnwanted: true, state: { tag: 'cancelling', since: talk.now } });
    expect(deadlineOf(talk.state)).toBe(talk.now + 10_000);
    expect(talk.decide(cancelEntry).commands).toEqual([]);
  });

  it('of an order that was never answered leaves too, and its late acceptance changes nothing', () => {
    const talk = new Talk();
    talk.decide(bid);
    expect(talk.decide(cancelEntry).commands).toEqual([cancelOf(1)]);

    expect(talk.accept(1).commands).toEqual([]);
    expect(talk.order(1).state.tag).toBe('cancelling');
  });

  it('of an unknown order leaves once and leaves it unknown; standing after all it is cancelled there', () => {
    const talk = new Talk();
    talk.decide(bid);
    talk.wait(10_000);
    expect(talk.order(1).state.tag).toBe('unknown');

    expect(talk.decide(cancelEntry).commands).toEqual([cancelOf(1)]);
    expect(talk.order(1)).toMatchObject({ isUnwanted: true, state: { tag: 'unknown' } });
    expect(talk.decide(cancelEntry).commands).toEqual([]);

    expect(talk.accept(1).commands).toEqual([cancelOf(1)]);
    expect(talk.order(1)).toMatchObject({ isUnwanted: true, state: { tag: 'cancelling', since: talk.now } });
  });

  it('that comes too late: the fill counts, the entry is filled', () => {
    const talk = standing();
    talk.decide(cancelEntry);
    talk.fill(1, { side: 1, lots: 5, priceTicks: 95 });

    expect(talk.orders).toEqual([]);
    expect(talk.position).toMatchObject({ lots: 5, protection: { tag: 'requested', trigger: 80 } });
  });

  it('under way stays so through a partial fill', () => {
    const talk = standing();
    talk.decide(cancelEntry);
    talk.fill(1, { side: 1, lots: 2, priceTicks: 95, leaves: 3 });

    expect(talk.order(1)).toMatchObject({ filled: 2, state: { tag: 'cancelling' } });
  });
});

describe('invariant 2: one attempt of an intent stands', () => {
  it('an entry of another size waits until the one before is cancelled', () => {
    const talk = standing();
    expect(talk.decide(at(95, { qty: 7 })).commands).toEqual([cancelOf(1)]);
    expect(talk.leg.staged).toMatchObject({ after: 1, until: 'done', order: { id: 2, lots: 7 } });

    talk.accept(1);
    expect(talk.leg.staged).not.toBeNull();
    expect(talk.tell({ tag: 'order-cancelled', order: 1, cause: 'requested', filled: 0 }).commands).toMatchObject([{ tag: 'enter', order: 2, lots: 7 }]);
    expect(talk.leg.staged).toBeNull();
    expect(talk.order(2).attemptAt).toBe(talk.now);
    expect(deadlineOf(talk.state)).toBe(talk.now + 10_000);
  });

  it('the end of another order that stands ends that one, and does not release what waits', () => {
    const talk = new Talk();
    talk.decide(({ intents }) => intents.all(
      intents.rest([{ key: 'a', side: 'buy', price: 90, qty: 1 }, { key: 'b', side: 'buy', price: 89, qty: 1 }], { long: 80 }),
      intents.enter({ side: 'long', at: 'limit', price: 95, qty: 5, stop: 80, validFor: 9 }),
    ));
    for (const { id } of talk.orders) talk.accept(id);
    const entry = talk.orders.find(({ role }) => role === 'entry')!;
    const other = talk.orders.find(({ key }) => key === 'b')!;
    talk.decide(at(95, { qty: 7 }));
    talk.tell({ tag: 'order-cancelled', order: other.id, cause: 'venue', filled: 0 });

    expect(talk.leg.staged).toMatchObject({ after: entry.id });
    expect(talk.orders.map(({ id }) => id)).not.toContain(other.id);
    expect(talk.orders).toHaveLength(2);
  });

  it('the answer of another order does not release it', () => {
    const talk = standing();
    talk.decide(at(95, { qty: 7 }));

    expect(talk.tell({ tag: 'order-cancelled', order: 9, cause: 'requested', filled: 0 }).commands).toEqual([]);
    expect(talk.leg.staged).not.toBeNull();
  });

  it('one that filled meanwhile drops what waited: overtaken, stored and counted', () => {
    const talk = standing();
    talk.decide(at(95, { qty: 7 }));
    const { commands, notes } = talk.fill(1, { side: 1, lots: 5, priceTicks: 95 });

    expect(commands.map(({ tag }) => tag)).not.toContain('enter');
    expect(notes).toContainEqual({
      tag: 'decision', at: talk.now, leg: 0, intent: 'enter', outcome: 'refused', reason: 'overtaken', priceTicks: 95, stopTicks: 80, lots: 7, inputs: '',
    });
    expect(talk.state.refusals).toEqual({ overtaken: 1 });
    expect(talk.leg.staged).toBeNull();
  });

  it('one that filled in part before its cancel drops it too, told or not', () => {
    for (const told of [true, false]) {
      const talk = standing();
      talk.decide(at(95, { qty: 7 }));
      if (told) talk.fill(1, { side: 1, lots: 2, priceTicks: 95, leaves: 3 });
      const { commands } = talk.tell({ tag: 'order-cancelled', order: 1, cause: 'requested', filled: 2 });

      expect(commands).toEqual(told ? [] : [query]);
      expect(talk.state.refusals).toEqual({ overtaken: 1 });
    }
  });

  it('one that was refused makes room', () => {
    const talk = new Talk();
    talk.decide(bid);
    talk.decide(at(95, { qty: 7 }));

    expect(talk.tell({ tag: 'order-rejected', order: 1, reason: 'other' }).commands).toMatchObject([{ tag: 'enter', order: 2 }]);
  });

  it('what waits behind a lost cancel is dropped at the close that ends its time', () => {
    const talk = standing();
    talk.decide(at(95, { qty: 7, validFor: 2 }));
    expect(talk.decide().notes).toEqual([]);
    expect(talk.leg.staged).not.toBeNull();

    expect(talk.decide().notes).toMatchObject([{ tag: 'decision', reason: 'overtaken', lots: 7 }]);
    expect(talk.leg.staged).toBeNull();
    expect(talk.tell({ tag: 'order-cancelled', order: 1, cause: 'requested', filled: 0 }).commands).toEqual([]);
  });

  it('an unknown entry wanted anew is cancelled where it is, and the new one waits for proof', () => {
    const talk = new Talk();
    talk.decide(bid);
    talk.wait(10_000);

    expect(talk.decide(bid).commands).toEqual([cancelOf(1)]);
    expect(talk.leg.staged).toMatchObject({ after: 1, order: { id: 2 } });
    expect(talk.orders).toHaveLength(1);

    talk.reading();
    expect(talk.leg.staged).not.toBeNull();
    talk.pass(1);
    const { commands } = talk.reading();
    expect(commands).toMatchObject([{ tag: 'enter', order: 2 }]);
    expect(talk.orders.map(({ id }) => id)).toEqual([2]);
  });

  it('a halt drops what waits', () => {
    const talk = standing();
    talk.decide(at(95, { qty: 7 }));
    talk.tell({ tag: 'operator', verb: 'halt' });

    expect(talk.tell({ tag: 'order-cancelled', order: 1, cause: 'requested', filled: 0 }).commands).toEqual([]);
    expect(talk.leg.staged).toBeNull();
  });

  it('a restart drops what waits: nothing leaves while the one before is unknown', () => {
    const talk = standing();
    talk.decide(at(95, { qty: 7 }));
    talk.restart();

    expect(talk.orders.map(({ id }) => id)).toEqual([1]);
    expect(talk.order(1).state).toMatchObject({ tag: 'unknown', cause: 'restart' });
    expect(talk.leg.staged).toBeNull();
    expect(talk.state.refusals).toEqual({ overtaken: 1 });
  });
});

describe('a reversal', () => {
  const turning = (): Talk => {
    const talk = long();
    expect(talk.decide(reverse).commands).toEqual([
      { tag: 'reduce', leg: 0, order: 3, side: -1, lots: 5, type: 'market', priceTicks: 0, timeInForce: 'IOC', reduceOnly: true },
    ]);
    return talk;
  };

  it('sends its entry when the exit is accepted', () => {
    const talk = turning();

    expect(talk.accept(3).commands).toMatchObject([{ tag: 'enter', order: 2, side: -1, lots: 4, stopTicks: 120 }]);
  });

  it('sends its entry when the exit is filled without an acceptance', () => {
    const talk = turning();

    expect(talk.fill(3, { side: -1, lots: 5 }).commands).toMatchObject([{ tag: 'enter', order: 2 }]);
  });

  it('sends its entry when a change of the exit shows that it is there', () => {
    const talk = turning();

    expect(talk.tell({ tag: 'order-changed', order: 3, change: 'triggered', lots: 5 as never, priceTicks: 0 }).commands).toMatchObject([{ tag: 'enter', order: 2 }]);
  });

  it('whose exit is refused stays out of the other side, and goes on leaving by the reason of the reversal', () => {
    const talk = turning();
    const { commands } = talk.tell({ tag: 'order-rejected', order: 3, reason: 'other' });

    expect(commands).toEqual([query]);
    expect(talk.state.refusals).toEqual({ 'venue-other': 1, overtaken: 1 });
    expect(talk.position).toMatchObject({ leaving: 'turned', rung: 'market', exitAt: talk.now + 1_000 });
    talk.reading(fiveLong);
    expect(talk.wait(1_000).commands).toMatchObject([{ tag: 'reduce', order: 4, lots: 5, type: 'market' }]);
  });

  it('without a reason leaves by its name', () => {
    const talk = long();
    talk.decide(({ intents }) => intents.reverse({ side: 'short', qty: 4, stop: 120 }));
    talk.tell({ tag: 'order-rejected', order: 3, reason: 'other' });

    expect(talk.position.leaving).toBe('reverse');
  });

  it('whose exit the venue cancels without a fill is as one refused; with a fill the entry goes', () => {
    const none = turning();
    none.tell({ tag: 'order-cancelled', order: 3, cause: 'venue', filled: 0 });
    expect(none.position.leaving).toBe('turned');
    expect(none.orders).toEqual([]);

    const some = turning();
    some.tell({ tag: 'execution', ...closing(some, 2), order: 3, leavesLots: 3 });
    expect(some.tell({ tag: 'order-cancelled', order: 3, cause: 'venue', filled: 2 }).commands).toMatchObject([{ tag: 'enter', order: 2 }]);
    expect(some.position.leaving).toBe('');
  });

  it('whose exit filled by the venue\'s word, untold, sends its entry and asks for the fills', () => {
    const talk = turning();

    expect(talk.tell({ tag: 'order-cancelled', order: 3, cause: 'no-volume', filled: 5 }).commands).toMatchObject([query, { tag: 'enter', order: 2 }]);
  });

  it('overtaken by a halt is only an exit', () => {
    const talk = turning();
    talk.tell({ tag: 'operator', verb: 'halt' });

    expect(talk.accept(3).commands).toEqual([]);
    expect(talk.position.leaving).toBe('');
  });

  it('overtaken twice counts 2', () => {
    const talk = standing();
    for (let i = 0; i < 2; i++) {
      talk.decide(at(95, { qty: 7 + i, validFor: 1 }));
      talk.decide();
    }

    expect(talk.state.refusals).toEqual({ overtaken: 2 });
  });

  it('whose time is over before its exit is heard of does not turn any more, and still leaves', () => {
    const talk = turning();

    expect(talk.decide().notes).toMatchObject([{ tag: 'decision', reason: 'overtaken' }]);
    expect(talk.position).toMatchObject({ leaving: 'turned', rung: 'market' });
    expect(talk.wait(1).commands).toContainEqual(expect.objectContaining({ tag: 'reduce', order: 3, lots: 5 }));
    expect(talk.accept(3).commands).toEqual([]);
  });
});

describe('what waits', () => {
  it('for a lost cancel leaves the position alone when it is dropped', () => {
    const talk = long();
    const add: Want = ({ intents }) => intents.add({ at: 'limit', price: 95, qty: 1 });
    talk.decide(add);
    talk.accept(2);
    talk.decide(({ intents }) => intents.add({ at: 'limit', price: 95, qty: 2 }));
    expect(talk.leg.staged).toMatchObject({ until: 'done' });
    talk.decide();

    expect(talk.leg.staged).toBeNull();
    expect(talk.position.leaving).toBe('');
  });
});

describe('the makers of orders', () => {
  const wish = { role: 'exit', lots: 5, priceTicks: 0, key: '', reason: 'x' } as const;
  const out = () => ({ commands: [], notes: [] });

  it('reduce nothing without a position, nor by no lots', () => {
    const flat = new Talk();
    const held = long();
    const made = out();

    expect(sendReduce(flat.state, flat.leg, wish, made)).toBeNull();
    expect(sendReduce(held.state, held.leg, { ...wish, lots: 0 }, made)).toBeNull();
    expect(sendReduce(held.state, held.leg, { ...wish, lots: -1 }, made)).toBeNull();
    expect(made.commands).toEqual([]);
  });

  it('reduce a short by buying, in the time in force that was asked for', () => {
    const talk = new Talk();
    talk.decide(({ intents }) => intents.enter({ side: 'short', qty: 5, stop: 120 }));
    talk.fill(1, { side: -1, lots: 5 });

    expect(sendReduce(talk.state, talk.leg, wish, out())).toMatchObject({ side: 1, type: 'market', timeInForce: 'IOC', priceTicks: 0, referenceTicks: 100 });
    expect(sendReduce(talk.state, talk.leg, { ...wish, priceTicks: 90 }, out())).toMatchObject({ type: 'limit', timeInForce: 'GTC', priceTicks: 90, referenceTicks: 90 });
    expect(sendReduce(talk.state, talk.leg, { ...wish, priceTicks: 90, timeInForce: 'IOC' }, out())).toMatchObject({ timeInForce: 'IOC' });
  });

  it('doubt an order once: what is unknown keeps its cause, its time and its absences', () => {
    const talk = standing();
    doubt(talk.order(1), 'restart', 7);
    doubt(talk.order(1), 'no-answer', 9);

    expect(talk.order(1).state).toEqual({ tag: 'unknown', cause: 'restart', since: 7, absences: 0, absentAt: 0 });
  });

  it('cancel nothing that is over', () => {
    const talk = standing();
    const order = talk.order(1);
    talk.tell({ tag: 'order-cancelled', order: 1, cause: 'venue', filled: 0 });
    const made = out();
    cancelOrder(talk.state, talk.leg, order, made);

    expect(made.commands).toEqual([]);
    expect(order.isUnwanted).toBe(false);
  });
});

describe('an exit', () => {
  const out: Want = ({ intents }) => intents.exit('enough');

  it('without volume waits for the next bar; cancelled as wanted it goes on at once; by the venue after 1 s', () => {
    for (const [cause, now, later] of [['no-volume', 0, 0], ['requested', 1, 0], ['venue', 0, 1]] as const) {
      const talk = long();
      talk.decide(out);
      talk.accept(2);
      const reductions = (told: { readonly commands: readonly { readonly tag: string }[] }) => told.commands.filter(({ tag }) => tag === 'reduce').length;

      expect(reductions(talk.tell({ tag: 'order-cancelled', order: 2, cause, filled: 0 }))).toBe(now);
      talk.reading(fiveLong);
      expect(reductions(talk.wait(1_000))).toBe(later);
      if (cause === 'no-volume') expect(reductions(talk.decide())).toBe(1);
    }
  });

  it('partly filled 2 of 5 stays for the rest, and its last fill makes the leg flat', () => {
    const talk = long();
    talk.decide(out);
    talk.fill(2, { side: -1, lots: 2, leaves: 3 });
    expect(talk.order(2)).toMatchObject({ filled: 2, state: { tag: 'working' } });
    talk.fill(2, { side: -1, lots: 3 });

    expect(talk.lots).toBe(0);
    expect(talk.orders).toEqual([]);
    expect(talk.leg.query.tag).toBe('none');
  });

  it('cut to the position by the venue is filled with less than it asked for', () => {
    const talk = long();
    talk.decide(out);
    talk.tell({ tag: 'execution', ...closing(talk, 3) });
    expect(talk.lots).toBe(2);
    talk.fill(2, { side: -1, lots: 2 });

    expect(talk.lots).toBe(0);
    expect(talk.leg.query.tag).toBe('none');
    expect(talk.leg.buried).toEqual([]);
  });

  it('whose last fill of 3 came before the first of 2 leaves 2 in the books: the venue is asked, the late one closes', () => {
    const talk = long();
    talk.decide(out);
    const { commands } = talk.fill(2, { side: -1, lots: 3, leaves: 0 });
    expect(commands).toContainEqual(query);
    expect(talk.leg.buried).toMatchObject([{ order: { id: 2 }, filled: 5 }]);

    const { notes } = talk.fill(2, { side: -1, lots: 2, leaves: 3 });
    expect(notes).toContainEqual(expect.objectContaining({ tag: 'trade', exitReason: 'enough' }));
    expect(talk.lots).toBe(0);
  });

  it('that filled before its entry was told is not a position of somebody else: asked for, with 10 s to hear of the rest', () => {
    const talk = new Talk({ adopt: { positions: 'refuse' } });
    talk.decide(buy);
    talk.accept(1);
    talk.fill(1, { side: 1, lots: 2, leaves: 3 });
    talk.decide(out);
    talk.accept(2);
    const { commands } = talk.fill(2, { side: -1, lots: 5 });

    expect(talk.lots).toBe(-3);
    expect(commands).toEqual([query]);
    expect(talk.state.mode.tag).toBe('trading');
    expect(talk.position).toMatchObject({ protectBy: talk.now + 10_000, adopted: false, protection: { tag: 'unprotected', cause: 'new' } });
    talk.fill(1, { side: 1, lots: 3 });
    expect(talk.lots).toBe(0);
  });

  it('is measured against the last price, takes its reason to the trade, and slippage with it', () => {
    const talk = long();
    talk.decide(out, 104);
    expect(talk.order(2)).toMatchObject({ referenceTicks: 104, reason: 'enough', role: 'exit', key: '', terms: null, sentAt: talk.now, attempt: 1 });
    const { notes } = talk.fill(2, { side: -1, lots: 5, priceTicks: 103 });

    expect(notes).toContainEqual(expect.objectContaining({ tag: 'trade', exitReason: 'enough', exitTicks: 103, slippage: 5 }));
  });
});

describe('a target', () => {
  const withTarget: Want = ({ intents }) => intents.enter({ side: 'long', qty: 5, stop: 80, targets: [{ price: 110, fraction: 1 }] });
  const targeted = (): Talk => {
    const talk = new Talk();
    talk.decide(withTarget);
    talk.accept(1);
    expect(talk.fill(1, { side: 1, lots: 5 }).commands).toContainEqual(
      { tag: 'reduce', leg: 0, order: 2, side: -1, lots: 5, type: 'limit', priceTicks: 110, timeInForce: 'GTC', reduceOnly: true });
    return talk;
  };

  it('is measured against its own price', () => {
    const talk = targeted();

    expect(talk.order(2)).toMatchObject({ role: 'target', key: 't1.0', referenceTicks: 110, reason: 'target' });
  });

  it.each(['rejected', 'cancelled', 'expired', 'not-applied'] as const)('%s by the venue is placed again at the next close', (how) => {
    const talk = targeted();
    if (how === 'rejected') talk.tell({ tag: 'order-rejected', order: 2, reason: 'other' });
    else if (how === 'not-applied') talk.tell({ tag: 'request-failed', order: 2, of: 'reduce', certainty: 'not-applied', reason: 'busy' });
    else if (how === 'expired') talk.tell({ tag: 'order-expired', order: 2, filled: 0 });
    else talk.tell({ tag: 'order-cancelled', order: 2, cause: 'venue', filled: 0 });

    expect(talk.decide().commands).toMatchObject([{ tag: 'reduce', order: 3, lots: 5, priceTicks: 110 }]);
  });

  it('taken away by the strategy is not', () => {
    const talk = targeted();
    talk.accept(2);
    expect(talk.decide(({ intents }) => intents.setTargets([])).commands).toEqual([cancelOf(2)]);
    talk.tell({ tag: 'order-cancelled', order: 2, cause: 'requested', filled: 0 });

    expect(talk.decide().commands).toEqual([]);
    expect(talk.position.areTargetsDue).toBe(false);
  });

  it('filled counts for its key only', () => {
    const talk = new Talk();
    talk.decide(({ intents }) => intents.enter({ side: 'long', qty: 5, stop: 80, targets: [{ price: 110, fraction: 0.4 }, { price: 120, fraction: 0.6 }] }));
    talk.fill(1, { side: 1, lots: 5 });
    talk.fill(2, { side: -1, lots: 2, priceTicks: 110 });

    expect(talk.position.targets).toMatchObject([{ key: 't1.0', filled: 2 }, { key: 't1.1', filled: 0 }]);
  });
});

describe('a limit that fills better than its price', () => {
  it('has no slippage; one that fills worse has: 5 lots bid at 95, bought at 93 and at 96', () => {
    const better = standing();
    better.fill(1, { side: 1, lots: 5, priceTicks: 93 });
    expect(better.position.trade.slippage).toBe(0);

    const worse = standing();
    worse.fill(1, { side: 1, lots: 5, priceTicks: 96 });
    expect(worse.position.trade.slippage).toBe(5);
  });
});

describe('an order at market', () => {
  it('has slippage both ways: 5 lots wanted at 100, bought at 98, gained 10; the reason of the entry is that of the trade', () => {
    const talk = new Talk();
    talk.decide(({ intents }) => intents.enter({ side: 'long', qty: 5, stop: 80, reason: 'because' }));
    talk.fill(1, { side: 1, lots: 5, priceTicks: 98 });

    expect(talk.position.trade).toMatchObject({ slippage: -10, entryReason: 'because' });
  });
});

describe('a stop that the venue fired', () => {
  it('is measured against its trigger: 5 lots at 78 with the stop at 80 lost 10 by slippage', () => {
    const talk = long();
    const { notes } = talk.tell({ tag: 'execution', ...closing(talk, 5), priceTicks: 78 });

    expect(notes).toContainEqual(expect.objectContaining({ tag: 'trade', exitReason: 'stop', slippage: 10 }));
  });

  it('is measured against nothing when no trigger is known, nor for another cause', () => {
    const talk = long();
    const { notes } = talk.tell({ tag: 'execution', ...closing(talk, 5), cause: 'adl', priceTicks: 78 });

    expect(notes).toContainEqual(expect.objectContaining({ tag: 'trade', exitReason: 'adl', slippage: 0 }));
  });
});

describe('what the strategy sees of an unknown entry', () => {
  it('is a working one, and an ending one once it is to be cancelled, heard of or not', () => {
    const talk = new Talk();
    const seen: unknown[] = [];
    const see = (then: Want): Want => (scene) => {
      seen.push(scene.entry.tag);
      return then(scene);
    };
    talk.decide(bid);
    talk.wait(10_000);
    talk.decide(see(cancelEntry));
    talk.decide(see(({ intents }) => intents.hold));

    expect(seen).toEqual(['working', 'ending']);
    expect(talk.order(1).state.tag).toBe('unknown');
  });

  it('ends with its time: after 1 bar it is cancelled although nobody knows whether it is there', () => {
    const talk = new Talk();
    talk.decide(at(95, { validFor: 1 }));
    talk.wait(10_000);

    expect(talk.decide().commands).toEqual([cancelOf(1)]);
    expect(talk.decide().commands).toEqual([]);
  });

  it('counts as exposure: of 10,000 at 1 x a bid of 60 lots at 95 leaves room for 45', () => {
    const talk = new Talk({ risk: { maxLeverage: 1, maxOpenRisk: 1 } });
    const set = (lots: number): Want => ({ intents }) => intents.rest([
      { key: 'a', side: 'buy', price: 95, qty: 60 }, { key: 'b', side: 'buy', price: 95, qty: lots },
    ], { long: 80 });
    talk.decide(({ intents }) => intents.rest([{ key: 'a', side: 'buy', price: 95, qty: 60 }], { long: 80 }));
    talk.wait(10_000);
    expect(talk.order(1).state.tag).toBe('unknown');

    expect(talk.decide(set(46)).commands).toEqual([]);
    expect(talk.decide(set(45)).commands).toMatchObject([{ tag: 'enter', lots: 45 }]);
  });
});

describe('a resting order', () => {
  const grid = (price: number, own: object = {}): Want => ({ intents }) => intents.rest([{ key: 'a', side: 'buy', price, qty: 4, ...own }], { long: 80 });
  const unknownRest = (): Talk => {
    const talk = new Talk();
    talk.decide(grid(95));
    talk.wait(10_000);
    return talk;
  };

  it('that is unknown is not amended, nor placed again', () => {
    const talk = unknownRest();

    expect(talk.decide(grid(94)).commands).toEqual([]);
    expect(talk.order(1)).toMatchObject({ priceTicks: 95, state: { tag: 'unknown' } });
    talk.accept(1);
    expect(talk.decide(grid(94)).commands).toMatchObject([{ tag: 'amend', order: 1, priceTicks: 94, lots: 4 }]);
    expect(talk.order(1).attemptAt).toBe(talk.now);
  });

  it('that is unknown is cancelled when its key is gone, and one for the key waits for the proof', () => {
    const talk = unknownRest();

    expect(talk.decide(({ intents }) => intents.rest([], {})).commands).toEqual([cancelOf(1)]);
    expect(talk.decide(grid(95)).commands).toEqual([]);
    talk.reading();
    talk.pass(1);
    talk.reading();
    expect(talk.orders).toEqual([]);
    expect(talk.decide(grid(95)).commands).toMatchObject([{ tag: 'enter', order: 2 }]);
  });

  it('filled late, after it was given up, fills its key: the one in its place is taken back', () => {
    const talk = unknownRest();
    talk.pass(10_000);
    talk.reading();
    talk.pass(1);
    talk.reading();
    talk.decide(grid(95));
    talk.accept(2);
    talk.fill(1, { side: 1, lots: 4, priceTicks: 95 });

    expect(talk.leg.resting!.filled).toEqual({ a: 4 });
    expect(talk.position).toMatchObject({ lots: 4, protection: { tag: 'requested', trigger: 80 } });
    expect(talk.decide().commands).toContainEqual(cancelOf(2));
  });

  it('that only reduces has its deadline too', () => {
    const talk = long();
    talk.decide(({ intents }) => intents.rest([{ key: 's', side: 'sell', price: 110, qty: 2, reduceOnly: true }], {}));

    expect(talk.order(2)).toMatchObject({ state: { tag: 'sent' }, reduceOnly: true });
    expect(deadlineOf(talk.state)).toBe(talk.now + 10_000);
  });
});
