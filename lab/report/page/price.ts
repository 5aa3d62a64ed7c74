/** The price of one symbol with its entries, exits, stops, and what the stops paid beyond their triggers. */
import { CandlestickSeries, createSeriesMarkers, LineSeries, LineType } from 'lightweight-charts';
import type { CandlestickData, IChartApi, ISeriesApi, ISeriesMarkersPluginApi, LineData, SeriesMarker, Time, WhitespaceData } from 'lightweight-charts';
import type { CandleStrip, Story } from '../story.ts';
import { chartIn, follow, grouped, signed, stamp } from './chart.ts';
import { coloursNow } from './colours.ts';
import type { Colours } from './colours.ts';
import { drawOverruns, primitive } from './marks.ts';
import type { Overrun } from './marks.ts';

export interface PricePane { readonly chart: IChartApi; readonly showTrade: (index: number) => void; readonly showAll: () => void }

interface Laid {
  readonly times: readonly number[];
  readonly bars: readonly CandlestickData[];
  readonly stops: readonly (LineData | WhitespaceData)[];
  readonly overruns: readonly Overrun[];
  /** Trades that opened or closed within a candle, by its time. */
  readonly facts: ReadonlyMap<number, readonly string[]>;
}

export function pricePane(story: Story, element: HTMLElement, facts: HTMLElement): PricePane {
  let strip = story.candles[0]!;
  let laid = layOut(story, strip);
  const chart = chartIn(element, (_chart, colours) => paint(colours));
  const candles = chart.addSeries(CandlestickSeries, { priceLineVisible: false, lastValueVisible: false });
  const stops = chart.addSeries(LineSeries, { lineType: LineType.WithSteps, lineWidth: 2, priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false });
  candles.attachPrimitive(primitive(chart, candles, drawOverruns(() => laid.overruns, () => coloursNow().bare)));
  const markers: ISeriesMarkersPluginApi<Time> = createSeriesMarkers(candles, []);
  const paint = (colours: Colours): void => {
    candles.applyOptions({
      upColor: colours.ground, downColor: colours.candle, borderUpColor: colours.candle, borderDownColor: colours.candle,
      wickUpColor: colours.candle, wickDownColor: colours.candle,
    });
    stops.applyOptions({ color: colours.safe });
    markers.setMarkers(markersOf(story, strip, colours));
  };
  const show = (symbol: string): void => {
    strip = story.candles.find((one) => one.symbol === symbol) ?? strip;
    laid = layOut(story, strip);
    const priceFormat = { type: 'price', precision: strip.decimals, minMove: 10 ** -strip.decimals } as const;
    candles.applyOptions({ priceFormat });
    stops.applyOptions({ priceFormat });
    candles.setData([...laid.bars]);
    stops.setData([...laid.stops]);
    paint(coloursNow());
  };
  show(strip.symbol);
  chart.timeScale().fitContent();
  bindKeys(chart, element, candles, () => laid, (text) => { facts.textContent = text; }, () => strip.decimals);
  const select = document.getElementById('symbol');
  if (select instanceof HTMLSelectElement) select.addEventListener('change', () => { show(select.value); chart.timeScale().fitContent(); });
  return {
    chart, showAll: () => chart.timeScale().fitContent(),
    showTrade: (index) => {
      const { trades } = story;
      if (trades.symbol[index] !== strip.symbol) {
        show(trades.symbol[index]!);
        if (select instanceof HTMLSelectElement) select.value = trades.symbol[index]!;
      }
      const from = indexAt(strip, trades.openedAt[index]!);
      const to = indexAt(strip, trades.closedAt[index]!);
      const room = Math.max(20, (to - from) * 0.5);
      chart.timeScale().setVisibleLogicalRange({ from: from - room, to: to + room });
    },
  };
}

function bindKeys(chart: IChartApi, element: HTMLElement, candles: ISeriesApi<'Candlestick'>, laid: () => Laid, write: (text: string) => void, decimalsNow: () => number): void {
  follow(chart, element, candles, () => laid().times, (i) => laid().bars[i]!.close, (i) => {
    const bar = i === null ? undefined : laid().bars[i];
    if (bar === undefined) { write(''); return; }
    const decimals = decimalsNow();
    const own = laid().facts.get(Number(bar.time)) ?? [];
    write([`${stamp(Number(bar.time) * 1_000)} UTC  open ${grouped(bar.open, decimals)}  high ${grouped(bar.high, decimals)}  low ${grouped(bar.low, decimals)}  close ${grouped(bar.close, decimals)}`, ...own.slice(0, 4)].join(' · '));
  });
}

/** Seconds of the candle in which `at` lies. */
const timeOf = ({ from, bucketMs }: CandleStrip, at: number): number => (from + Math.floor((at - from) / bucketMs) * bucketMs) / 1_000;

/** Place of the candle in which `at` lies, or of the last one before it. */
function indexAt(strip: CandleStrip, at: number): number {
  const wanted = Math.floor((at - strip.from) / strip.bucketMs);
  let low = 0;
  let high = strip.slot.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (strip.slot[middle]! <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}

function layOut(story: Story, strip: CandleStrip): Laid {
  const unit = 10 ** -strip.decimals;
  const price = (value: number): number => Number((value * unit).toFixed(strip.decimals));
  const times = strip.slot.map((slot) => (strip.from + slot * strip.bucketMs) / 1_000);
  const bars = times.map((time, i): CandlestickData => ({
    time: time as Time, open: price(strip.open[i]!), high: price(strip.high[i]!), low: price(strip.low[i]!), close: price(strip.close[i]!),
  }));
  let next = 0;
  let level = 0;
  let shown = 0;
  const stops = strip.slot.map((slot, i): LineData | WhitespaceData => {
    while (next < strip.stops.length && strip.stops[next]![0] <= slot) level = strip.stops[next++]![1];
    const time = times[i]! as Time;
    if (level > 0) {
      shown = level;
      return { time, value: price(level) };
    }
    // A line goes on over a hole; only one that cannot be seen ends.
    return shown === 0 ? { time } : { time, value: price(shown), color: 'transparent' };
  });
  const { trades } = story;
  const overruns = ownTrades(story, strip).flatMap((i): Overrun[] => {
    const trigger = trades.trigger[i]!;
    return trigger === null || trigger === trades.exit[i] ? [] : [{ time: timeOf(strip, trades.closedAt[i]!), trigger, paid: trades.exit[i]! }];
  });
  return { times, bars, stops, overruns, facts: factsOf(story, strip) };
}

const ownTrades = ({ trades }: Story, { symbol }: CandleStrip): readonly number[] => trades.symbol.flatMap((own, i) => (own === symbol ? [i] : []));

function factsOf(story: Story, strip: CandleStrip): ReadonlyMap<number, readonly string[]> {
  const facts = new Map<number, string[]>();
  const say = (time: number, text: string): void => { facts.set(time, [...facts.get(time) ?? [], text]); };
  const { trades, settle } = story;
  for (const i of ownTrades(story, strip)) {
    const r = trades.r[i];
    say(timeOf(strip, trades.openedAt[i]!), `${trades.side[i]} ${trades.qty[i]} at ${grouped(trades.entry[i]!, strip.decimals)}`);
    say(timeOf(strip, trades.closedAt[i]!), `exit at ${grouped(trades.exit[i]!, strip.decimals)} by ${trades.exitReason[i]}, net ${signed(trades.net[i]!, 2)} ${settle}${typeof r === 'number' ? ` (${signed(r, 2)} R)` : ''}`);
  }
  return facts;
}

/** Triangles at the price of entry, squares at the price of exit. */
function markersOf(story: Story, strip: CandleStrip, colours: Colours): SeriesMarker<Time>[] {
  const { trades } = story;
  const marks = ownTrades(story, strip).flatMap((i): SeriesMarker<Time>[] => {
    const isLong = trades.side[i] === 'long';
    const color = isLong ? colours.long : colours.short;
    return [
      { time: timeOf(strip, trades.openedAt[i]!) as Time, position: 'atPriceMiddle', price: trades.entry[i]!, shape: isLong ? 'arrowUp' : 'arrowDown', color, size: 0.8 },
      { time: timeOf(strip, trades.closedAt[i]!) as Time, position: 'atPriceMiddle', price: trades.exit[i]!, shape: 'square', color, size: 0.5 },
    ];
  });
  return marks.toSorted((a, b) => Number(a.time) - Number(b.time));
}
