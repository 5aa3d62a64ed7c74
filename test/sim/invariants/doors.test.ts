import { describe, expect, it } from 'vitest';
import { alarm, at, enter, halted, numbers, order, setStop, terms, told, world } from './world.ts';

describe('I9', () => {
  it('a request follows its command; one without, or sent before entry 7 is durable, is found', () => {
    const one = world();
    one.state.legs[0]!.orders.push(order(1, { terms }));
    one.sends(at(0), enter(1));

    one.auditor.request(at(0), enter(1), 1, { intent: 7, durable: 7 });
    expect(numbers(one.report())).toEqual([]);
    one.auditor.request(at(0), enter(1), 2, { intent: 7, durable: 6 });
    one.auditor.request(at(0), enter(2), 1);

    expect(told(one.report())).toEqual(['I9 sent with entry 7 while 6 is durable', 'I9 a request without its command: enter 2, attempt 1']);
  });
});

describe('I12', () => {
  it('ten stop moves within a second pass a limit of 10, the eleventh does not; one at 1,000 ms is in the next second', () => {
    const found = [1_000, 999].map((last) => {
      const one = world({}, { requestsPerSecond: 10 });
      for (let i = 0; i < 10; i++) one.auditor.request(at(i), setStop(900), 1);
      one.auditor.request(at(last), setStop(900), 1);
      return [numbers(one.report()).filter((number) => number === 'I12'), one.report().peakRequestsPerSecond];
    });

    expect(found).toEqual([[[], 10], [['I12'], 11]]);
  });
});

describe('I14', () => {
  it('a throw and an event outside the union are found', () => {
    const one = world();

    one.auditor.threw(at(0), new RangeError('lots must be a whole number, was -1'));
    one.auditor.event({ tag: 'order-vanished', at: at(1) } as never, one.state);

    expect(told(one.report())).toEqual(['I14 threw RangeError: lots must be a whole number, was -1', 'I14 no such event: order-vanished']);
  });
});

describe('I18', () => {
  it('one alarm per cause in 300,000 ms: another cause passes, the same after 299,999 ms does not, after 300,000 it does', () => {
    const found = [299_999, 300_000].map((ms) => {
      const one = world();
      one.sends(at(0), alarm('money'), alarm('link'));
      one.sends(at(ms), alarm('money'));
      return numbers(one.report());
    });

    expect(found).toEqual([['I18'], []]);
  });
  it('the fourth restart within ten minutes must find the engine halted', () => {
    const found = [false, true].map((isHalted) => {
      const one = world();
      for (let i = 1; i <= 3; i++) one.auditor.restarted(at(i), one.state);
      if (isHalted) one.state.mode = halted(at(4), 'crash-loop');
      one.auditor.restarted(at(4), one.state);
      return numbers(one.report());
    });

    expect(found).toEqual([['I18'], []]);
  });
  it('restarts before the operator resumed do not count: three and one after make no loop', () => {
    const one = world();

    for (let i = 1; i <= 3; i++) one.auditor.restarted(at(i), one.state);
    one.tells({ tag: 'operator', at: at(4), verb: 'resume' });
    one.auditor.restarted(at(5), one.state);

    expect(numbers(one.report())).toEqual([]);
  });
});
