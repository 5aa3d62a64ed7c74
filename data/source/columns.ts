/** Which column of a file is what, by name, and why a file of trades, quotes or depth is not candles. */
import { DataError } from '../error.ts';
import type { ColumnRole } from '../scan.ts';

export interface FileColumn { readonly name: string; readonly type: string }
/** A file's column in its role, as reported to the user. */
export interface PickedColumn { readonly role: ColumnRole; readonly name: string }
export interface Layout {
  readonly picked: readonly PickedColumn[];
  readonly unused: readonly string[];
  readonly isFunding: boolean;
}

const names: Readonly<Record<ColumnRole, readonly string[]>> = {
  ts: ['ts', 'timestamp', 'time', 'date', 'datetime', 'opentime', 'openedat', 'start', 'starttime', 'startat', 'startedat',
    'fundingtime', 'fundingratetimestamp', 'fundingtimestamp', 'calctime', 'settledat', 'timestampms', 'unix', 't'],
  open: ['open', 'o', 'openprice', 'priceopen'],
  high: ['high', 'h', 'highprice', 'pricehigh'],
  low: ['low', 'l', 'lowprice', 'pricelow'],
  close: ['close', 'c', 'closeprice', 'priceclose'],
  volume: ['volume', 'vol', 'v', 'basevolume', 'volumebase', 'basevol'],
  rate: ['fundingrate', 'rate', 'lastfundingrate', 'funding'],
  symbol: ['symbol', 'pair', 'ticker', 'instrument'],
};

const bare = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

export function layoutOf(file: string, columns: readonly FileColumn[], isHeaderless: boolean): Layout {
  if (isHeaderless) return positional(file, columns);
  const find = (role: ColumnRole): FileColumn | undefined =>
    names[role].map((name) => columns.find((column) => bare(column.name) === name)).find((hit) => hit !== undefined);
  const roles = Object.keys(names) as ColumnRole[];
  const picked = roles.flatMap((role) => {
    const hit = find(role);
    return hit === undefined ? [] : [{ role, name: hit.name }];
  });
  const has = (role: ColumnRole): boolean => picked.some((column) => column.role === role);
  const isFunding = has('rate') && !has('close');
  if (!isFunding) refuseForeign(file, columns.map((column) => bare(column.name)), has('open') || has('close'));
  const needed: readonly ColumnRole[] = isFunding ? ['ts', 'rate'] : ['ts', 'open', 'high', 'low', 'close'];
  const absent = needed.filter((role) => !has(role));
  if (absent.length > 0) {
    throw new DataError({
      reason: 'missing-column', what: 'missing column', file, field: absent.join(', '),
      value: columns.map((column) => column.name).join(','),
      expected: `${needed.join(', ')}${isFunding ? '' : ', volume'} (or their usual other names)`,
      fix: 'rename the columns in the header, for example ts,open,high,low,close,volume',
    });
  }
  const kept = picked.filter((column) => isFunding ? ['ts', 'rate', 'symbol'].includes(column.role) : column.role !== 'rate');
  const used = new Set(kept.map((column) => column.name));
  return { picked: kept, unused: columns.map((column) => column.name).filter((name) => !used.has(name)), isFunding };
}

/** Archive files without a header: open time, open, high, low, close, volume, and whatever follows. */
function positional(file: string, columns: readonly FileColumn[]): Layout {
  const roles: readonly ColumnRole[] = ['ts', 'open', 'high', 'low', 'close', 'volume'];
  if (columns.length < roles.length) {
    throw new DataError({
      reason: 'missing-column', what: 'no header and too few columns', file, value: `${columns.length} columns`,
      expected: 'ts,open,high,low,close,volume', fix: 'add a header line that names the columns',
    });
  }
  const picked = roles.map((role, k) => ({ role, name: columns[k]?.name ?? '' }));
  return { picked, unused: columns.slice(roles.length).map((column) => column.name), isFunding: false };
}

function refuseForeign(file: string, found: readonly string[], hasPrices: boolean): void {
  const has = (...wanted: readonly string[]): boolean => wanted.some((name) => found.includes(name));
  const isQuotes = found.some((name) => name.startsWith('bid')) && found.some((name) => name.startsWith('ask'));
  const isTrades = !hasPrices && has('price') && has('side', 'qty', 'quantity', 'size', 'isbuyermaker', 'amount');
  if (!isQuotes && !isTrades) return;
  throw notCandles(file, isQuotes ? 'quotes (bid and ask)' : 'single trades');
}

export function notCandles(file: string, content: string): DataError {
  return new DataError({
    reason: 'not-candles', what: `not candles: the file holds ${content}`, file,
    expected: 'bars (ts,open,high,low,close,volume) or funding (ts,funding_rate)',
    fix: 'give the candle file of the same market, or aggregate it into bars first',
  });
}
