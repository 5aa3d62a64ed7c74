/**
 * Prices that a coin has really had, by quarter, to tell a symbol whose prices cannot be its own.
 * Source: quarterly extremes of BTCUSDT and ETHUSDT spot, 2017 Q3 to 2025 Q4, rounded outward to two digits.
 * A perpetual stays within a few per cent of them; quarters outside the table are not judged.
 */
type Extremes = readonly (readonly [number, number])[];

const bitcoin: Extremes = [
  [2800, 5000], [4100, 20000],
  [6000, 18000], [5700, 11000], [5800, 8500], [3100, 7700],
  [3300, 4200], [4000, 14000], [7700, 14000], [6400, 11000],
  [3700, 11000], [6100, 11000], [8800, 13000], [10000, 30000],
  [28000, 62000], [28000, 65000], [29000, 53000], [42000, 69000],
  [32000, 49000], [17000, 48000], [18000, 26000], [15000, 22000],
  [16000, 30000], [24000, 32000], [24000, 32000], [26000, 45000],
  [38000, 74000], [56000, 73000], [49000, 71000], [58000, 110000],
  [76000, 110000], [74000, 120000], [100000, 130000], [80000, 130000],
];
const ether: Extremes = [
  [140, 400], [270, 870],
  [360, 1500], [350, 840], [160, 520], [81, 240],
  [100, 170], [130, 370], [150, 320], [110, 200],
  [86, 290], [120, 260], [220, 490], [330, 760],
  [710, 2100], [1700, 4400], [1700, 4100], [2900, 4900],
  [2100, 4000], [880, 3600], [1000, 2100], [1000, 1700],
  [1100, 1900], [1600, 2200], [1500, 2100], [1500, 2500],
  [2100, 4100], [2800, 4000], [2100, 3600], [2300, 4200],
  [1700, 3800], [1300, 2900], [2300, 5000], [2600, 4800],
];
const known: Readonly<Record<string, Extremes>> = { BTC: bitcoin, ETH: ether };
const firstQuarter = 2017 * 4 + 2;

/** Lowest and highest price of the base in the quarter of `at` (ms), in US dollars; null when not known. */
export function knownRange(base: string, at: number): readonly [number, number] | null {
  const date = new Date(at);
  const quarter = date.getUTCFullYear() * 4 + Math.floor(date.getUTCMonth() / 3) - firstQuarter;
  return known[base]?.[quarter] ?? null;
}
