/**
 * `holdfast compare RUN RUN --exact`: what two stored runs decided and what was filled, side by side. Order ids are the
 * engine's own and must be the same; ids of executions are the venue's and are not looked at. `--all` lists every
 * difference, rows paired by what they are about, so that one that is missing does not shift the rest.
 */
import { queryRuns } from '../data/index.ts';
import type { PlainValue, StoredRun } from '../data/index.ts';
import { Failure } from './failure.ts';
import { decidesFrom } from './live-store.ts';
import { printJson, printLine } from './output.ts';

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

/** Over the time that both cover. Exit code 1 when anything differs. */
export async function compareExact(folder: string, one: StoredRun, two: StoredRun, { json, all }: { readonly json: boolean; readonly all: boolean }): Promise<number> {
  const span = { from: Math.max(decidesFrom(one.manifest), decidesFrom(two.manifest)), to: Math.min(one.manifest.to, two.manifest.to) };
  if (span.from >= span.to) throw new Failure(2, `compare: ${two.run}: was a run over another time, expected one that overlaps ${one.run}. Fix: compare runs over the same bars`);
  const sides = [await sideOf(folder, one, span), await sideOf(folder, two, span)] as const;
  const differences = all ? everyDifference(...sides) : [firstDifference(...sides)].filter((found) => found !== null);
  return show({ sides, span, differences }, json, all);
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

/** What a row is about. */
const keys = { decisions: ['time', 'symbol', 'intent'], executions: ['symbol', 'order', 'cause', 'side'] } as const;

/** Every row that is on one side only or differs from its mate, in time. */
function everyDifference(one: Side, two: Side): readonly Difference[] {
  const found = (['decisions', 'executions'] as const).flatMap((table) => {
    const mates = new Map<string, Row[]>();
    const keyOf = (row: Row): string => keys[table].map((name) => textOfCell(row[name] ?? null)).join(' ');
    for (const row of two.rows[table]) mates.set(keyOf(row), [...mates.get(keyOf(row)) ?? [], row]);
    const paired = one.rows[table].map((first): readonly [Row | null, Row | null] => [first, mates.get(keyOf(first))?.shift() ?? null]);
    const alone = [...mates.values()].flat().map((second): readonly [Row | null, Row | null] => [null, second]);
    return [...paired, ...alone].flatMap(([first, second], row) => {
      const columns = first === null || second === null ? [] : tables[table].filter((name) => !Object.is(first[name], second[name]));
      return first !== null && second !== null && columns.length === 0 ? [] : [{ table, row, columns, first, second }];
    });
  });
  return found.toSorted((a, b) => timeOf(a) - timeOf(b));
}

interface Compared { readonly sides: readonly [Side, Side]; readonly span: Span; readonly differences: readonly Difference[] }

function show({ sides: [one, two], span, differences }: Compared, json: boolean, all: boolean): number {
  const counts = (side: Side): string => `${side.rows.decisions.length} decisions, ${side.rows.executions.length} executions`;
  const [difference = null] = differences;
  if (json) {
    printJson({
      runs: [one.run, two.run], equal: difference === null, from: span.from, to: span.to, difference, ...(all ? { differences } : {}),
      decisions: [one.rows.decisions.length, two.rows.decisions.length], executions: [one.rows.executions.length, two.rows.executions.length],
    });
  } else if (difference === null) {
    printLine(`equal: ${counts(one)}, from ${textOfTime(span.from)} to ${textOfTime(span.to)}`);
  } else {
    printLine(`different: ${one.run}: ${counts(one)}; ${two.run}: ${counts(two)}`);
    for (const [i, found] of differences.entries()) {
      const { table, row, columns, first, second } = found;
      const place = all ? `difference ${i + 1} of ${differences.length}: ${table}` : `first difference: ${table}, row ${row + 1}`;
      printLine(`${place}: ${columns.length === 0 ? 'one side has no such row' : columns.join(', ')}`);
      printLine(`  ${one.run}: ${textOfRow(first)}`);
      printLine(`  ${two.run}: ${textOfRow(second)}`);
    }
  }
  return difference === null ? 0 : 1;
}

const textOfCell = (value: PlainValue): string => (typeof value === 'string' ? value : JSON.stringify(value));
const textOfTime = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');
const textOfRow = (row: Row | null): string =>
  (row === null ? 'no row' : Object.entries(row).filter(([, value]) => value !== null).map(([name, value]) => `${name} ${textOfCell(value)}`).join(', '));
