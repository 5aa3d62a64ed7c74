/**
 * A live journal told again from its first record: every decision compared byte for byte, and the tables of a backtest made of
 * what it tells on the way.
 */
import { moneyToNumber, replayJournal } from '../../engine/index.ts';
import type { Event, JournalIdentity, JournalPort, Setup, State, Table } from '../../engine/index.ts';
import { EquityRecord, TradingRecord } from '../../sim/index.ts';

export interface Retold {
  /** Events stepped again, bytes of a torn end, and times that commands were decided and never sent. */
  readonly events: number; readonly cut: number; readonly unsent: number;
  /** Open of the first bar, time of the last event, ms; 0 = nothing was told. */
  readonly from: number; readonly to: number;
  readonly bars: number; readonly decisions: number; readonly trades: number; readonly restarts: number;
  readonly equityStart: number; readonly equityEnd: number; readonly fees: number; readonly funding: number; readonly maxDrawdown: number;
  readonly tables: readonly Table[];
}

/** Cycles that the equity curve is thinned for; a longer run keeps more points. */
const usualCycles = 100_000;

/** Throws a JournalError where the engine decides otherwise than it did. */
export function retell(request: { readonly setup: Setup; readonly port: JournalPort; readonly identity: JournalIdentity }): Retold {
  const { setup } = request;
  const record = new TradingRecord(setup.strategy.symbols, setup.instruments);
  const equityStart = moneyToNumber(setup.instruments[0]!, setup.cash);
  const curve: { record: EquityRecord | null } = { record: null };
  const counts = { from: 0, bars: 0, trades: 0, restarts: 0 };
  const { state, replayed, cut, unsent } = replayJournal({
    ...request, bars: 'journaled',
    seen: (event, now, notes) => {
      if (event === null) counts.restarts += 1;
      if (event?.tag === 'bar-closed') {
        if (counts.bars === 0) {
          counts.from = event.openedAt;
          curve.record = new EquityRecord(usualCycles, false, { at: event.openedAt, equity: equityStart });
        }
        counts.bars += 1;
      }
      if (event?.tag === 'execution' && now.fill.isNew) record.execution(now, event);
      for (const note of notes) {
        if (note.tag === 'trade') counts.trades += 1;
        record.note(note);
      }
      takeEquity(curve.record, event, now);
    },
  });
  const finished = curve.record?.finish(state.now) ?? null;
  const tables = record.tables(state).map((table) => (table.name === 'trades' ? withAmbiguous(table) : table));
  return {
    events: replayed, cut, unsent, ...counts, to: state.now, decisions: state.decisionSequence, equityStart, equityEnd: state.equity,
    fees: moneyToNumber(setup.instruments[0]!, state.wallet.fees), funding: moneyToNumber(setup.instruments[0]!, state.wallet.funding),
    maxDrawdown: finished?.drawdown.fraction ?? 0, tables: finished === null ? tables : [...tables, finished.table],
  };
}

/** Once a cycle, after what it decided, and at the close of a trade. */
function takeEquity(record: EquityRecord | null, event: Event | null, { legs, now, equity, wallet }: State): void {
  if (record === null || event?.tag !== 'cycle-closed') return;
  record.point.at = now;
  record.point.equity = equity;
  record.point.wallet = wallet.balanceNumber;
  record.point.exposure = legs.reduce((sum, { position }) => sum + (position.tag === 'open' ? position.costNumber : 0), 0);
  record.take();
}

/** What really happened is never ambiguous. */
const withAmbiguous = (table: Table): Table =>
  ({ ...table, columns: [...table.columns, { name: 'ambiguous', type: 'boolean', values: new Uint8Array(table.rows) }] });
