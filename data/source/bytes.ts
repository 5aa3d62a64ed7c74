/** The bytes of a text file, unpacked on the way: read once, from begin to end, with the hash of the file as it lies on disk. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { PassThrough, pipeline } from 'node:stream';
import type { Duplex } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DataError } from '../error.ts';

export type Packing = 'plain' | 'gzip';

const packedChunk = 1_048_576;
const unpackedChunk = 524_288;

/** Calls `take` with piece after piece of the unpacked text and returns the file's SHA-256. Unpacking runs in a thread beside. */
export async function eachPiece(file: string, packing: Packing, take: (piece: Buffer) => void): Promise<string> {
  const hash = createHash('sha256');
  const source = createReadStream(file, { highWaterMark: packedChunk });
  source.on('data', (piece) => { hash.update(piece); });
  const unpacked = pipeline(source, unpacker(packing), () => {}); // the reading loop below hears of every failure
  try {
    for await (const piece of unpacked as AsyncIterable<Buffer>) take(piece);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw damaged(file, error);
  }
  return hash.digest('hex');
}

/** Unpacks ahead of who reads, so that both threads have work. */
function unpacker(packing: Packing): Duplex {
  const ahead = { chunkSize: unpackedChunk, readableHighWaterMark: 6 * unpackedChunk };
  return packing === 'plain' ? new PassThrough({ highWaterMark: packedChunk }) : createGunzip(ahead);
}

function damaged(file: string, error: unknown): DataError {
  const text = error instanceof Error ? error.message : String(error);
  const isCut = text.includes('unexpected end of file');
  return new DataError({
    reason: 'unreadable', what: isCut ? 'the file is cut short' : `unreadable file (${text})`, file,
    expected: 'a whole gzip file, with the check sum at its end', fix: 'download it again',
  }, error);
}
