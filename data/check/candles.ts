/** Judges one series by itself: defects, gaps, quiet stretches, jumps, ticks, and prices that cannot be its own. */
import type { Candles, FundingStamps, Gap, MarketId, Prints } from '../candles.ts';
import { timeText } from '../candles.ts';
import { packagedRules, splitSymbol } from '../instruments.ts';
import type { DefectCode, Scan } from '../scan.ts';
import { pagingHole } from '../scan.ts';
import type { Finding } from './finding.ts';
import { knownRange } from './known-prices.ts';

export interface Subject {
  readonly candles: Candles;
  readonly scan: Scan;
  readonly intervalMs: number | null;
  /** Every market the data claims to be of; usually one. */
  readonly markets: readonly MarketId[];
  readonly symbol: string | null;
  readonly isMark: boolean;
}

export function judgeCandles(subject: Subject): readonly Finding[] {
  const { scan, candles, markets } = subject;
  const findings = defectFindings(scan, candles.openedAt);
  const isSound = findings.length === 0;
  findings.push(...gapFindings(candles.length, scan), ...quietFindings(scan, candles.length));
  if (!isSound) return findings; // prices and spacing of a broken series say nothing more
  if (!subject.isMark) for (const market of markets) findings.push(...tickFindings(subject, market));
  findings.push(...jumpFindings(subject), ...rangeFindings(subject));
  return findings;
}

const defectText: Readonly<Record<DefectCode, string>> = {
  'bad-stamp': 'rows without a valid time',
  unordered: 'rows earlier than the row before',
  duplicate: 'rows with the time of the row before',
  'off-grid': 'bars that do not open on the grid of the timeframe',
  'bad-price': 'prices that are not positive numbers',
  ohlc: 'bars whose high or low contradicts their other prices',
  'bad-volume': 'volumes that are not numbers of 0 or more',
  'bad-rate': 'funding rates that are not fractions within 1',
};

function defectFindings(scan: Scan, stamps: Float64Array): Finding[] {
  return scan.defects.map((defect) => {
    const at = stamps[defect.row] ?? Number.NaN;
    return {
      code: defect.code, severity: 'error', at: Number.isFinite(at) ? at : null, count: defect.count,
      text: `${defect.count} ${defectText[defect.code]}, the first in row ${defect.row + 1}`,
    };
  });
}

function gapFindings(rows: number, scan: Scan): readonly Finding[] {
  const longest = scan.gaps.reduce<Gap | null>((best, gap) => (gap.missing > (best?.missing ?? 0) ? gap : best), null);
  if (longest === null) return [];
  const share = scan.missing / (rows + scan.missing);
  const first = scan.gaps[0];
  const hole = pagingHole(rows, scan.gaps, scan.missing);
  const numbers = `${scan.missing} bars missing (${(share * 100).toFixed(share < 0.01 ? 3 : 1)} %) in ${scan.gaps.length} gaps`;
  if (hole !== null) {
    return [{
      code: 'paging-gaps', severity: 'error', at: first?.at ?? null, count: scan.gaps.length,
      text: `${numbers}, most of ${hole} bars: pages of a download were skipped`,
    }];
  }
  return [{
    code: 'gaps', severity: share > 0.05 ? 'warning' : 'note', at: first?.at ?? null, count: scan.gaps.length,
    text: `${numbers}, the longest of ${longest.missing} bars from ${timeText(longest.at)}`,
  }];
}

function quietFindings(scan: Scan, rows: number): readonly Finding[] {
  const first = scan.quiet[0];
  if (first === undefined) return [];
  const longest = scan.quiet.reduce((best, run) => (run.bars > best.bars ? run : best), first);
  return [{
    code: 'zero-volume', severity: scan.quietBars > 0.1 * rows ? 'warning' : 'note', at: first.at, count: scan.quietBars,
    text: `${scan.quietBars} bars without volume in ${scan.quiet.length} runs, `
      + `the longest of ${longest.bars} bars from ${timeText(longest.at)}`,
  }];
}

/** A price off the packaged tick cannot come from that instrument; the tick may have been coarser once, never finer. */
function tickFindings(subject: Subject, market: MarketId): readonly Finding[] {
  const rules = subject.symbol === null ? null : packagedRules(market, subject.symbol);
  if (rules === null) return [];
  const tick = Number(rules.tick);
  const { candles } = subject;
  let finer = 0;
  let first = -1;
  for (let i = 0; i < candles.length; i++) { // hot
    const steps = candles.close[i]! / tick;
    if (Math.abs(steps - Math.round(steps)) > 1e-4) { finer += 1; if (first < 0) first = i; }
  }
  if (finer === 0) return [];
  return [{
    code: 'finer-than-tick', severity: finer > 0.01 * candles.length ? 'error' : 'warning',
    at: candles.openedAt[first] ?? null, count: finer,
    text: `${finer} closes, such as ${candles.close[first]}, are finer than the tick ${rules.tick} of ${market.venue}:${market.category} `
      + `${rules.symbol}: they are of another market (spot?)`,
  }];
}

const minute = 60_000;

/** Moves from close to close that are rare in a liquid market: 3 % a minute, growing with the root of time. */
function jumpFindings({ candles, intervalMs, symbol }: Subject): readonly Finding[] {
  if (intervalMs === null) return [];
  const limit = 0.03 * Math.sqrt(intervalMs / minute);
  let count = 0;
  let pairs = 0;
  let largest = 0;
  let at: number | null = null;
  let largestAt: number | null = null;
  for (let i = 1; i < candles.length; i++) { // hot
    if (candles.openedAt[i]! - candles.openedAt[i - 1]! !== intervalMs) continue;
    pairs += 1;
    const move = Math.abs(candles.close[i]! / candles.close[i - 1]! - 1);
    if (move <= limit) continue;
    count += 1;
    at ??= candles.openedAt[i]!;
    if (move > largest) { largest = move; largestAt = candles.openedAt[i]!; }
  }
  if (count === 0) return [];
  const text = `${count} bars move more than ${(limit * 100).toFixed(1)} %, `
    + `the largest ${(largest * 100).toFixed(1)} % at ${timeText(largestAt ?? 0)}`;
  if (pairs < 500 || count <= 0.002 * pairs) return [{ code: 'jumps', severity: 'note', at, count, text }];
  const isMajor = symbol !== null && packagedRules({ venue: 'bybit', category: 'linear' }, symbol) !== null;
  return [{
    code: 'foreign-prices', severity: isMajor ? 'error' : 'warning', at, count,
    text: `${text}: no real market of this size moves so often like that (a test network?)`,
  }];
}

/** Closes beyond what the coin cost in that quarter by more than 5 %. */
function rangeFindings({ candles, symbol }: Subject): readonly Finding[] {
  const [base, quote] = splitSymbol(symbol ?? '');
  if (symbol === null || !quote.startsWith('USD')) return [];
  let count = 0;
  let first = -1;
  let range: readonly [number, number] | null = null;
  let validUntil = -Infinity;
  for (let i = 0; i < candles.length; i++) { // hot
    const at = candles.openedAt[i]!;
    if (at >= validUntil) {
      range = knownRange(base, at);
      const date = new Date(at);
      validUntil = Date.UTC(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / 3) * 3 + 3, 1);
    }
    if (range === null) continue;
    const close = candles.close[i]!;
    if (close >= range[0] * 0.95 && close <= range[1] * 1.05) continue;
    count += 1;
    if (first < 0) first = i;
  }
  if (first < 0) return [];
  const at = candles.openedAt[first] ?? 0;
  const [low, high] = knownRange(base, at) ?? [0, 0];
  return [{
    code: 'foreign-prices', severity: count > 0.0005 * candles.length ? 'error' : 'warning', at, count,
    text: `${count} closes cannot be of ${base}: ${candles.close[first]} at ${timeText(at)}, when it cost ${low} to ${high}`,
  }];
}

/** Single trades: defects only. Whether they make the bars beside them is checked by every run on them. */
export const judgePrints = (prints: Prints, scan: Scan): readonly Finding[] => defectFindings(scan, prints.at);

/** Funding: defects, late stamps (the venue's own, left as they are), and holes in the settlement rhythm. */
export const judgeOpenInterest = (stamps: FundingStamps, scan: Scan): readonly Finding[] => defectFindings(scan, stamps.settledAt);

export function judgeFunding(stamps: FundingStamps, scan: Scan): readonly Finding[] {
  const findings = defectFindings(scan, stamps.settledAt);
  if (findings.length > 0 || stamps.length < 3) return findings;
  const hour = 60 * minute;
  const late = stamps.settledAt.filter((at) => at % hour !== 0);
  if (late.length > 0) {
    const most = late.reduce((max, at) => Math.max(max, at % hour), 0);
    findings.push({
      code: 'late-stamps', severity: most > minute ? 'warning' : 'note', at: late[0] ?? null, count: late.length,
      text: `${late.length} settlements are not stamped on the hour, at most ${most} ms late; kept as they are`,
    });
  }
  findings.push(...fundingHoles(stamps));
  return findings;
}

/** Settlements in hours that ought to follow each other: the most frequent distance is the rhythm. */
function fundingRhythm(stamps: FundingStamps): number | null {
  const counts = new Map<number, number>();
  for (let i = 1; i < stamps.length; i++) {
    const hours = Math.round((stamps.settledAt[i]! - stamps.settledAt[i - 1]!) / (60 * minute));
    counts.set(hours, (counts.get(hours) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

export function fundingHoles(stamps: FundingStamps): readonly Finding[] {
  const rhythm = fundingRhythm(stamps);
  if (rhythm === null || rhythm === 0) return [];
  let holes = 0;
  let at: number | null = null;
  let longest = 0;
  for (let i = 1; i < stamps.length; i++) {
    const hours = Math.round((stamps.settledAt[i]! - stamps.settledAt[i - 1]!) / (60 * minute));
    if (hours <= rhythm) continue;
    holes += 1;
    if (hours > longest) { longest = hours; at = stamps.settledAt[i - 1]!; }
  }
  if (holes === 0) return [];
  return [{
    code: 'funding-hole', severity: 'note', at, count: holes,
    text: `${holes} holes in the ${rhythm} h rhythm of settlements, the longest ${longest} h from ${timeText(at ?? 0)}`,
  }];
}
