/** Single trades of a text file, read in one pass; a row that cannot be is refused with its number, column and text. */
import { statSync } from 'node:fs';
import type { Connection } from '../duckdb.ts';
import { DataError } from '../error.ts';
import type { ColumnRole } from '../scan.ts';
import { eachPiece } from './bytes.ts';
import { rawValue } from './source.ts';
import type { Source } from './source.ts';
import { tradeReader } from './trade-text.ts';
import type { TradeShape, TradeStop, TradeText } from './trade-text.ts';
import type { Repetition } from './unique.ts';

export interface ReadTrades extends TradeText { readonly sha256: string }

const toMs: Readonly<Record<string, number>> = { s: 3, ms: 0, us: -3, ns: -6 };

/** Null when the file is not one for the fast way: not text, no trades, quoted cells, times written as dates. */
export async function readTradeText(connection: Connection, source: Source, wanted: string | null): Promise<ReadTrades | null> {
  const shape = shapeOf(source, wanted);
  if (shape === null || source.text === null) return null;
  const reader = tradeReader(shape, (why) => { throw stopError(source, why); });
  const sha256 = await eachPiece(source.file, source.text.packing, (piece) => { reader.take(piece); });
  const text = reader.done();
  for (const one of text.repeated) await refuseRepeated(connection, source, one);
  return { ...text, sha256 };
}

function shapeOf(source: Source, wanted: string | null): TradeShape | null {
  const shift = toMs[source.stampUnit];
  if (source.text === null || source.text.hasQuotes || source.layout.content !== 'trades' || shift === undefined) return null;
  const { columns, delimiter, hasHeader, packing } = source.text;
  const at = (role: ColumnRole): number => {
    const name = source.layout.picked.find((column) => column.role === role)?.name;
    return name === undefined ? -1 : columns.indexOf(name);
  };
  return {
    delimiter: delimiter.charCodeAt(0), fields: columns.length, hasHeader, toMs: shift, wanted,
    at: at('ts'), price: at('price'), quantity: at('quantity'), symbol: at('symbol'), id: at('id'),
    expectedRows: Math.ceil(statSync(source.file).size / (packing === 'plain' ? 100 : 40)),
  };
}

function stopError(source: Source, why: TradeStop): DataError {
  const shared = { file: source.file, row: why.row + 1 };
  if (why.tag === 'row') {
    return new DataError({
      ...shared, reason: 'unreadable', what: 'a row of another length', value: `${why.fields} cells`,
      expected: `${source.text?.columns.length ?? 0}, one for each column`, fix: 'download the file again',
    });
  }
  return wrongSymbol(source, why);
}

function wrongSymbol(source: Source, why: { readonly row: number; readonly symbol: string; readonly wanted: string }): DataError {
  return new DataError({
    reason: 'wrong-symbol', what: 'a trade of another symbol', file: source.file, row: why.row + 1,
    field: source.layout.picked.find((column) => column.role === 'symbol')?.name ?? 'symbol',
    value: why.symbol, expected: why.wanted, fix: 'give the file of that symbol, or rename it when its name is wrong',
  });
}

/** The fingerprints of two ids are the same: the ids themselves decide. */
async function refuseRepeated(connection: Connection, source: Source, { at, first }: Repetition): Promise<void> {
  const field = source.layout.picked.find((column) => column.role === 'id')?.name ?? '';
  const id = await rawValue(connection, source, field, at);
  if (id !== await rawValue(connection, source, field, first)) return;
  throw new DataError({
    reason: 'duplicate', what: 'a trade stands twice', file: source.file, row: at + 1, field, value: id,
    expected: `each trade once (row ${first + 1} has the same id)`, fix: 'download the file again, or remove the second row',
  });
}
