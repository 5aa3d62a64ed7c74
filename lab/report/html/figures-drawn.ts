/** Distributions and costs drawn as SVG on the server's side: they print, they need no script, and every mark says its facts. */
import { grouped, signed } from '../words.ts';
import { html } from './markup.ts';
import type { Markup } from './markup.ts';
import { lasting } from './verdict.ts';
import type { Costs, TradeColumns } from '../story.ts';

const width = 640;
const height = 220;
const floor = height - 28;

interface Bin { readonly from: number; readonly to: number; readonly count: number }

/** At most 40 bins of a round width; the outermost hold everything beyond. */
export function binned(values: readonly number[], step: number): readonly Bin[] {
  if (values.length === 0) return [];
  const sorted = values.toSorted((a, b) => a - b);
  const low = Math.floor(Math.max(sorted[0]!, sorted[Math.floor(sorted.length * 0.005)]! - 4 * step) / step);
  const high = Math.min(low + 39, Math.floor(Math.min(sorted.at(-1)!, sorted[Math.ceil(sorted.length * 0.995) - 1]! + 4 * step) / step));
  const counts = Array.from({ length: Math.max(1, high - low + 1) }, () => 0);
  for (const value of values) {
    const bin = Math.min(counts.length - 1, Math.max(0, Math.floor(value / step) - low));
    counts[bin] = counts[bin]! + 1;
  }
  return counts.map((count, i) => ({ from: (low + i) * step, to: (low + i + 1) * step, count }));
}

/** How results in R are spread. */
export function resultsDrawn(trades: TradeColumns): Markup {
  const rs = trades.r.filter((r): r is number => r !== null);
  if (rs.length === 0) return html`<p class="quiet">No closed trade had a stop to measure its result against.</p>`;
  const bins = binned(rs, 0.25);
  const most = Math.max(...bins.map(({ count }) => count));
  const each = width / bins.length;
  const bars = bins.map(({ from, to, count }, i) => {
    const tall = (count / most) * (floor - 16);
    const facts = `${grouped(from, 2)} to ${grouped(to, 2)} R: ${grouped(count, 0)} of ${grouped(rs.length, 0)} trades`;
    return html`<rect x="${(i * each + 1).toFixed(1)}" y="${(floor - tall).toFixed(1)}" width="${(each - 2).toFixed(1)}" height="${Math.max(count > 0 ? 1 : 0, tall).toFixed(1)}"
      class="${to <= 0 ? 'loss' : 'gain'}" tabindex="0" role="img" aria-label="${facts}"><title>${facts}</title></rect>`;
  });
  const marks = bins.flatMap(({ from }, i) => (Math.abs(from % 1) < 1e-9 ? [html`<text x="${(i * each).toFixed(1)}" y="${height - 10}">${grouped(from, 0)}</text>`] : []));
  return html`<figure><figcaption>Results in R, ${grouped(rs.length, 0)} trades with a stop; one R is what the first stop risked</figcaption>
<svg viewBox="0 0 ${width} ${height}" class="plot">${bars}<line x1="0" x2="${width}" y1="${floor}" y2="${floor}" class="axis"/>${marks}</svg></figure>`;
}

const pointsMost = 1_200;

/** How far each trade went against and for its position. */
export function excursionsDrawn(trades: TradeColumns): Markup {
  const { mae, mfe, net } = trades;
  if (net.length === 0) return html``;
  const top = Math.max(1e-6, quantile(mfe, 0.99));
  const wide = Math.max(1e-6, quantile(mae, 0.99));
  const every = Math.ceil(net.length / pointsMost);
  const points = net.flatMap((won, i) => {
    if (i % every !== 0) return [];
    const x = (Math.min(mae[i]!, wide) / wide) * (width - 60) + 50;
    const y = floor - (Math.min(mfe[i]!, top) / top) * (floor - 12);
    const facts = `${trades.symbol[i]} ${trades.side[i]}: ${grouped(mae[i]! * 100, 2)} % against, ${grouped(mfe[i]! * 100, 2)} % for, net ${signed(won, 2)}`;
    return [won > 0 ? html`<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" class="gain"><title>${facts}</title></circle>`
      : html`<path d="M${(x - 3).toFixed(1)} ${(y - 3).toFixed(1)}l6 6m0 -6l-6 6" class="cross"><title>${facts}</title></path>`];
  });
  const cut = every > 1 ? `, every ${every}th shown` : '';
  return html`<figure><figcaption>Furthest for the position (up) and against it (right), % of the entry price; circles won, crosses lost; ${grouped(net.length, 0)} trades${cut}</figcaption>
<svg viewBox="0 0 ${width} ${height}" class="plot">${points}<line x1="50" x2="${width}" y1="${floor}" y2="${floor}" class="axis"/><line x1="50" x2="50" y1="0" y2="${floor}" class="axis"/>
<text x="${width - 4}" y="${height - 10}" text-anchor="end">${grouped(wide * 100, 2)} % against</text><text x="4" y="12">${grouped(top * 100, 2)} %</text></svg></figure>`;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** From what the prices wanted would have given to what was kept. */
export function costsDrawn(costs: Costs, decimals: number): Markup {
  const steps: readonly (readonly [string, number, boolean])[] = [
    ['Without costs', costs.ideal, true], ['Slippage', -costs.slippage, false], ['Fees', -costs.fees, false],
    ['Funding', costs.funding, false], ['Net', costs.net, true],
  ];
  let level = 0;
  const spans = steps.map(([name, value, isTotal]) => {
    const from = isTotal ? 0 : level;
    level = isTotal ? value : level + value;
    return { name, value, from, to: level, isTotal };
  });
  const low = Math.min(0, ...spans.flatMap(({ from, to }) => [from, to]));
  const high = Math.max(0, ...spans.flatMap(({ from, to }) => [from, to]), low + 1e-9);
  const y = (value: number): number => 12 + (1 - (value - low) / (high - low)) * (floor - 24);
  const each = width / spans.length;
  const bars = spans.map(({ name, value, from, to, isTotal }, i) => {
    const text = `${name} ${signed(value, decimals)} ${costs.settle}`;
    return html`<rect x="${(i * each + 16).toFixed(1)}" width="${(each - 32).toFixed(1)}" y="${Math.min(y(from), y(to)).toFixed(1)}" height="${Math.max(1, Math.abs(y(from) - y(to))).toFixed(1)}"
      class="${isTotal ? 'total' : value < 0 ? 'loss' : 'gain'}" tabindex="0" role="img" aria-label="${text}"><title>${text}</title></rect>
      <text x="${(i * each + each / 2).toFixed(1)}" y="${height - 10}" text-anchor="middle">${name}</text>
      <text x="${(i * each + each / 2).toFixed(1)}" y="${(Math.min(y(from), y(to)) - 4).toFixed(1)}" text-anchor="middle" class="number">${signed(value, decimals)}</text>`;
  });
  return html`<svg viewBox="0 0 ${width} ${height}" class="plot">${bars}<line x1="0" x2="${width}" y1="${y(0).toFixed(1)}" y2="${y(0).toFixed(1)}" class="axis"/></svg>`;
}

/** Times without a stop, one line each, the longest first. */
export const spansTold = (spans: readonly { readonly from: number; readonly to: number; readonly symbol: string; readonly why: string }[]): readonly string[] =>
  spans.toSorted((a, b) => (b.to - b.from) - (a.to - a.from)).slice(0, 20)
    .map(({ from, to, symbol, why }) => `${new Date(from).toISOString().slice(0, 19).replace('T', ' ')} UTC, ${symbol}: ${lasting(to - from)} (${why})`);
