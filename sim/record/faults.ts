/** The rows of a run on bad days: every fault that struck, in the form in which a plan names single ones. */
import type { Ms, Table } from '../../engine/index.ts';
import { doubleColumn, Doubles, integerColumn, Integers, textColumn, Texts, timeColumn } from './columns.ts';

interface StruckFault {
  readonly family: string; readonly at: Ms; readonly forMs: Ms; readonly leg: number; readonly order: number;
  readonly action: string; readonly attempt: number;
}

export function faultTable(struck: readonly StruckFault[], symbols: readonly string[]): Table {
  const time = new Doubles(), family = new Texts(), symbol = new Texts(), order = new Integers(), action = new Texts();
  const attempt = new Doubles(), forMs = new Doubles();
  for (const one of struck) {
    time.push(one.at);
    family.push(one.family);
    symbol.push(symbols[one.leg] ?? null);
    order.push(one.order);
    action.push(one.action);
    attempt.push(one.attempt);
    forMs.push(one.forMs);
  }
  return {
    name: 'faults', rows: struck.length, columns: [
      timeColumn('time', time), textColumn('family', family), textColumn('symbol', symbol), integerColumn('order', order),
      textColumn('action', action), doubleColumn('attempt', attempt), doubleColumn('for_ms', forMs),
    ],
  };
}
