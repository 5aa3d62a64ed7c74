/**
 * The few words a journal speaks with the disk. A door, so that a full or failing disk can be put behind it; the real one
 * takes its functions when this file is loaded, before a strategy's world is closed.
 */
import { closeSync, fdatasyncSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export interface Disk {
  /** Creates the folder and those above it. Gives those that were not there, the lowest first. */
  folder(path: string): readonly string[];
  names(folder: string): readonly string[];
  bytes(path: string): number;
  open(path: string, mode: 'read' | 'append' | 'new'): number;
  /** Bytes that were read, 0 at the end. */
  read(file: number, into: Uint8Array, at: number): number;
  /** Bytes that were taken: perhaps not all. */
  write(file: number, bytes: Uint8Array): number;
  truncate(path: string, bytes: number): void;
  /** Returns when what was written is durable. */
  datasync(file: number): void;
  close(file: number): void;
  /** Makes names in a folder durable. */
  syncFolder(path: string): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** Bytes that may still be written here. */
  room(folder: string): number;
}

const flags = { read: 'r', append: 'a', new: 'wx' } as const;
/** Journals hold what an account did: nobody else reads them. */
const ownerOnly = 0o600;

export const realDisk: Disk = {
  folder(path) {
    const uppermost = mkdirSync(resolve(path), { recursive: true, mode: 0o700 });
    const made: string[] = [];
    if (uppermost === undefined) return made;
    for (let own = resolve(path); own.length >= uppermost.length; own = dirname(own)) made.push(own);
    return made;
  },
  names: (folder) => readdirSync(folder).toSorted(),
  bytes: (path) => statSync(path).size,
  open: (path, mode) => openSync(path, flags[mode], ownerOnly),
  read: (file, into, at) => readSync(file, into, 0, into.length, at),
  write: (file, bytes) => writeSync(file, bytes),
  truncate(path, bytes) {
    const file = openSync(path, 'r+');
    try {
      ftruncateSync(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  },
  datasync: (file) => fdatasyncSync(file),
  close: (file) => closeSync(file),
  syncFolder(path) {
    const file = openSync(path, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  },
  rename: (from, to) => renameSync(from, to),
  remove: (path) => rmSync(path),
  room(folder) {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
};
