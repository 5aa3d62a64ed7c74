/**
 * Every row of FS-1 sections 6 to 13 and every clarification of 14a, and the tests that play it. A test is named by the
 * beginning of its name; this file fails when a row has none or a name no longer exists.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const rows: Readonly<Record<string, readonly string[]>> = {
  '6 Market': ['a market buy at open 201 pays 2 ticks', 'a market sell of 250'],
  '6 Limit, marketable on arrival': ['a marketable buy limit 201.2', 'a marketable sell limit 199.8', 'the bid decides for a sell', 'a buy limit at 201.1 is not marketable'],
  '6 Limit, resting, through': ['a buy limit at 195 is left by a low of 195', 'a gap to exactly the limit is no fill', 'two buy limits at the low'],
  '6 Limit, resting, touch': ['with limitFill touch the low of 195', 'with limitFill touch the high of 203'],
  '6 PostOnly': ['a PostOnly buy at the open price', 'a PostOnly sell at the open 200'],
  '6 IOC': ['an IOC buy limit under the market', 'an IOC of 4 takes the budget'],
  '6 FOK': ['a FOK of 1.6 over a budget', 'a FOK that is not marketable'],
  '6 Stop-market': ['a buy stop at 206 fills at 206', 'equality triggers', 'a buy stop 206 with 2 ticks', 'a sell stop 194 in a gap'],
  '6 Stop-limit': [
    'a stop-limit 206/207 is marketable', 'a stop-limit cannot use prices passed before', 'a buy stop-limit 206/207 gapped', 'a sell stop-limit 194/193 gapped',
    'a stop-limit IOC',
  ],
  '6 SL and TP of the position': [
    'a TP at 205 fires at the high', 'a short mirrors: SL 205', 'a TP in a gap takes the open', 'an SL of a short at 205 in a gap', 'a long meets its SL first',
  ],
  '6 Trailing stop': ['a trailing stop of 3 set at 202', 'a trailing stop sells at the open 190'],
  '6.1 trigger source': ['a mark trigger at 202 fills at the last price', 'an SL by mark at 198', 'a TP by mark ignores'],
  '6.2 trigger already satisfied': ['a trigger already met on arrival', 'a mark trigger is judged on arrival against the mark'],
  '6.3 attached TP and SL': ['an attached SL that is already met', 'an attached TP that is already met', 'attached SL and TP live for the rest'],
  '6.4 set-trading-stop': [
    'the trading stop answers 10001 without a position', 'for a short at 200 an SL of 200', 'an SL of 0 removes it', 'a TP of 0 removes it', 'a new SL of 193 replaces 195',
    'each level is judged against its own source', 'the same price from another source', 'a stop that names only the SL', 'a level that is not a number',
  ],
  '6.5 the whole position': ['the SL acts on the whole position'],
  '6.6 GTC remainder': ['the rest of a marketable GTC limit'],
  '7 without activation': ['a trailing stop of 3 set at 202', 'a distance of 0 removes it'],
  '7 activation': ['a distance of 5 with activation at 210', 'activation in a gap', 'activation at exactly 205', 'an activation price of 199 already passed'],
  '7 best never goes back': ['the best price never goes back'],
  '7 short': ['a trailing stop of a short mirrors', 'a short mirrors: active at 195', 'a short gapped over'],
  '7 beside the SL': ['beside an SL the one met first acts'],
  '8.1 budget': ['the budget is rounded down', '0.29 x 100 is 29 lots', 'all orders share one budget', 'a new bar has a new budget', 'an order that finds no budget'],
  '8.1 resting limit': ['a part-filled resting limit goes on'],
  '8.1 market and triggered stops': ['a market order of 4 with a budget', 'a triggered stop order is IOC'],
  '8.1 SL, TP and trailing': ['an exit without enough volume', 'the rest of a TP', 'the rest of a trailing stop'],
  '8.1 liquidation': ['liquidation goes before an SL at the same price'],
  '8.2 volume zero': ['a market order waits and fills', 'nothing triggers at listed prices', 'a mark trigger fires in it', 'a mark trigger in a bar without volume', 'two empty bars in a row'],
  '8.3 slippage ticks, bps, volshare': ['a TP at 205 fires', '5 bps of 200', 'a market sell of 250', 'volume share slippage stops at its cap', 'the price may leave the bar', 'a resting limit and a maker pay neither'],
  '8.4 fees': ['fees at own rates', 'an inverse fee is in coin', 'a negative maker rate'],
  '9 average entry': ['adding at 210 to 200', 'an inverse short averages'],
  '9 realised': ['a short gains when the price falls', 'an inverse long gains', 'a third of a position'],
  '9 unrealised and equity': ['at the end of the data nothing is closed', 'a short gains when the price falls', 'an inverse short averages'],
  '9 reducing keeps the entry': ['adding at 210 to 200', 'reducing a position leaves'],
  '9 flip': ['an opposite order of 5', 'an inverse flip is one fill', 'a flip also cancels'],
  '9 what goes with the position': ['a flip takes TP, trailing stop', 'when the position ends', 'an active reduce-only limit is cancelled'],
  '10 funding': [
    'a long of 2 pays', 'the mark at the stamp', 'an inverse short of 1000 at mark', 'an inverse long of 1000 at 25000', 'at a negative rate', 'without a position nothing',
    'funding is booked to the wallet', 'a stamp inside a bar',
  ],
  '11.1 order cost': ['a buy of 2 at 200 with 10x', 'a sell of 2 at 200', 'an inverse buy of 1000', 'the cost of a limit'],
  '11.1 free balance': ['a resting order holds its cost', 'the position margin and what was added', 'a reduce-only order holds nothing', 'an untriggered order holds nothing'],
  '11.1 opening part': ['an opposite order costs only', 'of an opposite order only the part'],
  '11.1 conditional': ['a conditional order reserves nothing'],
  '11.2 tiers': ['the second tier with its deduction', 'a tier without a deduction', 'the tier counts by entry value'],
  '11.3 mark-value linear': ['added margin of 20 moves', 'a short of 2 at 200: by mark value', 'added margin of 20, short'],
  '11.3 mark-value inverse': ['an inverse long of 1000 at 20000, 2x: LP', 'an inverse short of 1000 at 20000, 2x', 'an inverse long with 0.005 added'],
  '11.3 entry-value linear': ['at mark 180.95', 'a short of 2 at 200: by mark value', 'added margin of 20, long, by entry value'],
  '11.3 entry-value inverse': ['an inverse short of 1000 at 20000, 2x', 'an inverse long of 1000 at 20000, 2x, by entry'],
  '11.3 no liquidation price': ['an inverse short at 1x', 'a long at 1x', 'a long whose added margin'],
  '11.4 liquidation': ['a long of 2 at 200, 10x, gapped', 'the mark decides'],
  '12 BAD_ORDER_NAN': ['a quantity NaN', 'an infinite, an empty'],
  '12 BAD_ORDER_QTY': ['a quantity of 0 or -2'],
  '12 BAD_ORDER_PRICE': ['a limit without a price'],
  '12 QTY_BELOW_MIN': ['a quantity of 0.0009', 'QTY_BELOW_MIN goes before'],
  '12 110094': ['0.024 at 200 is 4.80', 'the notional of a conditional order', 'the notional of a limit', 'the notional of a stop-limit', 'an inverse order has no smallest', '110094 goes before'],
  '12 110092 and 110093': ['a trigger already met', '110092 and 110093 go before'],
  '12 110017': ['reduce-only without a position', '110017 goes before'],
  '12 110007': ['a buy of 2 at 200', 'an inverse order is checked by the same codes'],
  '12 order of checks': ['BAD_ORDER_NAN goes before'],
  '12 reduce-only cut': ['an order of 9 against', 'a resting one is cut', 'a conditional one of 9', 'a conditional reduce-only order without a position', 'a conditional one whose position'],
  '12 cancel and amend of what is gone': ['cancel of a filled and of an unknown', 'a cancelled, a rejected and a filled order'],
  '12 amend': ['an amend to 202', 'a new quantity of 1.5', 'the new quantity counts', 'an amended price below', 'an amended trigger that already holds', 'an amend frees'],
  '13 every code, whole input first': ['%s in the last of five bars', 'a row that fails several checks', 'of two bad bars the first', 'names the first failing check'],
  '13 mark series': ['its last bar is checked too', 'of 30 s bars under minutes', 'of two minutes under minutes'],
  '1.5 DATA_GAP': ['a hole is DATA_GAP', 'takes a hole as a gap'],
  '14a.1': ['1: a trailing stop met exactly', '1: a limit met exactly', 'a fill at the close of the bar before the stamp'],
  '14a.2': ['a message sent in a hole', 'a stamp in a hole', '2: a submit and its cancel'],
  '14a.3': ['a reaction without latency', '3: an SL already met', '3: a liquidation already met', '3: `after` refers', 'messages after the end'],
  '14a.4': ['an amend with equal values', '4: a triggered order takes', '4: a cancel that arrives with the expiry', '4: an expiry between', 'an expiry at or before', '4: a fill at 6.67 s'],
  '14a.5': ['in a gap the orders are taken', '5: a limit that was through', '5: what waited for volume', '5: in a gap a stop counts'],
  '14a.6': ['an order sent inside the bar', '6: an order in flight', '6: buys and sells pending'],
  '14a.7': ['a marketable PostOnly is cancelled', 'liquidation by mark', 'the first bar must have traded', '7: a resting limit', '7: an IOC'],
  '14a.8': ['8: a GTC remainder is judged', '8: a GTC remainder that is no longer', '8: the remainder needs no new margin', 'a buy limit inside the spread'],
  '14a.9': ['9: reduce-only cut', '9: a position closed by the gap'],
  '14a.10': ['10: attached SL and TP are used once', '10: while an exit waits for volume', '10: while an exit waits, the TP', 'an exit without enough volume'],
  '14a.11': [
    '11: a refused amend', 'an amend repeats the checks', 'an amend with equal values', '11: an amend arriving with its order', '11: fields without effect',
    'an amended PostOnly', 'a market order that waits for the open 203', 'a bid of 195 in a gap to 190',
  ],
  '14a.12': ['the same distance and activation', '12: another activation', '12: removing'],
  '14a.13': ['adding margin without a position', '13: adding nothing', '13: exactly what is free', 'of an opposite order only the part', 'the last tier has no limit', 'a long at 1x'],
  '14a.14': ['14: interpolated prices', 'a taker price is at least one tick', 'a limit without a price', 'liquidation goes before an SL at the same price'],
};

const folder = resolve('test/sim/cases');
const written = readdirSync(folder).filter((name) => name.endsWith('.test.ts') && name !== 'rows.test.ts')
  .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/\bit(?:\.each\(rows\))?\('((?:[^'\\]|\\.)+)'/g)].map((match) => match[1]!));

describe('the rows of FS-1', () => {
  it('are each played by tests that exist: 77 rows', () => {
    const missing = Object.entries(rows).flatMap(([row, names]) => (
      names.filter((begin) => !written.some((name) => name.startsWith(begin))).map((begin) => `${row}: ${begin}`)
    ));

    expect(missing).toEqual([]);
    expect(Object.values(rows).every((names) => names.length > 0)).toBe(true);
    expect(Object.keys(rows)).toHaveLength(77);
  });
});
