/** Marks that the chart library has none of its own for: what a stop paid beyond its trigger, and red times without a stop. */
import type { IChartApi, ISeriesApi, ISeriesPrimitive, SeriesType, Time } from 'lightweight-charts';

/** What the chart library hands to a renderer, as far as it is used here. */
interface Target {
  useMediaCoordinateSpace(draw: (scope: { readonly context: CanvasRenderingContext2D; readonly mediaSize: { readonly width: number; readonly height: number } }) => void): void;
}

/** From the trigger to the price paid, at one time. */
export interface Overrun { readonly time: number; readonly trigger: number; readonly paid: number }
/** A stretch of time at the foot of the pane; without length it is a tick. */
export interface Stretch { readonly from: number; readonly to: number }

type Draw = (context: CanvasRenderingContext2D, chart: IChartApi, series: ISeriesApi<SeriesType>, size: { readonly width: number; readonly height: number }) => void;

/** A primitive that draws with one function, in units of the page. */
export function primitive(chart: IChartApi, series: ISeriesApi<SeriesType>, draw: Draw): ISeriesPrimitive<Time> {
  const renderer = {
    draw: (target: Target) => {
      target.useMediaCoordinateSpace(({ context, mediaSize }) => draw(context, chart, series, mediaSize));
    },
  };
  return { paneViews: () => [{ zOrder: () => 'top' as const, renderer: () => renderer }] };
}

export function drawOverruns(overruns: () => readonly Overrun[], colour: () => string): Draw {
  return (context, chart, series) => {
    context.fillStyle = colour();
    context.globalAlpha = 0.55;
    for (const { time, trigger, paid } of overruns()) {
      const x = chart.timeScale().timeToCoordinate(time as Time);
      const top = series.priceToCoordinate(trigger);
      const bottom = series.priceToCoordinate(paid);
      if (x !== null && top !== null && bottom !== null) context.fillRect(x - 3, Math.min(top, bottom), 6, Math.max(1, Math.abs(top - bottom)));
    }
    context.globalAlpha = 1;
  };
}

/** Red bars along the foot of the pane, and thin ticks above it. */
export function drawSpans(spans: readonly Stretch[], ticks: readonly number[], bare: () => string, quiet: () => string): Draw {
  return (context, chart, _series, { height }) => {
    const scale = chart.timeScale();
    context.fillStyle = quiet();
    for (const time of ticks) {
      const x = scale.timeToCoordinate(time as Time);
      if (x !== null) context.fillRect(x, height - 14, 1, 6);
    }
    context.fillStyle = bare();
    for (const { from, to } of spans) {
      const start = scale.timeToCoordinate(from as Time);
      const end = scale.timeToCoordinate(to as Time);
      if (start !== null) context.fillRect(start - 1, height - 7, Math.max(3, (end ?? start) - start + 2), 7);
    }
  };
}
