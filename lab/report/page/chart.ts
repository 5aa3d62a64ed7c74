/** What every chart of the page shares: looks, UTC, the keyboard, facts under the pointer. */
import { createChart, CrosshairMode } from 'lightweight-charts';
import type { IChartApi, ISeriesApi, MouseEventParams, SeriesType, Time } from 'lightweight-charts';
import { coloursNow, onTheme } from './colours.ts';
import type { Colours } from './colours.ts';

const options = ({ ground, ink, line }: Colours) => ({
  layout: { background: { color: ground }, textColor: ink, fontSize: 12, panes: { separatorColor: line } },
  grid: { vertLines: { visible: false }, horzLines: { color: line } },
  rightPriceScale: { borderColor: line }, timeScale: { borderColor: line },
});

/** A chart in an element. `recolour` is called once now and at every change of theme. */
export function chartIn(element: HTMLElement, recolour: (chart: IChartApi, colours: Colours) => void): IChartApi {
  const chart = createChart(element, {
    autoSize: true, crosshair: { mode: CrosshairMode.Normal }, ...options(coloursNow()),
    timeScale: { ...options(coloursNow()).timeScale, timeVisible: true, secondsVisible: false, minBarSpacing: 0.02 },
    localization: { locale: 'en-GB', timeFormatter: (time: Time) => stamp(Number(time) * 1_000) },
  });
  onTheme(() => {
    const colours = coloursNow();
    chart.applyOptions(options(colours));
    recolour(chart, colours);
  });
  return chart;
}

/** `2025-10-10 21:15`, UTC. */
export const stamp = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

export function grouped(value: number, decimals: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
export const signed = (value: number, decimals: number): string => (value > 0 ? '+' : '') + grouped(value, decimals);

/**
 * Arrows move the cursor, with Shift by twenty; + and - zoom; Home and End go to the ends. `tell` writes the facts of an
 * index, or clears them.
 */
export function follow(chart: IChartApi, element: HTMLElement, series: ISeriesApi<SeriesType>, timesNow: () => readonly number[], priceAt: (index: number) => number, tell: (index: number | null) => void): void {
  let at = timesNow().length - 1;
  const move = (index: number): void => {
    const times = timesNow();
    at = Math.min(times.length - 1, Math.max(0, index));
    chart.setCrosshairPosition(priceAt(at), times[at]! as Time, series);
    const range = chart.timeScale().getVisibleLogicalRange();
    if (range !== null && (at < range.from || at > range.to)) {
      const half = (range.to - range.from) / 2;
      chart.timeScale().setVisibleLogicalRange({ from: at - half, to: at + half });
    }
    tell(at);
  };
  chart.subscribeCrosshairMove((event: MouseEventParams) => {
    const index = event.time === undefined ? null : placeOf(timesNow(), Number(event.time));
    if (index !== null) at = index;
    tell(index);
  });
  element.addEventListener('keydown', (event) => {
    const step = event.shiftKey ? 20 : 1;
    const acts: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => move(at - step), ArrowRight: () => move(at + step), Home: () => move(0), End: () => move(timesNow().length - 1),
      '+': () => zoom(chart, 0.7), '=': () => zoom(chart, 0.7), '-': () => zoom(chart, 1.4),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

/** Index of a time in ascending times; null when it is none of them. */
function placeOf(times: readonly number[], time: number): number | null {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return times[low] === time ? low : null;
}

function zoom(chart: IChartApi, factor: number): void {
  const range = chart.timeScale().getVisibleLogicalRange();
  if (range === null) return;
  const centre = (range.from + range.to) / 2;
  const half = ((range.to - range.from) / 2) * factor;
  chart.timeScale().setVisibleLogicalRange({ from: centre - half, to: centre + half });
}
