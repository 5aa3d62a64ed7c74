/**
 * From a journal to the tables of a backtest, a few records at a time: the engine steps them again, and what it tells becomes
 * rows. Which records came together changes nothing: told at once or one by one, with a restart between any two, the rows
 * are the same.
 */
import { JournalFollower, moneyToNumber } from '../../engine/index.ts';
import type { Event, JournalIdentity, Note, Setup, State, Table } from '../../engine/index.ts';
import { appendRows, conformTable, recordTables } from '../../data/index.ts';
import type { Applied, Json } from '../../data/index.ts';
import { TradingRecord } from '../../sim/index.ts';
import { warningTable } from '../warnings.ts';
import { estimatedTrades, findClosed } from './estimates.ts';
import type { FoundClosed } from './estimates.ts';
import { noWarnings, warn, warnAlerts, warnOf } from './warnings.ts';
import type { WarningCarry } from './warnings.ts';

/** Totals of a run so far. Money in the settle coin. */
export interface Totals {
  /** Events stepped again, bytes of torn ends, and times that commands were decided and never sent. */
  events: number; cut: number; unsent: number;
  /** Open of the first bar, time of the last event, ms; 0 = nothing was told. */
  from: number; to: number;
  bars: number; decisions: number; trades: number; restarts: number;
  equityStart: number; equityEnd: number; fees: number; funding: number;
  /** Fraction of the peak. */
  maxDrawdown: number;
}

/** Plain data: all that rows to come depend on, beside the engine's state. */
interface Carry {
  readonly totals: Totals;
  executions: number;
  peak: number;
  readonly warnings: WarningCarry;
  readonly found: (FoundClosed | null)[];
}

export interface Told { readonly totals: Totals; readonly shown: readonly Table[]; readonly applied: Applied }

export interface TellRequest {
  readonly run: string;
  readonly setup: Setup;
  readonly identity: JournalIdentity;
  /** Snapshots of the journal, the newest first. */
  readonly snapshots: readonly string[];
  /** What was told before; null = from the beginning. */
  readonly before: Applied | null;
}

export class Teller {
  readonly #request: TellRequest;
  readonly #follower: JournalFollower;
  readonly #record: TradingRecord;
  readonly #carry: Carry;
  readonly #equity: [at: number, equity: number, wallet: number, exposure: number][] = [];
  #tables: ReadonlyMap<string, Table>;

  constructor(request: TellRequest) {
    this.#request = request;
    const { setup, identity, snapshots, before, run } = request;
    const { strategy, instruments } = setup;
    this.#carry = before === null ? begin(setup) : structuredClone(before.carry) as unknown as Carry; // written by `told`
    this.#record = new TradingRecord(strategy.symbols, instruments, { executions: this.#carry.executions, trades: this.#carry.totals.trades });
    const tables = before?.tables ?? recordTables.map((schema) => conformTable(schema, run, undefined));
    this.#tables = new Map(tables.map((table) => [table.name, table]));
    this.#follower = new JournalFollower({
      setup, identity, snapshots, after: before?.seq ?? 0,
      seen: (event, state, notes, commands) => {
        this.#see(event, state, notes);
        warnAlerts(this.#carry.warnings, commands, state.now);
      },
      taken: ({ kind, at, json }, wasUnsent) => {
        if (wasUnsent) this.#unsent(at);
        if (kind === 'tail-cut') this.#cut(at, (JSON.parse(json) as { readonly bytes: number }).bytes);
      },
    });
  }

  /** Records told of. */
  get seq(): number { return this.#follower.seq; }
  get mark(): string { return this.#follower.mark; }

  /** The next line of the journal. Throws a JournalError where it cannot be followed. */
  take(line: string): void { this.#follower.take(line); }

  told(): Told {
    const { run } = this.#request;
    const carry = this.#carry;
    const { state } = this.#follower;
    this.#grow([...this.#record.taken(), this.#takeEquity()]);
    const standing = new TradingRecord(state.setup.strategy.symbols, state.setup.instruments).tables(state).find(({ name }) => name === 'orders')!;
    const estimated = estimatedTrades(carry.found, state, carry.totals.trades);
    const list = [...carry.warnings.list, ...(estimated === null ? [] : [{
      code: 'ESTIMATED', symbol: null, count: estimated.rows, firstAt: carry.found.find((one) => one !== null)?.at ?? state.now,
      text: 'trades found closed at the venue without an execution; their exits are estimates',
    }])];
    const more = new Map<string, Table | null>([['orders', standing], ['trades', estimated], ['warnings', warningTable(list)]]);
    const shown = [...this.#tables.values()].map((table) => {
      const added = more.get(table.name) ?? null;
      return added === null || added.rows === 0 ? table : appendRows(table, conformed(run, added));
    });
    return { totals: { ...carry.totals }, shown, applied: { seq: this.seq, mark: this.mark, carry: structuredClone(carry) as unknown as Json, tables: [...this.#tables.values()] } };
  }

  #grow(tables: readonly Table[]): void {
    const grown = new Map(this.#tables);
    for (const table of tables) grown.set(table.name, appendRows(grown.get(table.name)!, conformed(this.#request.run, table)));
    this.#tables = grown;
  }

  #see(event: Event | null, state: State, notes: readonly Note[]): void {
    const carry = this.#carry;
    const { totals } = carry;
    if (event === null) totals.restarts += 1;
    else totals.events += 1;
    if (event?.tag === 'bar-closed') {
      if (totals.bars === 0) {
        totals.from = event.openedAt;
        this.#equity.push([event.openedAt, totals.equityStart, totals.equityStart, 0]);
      }
      totals.bars += 1;
    }
    if (event?.tag === 'execution' && state.fill.isNew) {
      this.#record.execution(state, event);
      carry.executions += 1;
    }
    for (const note of notes) {
      if (note.tag === 'trade') totals.trades += 1;
      if (note.tag === 'recovered') carry.executions += 1;
      this.#record.note(note);
    }
    findClosed(carry.found, event, state);
    warnOf(carry.warnings, event, state.now, state.setup.strategy.symbols);
    if (event?.tag === 'cycle-closed') this.#judge(state);
    const instrument = state.setup.instruments[0]!;
    totals.to = state.now;
    totals.decisions = state.decisionSequence;
    totals.equityEnd = state.equity;
    totals.fees = moneyToNumber(instrument, state.wallet.fees);
    totals.funding = moneyToNumber(instrument, state.wallet.funding);
  }

  /** Equity once a cycle, after what it decided: every point is kept, for which ones matter is known at the end only. */
  #judge({ now, equity, wallet, legs }: State): void {
    const carry = this.#carry;
    const exposure = legs.reduce((sum, { position }) => sum + (position.tag === 'open' ? position.costNumber : 0), 0);
    this.#equity.push([now, equity, wallet.balanceNumber, exposure]);
    carry.peak = Math.max(carry.peak, equity);
    carry.totals.maxDrawdown = Math.max(carry.totals.maxDrawdown, (carry.peak - equity) / carry.peak);
  }

  #takeEquity(): Table {
    const rows = this.#equity.splice(0);
    const column = (name: string, type: 'time' | 'double', place: 0 | 1 | 2 | 3): Table['columns'][number] =>
      ({ name, type, values: Float64Array.from(rows, (row) => row[place]) });
    return { name: 'equity', rows: rows.length, columns: [column('time', 'time', 0), column('equity', 'double', 1), column('wallet', 'double', 2), column('exposure', 'double', 3)] };
  }

  #unsent(at: number): void {
    this.#carry.totals.unsent += 1;
    warn(this.#carry.warnings, 'NEVER_SENT', null, { at, text: 'decided when the process ended; it was never sent' });
  }

  #cut(at: number, bytes: number): void {
    this.#carry.totals.cut += bytes;
    warn(this.#carry.warnings, 'JOURNAL_CUT', null, { at, count: bytes, text: 'bytes of a record that the process was writing when it ended' });
  }
}

function begin({ strategy, instruments, cash }: Setup): Carry {
  const equityStart = moneyToNumber(instruments[0]!, cash);
  return {
    totals: {
      events: 0, cut: 0, unsent: 0, from: 0, to: 0, bars: 0, decisions: 0, trades: 0, restarts: 0, equityStart, equityEnd: equityStart, fees: 0, funding: 0,
      maxDrawdown: 0,
    },
    executions: 0, peak: equityStart, warnings: noWarnings(strategy.symbols), found: strategy.symbols.map(() => null),
  };
}

/** As the store keeps it. What really happened is never ambiguous. */
function conformed(run: string, table: Table): Table {
  const whole: Table = table.name !== 'trades' ? table
    : { ...table, columns: [...table.columns, { name: 'ambiguous', type: 'boolean', values: new Uint8Array(table.rows) }] };
  return conformTable(recordTables.find(({ name }) => name === table.name)!, run, whole);
}
