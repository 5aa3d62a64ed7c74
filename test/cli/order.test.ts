/** `holdfast order`: what is wrong with it is said before anybody is asked and before any run is looked for. */
import { describe, expect, it } from 'vitest';
import { folderWith, holdfast } from './command.ts';

describe('an order on the command line', () => {
  const wrong: readonly (readonly [string, readonly string[], string])[] = [
    ['a side that is none', ['long', 'BTCUSDT', '--qty', '1'], 'order: side: was long, expected buy or sell. Fix: holdfast order sell BTCUSDT --qty 0.01'],
    ['no size', ['sell', 'BTCUSDT'], 'order: size: was none, expected one of --qty, --notional and --risk. Fix: --qty 0.01'],
    ['two sizes', ['buy', 'BTCUSDT', '--open', '--stop', '9', '--qty', '1', '--risk', '0.01'], 'order: size: was --qty and --risk, expected one of --qty, --notional and --risk. Fix: --qty 0.01'],
    ['a notional beside a quantity', ['sell', 'BTCUSDT', '--qty', '1', '--notional', '50'], 'order: size: was --qty and --notional, expected one of --qty, --notional and --risk. Fix: --qty 0.01'],
    ['a notional of nothing', ['sell', 'BTCUSDT', '--notional', '0'], 'order: --notional: was 0, expected a number above 0. Fix: --notional 0.01'],
    ['a size that is no number', ['sell', 'BTCUSDT', '--qty', 'all'], 'order: --qty: was all, expected a number above 0. Fix: --qty 0.01'],
    ['an opening one without a stop', ['buy', 'BTCUSDT', '--open', '--qty', '1'], 'order: --stop: was none, expected a price with --open: nothing is opened without a stop. Fix: --stop PRICE'],
    ['a reducing one with a price', ['sell', 'BTCUSDT', '--qty', '1', '--price', '9'], 'order: --price: was 9, expected it with --open only: what reduces goes at market and keeps the stop. Fix: leave it out'],
    ['half the equity at risk', ['buy', 'BTCUSDT', '--open', '--stop', '9', '--risk', '0.5'], 'order: --risk: was 0.5, expected a fraction of equity up to 0.1. Fix: --risk 0.005'],
  ];
  it.each(wrong)('%s', async (_what, words, expected) => {
    const { code, stdout, stderr } = await holdfast(folderWith({}), 'order', ...words);

    expect([code, stdout, stderr]).toEqual([2, '', `${expected}\n`]);
  });
  it('of no run says where it looked', async () => {
    const { code, stderr } = await holdfast(folderWith({}), 'order', 'sell', 'BTCUSDT', '--qty', '1', '--yes');

    expect(code).toBe(2);
    expect(stderr).toMatch(/^operate: any network: was no live run in .*\n$/);
  });
});
