/** The comparison in a terminal: a sentence, the totals, the differences with their intervals. */
import { amountOf, grouped, signed } from '../words.ts';
import type { Comparison, Difference } from './compare.ts';

const decimals: Readonly<Record<Difference['unit'], number>> = { bps: 2, ratio: 2, money: 2, R: 3 };
const units: Readonly<Record<Difference['unit'], string>> = { bps: ' bps', ratio: '', money: '', R: ' R' };

export function renderComparison(comparison: Comparison): string {
  const { runs: [a, b], differences, trades } = comparison;
  const rows = [
    ['', 'A', 'B'], ['Net', signed(a.net, 2), signed(b.net, 2)], ['Max drawdown', `${grouped(a.maxDrawdown * 100, 2)} %`, `${grouped(b.maxDrawdown * 100, 2)} %`],
    ['Trades', grouped(a.trades, 0), grouped(b.trades, 0)], ['Sharpe', a.sharpe === null ? 'n/a' : grouped(a.sharpe, 2), b.sharpe === null ? 'n/a' : grouped(b.sharpe, 2)],
  ];
  return [
    sentence(comparison), `A ${a.run}`, `B ${b.run}`, '',
    ...rows.map(([name = '', x = '', y = '']) => `${name.padEnd(24)}${x.padStart(14)}${y.padStart(14)}`), '',
    `${'B - A'.padEnd(24)}${''.padStart(14)}  95 % interval, sample`,
    ...differences.map(lineOf), '',
    `Trades: ${grouped(trades.both, 0)} opened alike, ${grouped(trades.onlyFirst, 0)} in A only, ${grouped(trades.onlySecond, 0)} in B only`,
  ].join('\n');
}

function lineOf({ name, unit, value, range, sample }: Difference): string {
  const text = (x: number): string => signed(x, decimals[unit]) + units[unit];
  if (value === null) return `${name.padEnd(24)}${'n/a'.padStart(14)}  ${sample}`;
  return `${name.padEnd(24)}${text(value).padStart(14)}  ${range === null ? 'no interval' : `${text(range.low)} to ${text(range.high)}`}, ${sample}`;
}

function sentence({ verdict, differences: [daily] }: Comparison): string {
  switch (verdict) {
    case 'second': return 'B is better by more than luck explains, over the days in common.';
    case 'first': return 'A is better by more than luck explains, over the days in common.';
    case 'luck': return 'The difference may be luck: its interval holds zero.';
    default: return `Not enough to say which is better: ${amountOf(daily?.n ?? 0, 'days in common')}.`;
  }
}
