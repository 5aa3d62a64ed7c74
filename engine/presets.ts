/**
 * Named configurations. A preset is what a file could state: any setting given beside it wins.
 *
 * `small-account`: 100 to 1,000 of the settle coin, one position at a time. Where its sources disagree the safer
 * number is taken, and the comment names the others.
 */
import type { RunConfigWish } from './config.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const smallAccount: RunConfigWish = {
  /** Where the account starts; its goal is 1,000. */
  cash: 100,
  /** Also 5 and 2; 2 is the leverage of stage 3 below. */
  leverage: 3,
  risk: {
    maxLeverage: 3,
    maxTotalLeverage: 3,
    maxSymbols: 1,
    /** The largest stage's loss fraction: one trade at a time can never bind more. */
    maxOpenRisk: 0.08,
    /** The goal of 1,000 at leverage 3. Also a cap of 1,000 contracts of 0.001. */
    maxOrderNotional: 3_000,
    /** Also 0.5 for a time. */
    marginShare: 0.8,
    stages: [
      // Loss also 10 and 10 %, 15 and 15 %, 25 and 25 %. Fee multiple also 2 for all; range 3 % before; trades also 10 and 15.
      { from: 0, lossCap: 3, lossFraction: 0.03, leverage: 3, gainPerFee: 2, atrMinimum: 0.02, tradesPerDay: 5, liquidation: { stopMultiple: 4, floor: 0.15 } },
      // Loss also 30 and 10 %.
      { from: 300, lossCap: 20, lossFraction: 0.08, leverage: 3, gainPerFee: 2.5, atrMinimum: 0.04, tradesPerDay: 10, liquidation: { stopMultiple: 3.5, floor: 0.15 } },
      // Loss also 45 and 8 %; leverage also 3.
      { from: 700, lossCap: 30, lossFraction: 0.06, leverage: 2, gainPerFee: 3, atrMinimum: 0.05, tradesPerDay: 10, liquidation: { stopMultiple: 3, floor: 0.12 } },
    ],
    stageChanges: { count: 2, withinMs: hour, pauseMs: hour },
    atr: { barMs: hour, bars: 14 },
    feeGate: true,
    liquidation: true,
    /** Also 2 to 6 %, and a stop installed at 2.2 % whatever was sized. Refusing is safer than moving a stop nobody tested. */
    stopDistance: { min: 0.005, max: 0.02, outside: 'refuse' },
    /** No number was ever stated for orders; requests have 90 a minute, and one entry at a time needs a few of them. */
    ordersPerMinute: 10,
    equityAgeMs: 30_000,
    minEquity: 80,
    goalEquity: 1_000,
    /** 18 months of 30.4375 days. How many trades a run may close is its operator's choice. */
    runHours: 13_149,
    /** Also 15 %. */
    dailyLoss: 0.05,
    weeklyLoss: { fraction: 0.125, pauseMs: 7 * day },
    lossStreaks: [{ losses: 3, pauseMs: null }, { losses: 5, pauseMs: 3 * day }],
    /** The hard stop; the emergency stop of 5 % is the daily cap. */
    maxDrawdown: 0.1,
    winRate: { window: 50, halveFrom: 10, halveBelow: 0.4, haltFrom: 30, haltBelow: 0.45 },
    streakSize: { losses: 3, down: 0.5, least: 0.25, wins: 3, up: 1.5 },
    feeCheck: { ratio: 1.5, pauseMs: day, factor: 1.5 },
    feeAnomaly: { ratio: 1.5, trades: 2, pauseMs: 30 * minute },
    /** 2 of quote per unit in one source, 2 of the settle coin per fill in the other: whichever is exceeded. */
    slippageAnomaly: { price: 2, cost: 2, count: 3, withinMs: 10 * minute, pauseMs: hour },
    priceShock: {
      windows: [{ withinMs: minute, move: 0.1, calm: 0.05 }, { withinMs: 5 * minute, move: 0.2, calm: 0.1 }],
      pauseMs: 30 * minute, calmMs: 5 * minute, afterMs: 30 * minute,
    },
    rejections: { count: 3, pauseMs: 5 * minute },
    slowLink: { slowMs: 5_000, clearMs: 2_000, calmMs: 5 * minute },
  },
  /** A position found without a stop: the widest stop an entry may have. */
  adopt: { stopDistance: 0.02 },
  /** Also 5 attempts. */
  protectAttempts: 3,
  protectDeadlineMs: 2_000,
  recoverDeadlineMs: 10_000,
  orderSilenceMs: 10_000,
  /** Also 20,000. */
  recvWindowMs: 5_000,
  oversize: 1.1,
  alertEveryMs: 5 * minute,
  cycleGraceMs: 2_000,
  stopFireGraceMs: 1_500,
};

/** Preset by name. */
export const presets: Readonly<Record<string, RunConfigWish>> = Object.freeze({ 'small-account': smallAccount });
