/**
 * Equity at mark, taken at every closed instant: daily samples, drawdown and exposure exactly; the stored curve at
 * trades and 00:00 UTC plus at most 20,000 points that keep each stretch's extremes (every instant when asked).
 */
import type { Ms, Table } from '../../engine/index.ts';
import type { Series } from '../market.ts';
import type { DrawdownTotals } from '../result.ts';
import { doubleColumn, Doubles, timeColumn } from './columns.ts';

const dayMs = 86_400_000;
/** Stretches of the stored curve; each leaves its lowest, highest and last point. */
const stretches = 6_600;

/** Equity, wallet and open notional at one instant, settle coin. Written in place: doubles are not boxed on the way. */
export interface EquityPoint { at: Ms; equity: number; wallet: number; exposure: number }

function copyPoint(from: EquityPoint, out: EquityPoint): void { // hot
  out.at = from.at;
  out.equity = from.equity;
  out.wallet = from.wallet;
  out.exposure = from.exposure;
}

export class EquityRecord {
  /** The caller writes here, then calls `take` or `keep`. */
  readonly point: EquityPoint = { at: 0.5, equity: 0.5, wallet: 0.5, exposure: 0.5 };
  readonly #time: Doubles;
  readonly #equity: Doubles;
  readonly #wallet: Doubles;
  readonly #exposure: Doubles;
  readonly #dayTime = new Doubles();
  readonly #dayEquity = new Doubles();
  readonly #keepAll: boolean;
  readonly #perStretch: number;
  #inStretch = 0;
  readonly #low: EquityPoint = { at: 0.5, equity: Number.POSITIVE_INFINITY, wallet: 0.5, exposure: 0.5 };
  readonly #high: EquityPoint = { at: 0.5, equity: Number.NEGATIVE_INFINITY, wallet: 0.5, exposure: 0.5 };
  #nextDay = Number.POSITIVE_INFINITY;
  #peak = Number.NEGATIVE_INFINITY;
  #peakAt = 0.5;
  #worst = 0.5;
  #worstPeakAt = 0.5;
  #worstAt = 0.5;
  #longest = 0.5;
  #instants = 0;
  #exposed = 0;
  #last = 0.5;

  constructor(instants: number, keepAll: boolean, start: { readonly at: Ms; readonly equity: number }) {
    this.#keepAll = keepAll;
    const capacity = keepAll ? instants + 1 : undefined;
    this.#time = new Doubles(capacity);
    this.#equity = new Doubles(capacity);
    this.#wallet = new Doubles(capacity);
    this.#exposure = new Doubles(capacity);
    this.#perStretch = Math.max(1, Math.ceil(instants / stretches));
    this.#worst = 0;
    this.#longest = 0;
    this.#nextDay = (Math.floor(start.at / dayMs) + 1) * dayMs;
    this.#dayTime.push(start.at);
    this.#dayEquity.push(start.equity);
    this.#peak = start.equity;
    this.#peakAt = start.at;
    this.#last = start.equity;
    this.#store({ at: start.at, equity: start.equity, wallet: start.equity, exposure: 0 });
  }

  /** The instant in `point` has closed. Only this record goes into its calls: a double would be boxed at every bar. */
  take(): void { // hot
    const { point } = this;
    const { equity } = point;
    this.#instants += 1;
    if (point.exposure > 0) this.#exposed += 1;
    if (point.at >= this.#nextDay) this.#endDays();
    if (equity > this.#peak) {
      if (point.at - this.#peakAt > this.#longest) this.#longest = point.at - this.#peakAt;
      this.#peak = equity;
      this.#peakAt = point.at;
    } else if (this.#peak - equity > this.#worst * this.#peak) {
      this.#worst = (this.#peak - equity) / this.#peak;
      this.#worstPeakAt = this.#peakAt;
      this.#worstAt = point.at;
    }
    this.#last = equity;
    if (this.#keepAll) {
      this.#store(point);
      return;
    }
    if (equity < this.#low.equity) copyPoint(point, this.#low);
    if (equity > this.#high.equity) copyPoint(point, this.#high);
    this.#inStretch += 1;
    if (this.#inStretch >= this.#perStretch) this.#endStretch();
  }

  /**
   * The bars `from` on of a series have closed, `count` in all, at these equities; wallet and exposure stood as in `point`,
   * which is left at the last of them.
   */
  takeMany(equities: Float64Array, count: number, series: Series, from: number): void { // hot
    const { point } = this;
    for (let i = 0; i < count; i++) {
      point.at = series.openedAt[from + i]! + series.intervalMs;
      point.equity = equities[i]!;
      this.take();
    }
  }

  /** `point` must be in the curve, such as the close of a trade. */
  keep(): void {
    if (!this.#keepAll) this.#store(this.point);
  }

  #endStretch(): void {
    const { point } = this;
    const [first, second] = this.#low.at <= this.#high.at ? [this.#low, this.#high] : [this.#high, this.#low];
    this.#store(first);
    if (second.at !== first.at) this.#store(second);
    if (point.at !== second.at) this.#store(point);
    this.#inStretch = 0;
    this.#low.equity = Number.POSITIVE_INFINITY;
    this.#high.equity = Number.NEGATIVE_INFINITY;
  }

  /** Samples every 00:00 UTC that has passed; a day without bars keeps the equity known before it. */
  #endDays(): void {
    const { point } = this;
    const { at } = point;
    while (at >= this.#nextDay) {
      this.#dayTime.push(this.#nextDay);
      this.#dayEquity.push(at === this.#nextDay ? point.equity : this.#last);
      if (!this.#keepAll && at === this.#nextDay) this.#store(point);
      this.#nextDay += dayMs;
    }
  }

  #store(point: EquityPoint): void { // hot
    this.#time.push(point.at);
    this.#equity.push(point.equity);
    this.#wallet.push(point.wallet);
    this.#exposure.push(point.exposure);
  }

  /** Totals at the end of the data; a last day that is not full is sampled at its end. */
  finish(at: Ms): { readonly drawdown: DrawdownTotals; readonly daily: { times: Float64Array; equity: Float64Array }; readonly exposureFraction: number; readonly table: Table } {
    if (this.#inStretch > 0) {
      this.point.at = at;
      this.point.equity = this.#last;
      this.#endStretch();
    }
    const times = this.#dayTime.values();
    if (times[times.length - 1] !== at) {
      this.#dayTime.push(at);
      this.#dayEquity.push(this.#last);
    }
    const under = this.#last < this.#peak ? at - this.#peakAt : 0;
    return {
      drawdown: { fraction: this.#worst, peakAt: this.#worstPeakAt, troughAt: this.#worstAt, longestMs: Math.max(this.#longest, under) },
      daily: { times: this.#dayTime.values(), equity: this.#dayEquity.values() },
      exposureFraction: this.#instants === 0 ? 0 : this.#exposed / this.#instants,
      table: {
        name: 'equity', rows: this.#time.length, columns: [
          timeColumn('time', this.#time), doubleColumn('equity', this.#equity), doubleColumn('wallet', this.#wallet),
          doubleColumn('exposure', this.#exposure),
        ],
      },
    };
  }
}
