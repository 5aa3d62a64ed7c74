/**
 * Unpacks LZ4 frames, in which Arrow keeps its columns. Only reading, and only what a frame of known length needs.
 * Source: lz4_Frame_format.md 1.6 and lz4_Block_format.md. Whoever reads beyond the end throws a RangeError.
 */
const magic = 0x184d_2204;

/** The content of a frame, of which `length` bytes must come. */
export function unpackFrame(frame: Buffer, length: number): Buffer {
  if (frame.readUInt32LE(0) !== magic) throw new RangeError('no LZ4 frame');
  const flags = frame.readUInt8(4);
  const hasBlockSums = (flags & 0x10) !== 0;
  let at = 7 + ((flags & 0x08) === 0 ? 0 : 8) + ((flags & 0x01) === 0 ? 0 : 4);
  const out = Buffer.alloc(length);
  let done = 0;
  for (let size = frame.readUInt32LE(at); size !== 0; size = frame.readUInt32LE(at)) {
    at += 4;
    const bytes = size & 0x7fff_ffff;
    const block = frame.subarray(at, at + bytes);
    if (block.length < bytes) throw new RangeError('a block ends too early');
    if (size > 0x7fff_ffff) {
      if (done + bytes > length) throw new RangeError('more content than announced');
      done += block.copy(out, done);
    } else done = unpackBlock(block, out, done);
    at += bytes + (hasBlockSums ? 4 : 0);
  }
  if (done !== length) throw new RangeError(`${done} bytes of ${length}`);
  return out;
}

/** Literals and copies of what came before; returns where the content now ends. */
function unpackBlock(block: Buffer, out: Buffer, start: number): number { // hot
  let to = start;
  let at = 0;
  const lengthAt = (first: number): number => {
    let sum = first;
    if (first === 15) for (let more = 255; more === 255;) { more = block.readUInt8(at); at += 1; sum += more; }
    return sum;
  };
  while (at < block.length) {
    const token = block[at]!;
    at += 1;
    const literals = lengthAt(token >>> 4);
    if (at + literals > block.length || to + literals > out.length) throw new RangeError('literals beyond the end');
    block.copy(out, to, at, at + literals);
    at += literals;
    to += literals;
    if (at === block.length) break; // the last sequence has no copy
    const back = block.readUInt16LE(at);
    at += 2;
    const copied = 4 + lengthAt(token & 15);
    if (back === 0 || back > to || to + copied > out.length) throw new RangeError('a copy beyond the ends');
    const end = to + copied;
    for (; to < end; to++) out[to] = out[to - back]!;
  }
  return to;
}
