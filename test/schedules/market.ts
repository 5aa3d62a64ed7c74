/**
 * Two minutes of market in bars of one second, then three quarters of a minute more in which it comes to rest: walk, gaps, a
 * flash crash, nothing at all, funding, an outage of the whole market. Whole ticks; one seed, one market.
 */
import type { Instrument } from '../../engine/index.ts';
import type { Market, SymbolMarket } from '../../sim/index.ts';
import { fundingOf, inverse, linear, series } from '../sim/market.ts';
import type { Row } from '../sim/market.ts';
import type { Lots } from './chance.ts';

export const second = 1_000;
/** 14 November 2023, 00:00 UTC. */
export const from = 1_699_920_000_000;
/** Faults and decisions end here, the market stands still from `stillAfter` on, and everything is judged at the end. */
export const faultSeconds = 120;
const stillSeconds = 140;
export const totalSeconds = 200;

export const paths = ['walk', 'gaps', 'crash', 'flat', 'funding', 'outage', 'thin'] as const;
export type Path = (typeof paths)[number];

export function marketOf(lots: Lots, path: Path, kind: 'linear' | 'inverse', symbols: readonly string[]): Market {
  const outage = path === 'outage' ? { from: lots.whole(20, 90), seconds: lots.whole(3, 40) } : { from: 0, seconds: 0 };
  return { symbols: symbols.map((symbol): SymbolMarket => {
    const rows = rowsOf(lots, path).map((row, i) => (i >= outage.from && i < outage.from + outage.seconds ? null : row));
    const mark = lots.happens(0.3) ? marked(rows, lots) : null;
    const stamps = lots.whole(1, 4);
    const funding = path !== 'funding' ? null : fundingOf(Array.from({ length: stamps }, (_, i) =>
      [from + Math.floor(((i + 0.5) * faultSeconds) / stamps) * second, lots.between(-0.002, 0.002)] as const));
    return { instrument: instrumentOf(kind, symbol), last: series(rows, second, from), mark: mark === null ? null : series(mark, second, from), funding };
  }) };
}

function instrumentOf(kind: 'linear' | 'inverse', symbol: string): Instrument {
  return kind === 'linear'
    ? linear({ symbol, tick: '0.1', qtyStep: '0.001', minQty: '0.001', minNotional: '5' })
    : inverse({ symbol, settle: 'AAA', tick: '0.5' });
}

const firstTicks = 100_000;

function rowsOf(lots: Lots, path: Path): Row[] {
  const step = path === 'flat' ? 0 : lots.between(5, 80);
  const crash = path === 'crash' ? { at: lots.whole(15, 100), seconds: lots.whole(1, 6), size: lots.between(0.02, 0.25) * (lots.happens(0.7) ? -1 : 1) } : null;
  const gaps = path === 'gaps' ? 0.06 : 0;
  const most = path === 'thin' ? 2 : 4_000;
  const rows: Row[] = [];
  let price = firstTicks;
  const near = (ticks: number, size: number): number => Math.max(20_000, Math.round(ticks + lots.between(-size, size)));
  for (let i = 0; i < totalSeconds; i++) {
    if (i >= stillSeconds) {
      rows.push([price, price, price, price, most]);
      continue;
    }
    if (gaps > 0 && lots.happens(gaps)) price = near(price, price * 0.02);
    const open = price;
    if (crash !== null && i >= crash.at && i < crash.at + crash.seconds) price = Math.max(20_000, Math.round(price * (1 + crash.size / crash.seconds)));
    const points = [open, near(open, step), near(open, step), near(price, step)];
    price = points[3]!;
    rows.push([open, Math.max(...points), Math.min(...points), price, Math.round(lots.between(0, most) * 1_000) / 1_000]);
  }
  return rows;
}

/** A mark that follows the last price with a distance of its own. */
function marked(rows: readonly Row[], lots: Lots): Row[] {
  let away = 0;
  return rows.map((row) => {
    away = Math.round(away * 0.9 + lots.between(-15, 15));
    return row === null ? null : [row[0] + away, row[1] + away, row[2] + away, row[3] + away, 1];
  });
}
