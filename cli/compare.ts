/**
 * `holdfast compare RUN RUN --exact`: what two stored runs decided and what was filled, side by side. Order ids are the
 * engine's own and must be the same; ids of executions are the venue's and are not looked at.
 */
import { dataFolder, findRun, queryRuns } from '../data/index.ts';
import type { PlainValue, StoredRun } from '../data/index.ts';
import { Failure } from './failure.ts';
import { readLiveRun } from './live-folder.ts';
import { decidesFrom, storeLiveRun } from './live-store.ts';
import { printJson, printLine } from './output.ts';
import type { CommonOptions } from './output.ts';

/** What is held against each other; the place of a row is its place in time. */
const tables = {
  decisions: ['time', 'symbol', 'intent', 'outcome', 'reason', 'price', 'stop', 'qty'],
  executions: ['time', 'symbol', 'order', 'cause', 'side', 'qty', 'price', 'reference', 'value', 'fee', 'liquidity'],
} as const;
type TableName = keyof typeof tables;
type Row = Readonly<Record<string, PlainValue>>;

/** More rows than this are not held in memory. */
const rowsMost = 1_000_000;

interface Side { readonly run: string; readonly rows: Readonly<Record<TableName, readonly Row[]>> }
interface Difference { readonly table: TableName; readonly row: number; readonly columns: readonly string[]; readonly first: Row | null; readonly second: Row | null }

export async function compare(run: string, other: string, options: CommonOptions): Promise<number> {
  const folder = dataFolder(options.dataDir);
  const one = await stored(folder, run);
  const two = await stored(folder, other);
  const span = { from: Math.max(decidesFrom(one.manifest), decidesFrom(two.manifest)), to: Math.min(one.manifest.to, two.manifest.to) };
  if (span.from >= span.to) throw new Failure(2, `compare: ${other}: was a run over another time, expected one that overlaps ${run}. Fix: compare runs over the same bars`);
  const sides = [await sideOf(folder, one, span), await sideOf(folder, two, span)] as const;
  const difference = firstDifference(...sides);
  return show({ sides, span, difference }, options.json === true);
}

/** A live run is stored anew first: its journal may have gone on. */
async function stored(folder: string, run: string): Promise<StoredRun> {
  const own = readLiveRun(folder, run);
  if (own !== null) await storeLiveRun(folder, own);
  const found = await findRun(folder, run);
  if (found === null) throw new Failure(2, `compare: ${run}: was no stored run in ${folder}, expected one. Fix: see 'holdfast runs'`);
  return found;
}

interface Span { readonly from: number; readonly to: number }

async function sideOf(folder: string, { run }: StoredRun, span: Span): Promise<Side> {
  return { run, rows: { decisions: await rowsOf(folder, run, 'decisions', span), executions: await rowsOf(folder, run, 'executions', span) } };
}

async function rowsOf(folder: string, run: string, table: TableName, { from, to }: Span): Promise<readonly Row[]> {
  const names = tables[table].map((name) => `"${name}"`).join(', ');
  const within = `run = '${run}' AND epoch_ms("time") BETWEEN ${from} AND ${to}`;
  const { rows, isCut } = await queryRuns(folder, `SELECT ${names} FROM ${table} WHERE ${within} ORDER BY ${names}`, { limit: rowsMost });
  if (isCut) throw new Failure(2, `compare: ${run}: was more than ${rowsMost} ${table}, expected fewer. Fix: compare shorter runs`);
  return rows;
}

/** The earliest in time; of one instant the decision, which came first. */
function firstDifference(one: Side, two: Side): Difference | null {
  const found = (['decisions', 'executions'] as const).flatMap((table) => {
    const difference = differenceIn(table, one.rows[table], two.rows[table]);
    return difference === null ? [] : [difference];
  });
  return found.toSorted((a, b) => timeOf(a) - timeOf(b))[0] ?? null;
}

const timeOf = ({ first, second }: Difference): number => Math.min(...[first, second].map((row) => (row === null ? Infinity : Date.parse(textOfCell(row['time'] ?? null)))));

function differenceIn(table: TableName, one: readonly Row[], two: readonly Row[]): Difference | null {
  for (let row = 0; row < Math.max(one.length, two.length); row++) {
    const first = one[row] ?? null;
    const second = two[row] ?? null;
    const columns = first === null || second === null ? [] : tables[table].filter((name) => !Object.is(first[name], second[name]));
    if (first === null || second === null || columns.length > 0) return { table, row, columns, first, second };
  }
  return null;
}

interface Compared { readonly sides: readonly [Side, Side]; readonly span: Span; readonly difference: Difference | null }

function show({ sides: [one, two], span, difference }: Compared, json: boolean): number {
  const counts = (side: Side): string => `${side.rows.decisions.length} decisions, ${side.rows.executions.length} executions`;
  if (json) {
    printJson({
      runs: [one.run, two.run], equal: difference === null, from: span.from, to: span.to, difference,
      decisions: [one.rows.decisions.length, two.rows.decisions.length], executions: [one.rows.executions.length, two.rows.executions.length],
    });
  } else if (difference === null) {
    printLine(`equal: ${counts(one)}, from ${textOfTime(span.from)} to ${textOfTime(span.to)}`);
  } else {
    const { table, row, columns, first, second } = difference;
    printLine(`different: ${one.run}: ${counts(one)}; ${two.run}: ${counts(two)}`);
    printLine(`first difference: ${table}, row ${row + 1}: ${columns.length === 0 ? 'one side has no such row' : columns.join(', ')}`);
    printLine(`  ${one.run}: ${textOfRow(first)}`);
    printLine(`  ${two.run}: ${textOfRow(second)}`);
  }
  return difference === null ? 0 : 1;
}

const textOfCell = (value: PlainValue): string => (typeof value === 'string' ? value : JSON.stringify(value));
const textOfTime = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');
const textOfRow = (row: Row | null): string =>
  (row === null ? 'no row' : Object.entries(row).filter(([, value]) => value !== null).map(([name, value]) => `${name} ${textOfCell(value)}`).join(', '));
