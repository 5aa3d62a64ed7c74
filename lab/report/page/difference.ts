/** The script of a comparison: both equities on one axis, each from 100. */
import { LineSeries } from 'lightweight-charts';
import type { LineData, Time, WhitespaceData } from 'lightweight-charts';
import type { EquityStrip } from '../story.ts';
import { chartIn, follow, grouped, stamp } from './chart.ts';
import { coloursNow } from './colours.ts';
import type { Colours } from './colours.ts';

interface Given { readonly one: EquityStrip; readonly other: EquityStrip; readonly names: readonly [string, string] }

const given = JSON.parse(document.getElementById('story')?.textContent ?? '{}') as Given;
const element = document.getElementById('equity');
const facts = document.getElementById('equity-facts');
if (element !== null && facts !== null) draw(element, facts);
document.documentElement.dataset['drawn'] = 'yes';

function draw(place: HTMLElement, told: HTMLElement): void {
  const chart = chartIn(place, (_chart, colours) => paint(colours));
  const lines = [given.one, given.other].map((_, i) => chart.addSeries(LineSeries, { lineWidth: 2, priceLineVisible: false, title: given.names[i] ?? '' }));
  const points = [given.one, given.other].map(pointsOf);
  for (const [i, line] of lines.entries()) line.setData(points[i] ?? []);
  const paint = ({ long, short }: Colours): void => { lines[0]?.applyOptions({ color: long }); lines[1]?.applyOptions({ color: short }); };
  paint(coloursNow());
  chart.timeScale().fitContent();
  const times = points[0]!.map(({ time }) => Number(time));
  const values = points.map((list) => new Map(list.flatMap((point) => ('value' in point ? [[Number(point.time), point.value] as const] : []))));
  follow(chart, place, lines[0]!, () => times, (i) => values[0]!.get(times[i]!) ?? 100, (i) => {
    if (i === null) { told.textContent = ''; return; }
    const text = given.names.map((name, k) => `${name} ${values[k]!.has(times[i]!) ? grouped(values[k]!.get(times[i]!)!, 2) : 'n/a'}`);
    told.textContent = `${stamp(times[i]! * 1_000)} UTC · ${text.join(' · ')}`;
  });
}

function pointsOf({ from, slotMs, equity }: EquityStrip): (LineData | WhitespaceData)[] {
  const start = equity.find((value) => value !== null) ?? 1;
  const points: (LineData | WhitespaceData)[] = [];
  let before = -1;
  for (const [i, value] of equity.entries()) {
    const time = Math.floor((from + i * slotMs) / 1_000);
    if (time <= before) continue;
    before = time;
    points.push(value === null ? { time: time as Time } : { time: time as Time, value: (value / start) * 100 });
  }
  return points;
}
