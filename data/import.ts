/**
 * Imports files of candles, funding and trades into the lake. Every file is read and judged before the first byte is written;
 * bars that are already there must be equal, bars that are new join the series. Nothing is repaired.
 */
import { basename } from 'node:path';
import type { Gap, SeriesKey, SeriesKind } from './candles.ts';
import { marketText, seriesText, timeText } from './candles.ts';
import { barsOfTrades, joinedBars } from './bars-of-trades.ts';
import { besideLake, judgePart } from './check/index.ts';
import type { Finding } from './check/index.ts';
import type { Connection } from './duckdb.ts';
import { withDatabase } from './duckdb.ts';
import { DataError, usageError } from './error.ts';
import { columnNames, commitSeries, gapsOf, quietOf, readColumns, readManifest, withLakeLock } from './lake/index.ts';
import type { Manifest, SeriesUpdate } from './lake/index.ts';
import { scanCandles } from './scan.ts';
import { defectError, keyOf, readParts } from './source/index.ts';
import type { FileFormat, Part, PickedColumn, SourceOptions, StampUnit } from './source/index.ts';

export interface ImportOptions extends SourceOptions {
  /** The data folder (`dataFolder()`). */
  readonly folder: string;
  /** Incoming bars win where they differ from those in the lake. */
  readonly replace?: boolean;
  /** Imports series with the regular holes of a broken download. */
  readonly allowGaps?: boolean;
  /** What single trades become: absent, they are kept as they are. */
  readonly fromTrades?: FromTrades;
  /** Called after each file has been read, with the number done and the number of all. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** Bars of these lengths in ms, and the trades themselves when kept. */
export interface FromTrades { readonly intervals: readonly number[]; readonly keep: boolean }

/** How a file was understood, for the user to see. */
export interface ImportedFile {
  readonly file: string;
  readonly format: FileFormat;
  readonly columns: readonly PickedColumn[];
  readonly unusedColumns: readonly string[];
  readonly stampUnit: StampUnit;
  /** Its rows run backwards in time and were read from the end. */
  readonly isNewestFirst: boolean;
  readonly rows: number;
  readonly series: readonly string[];
}

export interface ImportedSeries {
  readonly market: string;
  readonly symbol: string;
  readonly kind: SeriesKind;
  readonly timeframe: string;
  readonly series: string;
  /** Rows in the files, rows of them not in the lake before, and rows of the series now. */
  readonly rowsRead: number;
  readonly rowsAdded: number;
  readonly rowsReplaced: number;
  readonly rows: number;
  readonly first: number;
  readonly last: number;
  readonly gaps: readonly Gap[];
  readonly missing: number;
  readonly zeroVolumeBars: number;
  readonly findings: readonly Finding[];
  /** True when the lake already held every row: nothing was written. */
  readonly isUnchanged: boolean;
}

export interface ImportResult {
  readonly folder: string;
  readonly files: readonly ImportedFile[];
  readonly series: readonly ImportedSeries[];
  readonly ms: number;
}

export async function importFiles(files: readonly string[], options: ImportOptions): Promise<ImportResult> {
  const started = Date.now();
  return withDatabase(':memory:', async (connection) => {
    const parts: Judged[] = [];
    for (const [k, file] of files.entries()) {
      for (const part of await readParts(connection, file, options)) parts.push(...await storedAs(connection, part, options));
      options.onProgress?.(k + 1, files.length);
    }
    const series = withLakeLock(options.folder, () => store(parts, options));
    return { folder: options.folder, files: files.map((file) => describe(file, parts)), series, ms: Date.now() - started };
  });
}

/** `traded` = time of the first and the last trade of which the bars were made, ms; null when they came as bars. */
interface Judged { readonly part: Part; readonly key: SeriesKey; readonly findings: readonly Finding[]; readonly traded: Traded | null }
interface Traded { readonly from: number; readonly to: number }

/** A part as it is stored: as it came, or, of single trades, the bars they make. */
async function storedAs(connection: Connection, part: Part, options: ImportOptions): Promise<readonly Judged[]> {
  if (options.fromTrades === undefined) return [await judged(connection, part, options)];
  const { intervals, keep } = options.fromTrades;
  const trades = await judged(connection, part, options);
  const { prints } = part;
  if (prints === null) throw usageError('the file holds no single trades', 'use holdfast data import for bars and funding', part.source.file);
  const bars = intervals.map((intervalMs) => {
    const candles = barsOfTrades(prints, intervalMs);
    return { ...part, kind: 'last', intervalMs, candles, prints: null, scan: scanCandles(candles, intervalMs), fileRows: null } as const;
  });
  const made: Judged[] = [];
  const traded = { from: prints.at[0] ?? 0, to: prints.at[prints.length - 1] ?? 0 };
  for (const bar of bars) made.push({ ...await judged(connection, bar, options), traded });
  return keep ? [...made, trades] : made;
}

/** Complete, free of defects, and without the holes of a broken download; otherwise the error that says why not. */
async function judged(connection: Connection, part: Part, options: ImportOptions): Promise<Judged> {
  const key = keyOf(part);
  const [defect] = part.scan.defects;
  if (defect !== undefined) throw await defectError(connection, part, defect);
  const findings = [...judgePart(part)];
  refuse(part, findings, options);
  findings.push(...besideLake(options.folder, part));
  return { part, key, findings, traded: null };
}

/** Only holes of a broken download forbid an import; other errors are stored with the series and warned of in every run. */
function refuse(part: Part, findings: readonly Finding[], options: ImportOptions): void {
  const bad = findings.find((finding) => finding.code === 'paging-gaps');
  if (bad === undefined || options.allowGaps === true) return;
  throw new DataError({
    reason: 'paging-gaps', what: `paging-gaps: ${bad.text}`, file: part.source.file,
    fix: 'download the missing pages, or import with --allow-gaps knowing what is missing',
  });
}

const columnsOf = (part: Part): Float64Array[] => {
  if (part.funding !== null) return [part.funding.settledAt, part.funding.rate];
  if (part.prints !== null) return [part.prints.at, part.prints.price, part.prints.quantity];
  const { candles } = part;
  if (candles === null) return [];
  const prices = [candles.openedAt, candles.open, candles.high, candles.low, candles.close];
  return part.kind === 'mark' ? prices : [...prices, candles.volume];
};

function store(parts: readonly Judged[], options: ImportOptions): readonly ImportedSeries[] {
  const groups = new Map<string, Judged[]>();
  for (const item of parts) {
    const name = seriesText(item.key);
    groups.set(name, [...groups.get(name) ?? [], item]);
  }
  const importedAt = new Date().toISOString();
  const plans: Plan[] = [];
  for (const group of groups.values()) plans.push(planOf(group, options, importedAt));
  const changed = plans.filter((plan) => plan.update !== null);
  const manifests = commitSeries(options.folder, changed.flatMap((plan) => plan.update ?? []), importedAt);
  return plans.map((plan) => summary(plan, manifests[changed.indexOf(plan)] ?? plan.existing));
}

interface Plan {
  readonly group: readonly Judged[];
  readonly existing: Manifest | null;
  /** Null when the lake already holds everything. */
  readonly update: SeriesUpdate | null;
  readonly rowsRead: number;
  readonly rowsAdded: number;
  readonly rowsReplaced: number;
}

/** Joins the files of one series, then what the lake holds in the months they touch. */
function planOf(group: readonly Judged[], options: ImportOptions, importedAt: string): Plan {
  const [head] = group;
  if (head === undefined) throw new RangeError('a plan needs a part');
  const { key } = head;
  const replace = options.replace === true;
  const begins = ({ traded, part }: Judged): number => traded?.from ?? columnsOf(part)[0]?.[0] ?? 0;
  const inOrder = [...group].sort((a, b) => begins(a) - begins(b));
  const incoming = joined(inOrder);
  const existing = readManifest(options.folder, key);
  const stamps = incoming.columns[0] ?? new Float64Array(0);
  const range = { from: stamps[0] ?? 0, to: (stamps.at(-1) ?? 0) + 1 };
  const touched = existing?.months.filter((month) => overlapsMonths(month, range)) ?? [];
  let merged: Merged = { ...incoming, added: stamps.length };
  if (existing !== null && touched.length > 0) {
    const months = { ...existing, months: touched };
    const before = readColumns(options.folder, months);
    merged = merge(before, incoming.columns, { parts: inOrder, against: 'the lake', replace });
  }
  const isUnchanged = merged.added === 0 && merged.replaced === 0;
  const update: SeriesUpdate | null = isUnchanged ? null : {
    key, intervalMs: head.part.intervalMs,
    kept: existing?.months.filter((month) => !touched.includes(month)) ?? [],
    columns: merged.columns, sources: sourcesOf(existing, group, importedAt),
    flagged: [...new Set([...existing?.flagged ?? [], ...flaggedOf(group)])],
  };
  return { group, existing, update, rowsRead: stamps.length, rowsAdded: merged.added, rowsReplaced: merged.replaced };
}

/** The files of one series as one: put end to end when they follow each other, merged when they overlap. */
function joined(inOrder: readonly Judged[]): Merged {
  const all: (readonly Float64Array[])[] = inOrder.map((item) => columnsOf(item.part));
  for (let k = 1; k < all.length; k++) {
    const [before, after] = [inOrder[k - 1]?.traded ?? null, inOrder[k]?.traded ?? null];
    if (before !== null && after !== null && before.to < after.from) [all[k - 1], all[k]] = joinedBars(all[k - 1] ?? [], all[k] ?? []);
  }
  const [head] = all;
  if (head === undefined || all.length === 1) return { columns: head ?? [], added: head?.[0]?.length ?? 0, replaced: 0 };
  const filled = all.filter((columns) => columns[0]?.length !== 0);
  const follow = filled.every((columns, k) => k === 0 || (filled[k - 1]?.[0]?.at(-1) ?? 0) < (columns[0]?.[0] ?? 0));
  if (follow) {
    return { columns: head.map((_, k) => endToEnd(all.map((columns) => columns[k] ?? none))), added: 0, replaced: 0 };
  }
  let merged: Merged = { columns: [], added: 0, replaced: 0 };
  for (const [k, item] of inOrder.entries()) {
    merged = merge(merged.columns, all[k] ?? [], { parts: [item], against: 'another file', replace: false });
  }
  return merged;
}

const none = new Float64Array(0);

function endToEnd(pieces: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) { out.set(piece, at); at += piece.length; }
  return out;
}

/** Calendar months are stored whole, so a month is touched when the range reaches anywhere into it. */
function overlapsMonths(month: Manifest['months'][number], range: { readonly from: number; readonly to: number }): boolean {
  const [year = 0, number = 1] = month.month.split('-').map(Number);
  return range.from < Date.UTC(year, number, 1) && range.to > Date.UTC(year, number - 1, 1);
}

const flaggedOf = (group: readonly Judged[]): string[] =>
  group.flatMap(({ findings }) => findings.filter((finding) => finding.severity === 'error').map((finding) => finding.code));

function sourcesOf(existing: Manifest | null, group: readonly Judged[], importedAt: string): Manifest['sources'] {
  const added = group.map(({ part }) =>
    ({ name: basename(part.source.file), sha256: part.sha256, rows: part.rows, importedAt }));
  const names = new Set(added.map((source) => source.sha256));
  return [...(existing?.sources ?? []).filter((source) => !names.has(source.sha256)), ...added];
}

interface Merged { readonly columns: readonly Float64Array[]; readonly added: number; readonly replaced: number }

/** Joins two ascending series. Where both have a stamp the values must be equal, or `replace` lets the second win. */
function merge(
  before: readonly Float64Array[], incoming: readonly Float64Array[],
  how: { readonly parts: readonly Judged[]; readonly against: string; readonly replace: boolean },
): Merged {
  const old = before[0] ?? new Float64Array(0);
  const fresh = incoming[0] ?? new Float64Array(0);
  if (old.length === 0) return { columns: incoming, added: fresh.length, replaced: 0 };
  const out = incoming.map(() => new Float64Array(old.length + fresh.length));
  let rows = 0;
  let shared = 0;
  let replaced = 0;
  for (let i = 0, j = 0; i < old.length || j < fresh.length; rows++) {
    const a = i < old.length ? old[i]! : Infinity;
    const b = j < fresh.length ? fresh[j]! : Infinity;
    const takeFresh = b <= a;
    if (a === b) {
      shared += 1;
      const k = differingColumn(before, incoming, i, j);
      if (k >= 0 && !how.replace) throw differs(before, incoming, { k, i, j, ...how });
      if (k >= 0) replaced += 1;
    }
    for (let k = 0; k < out.length; k++) out[k]![rows] = takeFresh ? incoming[k]![j]! : before[k]![i]!;
    if (a <= b) i += 1;
    if (takeFresh) j += 1;
  }
  return { columns: out.map((column) => column.slice(0, rows)), added: fresh.length - shared, replaced };
}

function differingColumn( // hot
  before: readonly Float64Array[], incoming: readonly Float64Array[], i: number, j: number,
): number {
  for (let k = 1; k < incoming.length; k++) if (before[k]![i]! !== incoming[k]![j]!) return k;
  return -1;
}

function differs(
  before: readonly Float64Array[], incoming: readonly Float64Array[],
  at: {
    readonly k: number; readonly i: number; readonly j: number;
    readonly parts: readonly Judged[]; readonly against: string;
  },
): DataError {
  const stamp = incoming[0]?.[at.j] ?? 0;
  const rowIn = ({ part }: Judged): number => columnsOf(part)[0]?.indexOf(stamp) ?? -1;
  const item = at.parts.find((candidate) => rowIn(candidate) >= 0);
  const row = item === undefined ? 0 : rowIn(item);
  return new DataError({
    reason: 'overlap-differs', what: `${at.against} already has another value at ${timeText(stamp)}`,
    file: item?.part.source.file ?? '', row: (item?.part.fileRows?.[row] ?? row) + 1,
    field: columnNames(item?.key.kind ?? 'last')[at.k] ?? '',
    value: String(incoming[at.k]?.[at.j]), expected: String(before[at.k]?.[at.i]),
    fix: isEdge(item, stamp) ? 'when the files hold parts of this bar, give them together with --replace; alone, --replace puts a part in place of the whole'
      : 'find out which source is right; --replace lets the new rows win',
  });
}

/** The first or the last bar of a file of trades: another file may hold the rest of it. */
function isEdge(item: Judged | undefined, stamp: number): boolean {
  const stamps = item === undefined || item.traded === null ? none : columnsOf(item.part)[0] ?? none;
  return stamps.length > 0 && (stamps[0] === stamp || stamps.at(-1) === stamp);
}

function summary(plan: Plan, manifest: Manifest | null): ImportedSeries {
  const [head] = plan.group;
  if (head === undefined || manifest === null) throw new RangeError('a committed series has a manifest');
  const { gaps, missing } = gapsOf(manifest);
  return {
    market: marketText(manifest), symbol: manifest.symbol, kind: manifest.kind, timeframe: manifest.timeframe,
    series: seriesText(head.key), rowsRead: plan.rowsRead, rowsAdded: plan.rowsAdded, rowsReplaced: plan.rowsReplaced,
    rows: manifest.rows, first: manifest.first, last: manifest.last, gaps, missing, zeroVolumeBars: quietOf(manifest).bars,
    findings: plan.group.flatMap((item) => item.findings), isUnchanged: plan.update === null,
  };
}

function describe(file: string, parts: readonly Judged[]): ImportedFile {
  const own = parts.filter((item) => item.part.source.file === file);
  const source = own[0]?.part.source;
  return {
    file, format: source?.format ?? 'csv', columns: source?.layout.picked ?? [], unusedColumns: source?.layout.unused ?? [],
    stampUnit: source?.stampUnit ?? 'ms', isNewestFirst: own.some((item) => item.part.isNewestFirst),
    rows: [...new Map(own.map((item) => [item.part.symbol, item.part.rows])).values()].reduce((sum, rows) => sum + rows, 0),
    series: own.map((item) => seriesText(item.key)),
  };
}
