/**
 * The one validated configuration of a run. Fractions are fractions, money is the settle coin, times are ms.
 * Unknown keys are refused by name; the hash of the parsed value is on every run.
 */
import { z } from 'zod';

const slippage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  /** Whole ticks against the taker. */
  z.strictObject({ kind: z.literal('ticks'), n: z.number().int().min(0).max(10_000) }),
  /** Basis points of the price. */
  z.strictObject({ kind: z.literal('bps'), b: z.number().min(0).max(1_000) }),
  /** price x k x min(quantity / volume, cap)^2. */
  z.strictObject({ kind: z.literal('volshare'), k: z.number().min(0).max(10), cap: z.number().min(0).max(1) }),
]);

export const runConfig = z.strictObject({
  /** Start balance, settle coin. */
  cash: z.number().positive().max(1e13).default(10_000),
  leverage: z.number().min(1).max(200).default(10),
  /** Order in which a bar's extremes are met: `adverse` takes the one that hurts first. */
  path: z.enum(['adverse', 'favourable', 'adaptive', 'ohlc', 'olhc']).default('adverse'),
  limitFill: z.enum(['through', 'touch']).default('through'),
  slippage: slippage.default({ kind: 'none' }),
  halfSpreadTicks: z.number().int().min(0).max(10_000).default(0),
  /** Share of a bar's volume an account may take; null = no limit. */
  participation: z.number().min(0).max(1).nullable().default(null),
  latencyMs: z.number().int().min(0).max(60_000).default(0),
  responseLatencyMs: z.number().int().min(0).max(60_000).default(0),
  liqFormula: z.enum(['mark-value', 'entry-value']).default('mark-value'),
  /** What a hole in a series does: one warning each, or the end of the run. */
  dataGap: z.enum(['warn', 'error']).default('warn'),
  /** Taker and maker fee rates, fractions; null = the instrument's own. */
  takerFee: z.number().min(-0.01).max(0.05).nullable().default(null),
  makerFee: z.number().min(-0.01).max(0.05).nullable().default(null),
  risk: z.strictObject({
    /** Largest notional of everything that could be open in one symbol, in multiples of equity. */
    maxLeverage: z.number().positive().max(200).default(10),
    /** Largest share of equity lost if every stop fills at its trigger. */
    maxOpenRisk: z.number().positive().max(1).default(0.2),
  }).prefault({}),
  adopt: z.strictObject({
    /** Distance of the stop given to a position found without one, fraction of the mark. */
    stopDistance: z.number().positive().max(0.5).default(0.02),
    /** A position this run did not open: taken over, protected and halted on, or closed. */
    positions: z.enum(['adopt', 'refuse', 'flatten']).default('adopt'),
    /** An order this run did not place: left alone, halted on, or cancelled. */
    orders: z.enum(['adopt', 'refuse', 'flatten']).default('adopt'),
  }).prefault({}),
  /** A market exit after a limit and an IOC limit order had their time, ms; 0 leaves the rung out. */
  exit: z.strictObject({
    limitMs: z.number().int().min(0).max(600_000).default(0),
    iocMs: z.number().int().min(0).max(600_000).default(0),
    /** How far through the last price the IOC limit lies, basis points. */
    iocBps: z.number().min(0).max(1_000).default(10),
  }).prefault({}),
  /** After a fill: time until a stop must be confirmed, where it did not ride on the entry. */
  protectDeadlineMs: z.number().int().min(100).max(60_000).default(2_000),
  /** The same after a restart, a reconnect or an adoption. */
  recoverDeadlineMs: z.number().int().min(100).max(600_000).default(10_000),
  /** Requests for one stop before the position is closed. */
  protectAttempts: z.number().int().min(1).max(20).default(3),
  /** What becomes of a position that cannot be protected; the engine is halted either way. */
  unprotected: z.enum(['flatten', 'hold']).default('flatten'),
  /** Silence about an order after which it counts as unknown. */
  orderSilenceMs: z.number().int().min(100).max(600_000).default(10_000),
  /** How long the venue accepts a request after its signature, and how much longer nothing proves that it was lost. */
  recvWindowMs: z.number().int().min(100).max(60_000).default(5_000),
  absenceMarginMs: z.number().int().min(0).max(600_000).default(10_000),
  /** How long a fill of an order believed absent is still recognised. */
  buriedMs: z.number().int().min(0).max(604_800_000).default(86_400_000),
  /** Wait for the answer to a query, and between two while something is open. */
  queryMs: z.number().int().min(50).max(60_000).default(2_000),
  /** A position larger than this multiple of what was meant is trimmed. */
  oversize: z.number().min(1).max(10).default(1.1),
  /** Without connection, or not fully known, for so long: halted. */
  linkHaltMs: z.number().int().min(1_000).max(3_600_000).default(60_000),
  /** No entries for this long after a reconnect. */
  reconnectCooldownMs: z.number().int().min(0).max(86_400_000).default(0),
  /** One alert per cause in this time. */
  alertEveryMs: z.number().int().min(0).max(86_400_000).default(300_000),
  /** So many restarts or halts within the time, and the engine stays halted. */
  crashLoop: z.strictObject({
    count: z.number().int().min(1).max(100).default(3),
    withinMs: z.number().int().min(1_000).max(86_400_000).default(600_000),
  }).prefault({}),
  /** How long a cycle waits for a symbol's bar before it goes on without it. */
  cycleGraceMs: z.number().int().min(0).max(60_000).default(2_000),
  /** Wait for the venue's own stop after a local breach while armed. */
  stopFireGraceMs: z.number().int().min(0).max(60_000).default(1_500),
});

export type RunConfig = z.output<typeof runConfig>;
