/**
 * Equity at mark, taken at every closed instant: daily samples, drawdown and exposure exactly; the stored curve at
 * trades and 00:00 UTC plus at most 20,000 points that keep each stretch's extremes (every instant when asked).
 */
import type { Ms, Table } from '../../engine/index.ts';
import type { DrawdownTotals } from '../result.ts';
import { doubleColumn, Doubles, timeColumn } from './columns.ts';

const dayMs = 86_400_000;
/** Stretches of the stored curve; each leaves its lowest, highest and last point. */
const stretches = 6_600;

/** Equity, wallet and open notional at one instant, settle coin. Written in place: doubles are not boxed on the way. */
export interface EquityPoint { at: Ms; equity: number; wallet: number; exposure: number }

export class EquityRecord {
  /** The caller writes here, then calls `take` or `keep`. */
  readonly point: EquityPoint = { at: 0.5, equity: 0.5, wallet: 0.5, exposure: 0.5 };
  readonly #time = new Doubles();
  readonly #equity = new Doubles();
  readonly #wallet = new Doubles();
  readonly #exposure = new Doubles();
  readonly #dayTime = new Doubles();
  readonly #dayEquity = new Doubles();
  readonly #keepAll: boolean;
  readonly #perStretch: number;
  #inStretch = 0;
  #low = [Number.NaN, Number.POSITIVE_INFINITY, 0, 0];
  #high = [Number.NaN, Number.NEGATIVE_INFINITY, 0, 0];
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
    this.#perStretch = Math.max(1, Math.ceil(instants / stretches));
    this.#worst = 0;
    this.#longest = 0;
    this.#nextDay = (Math.floor(start.at / dayMs) + 1) * dayMs;
    this.#dayTime.push(start.at);
    this.#dayEquity.push(start.equity);
    this.#peak = start.equity;
    this.#peakAt = start.at;
    this.#last = start.equity;
    this.#store(start.at, start.equity, start.equity, 0);
  }

  /** The instant in `point` has closed. */
  take(): void { // hot
    const { at, equity, wallet, exposure } = this.point;
    this.#instants += 1;
    if (exposure > 0) this.#exposed += 1;
    if (at >= this.#nextDay) this.#endDays(at, equity, wallet, exposure);
    if (equity > this.#peak) {
      this.#surface(at);
      this.#peak = equity;
      this.#peakAt = at;
    } else if (this.#peak - equity > this.#worst * this.#peak) {
      this.#worst = (this.#peak - equity) / this.#peak;
      this.#worstPeakAt = this.#peakAt;
      this.#worstAt = at;
    }
    this.#last = equity;
    if (this.#keepAll) {
      this.#store(at, equity, wallet, exposure);
      return;
    }
    if (equity < this.#low[1]!) this.#mark(this.#low, at, equity, wallet, exposure);
    if (equity > this.#high[1]!) this.#mark(this.#high, at, equity, wallet, exposure);
    this.#inStretch += 1;
    if (this.#inStretch >= this.#perStretch) this.#endStretch(at, equity, wallet, exposure);
  }

  /** `point` must be in the curve, such as the close of a trade. */
  keep(): void {
    const { at, equity, wallet, exposure } = this.point;
    if (!this.#keepAll) this.#store(at, equity, wallet, exposure);
  }

  #mark(point: number[], at: Ms, equity: number, wallet: number, exposure: number): void { // hot
    point[0] = at; point[1] = equity; point[2] = wallet; point[3] = exposure;
  }

  #endStretch(at: Ms, equity: number, wallet: number, exposure: number): void {
    const [first, second] = this.#low[0]! <= this.#high[0]! ? [this.#low, this.#high] : [this.#high, this.#low];
    this.#store(first[0]!, first[1]!, first[2]!, first[3]!);
    if (second[0] !== first[0]) this.#store(second[0]!, second[1]!, second[2]!, second[3]!);
    if (at !== second[0]) this.#store(at, equity, wallet, exposure);
    this.#inStretch = 0;
    this.#low[1] = Number.POSITIVE_INFINITY;
    this.#high[1] = Number.NEGATIVE_INFINITY;
  }

  /** Samples every 00:00 UTC that has passed; a day without bars keeps the equity known before it. */
  #endDays(at: Ms, equity: number, wallet: number, exposure: number): void {
    while (at >= this.#nextDay) {
      const value = at === this.#nextDay ? equity : this.#last;
      this.#dayTime.push(this.#nextDay);
      this.#dayEquity.push(value);
      if (!this.#keepAll && at === this.#nextDay) this.#store(at, equity, wallet, exposure);
      this.#nextDay += dayMs;
    }
  }

  #surface(at: Ms): void { // hot
    if (at - this.#peakAt > this.#longest) this.#longest = at - this.#peakAt;
  }

  #store(at: Ms, equity: number, wallet: number, exposure: number): void { // hot
    this.#time.push(at);
    this.#equity.push(equity);
    this.#wallet.push(wallet);
    this.#exposure.push(exposure);
  }

  /** Totals at the end of the data; a last day that is not full is sampled at its end. */
  finish(at: Ms): { readonly drawdown: DrawdownTotals; readonly daily: { times: Float64Array; equity: Float64Array }; readonly exposureFraction: number; readonly table: Table } {
    if (this.#inStretch > 0) this.#endStretch(at, this.#last, this.point.wallet, this.point.exposure);
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
