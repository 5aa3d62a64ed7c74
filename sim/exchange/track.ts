/**
 * The price path of one bar (FS-1 section 3): open, two extremes, close, straight lines between them at thirds of the
 * interval. A track is either the last price or the mark price of a symbol; times inside it are offsets in ms from
 * the open of its bar, so that fill times stay exact.
 */
import type { Ms } from '../../engine/index.ts';

export const undecided = 0;
export const highFirst = 1;
export const lowFirst = 2;

export interface Track {
  openedAt: Ms; closesAt: Ms;
  /** Ticks. A bar without volume is flat at the last traded price. */
  open: number; high: number; low: number; close: number;
  /** Price before this bar's open. */
  from: number;
  /** Present price. */
  price: number;
  /** `undecided`, `highFirst` (OHLC) or `lowFirst` (OLHC). */
  path: number;
  /** 0, 1, 2: the leg being walked. */
  leg: number;
  /** False in a bar without volume: nothing fills and nothing that looks at this price triggers. */
  isTrading: boolean;
  /** A bar that stays strictly between these cannot make anything happen. */
  wakeBelow: number; wakeAbove: number;
}

export function newTrack(): Track {
  return {
    openedAt: -1e15, closesAt: -1e15, open: NaN, high: NaN, low: NaN, close: NaN, from: NaN, price: NaN,
    path: undecided, leg: 0, isTrading: false, wakeBelow: -Infinity, wakeAbove: Infinity,
  };
}

/** The four points of the path: 0 open, 1 and 2 extremes, 3 close. */
function pointOf(track: Track, index: number): number {
  switch (index) {
    case 0: return track.open;
    case 1: return track.path === highFirst ? track.high : track.low;
    case 2: return track.path === highFirst ? track.low : track.high;
    default: return track.close;
  }
}

const spanOf = (track: Track): number => track.closesAt - track.openedAt;

/** Offset at which point `index` of the path stands. */
function timeOf(track: Track, index: number): number {
  return index >= 3 ? spanOf(track) : (spanOf(track) * index) / 3;
}

/** Two offsets closer than this are the same instant. */
export function timeSlack(track: Track): number {
  return spanOf(track) * 1e-12;
}

/** Offset of the end of the present leg; a bar that is over has no further end. */
export function legEnd(track: Track, at: number): number {
  return at >= spanOf(track) ? Infinity : timeOf(track, track.leg + 1);
}

/** Moves on to the leg that follows `at`. */
export function enterLeg(track: Track, at: number): void {
  const slack = timeSlack(track);
  while (track.leg < 2 && at >= timeOf(track, track.leg + 1) - slack) track.leg++;
}

/** Price on the present leg at offset `at`; after the bar, its close. */
export function priceAt(track: Track, at: number): number {
  const start = timeOf(track, track.leg);
  const end = timeOf(track, track.leg + 1);
  const from = pointOf(track, track.leg);
  const to = pointOf(track, track.leg + 1);
  if (at >= end - timeSlack(track)) return to;
  return from + ((to - from) * (at - start)) / (end - start);
}

/** Offset at which the present leg meets `level`. */
export function meetingOf(track: Track, level: number): number {
  const start = timeOf(track, track.leg);
  const end = timeOf(track, track.leg + 1);
  const from = pointOf(track, track.leg);
  const to = pointOf(track, track.leg + 1);
  return to === from ? start : start + ((level - from) * (end - start)) / (to - from);
}

/** How far apart the present leg meets two levels that are equal within 1e-12, ms. */
export function meetingSlack(track: Track, level: number): number {
  const from = pointOf(track, track.leg);
  const to = pointOf(track, track.leg + 1);
  return to === from ? 0 : (Math.abs(level / (to - from)) * spanOf(track)) / 3e12;
}

/** 1 when the present leg rises, -1 when it falls, 0 when it is flat. */
export function slopeOf(track: Track): number {
  return Math.sign(pointOf(track, track.leg + 1) - pointOf(track, track.leg));
}
