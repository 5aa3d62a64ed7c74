/** What every drawing of `charts.ts` stands on: colours, scales with round numbers and times, frame, grid, axes and legend. */

/** A place along the bottom: a number, or a time as ISO text. */
export type Place = number | string;

export interface Figure {
  readonly title: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Pixels; 300 unless told. The width is 760. */
  readonly height?: number;
}
export interface Scale {
  readonly low: number;
  readonly high: number;
  /** Pixels of a value. */
  at(value: Place): number;
  readonly ticks: readonly { readonly at: number; readonly name: string }[];
}
export interface Sign { readonly name: string; readonly colour: string; readonly shape?: string }

export const shade = {
  ink: '#1b1f24', quiet: '#5b6470', line: '#e3e7eb', gain: '#2f6fde', loss: '#c2570c', safe: '#0f766e', bare: '#b42318', candle: '#7a828c',
  series: ['#2f6fde', '#c2570c', '#0f766e', '#7a828c', '#b42318', '#7c3aed'],
} as const;

const width = 760;
const heightOf = ({ height = 300 }: Figure): number => height;
/** The field inside the axes, pixels. */
export const inner = { left: 72, right: width - 16, top: 52, bottom: (wish: Figure): number => heightOf(wish) - (wish.xLabel === undefined ? 30 : 46) } as const;

export const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A scale over all finite values, from pixel to pixel, with this share of room at both ends. ISO text makes it one of time. */
export function scaleOf(values: readonly Place[], from: number, to: number, room = 0): Scale {
  const isTime = values.some((value) => typeof value === 'string');
  const numbers = values.map(numberOf).filter(Number.isFinite);
  let [low, high] = [Infinity, -Infinity];
  for (const value of numbers) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) [low, high] = [0, 1];
  if (low === high) [low, high] = [low - Math.abs(low || 1) * 0.05, high + Math.abs(high || 1) * 0.05];
  [low, high] = [low - room * (high - low), high + room * (high - low)];
  const at = (value: Place): number => from + ((numberOf(value) - low) / (high - low)) * (to - from);
  const wanted = Math.max(2, Math.floor(Math.abs(to - from) / (isTime ? 100 : from < to ? 90 : 34)));
  return { low, high, at, ticks: isTime ? timeTicks(low, high, wanted) : numberTicks(low, high, wanted) };
}

const numberOf = (value: Place): number => (typeof value === 'string' ? Date.parse(value) : value);

function numberTicks(low: number, high: number, wanted: number): Scale['ticks'] {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - first + 1) }, (_, place) => {
    const value = (first + place) * step;
    return { at: value, name: (value === 0 ? 0 : value).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }) };
  });
}

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
const timeSteps = [
  second, 5 * second, 15 * second, 30 * second, minute, 2 * minute, 5 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 5 * day, 10 * day, 20 * day,
  50 * day, 100 * day, 365 * day,
];

function timeTicks(low: number, high: number, wanted: number): Scale['ticks'] {
  const step = timeSteps.find((one) => (high - low) / one <= wanted) ?? 365 * day;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, place) => {
    const at = (first + place) * step;
    const text = new Date(at).toISOString();
    return { at, name: step >= day ? text.slice(0, 10) : step < minute ? text.slice(11, 19) : at % day === 0 ? text.slice(5, 10) : text.slice(11, 16) };
  });
}

/** A drawing with axes: `null` leaves the marks of an axis to the drawing. */
export function drawn(wish: Figure, x: Scale | null, y: Scale | null, body: readonly string[], legend: readonly Sign[]): string {
  const bottom = inner.bottom(wish);
  const across = (x?.ticks ?? []).map(({ at, name }) => {
    const left = x!.at(at).toFixed(1);
    return `<line x1="${left}" x2="${left}" y1="${inner.top}" y2="${bottom}" stroke="${shade.line}"/><text x="${left}" y="${bottom + 16}" text-anchor="${x!.at(at) > inner.right - 30 ? 'end' : 'middle'}">${name}</text>`;
  });
  const up = (y?.ticks ?? []).map(({ at, name }) => {
    const top = y!.at(at);
    return `<line x1="${inner.left}" x2="${inner.right}" y1="${top.toFixed(1)}" y2="${top.toFixed(1)}" stroke="${shade.line}"/><text x="${inner.left - 6}" y="${(top + 4).toFixed(1)}" text-anchor="end">${name}</text>`;
  });
  return figure(wish, [...across, ...up, ...body], legend);
}

/** The sheet itself: white ground, title, names of the axes, legend. */
export function figure(wish: Figure, body: readonly string[], legend: readonly Sign[]): string {
  const height = heightOf(wish);
  let left = inner.left;
  const signs = legend.map(({ name, colour, shape }) => {
    const at = left;
    left += 26 + 7 * name.length;
    return `${signOf(shape, at, colour)}<text x="${at + 14}" y="42">${escaped(name)}</text>`;
  });
  const { title, xLabel, yLabel } = wish;
  const middle = (inner.top + inner.bottom(wish)) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}" font-family="system-ui, sans-serif" font-size="12" fill="${shade.quiet}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/><text x="${inner.left}" y="22" font-size="14" font-weight="600" fill="${shade.ink}">${escaped(title)}</text>`,
    ...body, ...signs,
    xLabel === undefined ? '' : `<text x="${(inner.left + inner.right) / 2}" y="${height - 10}" text-anchor="middle">${escaped(xLabel)}</text>`,
    yLabel === undefined ? '' : `<text x="14" y="${middle}" text-anchor="middle" transform="rotate(-90 14 ${middle})">${escaped(yLabel)}</text>`,
    '</svg>',
  ].join('');
}

function signOf(shape: string | undefined, x: number, colour: string): string {
  if (shape === 'up') return `<path d="M${x + 5} 33l-4.5 8h9z" fill="${colour}"/>`;
  if (shape === 'down') return `<path d="M${x + 5} 42l-4.5 -8h9z" fill="${colour}"/>`;
  if (shape === 'cross') return `<path d="M${x + 1} 34l8 8m0 -8l-8 8" stroke="${colour}" stroke-width="1.8" fill="none"/>`;
  if (shape === 'dot') return `<circle cx="${x + 5}" cy="38" r="3" fill="${colour}"/>`;
  return `<rect x="${x}" y="33" width="10" height="10" rx="2" fill="${colour}"/>`;
}
