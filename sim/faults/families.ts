/**
 * The families of faults: what each is asked about, how often at most, and how long it lasts. Numbers of the field's faults
 * in brackets; `holdfast help faults` tells each in a sentence.
 *
 * request  judged once per attempt of a request           order  judged once per order
 * stop     judged once per request for a stop             push   judged once per message of the account's stream
 * reading  judged once per reading of the account         spell  judged once per stretch of time, and lasts
 */

export type Family = keyof typeof families;

interface Kind {
  readonly about: 'request' | 'order' | 'stop' | 'push' | 'reading' | 'spell';
  /** Rate of `storm`: a chance per object, or per stretch of time for spells. */
  readonly most: number;
  /** How long it delays or lasts; 0 = it takes no time. */
  readonly minMs: number;
  readonly maxMs: number;
}

const kind = (about: Kind['about'], most: number, minMs = 0, maxMs = 0): Kind => ({ about, most, minMs, maxMs });

export const families = {
  // ---- requests
  'lost-request': kind('request', 0.3), // [F01]
  'lost-reply': kind('request', 0.3), // [F02, F53]
  'late-order': kind('request', 0.1, 5_001, 14_000), // [F03]
  'server-error': kind('request', 0.2), // [F04-F06]
  'rate-limit': kind('request', 0.2), // [F10]
  latency: kind('request', 0.2, 500, 4_000), // [F17]
  'duplicate-link': kind('request', 0.1), // [F23]
  'link-forgotten': kind('request', 0.1), // [F23]
  'no-position': kind('request', 0.1), // [F34]
  'cancel-late': kind('request', 0.2, 1_000, 4_000), // [F25]
  // ---- what becomes of an order
  'ack-then-cancel': kind('order', 0.3), // [F21]
  'partial-then-cancel': kind('order', 0.5), // [F27, F28]
  'venue-cancel': kind('order', 0.3, 100, 60_000), // [F21]
  // ---- the position's stop
  'stop-not-modified': kind('stop', 0.1), // [F37]
  'stop-through': kind('stop', 0.1), // [F38]
  'stop-no-position': kind('stop', 0.1), // [F39]
  // ---- the account's stream
  duplicate: kind('push', 0.5, 0, 2_000), // [F46]
  reorder: kind('push', 0.3, 1, 3_000), // [F43, F45]
  // ---- readings of the account
  'query-lost': kind('reading', 0.3), // [F01]
  'stale-reading': kind('reading', 0.3, 1_000, 5_000), // [F18]
  'history-lag': kind('reading', 0.5, 1_000, 5_000), // [F31]
  'unknown-parts': kind('reading', 0.2), // [F20]
  // ---- stretches of time
  'stream-drop': kind('spell', 0.5, 1_000, 30_000), // [F50, F74]
  'silent-gap': kind('spell', 0.3, 1_000, 10_000), // [F50]
  'zombie-topic': kind('spell', 0.2, 10_000, 120_000), // [F57, F77]
  outage: kind('spell', 0, 1_000, 30_000), // [F55, F86]
  ban: kind('spell', 0.1, 60_000, 600_000), // [F11]
  'clock-skew': kind('spell', 0.2, 1_000, 60_000), // [F12-F14]
  stall: kind('spell', 0.2, 30_000, 30_000),
  sleep: kind('spell', 0.02, 28_800_000, 28_800_000),
  // ---- what others do to the account
  'manual-close': kind('spell', 0.1), // [F67]
  'manual-open': kind('spell', 0.1), // [F67]
  'manual-cancel': kind('spell', 0.1), // [F67]
  'stop-removed': kind('spell', 0.2), // [F69]
  'stop-moved': kind('spell', 0.1), // [F67]
  adl: kind('spell', 0.1), // [F68]
  liquidation: kind('spell', 0.05), // [F68]
} as const satisfies Readonly<Record<string, Kind>>;

export const familyNames = Object.keys(families) as readonly Family[];
