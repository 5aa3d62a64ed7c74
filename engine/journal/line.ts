/**
 * A line of a journal: eight hex digits of CRC-32 over the JSON after the blank, and that JSON. Every record begins with
 * its place `seq`, the venue's time `t` in ms and its kind `k`. Lines are ASCII, so that a byte is a character.
 */
import type { Digest } from '../digest.ts';

/** CRC-32 (polynomial 0xedb88320, as zlib) of an ASCII text, unsigned. */
export function crc32(text: string): number {
  let crc = -1;
  for (let i = 0; i < text.length; i++) crc = crcTable[(crc ^ text.charCodeAt(i)) & 0xff]! ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

/** The line of a record's JSON, line break included. */
export function lineOf(json: string, crc = crc32(json)): string {
  return `${crc.toString(16).padStart(8, '0')} ${json}\n`;
}

const start = /^([0-9a-f]{8}) (\{"seq":(\d+),"t":([^,]+),"k":"([a-z-]+)".*\})\n$/;

export interface Line {
  readonly seq: number;
  /** Venue's time, ms. */
  readonly at: number;
  readonly kind: string;
  readonly crc: number;
  readonly json: string;
}

/** Null when the line is not whole or not what was written. */
export function readLine(line: string): Line | null {
  const match = start.exec(line);
  if (match === null) return null;
  const [, hex, json, seq, at, kind] = match;
  const crc = crc32(json!);
  return crc === Number.parseInt(hex!, 16) ? { seq: Number(seq), at: Number(at), kind: kind!, crc, json: json! } : null;
}

/** The encoded value of a record's last field. */
export function lastField(json: string, name: string): string {
  const mark = `,"${name}":`;
  return json.slice(json.indexOf(mark) + mark.length, -1);
}

/** A running fingerprint of a file: the checksums of its lines, mixed into two 32-bit lanes. */
export function mixLine(digest: Digest, crc: number): void {
  digest.high = Math.imul(digest.high ^ crc, 0x01000193);
  digest.low = Math.imul((digest.low + crc) ^ (digest.low >>> 15), 0x85ebca6b);
}
