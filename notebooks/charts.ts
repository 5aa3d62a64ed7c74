/**
 * Small drawings in SVG, shown below a cell: danfo's own plots need a browser. Each takes numbers (NaN leaves a hole) or, along the
 * bottom, times as ISO text, and shows itself at once. Colours are those of `holdfast report`; the ground is white in any theme.
 */
import { display } from 'tslab';
import { drawn, escaped, figure, inner, scaleOf, shade } from './canvas';
import type { Figure, Place } from './canvas';

/** One line: the name stands in the legend. */
export interface Series {
  readonly name: string;
  readonly x: readonly Place[];
  readonly y: readonly number[];
  /** Holds its value until the next point: stops, sizes, modes. */
  readonly isStepped?: boolean;
  readonly colour?: string;
  readonly isDashed?: boolean;
}
/** A mark on a chart: entries point up, exits down, the rest are dots. */
export interface Mark { readonly x: Place; readonly y: number; readonly shape: 'up' | 'down' | 'dot' | 'cross'; readonly name: string; readonly colour?: string }

export interface LineWish extends Figure { readonly series: readonly Series[]; readonly marks?: readonly Mark[]; readonly hasZero?: boolean; readonly isFilled?: boolean }

/** Lines over time or numbers, with marks on them. */
export function lineChart({ series, marks = [], hasZero = false, isFilled = false, ...wish }: LineWish): void {
  const x = scaleOf([...series.flatMap((one) => one.x), ...marks.map((mark) => mark.x)], inner.left, inner.right);
  const bottom = inner.bottom(wish);
  const y = scaleOf([...series.flatMap((one) => one.y), ...marks.map((mark) => mark.y), ...(hasZero ? [0] : [])], bottom, inner.top, 0.06);
  const paths = series.map((one, place) => {
    const colour = one.colour ?? shade.series[place % shade.series.length]!;
    const d = pathOf(one, x.at, y.at);
    const area = isFilled ? `<path d="${d}V${y.at(Math.max(0, y.low)).toFixed(1)}H${x.at(one.x[0] ?? 0).toFixed(1)}Z" fill="${colour}" opacity="0.15"/>` : '';
    return `${area}<path d="${d}" fill="none" stroke="${colour}" stroke-width="1.5"${one.isDashed === true ? ' stroke-dasharray="4 3"' : ''}/>`;
  });
  const zero = hasZero ? `<line x1="${inner.left}" x2="${inner.right}" y1="${y.at(0)}" y2="${y.at(0)}" stroke="${shade.ink}" stroke-width="1"/>` : '';
  show(drawn(wish, x, y, [zero, ...paths, ...marks.map((mark) => markOf(mark, x.at(mark.x), y.at(mark.y)))],
    series.length < 2 && marks.length === 0 ? [] : [
      ...series.map((one, place) => ({ name: one.name, colour: one.colour ?? shade.series[place % shade.series.length]! })),
      ...[...new Map(marks.map((mark) => [mark.name, mark])).values()].map(({ name, colour, shape }) => ({ name, colour: colour ?? shade.ink, shape })),
    ]));
}

/** Lines that hold their value until the next point. */
export function stepChart({ series, ...wish }: LineWish): void {
  lineChart({ ...wish, series: series.map((one) => ({ ...one, isStepped: true })) });
}

export interface BarWish extends Figure { readonly labels: readonly (string | number)[]; readonly values: readonly number[]; readonly colour?: string }

/** One bar per label; gains are blue, losses orange, unless a colour is given. */
export function barChart({ labels, values, colour, ...wish }: BarWish): void {
  const y = scaleOf([0, ...values], inner.bottom(wish), inner.top, 0.06);
  const step = (inner.right - inner.left) / Math.max(1, labels.length);
  const every = Math.ceil(labels.length / Math.max(1, Math.floor((inner.right - inner.left) / (8 + 7 * Math.max(1, ...labels.map((one) => String(one).length))))));
  const bars = values.map((value, place) => {
    const left = inner.left + place * step + step * 0.12;
    const ends = [y.at(0), y.at(value)] as const;
    const fill = colour ?? (value < 0 ? shade.loss : shade.gain);
    return Number.isNaN(value) ? '' : `<rect x="${left.toFixed(1)}" y="${Math.min(...ends).toFixed(1)}" width="${(step * 0.76).toFixed(1)}" height="${
      Math.max(0.5, Math.abs(ends[0] - ends[1])).toFixed(1)}" fill="${fill}"><title>${escaped(`${labels[place]}: ${value}`)}</title></rect>`;
  });
  const names = labels.map((label, place) => (place % every > 0 ? ''
    : `<text x="${(inner.left + (place + 0.5) * step).toFixed(1)}" y="${inner.bottom(wish) + 16}" text-anchor="middle">${escaped(String(label))}</text>`));
  const zero = `<line x1="${inner.left}" x2="${inner.right}" y1="${y.at(0)}" y2="${y.at(0)}" stroke="${shade.ink}"/>`;
  show(drawn(wish, null, y, [...bars, zero, ...names], []));
}

export interface Point { readonly x: number; readonly y: number; readonly name?: string; readonly colour?: string }
export interface ScatterWish extends Figure { readonly points: readonly Point[]; readonly hasDiagonal?: boolean; readonly hasZero?: boolean; readonly legend?: readonly { readonly name: string; readonly colour: string }[] }

/** One dot per point; hovering shows its name. */
export function scatterChart({ points, hasDiagonal = false, hasZero = false, legend = [], ...wish }: ScatterWish): void {
  const own = points.filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
  const zeros = hasZero ? [0] : [];
  const x = scaleOf([...own.map((point) => point.x), ...zeros], inner.left, inner.right, 0.04);
  const y = scaleOf([...own.map((point) => point.y), ...zeros], inner.bottom(wish), inner.top, 0.06);
  const [from, to] = [Math.max(x.low, y.low), Math.min(x.high, y.high)];
  const diagonal = hasDiagonal && from < to
    ? `<line x1="${x.at(from)}" y1="${y.at(from)}" x2="${x.at(to)}" y2="${y.at(to)}" stroke="${shade.quiet}" stroke-dasharray="4 3"/>` : '';
  const axes = hasZero ? `<path d="M${inner.left} ${y.at(0)}H${inner.right}M${x.at(0)} ${inner.top}V${inner.bottom(wish)}" stroke="${shade.ink}" fill="none"/>` : '';
  const dots = own.map((point) => `<circle cx="${x.at(point.x).toFixed(1)}" cy="${y.at(point.y).toFixed(1)}" r="3.5" fill="${
    point.colour ?? shade.gain}" fill-opacity="0.65"><title>${escaped(point.name ?? `${point.x}, ${point.y}`)}</title></circle>`);
  show(drawn(wish, x, y, [axes, diagonal, ...dots], legend));
}

export interface HeatWish extends Figure {
  readonly columns: readonly (string | number)[];
  readonly rows: readonly (string | number)[];
  /** One row of values per row; NaN is left white. */
  readonly values: readonly (readonly number[])[];
  readonly digits?: number;
}

/** A table of colours around zero: blue above, orange below, the number in each field. */
export function heatMap({ columns, rows, values, digits = 2, ...wish }: HeatWish): void {
  const most = Math.max(1e-12, ...values.flat().filter(Number.isFinite).map(Math.abs));
  const [width, height] = [(inner.right - inner.left) / columns.length, (inner.bottom(wish) - inner.top) / rows.length];
  const fields = rows.flatMap((_, row) => columns.map((__, column) => {
    const value = values[row]?.[column] ?? Number.NaN;
    if (!Number.isFinite(value)) return '';
    const strength = Math.abs(value) / most;
    const [left, top] = [inner.left + column * width, inner.top + row * height];
    return `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${(width - 1).toFixed(1)}" height="${(height - 1).toFixed(1)}" fill="${
      value < 0 ? shade.loss : shade.gain}" fill-opacity="${(0.08 + 0.87 * strength).toFixed(2)}"/><text x="${(left + width / 2).toFixed(1)}" y="${
      (top + height / 2 + 4).toFixed(1)}" text-anchor="middle" fill="${strength > 0.55 ? '#ffffff' : shade.ink}">${value.toFixed(digits)}</text>`;
  }));
  const names = [
    ...columns.map((name, place) => `<text x="${(inner.left + (place + 0.5) * width).toFixed(1)}" y="${inner.bottom(wish) + 16}" text-anchor="middle">${escaped(String(name))}</text>`),
    ...rows.map((name, place) => `<text x="${inner.left - 6}" y="${(inner.top + (place + 0.5) * height + 4).toFixed(1)}" text-anchor="end">${escaped(String(name))}</text>`),
  ];
  show(figure(wish, [...fields, ...names], []));
}

/** A stretch (`to`) or an instant in a lane. */
export interface Span { readonly lane: string; readonly from: string; readonly to?: string; readonly name: string; readonly colour?: string }
export interface TimelineWish extends Figure { readonly lanes: readonly string[]; readonly spans: readonly Span[]; readonly from: string; readonly to: string }

/** What happened when, one lane per kind of thing. */
export function timeline({ lanes, spans, from, to, ...wish }: TimelineWish): void {
  const own = { height: 90 + lanes.length * 34, ...wish };
  const x = scaleOf([from, to], inner.left + 40, inner.right);
  const step = (inner.bottom(own) - inner.top) / lanes.length;
  const marks = spans.filter((span) => (span.to ?? span.from) >= from && span.from <= to).map((span) => {
    const top = inner.top + lanes.indexOf(span.lane) * step + step * 0.2;
    const left = Math.max(x.at(from), x.at(span.from));
    const width = span.to === undefined ? 3 : Math.max(3, Math.min(x.at(to), x.at(span.to)) - left);
    return `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${(step * 0.6).toFixed(1)}" fill="${
      span.colour ?? shade.gain}" fill-opacity="0.85"><title>${escaped(`${span.from} ${span.name}`)}</title></rect>`;
  });
  const names = lanes.map((lane, place) => `<text x="${inner.left + 32}" y="${(inner.top + (place + 0.5) * step + 4).toFixed(1)}" text-anchor="end">${escaped(lane)}</text>`);
  const legend = [...new Map(spans.map(({ name, colour }) => [colour ?? shade.gain, name])).entries()].map(([colour, name]) => ({ name, colour }));
  show(drawn(own, x, null, [...marks, ...names], legend.length < 2 ? [] : legend));
}

/** The first rows of a frame as a table: danfo's own is wider than a page. */
export function table(frame: { readonly columns: string[]; readonly values: unknown; readonly shape: number[] }, most = 12): void {
  const rows = (frame.values as readonly (readonly unknown[])[]).slice(0, most);
  const cell = (value: unknown): string => {
    if (value === null || Number.isNaN(value)) return '<td></td>';
    if (typeof value !== 'number') return `<td style="text-align:left">${escaped(String(value))}</td>`;
    return `<td>${Number.isInteger(value) ? value : Number(value.toPrecision(7))}</td>`;
  };
  const more = (frame.shape[0] ?? 0) > rows.length ? `<p>${rows.length} of ${frame.shape[0]} rows</p>` : '';
  display.html(`<table><thead><tr>${frame.columns.map((name) => `<th>${escaped(name)}</th>`).join('')}</tr></thead><tbody>${
    rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')}</tbody></table>${more}`);
}

/** Shows a drawing below the cell. */
function show(svg: string): void {
  display.svg(svg);
}

function pathOf({ x, y, isStepped = false }: Series, across: (x: Place) => number, up: (y: number) => number): string {
  let d = '';
  let isDown = false;
  for (const [place, value] of y.entries()) {
    if (!Number.isFinite(value)) {
      if (isDown && isStepped) d += `H${across(x[place]!).toFixed(1)}`;
      isDown = false;
      continue;
    }
    const [left, top] = [across(x[place]!).toFixed(1), up(value).toFixed(1)];
    d += !isDown ? `M${left} ${top}` : isStepped ? `H${left}V${top}` : `L${left} ${top}`;
    isDown = true;
  }
  return d;
}

function markOf({ shape, colour = shade.ink, name }: Mark, x: number, y: number): string {
  const [left, top] = [x.toFixed(1), y.toFixed(1)];
  const title = `<title>${escaped(name)}</title>`;
  if (shape === 'up') return `<path d="M${left} ${top}l-4.5 8h9z" fill="${colour}">${title}</path>`;
  if (shape === 'down') return `<path d="M${left} ${top}l-4.5 -8h9z" fill="${colour}">${title}</path>`;
  if (shape === 'dot') return `<circle cx="${left}" cy="${top}" r="3" fill="${colour}">${title}</circle>`;
  return `<path d="M${left} ${top}m-4 -4l8 8m0 -8l-8 8" stroke="${colour}" stroke-width="1.8" fill="none">${title}</path>`;
}
