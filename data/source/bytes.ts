/** The bytes of a text file, unpacked on the way: read once, from begin to end, with the hash of the file as it lies on disk. */
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { PassThrough, pipeline } from 'node:stream';
import { constants, crc32, createGunzip, createInflateRaw, gunzipSync, inflateRawSync } from 'node:zlib';
import { DataError } from '../error.ts';
import { zipEntry } from './zip.ts';

export type Packing = 'plain' | 'gzip' | 'zip';

const packedChunk = 1_048_576;
const unpackedChunk = 524_288;
const headBytes = 65_536;
/** Unpacks ahead of who reads, so that both threads have work. */
const ahead = { chunkSize: unpackedChunk, readableHighWaterMark: 6 * unpackedChunk };

/** Calls `take` with piece after piece of the unpacked text and returns the file's SHA-256. Unpacking runs in a thread beside. */
export async function eachPiece(file: string, packing: Packing, take: (piece: Buffer) => void): Promise<string> {
  if (packing === 'zip') return eachPieceOfZip(file, take);
  const hash = createHash('sha256');
  const source = createReadStream(file, { highWaterMark: packedChunk });
  source.on('data', (piece) => { hash.update(piece); });
  await drain(file, pipeline(source, packing === 'gzip' ? createGunzip(ahead) : new PassThrough(), () => {}), take);
  return hash.digest('hex');
}

/** The check sum of the one file inside is kept with it; the hash is of the whole archive. */
async function eachPieceOfZip(file: string, take: (piece: Buffer) => void): Promise<string> {
  const entry = zipEntry(file);
  const source = createReadStream(file, { start: entry.start, end: entry.start + entry.packedBytes - 1, highWaterMark: packedChunk });
  let bytes = 0;
  let sum = 0;
  const unpacked = pipeline(source, entry.isPacked ? createInflateRaw(ahead) : new PassThrough(), () => {});
  await drain(file, unpacked, (piece) => {
    bytes += piece.length;
    sum = crc32(piece, sum);
    take(piece);
  });
  if (bytes !== entry.bytes || sum !== entry.sum) throw damaged(file, new Error('its check sum differs'));
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** The pipeline passes every failure on to who reads from its end. */
async function drain(file: string, unpacked: AsyncIterable<unknown>, take: (piece: Buffer) => void): Promise<void> {
  try {
    for await (const piece of unpacked) take(piece as Buffer);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw damaged(file, error);
  }
}

/** The first bytes of the text, some ten thousand. */
export function headOf(file: string, packing: Packing): Buffer {
  const entry = packing === 'zip' ? zipEntry(file) : null;
  const head = Buffer.alloc(Math.min(headBytes, entry?.packedBytes ?? headBytes));
  const handle = openSync(file, 'r');
  const got = readSync(handle, head, 0, head.length, entry?.start ?? 0);
  closeSync(handle);
  const bytes = head.subarray(0, got);
  try {
    if (packing === 'gzip') return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    return entry?.isPacked === true ? inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes;
  } catch (error) {
    throw damaged(file, error);
  }
}

function damaged(file: string, error: unknown): DataError {
  const text = error instanceof Error ? error.message : String(error);
  const isCut = text.includes('unexpected end of file');
  return new DataError({
    reason: 'unreadable', what: isCut ? 'the file is cut short' : `unreadable file (${text})`, file,
    expected: 'a whole archive, with the check sum at its end', fix: 'download it again',
  }, error);
}
