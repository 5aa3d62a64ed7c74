/**
 * A disk in memory that loses power. Bytes are durable once their file was synced, names once their folder was; of the rest
 * a power cut keeps what a seed says: any part of the bytes from the front, and each folder's changed names or none of them.
 */
import { dirname } from 'node:path';
import type { Disk } from '../../../data/index.ts';

interface Content { now: string; durable: string }
type Names = Map<string, Content | 'folder'>;

export class FragileDisk implements Disk {
  #names: Names = new Map([['/', 'folder']]);
  #durable: Names = new Map([['/', 'folder']]);
  #open: Content[] = [];
  /** Words until the power goes. */
  left: number;
  /** Words so far. */
  words = 0;

  constructor(left = Number.POSITIVE_INFINITY) { this.left = left; }

  get isDead(): boolean { return this.left < 0; }

  folder(path: string): readonly string[] {
    this.#word();
    const made: string[] = [];
    for (let own = path; !this.#names.has(own); own = dirname(own)) made.push(own);
    for (const own of made) this.#names.set(own, 'folder');
    return made;
  }
  names(folder: string): readonly string[] {
    this.#word();
    return [...this.#names.keys()].filter((name) => name !== '/' && dirname(name) === folder).map((name) => name.slice(folder.length + 1)).toSorted();
  }
  bytes(path: string): number {
    this.#word();
    return this.#content(path).now.length;
  }
  open(path: string, mode: 'read' | 'append' | 'new'): number {
    this.#word();
    if (mode === 'new') {
      if (this.#names.has(path)) throw fault('EEXIST');
      this.#names.set(path, { now: '', durable: '' });
    }
    return this.#open.push(this.#content(path)) - 1;
  }
  read(file: number, into: Uint8Array, at: number): number {
    this.#word();
    const bytes = Buffer.from(this.#open[file]!.now.slice(at, at + into.length), 'latin1');
    into.set(bytes);
    return bytes.length;
  }
  write(file: number, bytes: Uint8Array): number {
    this.#word();
    this.#open[file]!.now += Buffer.from(bytes).toString('latin1');
    return bytes.length;
  }
  truncate(path: string, bytes: number): void {
    this.#word();
    const content = this.#content(path);
    content.now = content.now.slice(0, bytes);
    content.durable = content.now;
  }
  datasync(file: number): void {
    this.#word();
    const content = this.#open[file]!;
    content.durable = content.now;
  }
  close(): void { this.#word(); }
  syncFolder(path: string): void {
    this.#word();
    this.#keepNames(path);
  }
  rename(from: string, to: string): void {
    this.#word();
    const content = this.#content(from);
    this.#names.delete(from);
    this.#names.set(to, content);
  }
  remove(path: string): void {
    this.#word();
    this.#content(path);
    this.#names.delete(path);
  }
  room(): number {
    this.#word();
    return Number.MAX_SAFE_INTEGER;
  }

  /** The power is back. `kept`, 0 to 1: chance of a folder's changed names, and part of the bytes, that were not synced. */
  powerUp(kept: number, random: () => number): void {
    for (const folder of [...this.#names].filter(([, what]) => what === 'folder').map(([path]) => path)) {
      if (random() < kept) this.#keepNames(folder);
    }
    const isReachable = (path: string): boolean => path === '/' || (this.#durable.has(dirname(path)) && isReachable(dirname(path)));
    this.#durable = new Map([...this.#durable].filter(([path]) => isReachable(path)));
    this.#names = new Map(this.#durable);
    for (const content of this.#names.values()) if (content !== 'folder') this.#loseBytes(content, kept * random());
    this.#open = [];
    this.left = Number.POSITIVE_INFINITY;
  }

  #loseBytes(content: Content, part: number): void {
    const isLonger = content.now.startsWith(content.durable);
    const rest = isLonger ? content.now.slice(content.durable.length) : '';
    content.now = content.durable + rest.slice(0, Math.floor(part * (rest.length + 1)));
    content.durable = content.now;
  }

  #keepNames(folder: string): void {
    const isIn = (path: string): boolean => path !== '/' && dirname(path) === folder;
    for (const path of this.#durable.keys()) if (isIn(path) && !this.#names.has(path)) this.#durable.delete(path);
    for (const [path, what] of this.#names) if (isIn(path)) this.#durable.set(path, what);
  }

  #content(path: string): Content {
    const what = this.#names.get(path);
    if (what === undefined || what === 'folder') throw fault('ENOENT');
    return what;
  }

  #word(): void {
    this.left -= 1;
    if (this.left < 0) throw fault('EIO');
    this.words += 1;
  }
}

const fault = (code: string): Error => Object.assign(new Error(code), { code });
