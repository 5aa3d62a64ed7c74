/**
 * Where the one file inside a zip lies. Archives of market data are zips of one CSV each; anything else is refused.
 * Source: APPNOTE.TXT 6.3 of PKWARE, sections 4.3.7 (local header), 4.3.12 (directory), 4.3.16 (end record).
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DataError } from '../error.ts';

export interface ZipEntry {
  readonly name: string;
  /** Byte at which its content begins, and how long it is there. */
  readonly start: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** CRC-32 of the unpacked content. */
  readonly sum: number;
  readonly isPacked: boolean;
}

const endRecord = 0x06054b50;
const directoryRecord = 0x02014b50;
const localRecord = 0x04034b50;
const endBytes = 22;
const localBytes = 30;
/** An end record and the longest comment behind it. */
const tailBytes = endBytes + 65_535;
/** Kept in fields that are too small for the number: the archive is of the 64-bit kind. */
const tooLarge = 0xffff_ffff;

export function zipEntry(file: string): ZipEntry {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const part = (at: number, length: number): Buffer => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - at)));
      const got = bytes.length === 0 ? 0 : readSync(handle, bytes, 0, bytes.length, at);
      return bytes.subarray(0, got);
    };
    return entryIn(file, size, part);
  } finally {
    closeSync(handle);
  }
}

function entryIn(file: string, size: number, part: (at: number, length: number) => Buffer): ZipEntry {
  const tail = part(Math.max(0, size - tailBytes), tailBytes);
  let end = tail.length - endBytes;
  while (end >= 0 && tail.readUInt32LE(end) !== endRecord) end -= 1;
  if (end < 0) throw refused(file, 'the file is cut short, or no zip', 'the end record of a zip');
  const directory = part(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries = entriesOf(directory);
  const [entry] = entries;
  if (entry === undefined || entries.length !== tail.readUInt16LE(end + 10)) throw refused(file, 'unreadable zip', 'a directory of its files');
  if (entries.length > 1) throw refused(file, `a zip of ${entries.length} files`, 'one CSV', 'unpack it and give the CSV files');
  if (!entry.name.toLowerCase().endsWith('.csv')) throw refused(file, `a zip of ${entry.name}`, 'one CSV', 'unpack it and give the file');
  if (entry.isSecret) throw refused(file, 'a zip with a password', 'a zip without', 'unpack it and give the CSV file');
  if (entry.bytes === tooLarge || entry.packedBytes === tooLarge || entry.at === tooLarge) throw refused(file, 'a zip of more than 4 GB', 'a smaller one', 'unpack it and give the CSV file');
  if (entry.method !== 0 && entry.method !== 8) throw refused(file, `a zip packed by method ${entry.method}`, 'deflate', 'unpack it and give the CSV file');
  const local = part(entry.at, localBytes);
  if (local.length < localBytes || local.readUInt32LE(0) !== localRecord) throw refused(file, 'unreadable zip', 'a file where the directory says');
  const start = entry.at + localBytes + local.readUInt16LE(26) + local.readUInt16LE(28);
  return { name: entry.name, start, packedBytes: entry.packedBytes, bytes: entry.bytes, sum: entry.sum, isPacked: entry.method === 8 };
}

interface DirectoryEntry {
  readonly name: string;
  readonly isSecret: boolean;
  readonly method: number;
  readonly sum: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly at: number;
}

function entriesOf(directory: Buffer): readonly DirectoryEntry[] {
  const found: DirectoryEntry[] = [];
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === directoryRecord;) {
    const nameBytes = directory.readUInt16LE(at + 28);
    found.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes), isSecret: (directory.readUInt16LE(at + 8) & 1) === 1,
      method: directory.readUInt16LE(at + 10), sum: directory.readUInt32LE(at + 16),
      packedBytes: directory.readUInt32LE(at + 20), bytes: directory.readUInt32LE(at + 24), at: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return found;
}

const refused = (file: string, what: string, expected: string, fix = 'download it again'): DataError =>
  new DataError({ reason: 'unreadable', what, file, expected, fix });
