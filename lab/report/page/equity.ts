/** Equity and its depth under water on one time axis, with times without a stop, faults and halts along its foot. */
import { BaselineSeries, LineSeries, PriceScaleMode } from 'lightweight-charts';
import type { IChartApi, LineData, Time, WhitespaceData } from 'lightweight-charts';
import type { Story } from '../story.ts';
import { chartIn, follow, grouped, stamp } from './chart.ts';
import { coloursNow } from './colours.ts';
import type { Colours } from './colours.ts';
import { drawSpans, primitive } from './marks.ts';

export function equityPane(story: Story, element: HTMLElement, facts: HTMLElement): IChartApi {
  const { equity: strip, safety, settle } = story;
  const times = strip.equity.map((_, i) => Math.floor((strip.from + i * strip.slotMs) / 1_000));
  const depth = underWater(strip.equity);
  const chart = chartIn(element, (_chart, colours) => paint(colours));
  const equity = chart.addSeries(LineSeries, { lineWidth: 2, priceLineVisible: false, lastValueVisible: false, priceFormat: { type: 'price', precision: settle === 'coin' ? 6 : 2, minMove: settle === 'coin' ? 1e-6 : 0.01 } });
  const water = chart.addSeries(BaselineSeries, {
    baseValue: { type: 'price', price: 0 }, lineWidth: 1, priceLineVisible: false, lastValueVisible: false,
    priceFormat: { type: 'custom', formatter: (value: number) => `${grouped(value, 1)} %`, minMove: 0.1 },
  }, 1);
  const points = (values: readonly (number | null)[], scale: number): (LineData | WhitespaceData)[] => {
    const drawn: (LineData | WhitespaceData)[] = [];
    let before = -1;
    for (const [i, value] of values.entries()) {
      const time = times[i]!;
      if (time <= before) continue;
      before = time;
      drawn.push(value === null ? { time: time as Time } : { time: time as Time, value: value * scale });
    }
    return drawn;
  };
  equity.setData(points(strip.equity, 1));
  water.setData(points(depth, 100));
  const snap = (at: number): number => times[Math.min(times.length - 1, Math.max(0, Math.floor((at - strip.from) / strip.slotMs)))]!;
  const spans = safety.bare.map(({ from, to }) => ({ from: snap(from), to: snap(to) }));
  const ticks = [...new Set([...safety.faults?.at.map(({ at }) => snap(at)) ?? [], ...safety.halts.map(({ at }) => snap(at))])];
  water.attachPrimitive(primitive(chart, water, drawSpans(spans, ticks, () => coloursNow().bare, () => coloursNow().quiet)));
  const paint = (colours: Colours): void => {
    equity.applyOptions({ color: colours.long });
    water.applyOptions({ topLineColor: colours.short, bottomLineColor: colours.short, bottomFillColor1: faint(colours.short), bottomFillColor2: faint(colours.short), topFillColor1: 'transparent', topFillColor2: 'transparent' });
  };
  paint(coloursNow());
  chart.panes()[1]?.setHeight(96);
  chart.timeScale().fitContent();
  follow(chart, element, equity, () => times, (i) => strip.equity[i] ?? 0, (i) => {
    const value = i === null ? null : strip.equity[i] ?? null;
    facts.textContent = i === null || value === null ? '' : `${stamp(times[i]! * 1_000)} UTC · equity ${grouped(value, settle === 'coin' ? 6 : 2)} ${settle} · ${grouped((depth[i] ?? 0) * 100, 2)} % from its peak`;
  });
  const log = document.getElementById('log');
  if (log instanceof HTMLInputElement) {
    log.addEventListener('change', () => equity.priceScale().applyOptions({ mode: log.checked ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal }));
  }
  return chart;
}

/** A colour of six digits, see-through. */
const faint = (colour: string): string => `${colour}33`;

function underWater(values: readonly (number | null)[]): readonly (number | null)[] {
  let peak = Number.NEGATIVE_INFINITY;
  return values.map((value) => {
    if (value === null) return null;
    if (value > peak) peak = value;
    return peak > 0 ? value / peak - 1 : 0;
  });
}
