/**
 * A running fingerprint of the commands: two 32-bit multiplicative lanes over their integers. Equal events give
 * equal lanes on any machine; the shells print them and replay compares them.
 */
import type { Command } from './commands.ts';
import { unreachable } from './units.ts';

export interface Digest { high: number; low: number }

export function createDigest(): Digest {
  return { high: 0x811c9dc5 | 0, low: 0x9e3779b9 | 0 };
}

/** A power of two: multiplying is exact, and quicker than the division. */
const perWord = 1 / 4_294_967_296;

/** Mixes one integer (up to 2^53) into both lanes. */
function mix(digest: Digest, value: number): void { // hot
  const word = value | 0;
  const carry = (value * perWord) | 0;
  digest.high = Math.imul(digest.high ^ word, 0x01000193) + carry | 0;
  digest.low = Math.imul(digest.low + word ^ (digest.low >>> 15), 0x85ebca6b) ^ carry;
}

/** Mixes a command. Fractional ticks do not occur in commands. */
export function digestCommand(digest: Digest, at: number, command: Command): void { // hot
  mix(digest, at);
  switch (command.tag) {
    case 'set-stop':
      mix(digest, 1); mix(digest, command.leg); mix(digest, command.triggerTicks);
      mix(digest, command.by === 'mark' ? 1 : 0); mix(digest, command.trailTicks); mix(digest, command.activeTicks);
      return;
    case 'enter':
      mix(digest, 2); mix(digest, command.leg); mix(digest, command.order); mix(digest, command.side * command.lots);
      mix(digest, command.priceTicks); mix(digest, command.triggerTicks); mix(digest, command.stopTicks);
      mix(digest, (command.type === 'limit' ? 1 : 0) + 2 * command.timeInForce.charCodeAt(0));
      return;
    case 'reduce':
      mix(digest, 3); mix(digest, command.leg); mix(digest, command.order); mix(digest, command.side * command.lots);
      mix(digest, command.priceTicks);
      return;
    case 'amend':
      mix(digest, 4); mix(digest, command.leg); mix(digest, command.order); mix(digest, command.priceTicks); mix(digest, command.lots);
      return;
    case 'cancel': mix(digest, 5); mix(digest, command.leg); mix(digest, command.order); return;
    case 'query-account': mix(digest, 6); mix(digest, command.leg); return;
    case 'notify': mix(digest, 8); mix(digest, command.cause.length); return;
    default: unreachable(command);
  }
}

/** Both lanes as 16 hex digits. */
export function digestText(digest: Digest): string {
  const lane = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
  return lane(digest.high) + lane(digest.low);
}
