/** `holdfast order SIDE SYMBOL`: an order of a person's own, read and checked before anybody is asked. */
import { randomUUID } from 'node:crypto';
import type { Manual } from '../live/index.ts';
import { Failure } from './failure.ts';
import { operateRun } from './operate.ts';
import type { OperateOptions } from './operate.ts';

export interface OrderOptions extends OperateOptions {
  readonly qty?: string;
  readonly risk?: string;
  readonly notional?: string;
  readonly open?: boolean;
  readonly stop?: string;
  readonly price?: string;
  readonly bars: number;
}

export async function order(side: string, symbol: string, options: OrderOptions): Promise<number> {
  return await operateRun('order', symbol, options, manualOf(side, options));
}

const sizes = 'one of --qty, --notional and --risk';

function manualOf(side: string, { qty, risk, notional, open, stop, price, bars }: OrderOptions): Manual {
  if (side !== 'buy' && side !== 'sell') throw wrong('side', side, 'buy or sell', 'holdfast order sell BTCUSDT --qty 0.01');
  const isOpening = open === true;
  const given = Object.entries({ '--qty': qty, '--notional': notional, '--risk': risk }).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (given.length !== 1) throw wrong('size', given.length === 0 ? 'none' : given.join(' and '), sizes, '--qty 0.01');
  if (!isOpening) {
    for (const [name, value] of [['--stop', stop], ['--price', price], ['--risk', risk]] as const) {
      if (value !== undefined) throw wrong(name, value, 'it with --open only: what reduces goes at market and keeps the stop', 'leave it out');
    }
  } else if (stop === undefined) throw wrong('--stop', 'none', 'a price with --open: nothing is opened without a stop', '--stop PRICE');
  const shares = number('--risk', risk);
  if (shares > 0.1) throw wrong('--risk', String(shares), 'a fraction of equity up to 0.1', '--risk 0.005');
  return {
    name: randomUUID(), side, isOpening, qty: number('--qty', qty), risk: shares, notional: number('--notional', notional),
    price: number('--price', price), stop: number('--stop', stop), bars,
  };
}

function number(name: string, text: string | undefined): number {
  if (text === undefined) return 0;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw wrong(name, text, 'a number above 0', `${name} 0.01`);
  return value;
}

const wrong = (what: string, was: string, expected: string, fix: string): Failure => new Failure(2, `order: ${what}: was ${was}, expected ${expected}. Fix: ${fix}`);
