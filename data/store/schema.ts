/**
 * The one place that says what the run store holds. Every table has a `run` column first; the same tables stand in
 * each run's Parquet files and in `holdfast.duckdb`. Money is the settle coin, prices quote, quantities base
 * (contracts when inverse), times UTC, fractions fractions. What a row means: `sim/result.ts` of the run that made it.
 */
import type { Column, Table } from '../../engine/index.ts';

export type ColumnType = Column['type'];
export interface StoreColumn { readonly name: string; readonly type: ColumnType; readonly meaning: string }
export interface StoreTable {
  readonly name: string;
  readonly meaning: string;
  readonly columns: readonly StoreColumn[];
}

const at = (name: string, meaning: string): StoreColumn => ({ name, type: 'time', meaning });
const real = (name: string, meaning: string): StoreColumn => ({ name, type: 'double', meaning });
const whole = (name: string, meaning: string): StoreColumn => ({ name, type: 'integer', meaning });
const flag = (name: string, meaning: string): StoreColumn => ({ name, type: 'boolean', meaning });
const word = (name: string, meaning: string): StoreColumn => ({ name, type: 'text', meaning });

const run = word('run', 'run id');
const symbol = word('symbol', 'symbol without a venue');

/** One row per finished run: what went in (hashes included) and the totals that came out. */
export const runsTable: StoreTable = {
  name: 'runs', meaning: 'one row per finished run',
  columns: [
    run, at('created_at', 'when the run was stored, wall time'), word('mode', 'backtest, live or paper'),
    word('engine', 'engine version'), word('strategy', 'name of the strategy'),
    word('strategy_hash', 'SHA-256 of the strategy with every file it imports'), word('params', 'JSON'),
    word('config', 'JSON'), word('config_hash', 'SHA-256 of the config'), word('data_hashes', 'JSON'),
    word('market', 'venue:category'), word('symbols', 'comma separated, in the strategy\'s order'),
    word('timeframe', 'decision timeframe'), at('from_at', 'open of the first bar'),
    at('to_at', 'close of the last bar'), whole('warmup_bars', 'decision bars before the first decision'),
    real('seed', 'seed of the run, NULL when nothing is drawn'), real('bars', 'bars fed, all symbols'),
    real('decisions', 'calls of decide'), whole('trades', 'closed trades'),
    real('equity_start', 'settle coin'), real('equity_end', 'settle coin, at mark'),
    real('net', 'equity end - start, settle coin'), real('fees', 'settle coin, positive = paid'),
    real('funding', 'settle coin, positive = received'),
    real('max_drawdown', 'fraction of the peak, per bar'),
    real('sharpe', 'daily, annualised; NULL when there is too little'),
    real('ambiguous_bars', 'bars that could have filled either way first'),
    real('ambiguous_trades', 'closed trades with a fill in such a bar'),
    word('digest', 'SHA-256 of the recorded columns'),
  ],
};

export const recordTables: readonly StoreTable[] = [
  {
    name: 'decisions', meaning: 'every decision other than hold, with what became of it',
    columns: [
      run, at('time', 'close the decision was taken at'), symbol, word('intent', 'what was wanted'),
      word('outcome', 'accepted, changed or refused'), word('reason', 'why, in words'),
      real('price', 'quote'), real('stop', 'quote'), real('qty', 'base'),
      word('inputs', 'what the risk rules saw, such as gate=atr-minimum atr=0.8% min=2%; NULL when no rule is on'),
    ],
  },
  {
    name: 'orders', meaning: 'one row per order, as it ended',
    columns: [
      run, whole('order', 'order id within the run'), symbol, word('role', 'entry, exit, target or rest'),
      word('side', 'buy or sell'), word('type', 'market or limit'),
      word('time_in_force', 'GTC, IOC, FOK or PostOnly'), flag('reduce_only', 'can only shrink a position'),
      real('qty', 'base'), real('price', 'limit, quote; NULL at market'),
      real('trigger', 'quote; NULL when not conditional'), real('stop', 'stop that rides on it, quote'),
      at('sent_at', 'sent'), at('ended_at', 'ended; NULL while working'),
      word('outcome', 'filled, cancelled, rejected, expired, working'), real('filled_qty', 'base'),
      word('reason', 'why it ended so'),
    ],
  },
  {
    name: 'executions', meaning: 'one row per match',
    columns: [
      run, at('time', 'exchange time'), whole('execution', 'execution id within the run'),
      whole('order', 'order id, -1 = the venue itself'), symbol,
      word('cause', 'order, stop, target, trailing, liquidation or adl'), word('side', 'buy or sell'),
      real('qty', 'base'), real('price', 'quote'), real('reference', 'price wanted, quote'),
      real('slippage_bps', 'worse is positive'), real('value', 'settle coin'),
      real('fee', 'settle coin, positive = paid'), word('liquidity', 'maker or taker'),
      real('lots', 'quantity steps'), real('price_ticks', 'ticks; whole except a liquidation'),
    ],
  },
  {
    name: 'trades', meaning: 'round trips from flat to flat; gross - fees + funding = net, slippage is inside gross',
    columns: [
      run, whole('trade', 'trade id within the run'), symbol, word('side', 'long or short'),
      at('opened_at', 'first fill'), at('closed_at', 'last fill'), real('qty', 'largest size, base'),
      real('entry_price', 'average, quote'), real('exit_price', 'average, quote'),
      real('gross', 'settle coin'), real('fees', 'settle coin'),
      real('funding', 'settle coin, positive = received'), real('slippage', 'settle coin'),
      real('net', 'settle coin'), real('risk', 'settle coin lost at the first stop; NULL without one'),
      real('r', 'net / risk'), real('mae', 'worst excursion, fraction of entry'),
      real('mfe', 'best excursion, fraction of entry'), whole('bars', 'decision closes held'),
      word('entry_reason', 'words of the strategy'),
      word('exit_reason', 'words of the strategy or the cause'), word('quality', 'executed or estimated'),
      flag('ambiguous', 'a fill lies in a bar that could have filled either way first'),
    ],
  },
  {
    name: 'stops', meaning: 'every change of a position\'s stop',
    columns: [
      run, at('time', 'exchange time'), symbol,
      word('change', 'requested, armed, breached, refused, waived, unprotected or fired'),
      real('trigger', 'quote'), word('by', 'mark or last'), word('cause', 'why'),
    ],
  },
  {
    name: 'equity', meaning: 'equity at mark: at trades, at 00:00 UTC, and points that keep the extremes',
    columns: [
      run, at('time', 'close'), real('equity', 'settle coin'), real('wallet', 'settle coin'),
      real('exposure', 'open notional, settle coin'),
    ],
  },
  {
    name: 'modes', meaning: 'every change of the engine\'s mode; a run that traded throughout has none',
    columns: [
      run, at('time', 'exchange time'), word('mode', 'recovering, trading, cooldown, reducing or halted'), word('cause', 'NULL when it needs none'),
      word('evidence', 'one sentence'), at('until', 'end of a cooldown, if prices are calm by then'),
    ],
  },
  {
    name: 'faults', meaning: 'every fault that struck a run on bad days (--faults)',
    columns: [
      run, at('time', 'exchange time'), word('family', 'as in holdfast help faults'), symbol, whole('order', 'order id, or the trigger of a stop in ticks'),
      word('action', 'request, topic or reading it struck'), real('attempt', 'which one of them'), real('for_ms', 'delay or length, ms'),
    ],
  },
  {
    name: 'warnings', meaning: 'what could not be known or was odd, once per code and symbol',
    columns: [
      run, word('code', 'short name'), symbol, real('count', 'times'),
      at('first_at', 'first time, NULL when it has none'), word('text', 'one sentence'),
    ],
  },
  {
    name: 'events', meaning: 'every venue event, funding stamp and command; only when a run records all',
    columns: [
      run, at('time', 'exchange time'), word('kind', 'the event or command'), whole('leg', 'symbol index, -1 = none'),
      whole('order', 'order id, -1 = none'), real('lots', 'quantity steps, negative = sold'),
      real('price_ticks', 'ticks; a rate when the kind is funding'), real('stop_ticks', 'ticks'),
    ],
  },
];

export const storeTables: readonly StoreTable[] = [runsTable, ...recordTables];

const sqlTypes: Readonly<Record<ColumnType, string>> = {
  double: 'DOUBLE', integer: 'INTEGER', time: 'TIMESTAMP', boolean: 'BOOLEAN', text: 'VARCHAR',
};

/** SQL type of a column. */
export const columnSql = (column: StoreColumn): string => sqlTypes[column.type];

/** CREATE TABLE with every column in order. */
export function tableSql(table: StoreTable): string {
  const columns = table.columns.map((column) => `"${column.name}" ${columnSql(column)}`);
  return `CREATE TABLE ${table.name} (${columns.join(', ')})`;
}

/**
 * The table as the store keeps it: `run` first, then the schema's columns in order; absent ones are NULL (whole numbers
 * and flags cannot be absent). A column the schema does not know, or text where a number belongs, is a broken promise.
 */
export function conformTable(schema: StoreTable, id: string, table: Table | undefined): Table {
  const rows = table?.rows ?? 0;
  const given = new Map((table?.columns ?? []).map((column) => [column.name, column]));
  const unknown = [...given.keys()].filter((name) => !schema.columns.some((column) => column.name === name));
  if (unknown.length > 0) {
    throw new RangeError(`store table ${schema.name} has no column ${unknown.join(', ')}`);
  }
  const columns = schema.columns.map((wanted): Column => {
    if (wanted.name === 'run') return constant('run', id, rows);
    const column = given.get(wanted.name);
    return column === undefined ? absent(wanted, rows) : conformColumn(schema.name, wanted, column);
  });
  return { name: schema.name, rows, columns };
}

function conformColumn(table: string, wanted: StoreColumn, column: Column): Column {
  const { name, type } = wanted;
  if (column.type === type) return column;
  if (column.type !== 'text' && type !== 'text') {
    const { values } = column;
    if (type === 'integer' && !values.some(Number.isNaN)) return { name, type, values: Int32Array.from(values) };
    if (type === 'double' || type === 'time') return { name, type, values: Float64Array.from(values) };
    if (type === 'boolean') return { name, type, values: Uint8Array.from(values) };
  }
  throw new RangeError(`store column ${table}.${name} was ${column.type}, expected ${type}`);
}

const constant = (name: string, value: string, rows: number): Column =>
  ({ name, type: 'text', codes: new Int32Array(rows), dictionary: [value] });

function absent({ name, type }: StoreColumn, rows: number): Column {
  if (type === 'text') return { name, type, codes: new Int32Array(rows).fill(-1), dictionary: [] };
  if (type === 'double' || type === 'time') return { name, type, values: new Float64Array(rows).fill(Number.NaN) };
  if (rows > 0) throw new RangeError(`store column ${name} is missing, expected ${type}`);
  return type === 'integer' ? { name, type, values: new Int32Array(0) } : { name, type, values: new Uint8Array(0) };
}
