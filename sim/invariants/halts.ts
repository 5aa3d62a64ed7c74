/**
 * I17: which halts the world justifies. A cause is allowed when one of its fault families fired, or one of its circumstances
 * came about; any other halt is a failure of the engine, or else one that always halts would pass everything.
 */
import type { Mode } from '../../engine/index.ts';

type HaltCause = Extract<Mode, { readonly tag: 'halted' }>['cause'];

/** What happened without a fault: seen by the auditor itself, or stated by whoever plays the strategy. */
export type Circumstance = 'operator' | 'venue-closed' | 'liquidated' | 'foreign' | 'equity-gone' | 'strategy-fails' | 'restarts' | 'losses' | 'refusals' | 'no-volume';

interface Justification { readonly families: readonly string[]; readonly circumstances: readonly Circumstance[] }

/** What keeps requests, answers or news from arriving, or readings from being true. */
const silence: readonly string[] = [
  'lost-request', 'lost-reply', 'late-order', 'server-error', 'rate-limit', 'latency', 'query-lost', 'stale-reading', 'history-lag',
  'unknown-parts', 'stream-drop', 'silent-gap', 'zombie-topic', 'outage', 'ban', 'clock-skew', 'stall', 'sleep', 'kill',
];
const others: readonly string[] = ['manual-close', 'manual-open', 'manual-cancel', 'stop-removed', 'stop-moved', 'adl', 'liquidation'];

const justifications: Readonly<Record<HaltCause, Justification>> = {
  unprotected: { families: [...silence, ...others, 'stop-not-modified', 'stop-no-position'], circumstances: ['foreign', 'venue-closed', 'no-volume'] },
  unreconciled: { families: [...silence, ...others, 'duplicate-link', 'link-forgotten'], circumstances: ['foreign', 'venue-closed'] },
  foreign: { families: ['manual-open', 'manual-close'], circumstances: ['foreign'] },
  liquidated: { families: ['liquidation', 'adl'], circumstances: ['liquidated'] },
  money: { families: [], circumstances: ['equity-gone'] },
  drawdown: { families: [], circumstances: ['losses'] },
  rejections: { families: ['rate-limit', 'no-position', 'server-error'], circumstances: ['refusals'] },
  'win-rate': { families: [], circumstances: ['losses'] },
  link: { families: [...silence], circumstances: ['venue-closed'] },
  'crash-loop': { families: [], circumstances: ['restarts'] },
  journal: { families: [], circumstances: [] },
  'strategy-failed': { families: [], circumstances: ['strategy-fails'] },
  'kill-switch': { families: [], circumstances: ['operator'] },
  operator: { families: [], circumstances: ['operator'] },
};

export function isJustified(cause: HaltCause, fired: ReadonlySet<string>, circumstances: ReadonlySet<Circumstance>): boolean {
  const { families, circumstances: allowed } = justifications[cause];
  return families.some((family) => fired.has(family)) || allowed.some((one) => circumstances.has(one));
}
