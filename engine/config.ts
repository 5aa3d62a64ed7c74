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

const fraction = z.number().positive().max(1);
const pauseMs = z.number().int().min(1_000).max(31_536_000_000);
/** Whole numbers that count something. */
const count = z.number().int().min(1).max(100_000);

/** What an account of some size may do. The stage is that of the highest `from` not above the equity. */
const stage = z.strictObject({
  /** Equity from which it holds, settle coin; the first must be 0. */
  from: z.number().min(0),
  /** Loss of one trade at its stop: at most this much settle coin and this share of equity, the smaller of both. */
  lossCap: z.number().positive(), lossFraction: fraction,
  /** Notional of one symbol, multiples of equity. */
  leverage: z.number().positive().max(200),
  /** Expected gain over both fees; judged when `feeGate` is on. */
  gainPerFee: z.number().min(0).max(1_000),
  /** Least average true range, fraction of the price; judged when `atr` is on. */
  atrMinimum: z.number().min(0).max(1),
  tradesPerDay: count,
  /** The liquidation price is at least `stopMultiple` stop distances and at least `floor` (fraction) away; judged when `liquidation` is on. */
  liquidation: z.strictObject({ stopMultiple: z.number().min(1).max(100), floor: z.number().min(0).max(1) }),
});

const stages = z.array(stage).min(1).max(20)
  .refine((list) => list[0]?.from === 0 && list.every(({ from }, i) => i === 0 || from > list[i - 1]!.from), 'expected stages that begin with from 0 and rise');

/** Rules with `null` are off and cost nothing. `presets.ts` has the numbers of the small account. */
const risk = z.strictObject({
  /** Largest notional of everything that could be open in one symbol, in multiples of equity. */
  maxLeverage: z.number().positive().max(200).default(10),
  /** Largest share of equity lost if every stop fills at its trigger. */
  maxOpenRisk: z.number().positive().max(1).default(0.2),
  /** The same over all symbols. */
  maxTotalLeverage: z.number().positive().max(2_000).nullable().default(null),
  /** Symbols with a position or an opening order at one time. */
  maxSymbols: count.nullable().default(null),
  /** Notional of one order, settle coin. */
  maxOrderNotional: z.number().positive().nullable().default(null),
  /** Share of the free balance one entry may bind. */
  marginShare: fraction.nullable().default(null),
  stages: stages.nullable().default(null),
  /** More than `count` changes of stage within the time, and entries rest. */
  stageChanges: z.strictObject({ count, withinMs: pauseMs, pauseMs }).nullable().default(null),
  /** Average true range over bars of `barMs`, which the run's bars must build. */
  atr: z.strictObject({ barMs: z.number().int().min(60_000).max(86_400_000), bars: z.number().int().min(2).max(500) }).nullable().default(null),
  /** Entries are judged by the stage's `gainPerFee`. */
  feeGate: z.boolean().default(false),
  /** Entries are judged by the stage's `liquidation`; a stop beyond the liquidation price is refused. */
  liquidation: z.boolean().default(false),
  /** Stop distance, fraction of the entry. Outside: refused, or moved to the nearest bound. */
  stopDistance: z.strictObject({ min: fraction, max: fraction, outside: z.enum(['refuse', 'clamp']).default('refuse') })
    .refine(({ min, max }) => min <= max, 'expected min at most max').nullable().default(null),
  /** Opening orders and amendments, every attempt of them, in any 60 s. */
  ordersPerMinute: count.nullable().default(null),
  /** Oldest price in an equity that entries may rely on, ms. */
  equityAgeMs: z.number().int().min(0).max(86_400_000).nullable().default(null),
  /** Equity under which the engine halts, settle coin. */
  minEquity: z.number().positive().nullable().default(null),
  /** Equity at which the run has reached its goal and takes no more entries, settle coin. */
  goalEquity: z.number().positive().nullable().default(null),
  /** Closed trades and hours after which the run takes no more entries. */
  runTrades: count.nullable().default(null),
  runHours: z.number().positive().max(1_000_000).nullable().default(null),
  /** Realised loss of a UTC day, fraction of the equity at its start; until the next UTC midnight. */
  dailyLoss: fraction.nullable().default(null),
  /** The same of an ISO week, Monday 00:00 UTC. */
  weeklyLoss: z.strictObject({ fraction, pauseMs }).nullable().default(null),
  /** So many losses in a row; `pauseMs` null = until the next UTC midnight. The longest streak that fits counts. */
  lossStreaks: z.array(z.strictObject({ losses: count, pauseMs: pauseMs.nullable() })).max(10).nullable().default(null),
  /** Fall of equity from its peak that halts. */
  maxDrawdown: fraction.nullable().default(null),
  /** Over the last closed trades: fewer wins halve the size, later they halt. */
  winRate: z.strictObject({
    window: count, halveFrom: count, halveBelow: fraction, haltFrom: count, haltBelow: fraction,
  }).nullable().default(null),
  /** `losses` in a row multiply the size by `down`, never under `least`; `wins` by `up`, never over 1. */
  streakSize: z.strictObject({ losses: count, down: fraction, least: fraction, wins: count, up: z.number().min(1).max(10) }).nullable().default(null),
  /** Loss budget as this share of Kelly's fraction, from the last `window` trades once there are `minTrades`. Only ever smaller than the stage's. */
  kelly: z.strictObject({ share: fraction, window: count, minTrades: count }).nullable().default(null),
  /** Paid over expected fees of a trade above `ratio`: the stage's `gainPerFee` is multiplied for a time. */
  feeCheck: z.strictObject({ ratio: z.number().min(1), pauseMs, factor: z.number().min(1) }).nullable().default(null),
  /** `trades` trades in a row above `ratio`. */
  feeAnomaly: z.strictObject({ ratio: z.number().min(1), trades: count, pauseMs }).nullable().default(null),
  /** So many fills within the time that are off their wanted price by more than `price` (quote) or cost more than `cost` (settle coin), either way. */
  slippageAnomaly: z.strictObject({ price: z.number().positive().nullable(), cost: z.number().positive().nullable(), count, withinMs: pauseMs, pauseMs })
    .nullable().default(null),
  /** A close that far from the close `withinMs` before; calm = under `calm` for `calmMs` without a break. */
  priceShock: z.strictObject({
    windows: z.array(z.strictObject({ withinMs: z.number().int().min(60_000).max(86_400_000), move: fraction, calm: fraction })).min(1).max(5),
    pauseMs, calmMs: pauseMs,
    /** No entries for this long after the release. */
    afterMs: pauseMs.nullable(),
  }).nullable().default(null),
  /** Refused opening orders in a row: a lasting reason halts, a passing one pauses. */
  rejections: z.strictObject({ count, pauseMs }).nullable().default(null),
  /** Share of requests (0.95) slower than `slowMs`. Waits for a connector that tells how long requests took. */
  slowLink: z.strictObject({ slowMs: count, clearMs: count, calmMs: pauseMs }).nullable().default(null),
  /** Spread at entry, basis points. Waits for a connector that tells quotes. */
  maxSpreadBps: z.number().positive().nullable().default(null),
  /** Rules that are on and may do without their source in this run, by name; any other such rule ends the start. */
  unavailable: z.array(z.string()).max(50).default([]),
});

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
  risk: risk.prefault({}),
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
/** The same before defaults are filled in: what a preset or a file states. */
export type RunConfigWish = z.input<typeof runConfig>;
