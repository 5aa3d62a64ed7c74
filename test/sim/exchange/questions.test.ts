/** Asking the matching core is free of consequences. */
import { describe, expect, it } from 'vitest';
import { createExchange } from '../../../sim/index.ts';
import type { Exchange } from '../../../sim/index.ts';
import { epoch, executionsOf, instrument, minute, plain, playUntil, submit, tenThousand } from './desk.ts';

/** A mark bar of two minutes, the second minute of which is about to open. Prices in ticks of 0.1. */
function beforeSecondMinute(): Exchange {
  const exchange = createExchange({ config: plain, wallet: tenThousand, symbols: [{ instrument: instrument('S'), leverage: '10', hasMark: true }] });
  exchange.openMarkBar(0, epoch, epoch + 2 * minute, 1_000, 1_000, 1_000, 1_000);
  exchange.openBar(0, epoch, epoch + minute, 1_000, 1_000, 1_000, 1_000, 1_000);
  playUntil(exchange, epoch + minute);
  return exchange;
}

describe('a question', () => {
  it.each([['asked', true], ['not asked', false]])('for the mark, %s at an open inside a mark bar that runs on, does not name the path before all messages are there', (_what, isAsked) => {
    const exchange = beforeSecondMinute();
    exchange.send(submit(1, -1, 1_000, { type: 'limit', priceTicks: 1_005 }), epoch + minute);
    exchange.openBar(0, epoch + minute, epoch + 2 * minute, 1_000, 1_010, 980, 1_000, 1_000);

    const facts = [];
    while (exchange.advance(epoch + 2 * minute)) {
      if (isAsked) exchange.markTicks(0);
      const told = exchange.facts.splice(0);
      if (told.some(({ order, kind }) => order === 1 && kind === 'accepted')) {
        exchange.send(submit(2, 1, 1_000, { type: 'limit', priceTicks: 900 }), epoch + minute);
      }
      facts.push(...told);
    }

    // A sell alone would make it low first. With a buy beside it the nearer extreme comes first: 1010 at 20 s, 1006 at 12 s.
    expect(executionsOf(facts).map(({ order, at }) => [order, at - epoch - minute])).toEqual([[1, 12_000]]);
  });
  it('for margins tells margin, what orders hold and where it ends; another leverage changes all three', () => {
    const exchange = beforeSecondMinute();
    exchange.send(submit(1, 1, 1_000), epoch + minute);
    exchange.send(submit(2, 1, 1_000, { type: 'limit', priceTicks: 900 }), epoch + minute);
    exchange.openBar(0, epoch + minute, epoch + 2 * minute, 1_000, 1_000, 1_000, 1_000, 1_000);
    playUntil(exchange, epoch + 2 * minute);

    // 1 at 100 with 10x: margin 10. The order of 1 at 90: 9 + fees 0.0495 + 0.04455. Ends at (100 - 10) / 0.995 = 90.4522...
    const ten = exchange.margins(0);
    expect([ten.position, ten.orders.toFixed(9), ten.liquidationTicks.toFixed(6)]).toEqual([10n * 10n ** 12n, '9.094050000', '904.522613']);
    exchange.setLeverage(0, '20');
    const twenty = exchange.margins(0);
    expect([twenty.position, twenty.orders.toFixed(9), twenty.liquidationTicks.toFixed(6)]).toEqual([5n * 10n ** 12n, '4.596525000', '954.773869']);
  });
});
