/**
 * What was odd in a run that trades, once per code and symbol with a count: made of the journal's records, so that a journal
 * told again gives the same rows.
 */
import type { Approved, Event, Ms } from '../../engine/index.ts';

export interface Warned { code: string; symbol: string | null; count: number; firstAt: Ms; text: string }

/** Plain data: kept with the tables and gone on from. */
export interface WarningCarry {
  list: Warned[];
  /** Close of the last bar by symbol, ms; 0 = none. */
  closedAt: Ms[];
  starts: number;
}

export const noWarnings = (symbols: readonly string[]): WarningCarry => ({ list: [], closedAt: symbols.map(() => 0), starts: 0 });

export function warn(out: WarningCarry, code: string, symbol: string | null, { at, text, count = 1 }: { readonly at: Ms; readonly text: string; readonly count?: number }): void {
  const known = out.list.find((one) => one.code === code && one.symbol === symbol);
  if (known === undefined) out.list.push({ code, symbol, count, firstAt: at, text });
  else known.count += count;
}

/** Null = the run was started again. */
export function warnOf(out: WarningCarry, event: Event | null, at: Ms, symbols: readonly string[]): void {
  if (event === null) {
    out.starts += 1;
    if (out.starts > 1) warn(out, 'RESTARTED', null, { at, text: 'the run was ended and started again' });
    return;
  }
  switch (event.tag) {
    case 'bar-closed': {
      const { symbol, openedAt, closedAt } = event;
      const before = out.closedAt[symbol] ?? 0;
      const missing = before === 0 ? 0 : Math.round((openedAt - before) / (closedAt - openedAt));
      if (missing > 0) warn(out, 'DATA_GAP', symbols[symbol] ?? null, { at: before, count: missing, text: 'bars that were never told; decisions went on without them' });
      out.closedAt[symbol] = Math.max(before, closedAt);
      return;
    }
    case 'cycle-closed':
      for (const symbol of event.missing) {
        warn(out, 'BAR_LATE', symbols[symbol] ?? null, { at, text: 'the bar was not in when the grace was over; the symbol was not decided' });
      }
      return;
    case 'disconnected': warn(out, 'LINK_LOST', null, { at, text: 'the streams of the account were down' }); return;
    case 'stale': warn(out, 'STALE', symbols[event.symbol] ?? null, { at, text: 'no prices for longer than there should be' }); return;
    default:
  }
}

/** Alerts of the engine itself, by their cause and with the first of their texts. */
export function warnAlerts(out: WarningCarry, commands: readonly Approved[], at: Ms): void {
  for (const command of commands) {
    if (command.tag !== 'notify' || command.severity === 'info') continue;
    warn(out, command.cause.replaceAll('-', '_').toUpperCase(), null, { at, text: command.text });
  }
}
