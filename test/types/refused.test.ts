/**
 * What the public types must refuse. Each line marked `@ts-expect-error` is a mistake that must not compile; the compiler
 * (`npm run types`) fails when one does. At run time only what the engine also refuses is tried.
 */
import { defineStrategy, noStop, z } from 'holdfast';
import type { Context, Ind, Intent } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { intents } from '../../engine/intents.ts';

type C = Context<{ fast: Ind<number> }, null, 'BTCUSDT'>;
const base = { name: 'x', symbols: ['BTCUSDT'], timeframe: '5m', params: z.object({}) } as const;

/** Entries that must not compile, by reason. */
const entries: Readonly<Record<string, () => Intent>> = {
  // @ts-expect-error an entry without a stop
  'no stop': () => intents.enter({ side: 'long', risk: 0.01 }),
  // @ts-expect-error a price without `at`
  'price without at': () => intents.enter({ side: 'long', qty: 1, stop: 90, price: 100 }),
  // @ts-expect-error a market order with a price
  'market with price': () => intents.enter({ side: 'long', qty: 1, stop: 90, at: 'market', price: 100 }),
  // @ts-expect-error a limit order without a price
  'limit without price': () => intents.enter({ side: 'long', qty: 1, stop: 90, at: 'limit' }),
  // @ts-expect-error a limit price on a limit order
  'limit with limit': () => intents.enter({ side: 'long', qty: 1, stop: 90, at: 'limit', price: 100, limit: 99 }),
  // @ts-expect-error post-only on a triggered order
  'post-only trigger': () => intents.enter({ side: 'long', qty: 1, stop: 90, at: 'trigger', price: 100, postOnly: true }),
  // @ts-expect-error two sizes
  'two sizes': () => intents.enter({ side: 'long', risk: 0.01, qty: 1, stop: 90 }),
  // @ts-expect-error no size
  'no size': () => intents.enter({ side: 'long', stop: 90 }),
  // @ts-expect-error risk without a stop
  'risk without stop': () => intents.enter({ side: 'long', risk: 0.01, stop: noStop }),
  // @ts-expect-error money at risk without a stop
  'risk in quote without stop': () => intents.enter({ side: 'long', riskQuote: 10, stop: noStop }),
  // @ts-expect-error break-even without a stop
  'break-even without stop': () => intents.enter({ side: 'long', qty: 1, stop: noStop, breakEvenAt: 1 }),
  // @ts-expect-error a side of an order instead of a position
  'buy': () => intents.enter({ side: 'buy', qty: 1, stop: 90 }),
  // @ts-expect-error a misspelt field
  'misspelt': () => intents.enter({ side: 'long', qty: 1, stop: 90, traget: [] }),
  // @ts-expect-error a target without a fraction
  'target without fraction': () => intents.setTargets([{ price: 110 }]),
  // @ts-expect-error a reduce without a reason
  'reduce without reason': () => intents.reduce({ fraction: 0.5 }),
  // @ts-expect-error an exit without a reason
  'exit without reason': () => intents.exit(),
  // @ts-expect-error resting orders without a guard
  'rest without guard': () => intents.rest([{ key: 'a', side: 'buy', price: 90, qty: 1 }]),
};

/** Reads that must not compile. */
export function readsThatDoNotExist(c: C): unknown[] {
  return [
    // @ts-expect-error a misspelt indicator
    c.ind.fats,
    // @ts-expect-error the future cannot be addressed
    c.next,
    // @ts-expect-error a position may be flat and has no side then
    c.position.side,
    // @ts-expect-error there may be no funding yet
    c.funding.rate,
  ];
}

/** Writes that must not compile. */
export function writesThatAreReadOnly(c: C): void {
  // @ts-expect-error a bar is a fact
  c.bar.close = 1;
  // @ts-expect-error so is an indicator
  c.ind.fast = 1;
}

/** Definitions that must not compile; never called. */
export const definitions: readonly (() => unknown)[] = [
  () => defineStrategy({
    ...base, indicators: () => ({}),
    decideCycle: ({ at }) => {
      // @ts-expect-error an unknown symbol
      const scene = at('ETHUSDT');
      return scene === null ? {} : {};
    },
  }),
  () => defineStrategy({
    ...base, indicators: () => ({}),
    // @ts-expect-error a decision for an unknown symbol
    decideCycle: () => ({ ETHUSDT: intents.hold }),
  }),
  () => defineStrategy({
    ...base, indicators: (on) => ({ fast: on('5m').ema(20) }),
    // @ts-expect-error a misspelt indicator
    decide: ({ ind, intents: make }) => make.moveStop(ind.fsat),
  }),
  () => defineStrategy({
    ...base, indicators: () => ({}),
    // @ts-expect-error a Map in memory
    memory: () => ({ seen: new Map<string, number>() }),
    decide: ({ intents: make }) => make.hold,
  }),
  () => defineStrategy({
    ...base, indicators: () => ({}),
    // @ts-expect-error a function in memory
    memory: () => ({ f: () => 1 }),
    decide: ({ intents: make }) => make.hold,
  }),
  // @ts-expect-error both decide and decideCycle
  () => defineStrategy({ ...base, indicators: () => ({}), decide: ({ intents: make }) => make.hold, decideCycle: () => ({}) }),
  // @ts-expect-error neither decide nor decideCycle
  () => defineStrategy({ ...base, indicators: () => ({}) }),
  () => defineStrategy({
    ...base, indicators: () => ({}),
    // @ts-expect-error a decision that intents did not make
    decide: () => ({ tag: 'hold' }),
  }),
  () => defineStrategy({
    ...base,
    // @ts-expect-error an unknown timeframe
    indicators: (on) => ({ fast: on('7m').ema(20) }),
    decide: ({ intents: make }) => make.hold,
  }),
];

describe('mistakes that do not compile', () => {
  it.each(Object.keys(entries))('%s is refused when it is tried all the same', (reason) => {
    expect(entries[reason]).toThrow(/./);
  });
});
