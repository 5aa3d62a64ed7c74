/**
 * The few words of Thrift's compact protocol that a Parquet footer and its page headers are written in.
 * Source: apache/thrift, doc/specs/thrift-compact-protocol.md. Writing only; fields come in rising order of id.
 */

const kinds = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

export type ThriftValue =
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** Whole numbers in the safe range; `i32` and `i64` differ only in their type nibble. */
  | { readonly kind: 'i32' | 'i64'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'struct'; readonly fields: readonly ThriftField[] }
  | { readonly kind: 'list'; readonly of: 'i32' | 'text' | 'struct'; readonly values: readonly ThriftValue[] };

/** Field id and its value. */
export type ThriftField = readonly [id: number, value: ThriftValue];

export const i32 = (value: number): ThriftValue => ({ kind: 'i32', value });
export const i64 = (value: number): ThriftValue => ({ kind: 'i64', value });
export const text = (value: string): ThriftValue => ({ kind: 'text', value });
export const struct = (...fields: readonly ThriftField[]): ThriftValue => ({ kind: 'struct', fields });
export const list = (of: 'i32' | 'text' | 'struct', values: readonly ThriftValue[]): ThriftValue =>
  ({ kind: 'list', of, values });

/** Bytes of one value; for a file footer or a page header this is a struct. */
export function encodeThrift(value: ThriftValue): Uint8Array {
  const out: number[] = [];
  writeValue(out, value);
  return Uint8Array.from(out);
}

/** Unsigned LEB128 of a whole number up to 2^53. */
export function writeVarint(out: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    out.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
}

function writeValue(out: number[], value: ThriftValue): void {
  switch (value.kind) {
    case 'boolean': out.push(value.value ? kinds.true : kinds.false); return;
    case 'i32':
    case 'i64': writeVarint(out, value.value >= 0 ? value.value * 2 : -value.value * 2 - 1); return;
    case 'text': {
      const bytes = new TextEncoder().encode(value.value);
      writeVarint(out, bytes.length);
      for (const byte of bytes) out.push(byte);
      return;
    }
    case 'list': {
      const { length } = value.values;
      const kind = kindOf(value.of);
      if (length < 15) out.push((length << 4) | kind);
      else {
        out.push(0xf0 | kind);
        writeVarint(out, length);
      }
      for (const item of value.values) writeValue(out, item);
      return;
    }
    case 'struct': {
      let previous = 0;
      for (const [id, field] of value.fields) {
        // A field's boolean lives in its header nibble and has no bytes of its own.
        const nibble = field.kind === 'boolean' ? (field.value ? kinds.true : kinds.false) : kindOf(field.kind);
        out.push(((id - previous) << 4) | nibble);
        if (field.kind !== 'boolean') writeValue(out, field);
        previous = id;
      }
      out.push(0);
      return;
    }
  }
}

function kindOf(kind: 'i32' | 'i64' | 'text' | 'list' | 'struct'): number {
  return kind === 'text' ? kinds.binary : kinds[kind];
}
