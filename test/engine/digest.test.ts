/** The running fingerprint of commands, against the same two lanes in whole numbers of any size. */
import { describe, expect, it } from 'vitest';
import { createDigest, digestCommand, digestText } from '../../engine/index.ts';
import type { Command, Lots } from '../../engine/index.ts';

const lots = (n: number): Lots => n as Lots;
const enter = {
  tag: 'enter', leg: 1, order: 7, side: 1, lots: lots(3), type: 'limit', priceTicks: 95, triggerTicks: 0, triggerBy: 'last', triggerDirection: 0,
  timeInForce: 'GTC', stopTicks: 90, stopBy: 'mark',
} as const satisfies Command;
const reduce = { tag: 'reduce', leg: 1, order: 8, side: -1, lots: lots(3), type: 'market', priceTicks: 0, timeInForce: 'IOC', reduceOnly: true } as const satisfies Command;
const amend = { tag: 'amend', leg: 1, order: 7, priceTicks: 96, lots: lots(4) } as const satisfies Command;
const cancel = { tag: 'cancel', leg: 1, order: 7 } as const satisfies Command;
const stop = { tag: 'set-stop', leg: 1, triggerTicks: 91, by: 'mark', trailTicks: 5, activeTicks: 110 } as const satisfies Command;
const query = { tag: 'query-account', leg: 1 } as const satisfies Command;
const notify = { tag: 'notify', severity: 'alarm', cause: 'money', text: 'gone' } as const satisfies Command;

const at = 1_699_920_000_000;
function textOf(...commands: readonly Command[]): string {
  const digest = createDigest();
  for (const command of commands) digestCommand(digest, at, command);
  return digestText(digest);
}

/** The lanes by their definition, in BigInt: words of 32 bits, the carry of what is above them. */
function lanesOf(values: readonly number[]): string {
  const word = (x: bigint): bigint => BigInt.asIntN(32, x);
  let high = word(0x811c9dc5n);
  let low = word(0x9e3779b9n);
  for (const value of values) {
    const mixed = word(BigInt(value));
    const carry = word(BigInt(value) < 0n ? -(-BigInt(value) >> 32n) : BigInt(value) >> 32n);
    high = word(word(word(high ^ mixed) * 0x01000193n) + carry);
    const shifted = BigInt.asUintN(32, low) >> 15n;
    low = word(word(low + mixed) ^ shifted);
    low = word(low * 0x85ebca6bn) ^ carry;
  }
  const hex = (x: bigint): string => BigInt.asUintN(32, x).toString(16).padStart(8, '0');
  return hex(high) + hex(low);
}

describe('the digest of commands', () => {
  it('of none is its two seeds', () => {
    expect(textOf()).toBe('811c9dc59e3779b9');
  });

  it.each<[string, Command, number[]]>([
    ['set-stop', stop, [1, 1, 91, 1, 5, 110]], ['set-stop by last', { ...stop, by: 'last' }, [1, 1, 91, 0, 5, 110]],
    ['enter', enter, [2, 1, 7, 3, 95, 0, 90, 1 + 2 * 71]], ['enter at market, short', { ...enter, type: 'market', side: -1, timeInForce: 'IOC' }, [2, 1, 7, -3, 95, 0, 90, 2 * 73]],
    ['reduce', reduce, [3, 1, 8, -3, 0]], ['amend', amend, [4, 1, 7, 96, 4]], ['cancel', cancel, [5, 1, 7]], ['query-account', query, [6, 1]], ['notify', notify, [8, 5]],
  ])('of %s mixes its time, its kind and its whole numbers', (_, command, values) => {
    expect(textOf(command)).toBe(lanesOf([at, ...values]));
  });

  it('goes on from command to command: the order counts', () => {
    expect(textOf(cancel, query)).toBe(lanesOf([at, 5, 1, 7, at, 6, 1]));
    expect(textOf(query, cancel)).not.toBe(textOf(cancel, query));
  });

  it('of a command of no known kind is an error', () => {
    expect(() => textOf({ tag: 'pray' } as unknown as Command)).toThrow('unreachable: {"tag":"pray"}');
  });
});
