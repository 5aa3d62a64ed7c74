/** Which column of a file is what, by name: bars, funding or single trades; and why quotes and depth are none of them. */
import { DataError } from '../error.ts';
import type { ColumnRole } from '../scan.ts';

export interface FileColumn { readonly name: string; readonly type: string }
/** A file's column in its role, as reported to the user. */
export interface PickedColumn { readonly role: ColumnRole; readonly name: string }
/** What a file's columns make. */
export type Content = 'bars' | 'funding' | 'trades';
export interface Layout {
  readonly picked: readonly PickedColumn[];
  readonly unused: readonly string[];
  readonly content: Content;
}

const names: Readonly<Record<ColumnRole, readonly string[]>> = {
  ts: ['ts', 'timestamp', 'time', 'date', 'datetime', 'opentime', 'openedat', 'start', 'starttime', 'startat', 'startedat',
    'fundingtime', 'fundingratetimestamp', 'fundingtimestamp', 'calctime', 'settledat', 'timestampms', 'tradems', 'tradetime',
    'transacttime', 'unix', 't'],
  open: ['open', 'o', 'openprice', 'priceopen'],
  high: ['high', 'h', 'highprice', 'pricehigh'],
  low: ['low', 'l', 'lowprice', 'pricelow'],
  close: ['close', 'c', 'closeprice', 'priceclose'],
  volume: ['volume', 'vol', 'v', 'basevolume', 'volumebase', 'basevol'],
  rate: ['fundingrate', 'rate', 'lastfundingrate', 'funding'],
  price: ['price', 'tradeprice', 'p'],
  quantity: ['size', 'quantity', 'qty', 'amount', 'q', 'volume'],
  symbol: ['symbol', 'pair', 'ticker', 'instrument'],
  id: ['trdmatchid', 'tradeid', 'aggtradeid', 'execid', 'id'],
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
  const content = contentOf(file, columns.map((column) => bare(column.name)), has);
  const needed = neededFor[content];
  const absent = needed.filter((role) => !has(role));
  if (absent.length > 0) {
    throw new DataError({
      reason: 'missing-column', what: 'missing column', file, field: absent.join(', '),
      value: columns.map((column) => column.name).join(','),
      expected: `${needed.join(', ')}${content === 'bars' ? ', volume' : ''} (or their usual other names)`,
      fix: 'rename the columns in the header, for example ts,open,high,low,close,volume',
    });
  }
  const kept = picked.filter(({ role }) => needed.includes(role) || role === 'symbol' || (content === 'trades' && role === 'id')
    || (content === 'bars' && role === 'volume'));
  const used = new Set(kept.map((column) => column.name));
  return { picked: kept, unused: columns.map((column) => column.name).filter((name) => !used.has(name)), content };
}

const neededFor: Readonly<Record<Content, readonly ColumnRole[]>> = {
  bars: ['ts', 'open', 'high', 'low', 'close'], funding: ['ts', 'rate'], trades: ['ts', 'price', 'quantity'],
};

function contentOf(file: string, found: readonly string[], has: (role: ColumnRole) => boolean): Content {
  if (has('rate') && !has('close')) return 'funding';
  const isQuotes = found.some((name) => name.startsWith('bid')) && found.some((name) => name.startsWith('ask'));
  if (isQuotes) throw notCandles(file, 'quotes (bid and ask)');
  return !has('open') && !has('close') && has('price') && has('quantity') ? 'trades' : 'bars';
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
  return { picked, unused: columns.slice(roles.length).map((column) => column.name), content: 'bars' };
}

export function notCandles(file: string, content: string): DataError {
  return new DataError({
    reason: 'not-candles', what: `not candles: the file holds ${content}`, file,
    expected: 'bars (ts,open,high,low,close,volume), funding (ts,funding_rate) or trades (ts,price,size)',
    fix: 'give the candle file of the same market, or aggregate it into bars first',
  });
}
