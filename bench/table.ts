/** The bench on screen: one row per engine and size, with ratios and whether the answers agree. */
import type { LeftOut, Measured } from './sitting.ts';
import { agreesWithReference } from './w1.ts';

const columns = ['engine', 'bars', 'trades', 'equity', 'answer', 'M bars/s', 'cold', 'x slower than bare', 'x backtesting.py', 'x backtrader', 'peak MB'];

export function tableOf(measured: readonly Measured[], leftOut: readonly LeftOut[]): string {
  const rows = measured.map((row) => [
    row.engine, row.bars.toLocaleString('en-US'), row.trades.toLocaleString('en-US'), row.equity.toFixed(4), verdict(row),
    millions(row.barsPerSecond), row.coldBarsPerSecond === null ? '' : millions(row.coldBarsPerSecond), row.ratioToBare?.toFixed(2) ?? '',
    timesFaster(row, measured, 'backtesting.py'), timesFaster(row, measured, 'backtrader'), String(row.peakMb),
  ]);
  const widths = columns.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const lines = [columns, ...rows].map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ').trimEnd());
  const notes = leftOut.map(({ engine, why }) => `left out: ${engine}: ${why}`);
  const peers = ['Best of 9 rounds, each engine in its own process; peers one run, by processor time.'];
  return `${[...lines, '', ...peers, ...notes].join('\n')}\n`;
}

function verdict({ bars, trades, equity }: Measured): string {
  const agrees = agreesWithReference(bars, { trades, equity });
  if (agrees === null) return 'no reference';
  return agrees ? 'agrees' : 'WRONG';
}

function timesFaster(row: Measured, measured: readonly Measured[], peer: string): string {
  const found = measured.find(({ engine }) => engine === peer);
  return found === undefined || found === row ? '' : (row.barsPerSecond / found.barsPerSecond).toFixed(0);
}

function millions(perSecond: number): string {
  return (perSecond / 1e6).toFixed(perSecond < 1e5 ? 3 : 2);
}
