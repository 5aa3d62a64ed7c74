/** Rows after rows: the table that would have come out had both been written as one. */
import type { Column, Table } from '../../engine/index.ts';

/** `base` itself when there is nothing to add. Both have the same columns in the same order. */
export function appendRows(base: Table, more: Table): Table {
  if (more.rows === 0) return base;
  if (base.rows === 0 && base.columns.every((column) => column.type !== 'text')) return more;
  return { name: base.name, rows: base.rows + more.rows, columns: base.columns.map((column, k) => joined(column, more.columns[k])) };
}

function joined(first: Column, second: Column | undefined): Column {
  if (second === undefined || second.name !== first.name) throw new RangeError(`column ${first.name} was followed by ${second?.name ?? 'none'}`);
  switch (first.type) {
    case 'text': return joinedWords(first, second);
    case 'integer': if (second.type === first.type) return { ...first, values: both(new Int32Array(first.values.length + second.values.length), first.values, second.values) }; break;
    case 'boolean': if (second.type === first.type) return { ...first, values: both(new Uint8Array(first.values.length + second.values.length), first.values, second.values) }; break;
    default: if (second.type === first.type) return { ...first, values: both(new Float64Array(first.values.length + second.values.length), first.values, second.values) };
  }
  throw new RangeError(`column ${first.name} was ${first.type}, then ${second.type}`);
}

function both<T extends Int32Array | Uint8Array | Float64Array>(out: T, first: T, second: T): T {
  out.set(first);
  out.set(second, first.length);
  return out;
}

/** Words keep the order of their first use in a row. */
function joinedWords(first: Extract<Column, { readonly type: 'text' }>, second: Column): Column {
  if (second.type !== 'text') throw new RangeError(`column ${first.name} was text, then ${second.type}`);
  const dictionary = [...first.dictionary];
  const places = new Map(dictionary.map((word, place) => [word, place]));
  const codes = new Int32Array(first.codes.length + second.codes.length);
  codes.set(first.codes);
  for (let row = 0; row < second.codes.length; row++) {
    const word = second.dictionary[second.codes[row]!];
    if (word === undefined) {
      codes[first.codes.length + row] = -1;
      continue;
    }
    let place = places.get(word);
    if (place === undefined) {
      place = dictionary.push(word) - 1;
      places.set(word, place);
    }
    codes[first.codes.length + row] = place;
  }
  return { name: first.name, type: 'text', codes, dictionary };
}
