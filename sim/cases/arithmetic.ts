/** How the amounts of a case that differs came about, in words for its author; the amounts themselves are exact. */
import { formatDecimal } from '../../engine/index.ts';
import type { AccountSeen, FillSeen } from './account.ts';
import type { Case } from './case.ts';

/** Position while the fills are gone through; in doubles, for the words alone. */
interface Holding { lots: number; entry: number }

const shown = (value: number): string => String(Number(value.toPrecision(14)));

/** One line per fill, then how the wallet at the end follows, then the equity. */
export function arithmeticOf(of: Case, account: AccountSeen): readonly string[] {
  const { fills, realizedPnl, fees, funding, walletBalance, unrealizedPnl, equity } = account;
  const start = formatDecimal(of.wallet, of.instrument.moneyScale);
  const holding: Holding = { lots: 0, entry: 0 };
  const lines = fills.map((fill) => `${fillWords(fill)}: ${[feeWords(of, fill), ...gainWords(of, fill, holding)].join('; ')}`);
  return [
    ...lines,
    `wallet = start - fees + realised + funding = ${start} - ${fees} + ${realizedPnl} + ${funding} = ${walletBalance}`,
    `equity = wallet + unrealised = ${walletBalance} + ${unrealizedPnl} = ${equity}`,
  ];
}

export const fillWords = ({ order, side, qty, price, liquidity, barIndex }: FillSeen): string =>
  `${order} ${side} ${qty} @ ${price} (${liquidity}, bar ${barIndex})`;

function feeWords({ instrument: { kind, rules } }: Case, { qty, price, liquidity, fee }: FillSeen): string {
  const rate = liquidity === 'maker' ? rules.makerRate : rules.takerRate;
  return `fee = ${qty} ${kind === 'linear' ? 'x' : '/'} ${price} x ${rate} = ${fee}`;
}

/** What a closing fill realised; nothing for one that only opens. Moves the holding on. */
function gainWords({ instrument: { kind } }: Case, fill: FillSeen, out: Holding): readonly string[] {
  const change = (fill.side === 'Buy' ? 1 : -1) * Number(fill.qty);
  const price = Number(fill.price);
  const { lots, entry } = out;
  const closing = lots * change < 0 ? Math.min(Math.abs(lots), Math.abs(change)) : 0;
  out.lots = Number((lots + change).toPrecision(14));
  if (closing < Math.abs(change)) out.entry = closing > 0 ? price : averageOf(kind, { lots, entry }, change, price);
  if (closing === 0) return [];
  const side = lots > 0 ? '1' : '-1';
  const gain = kind === 'linear' ? `(${fill.price} - ${shown(entry)})` : `(1/${shown(entry)} - 1/${fill.price})`;
  const margin = fill.order === 'LIQ' ? ', the position margin' : '';
  return [`realised = ${shown(closing)} x ${gain} x ${side} = ${fill.realizedPnl}${margin}`];
}

function averageOf(kind: 'linear' | 'inverse', { lots, entry }: Readonly<Holding>, change: number, price: number): number {
  if (lots === 0) return price;
  return kind === 'linear' ? (lots * entry + change * price) / (lots + change) : (lots + change) / (lots / entry + change / price);
}
