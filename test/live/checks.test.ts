/** What a start is refused for, and what is only said. */
import { describe, expect, it } from 'vitest';
import { runConfig } from '../../engine/index.ts';
import type { RunConfigWish } from '../../engine/index.ts';
import { checkStart, VenueError } from '../../live/index.ts';
import type { AccountFacts, CheckRequest, Connection, KeyFacts, LegFacts } from '../../live/index.ts';
import { linear } from '../sim/market.ts';
import { listed } from './simulated-connection.ts';

const { rules } = linear();
const minute = 60_000;
const now = 100 * minute + 5_000;

const key: KeyFacts = {
  account: '4711', readOnly: false, canTrade: true, canWithdraw: false, canTransfer: false, ips: ['10.0.0.1'], daysLeft: null, unified: true,
};
const flat: LegFacts = {
  symbol: 'AAAUSDT', side: 0, size: '0', entryPrice: '0', stopLoss: null, leverage: '10', mode: 'one-way', reduceOnly: false, orders: [],
};
const isolated: AccountFacts = { marginMode: 'isolated', balance: '1000', equity: '1000' };

interface World {
  readonly key?: Partial<KeyFacts>; readonly account?: Partial<AccountFacts>; readonly leg?: Partial<LegFacts>; readonly spreadMs?: number;
  readonly bars?: number; readonly behindMs?: number; readonly status?: string; readonly takerRate?: string; readonly refusesLeverage?: boolean;
}

/** An exchange that answers what it is told to, and remembers what was set. */
function exchange(world: World): { readonly connection: Connection; readonly set: string[] } {
  const set: string[] = [];
  let leverage = world.leg?.leverage ?? '10';
  let marginMode = world.account?.marginMode ?? 'isolated';
  const answer = <T>(value: T): Promise<T> => Promise.resolve(value);
  const connection: Connection = {
    venue: { send: () => {}, recover: () => {}, close: () => answer(undefined), underWay: 0 },
    measureClock: () => answer({ offsetMs: -3, spreadMs: world.spreadMs ?? 20, roundTripMs: 40 }),
    instruments: () => answer([{ ...listed({ ...rules, takerRate: world.takerRate ?? rules.takerRate }), status: world.status ?? 'Trading' }]),
    candles: ({ until, count }) => answer(Array.from({ length: Math.min(count, world.bars ?? 1_000) }, (_, n, own = Math.min(count, world.bars ?? 1_000)) => {
      const closesAt = Math.floor(until / minute) * minute - (world.behindMs ?? 0) - (own - 1 - n) * minute;
      return { openedAt: closesAt - minute, closesAt, open: 1, high: 1, low: 1, close: 1, volume: 1 };
    })),
    fundings: () => answer([]),
    key: () => answer({ ...key, ...world.key }),
    account: () => answer({ ...isolated, ...world.account, marginMode }),
    legs: () => answer([{ ...flat, ...world.leg, leverage }]),
    fees: () => answer(null),
    setLeverage: (symbol, wanted) => {
      set.push(`${symbol} ${wanted}`);
      if (world.refusesLeverage !== true) leverage = wanted;
      return answer(undefined);
    },
    setIsolated: () => {
      set.push('isolated');
      marginMode = 'isolated';
      return answer(undefined);
    },
    lookAtRules: () => {}, readFrom: () => {}, watchMarket: () => {}, settled: () => answer(undefined),
  };
  return { connection, set };
}

async function check(world: World, own: Partial<CheckRequest> = {}, config: RunConfigWish = {}): Promise<{ readonly said: string[]; readonly set: string[] }> {
  const { connection, set } = exchange(world);
  const { findings } = await checkStart({
    connection, symbols: ['AAAUSDT'], barMs: minute, warmupBars: 20, config: runConfig.parse(config), now: () => now, rules: null, packaged: [rules],
    isFresh: true, mayTransfer: false, setsMarginMode: false, mayBeYoung: false, looksOnly: false, ...own,
  });
  return { said: findings.filter(({ state }) => state !== 'ok').map(({ check: name, state, text, cause }) => `${state} ${name} ${state === 'refused' ? `(${cause}) ` : ''}${text}`), set };
}

describe('start-up checks', () => {
  it('an account as it should be has nothing to say against it, and nothing is set', async () => {
    expect(await check({})).toEqual({ said: [], set: [] });
  });
  it.each<[string, World, string]>([
    ['a key that may withdraw', { key: { canWithdraw: true } }, 'refused key (safety) it may withdraw'],
    ['a key that may transfer', { key: { canTransfer: true } }, 'refused key (safety) it may transfer'],
    ['a read-only key', { key: { readOnly: true } }, 'refused key (venue) it is read-only'],
    ['a key that may not trade', { key: { canTrade: false } }, 'refused key (venue) it lacks Order or Position'],
    ['an account that is not unified', { key: { unified: false } }, 'refused key (venue) its account is not a unified one'],
    ['a key bound to no address', { key: { ips: ['*'] } }, 'warning key it is bound to no address: whoever has it can trade'],
    ['a key that ends in 14 days', { key: { daysLeft: 14 } }, 'warning key it ends in 14 days'],
    ['cross margin', { account: { marginMode: 'cross' } }, 'refused margin mode (safety) cross, expected isolated'],
    ['an empty account', { account: { equity: '0' } }, 'refused equity (safety) 0, expected more than 0'],
    ['clock samples 501 ms apart', { spreadMs: 501 }, 'refused clock (venue) measurements lay 501 ms apart, expected at most 500'],
    ['hedge mode', { leg: { mode: 'hedge' } }, 'refused position mode (safety) AAAUSDT is in hedge mode'],
    ['18 of 19 bars of warm-up', { bars: 18 }, 'refused warm-up (venue) AAAUSDT has 18 closed bars, expected 19'],
    ['a last bar that closed 3 minutes ago', { behindMs: 3 * minute }, 'refused market data (venue) AAAUSDT: the last bar closed 185 s ago'],
    ['a symbol that does not trade', { status: 'PreLaunch' }, 'refused instrument (venue) AAAUSDT is PreLaunch'],
    ['fees that backtests do not know', { takerRate: '0.002' }, 'warning instrument AAAUSDT: backtests use another takerRate (0.001, now 0.002)'],
    ['a position of others', { leg: { side: 1, size: '5' } }, 'warning position AAAUSDT: long 5 stands that this run did not open, without a stop; it is taken over'],
  ])('%s', async (_, world, expected) => {
    expect((await check(world)).said).toEqual([expected]);
  });
  it('a key that may transfer goes with the flag; withdrawing has no flag', async () => {
    expect((await check({ key: { canTransfer: true } }, { mayTransfer: true })).said).toEqual([]);
    expect((await check({ key: { canWithdraw: true } }, { mayTransfer: true })).said).toHaveLength(1);
  });
  it('isolated margin is set when asked for and flat, and not with a position open', async () => {
    expect(await check({ account: { marginMode: 'cross' } }, { setsMarginMode: true })).toEqual({ said: [], set: ['isolated'] });
    const { said, set } = await check({ account: { marginMode: 'cross' }, leg: { side: 1, size: '1', stopLoss: '9' } }, { setsMarginMode: true, isFresh: false });
    expect([said, set]).toEqual([['refused margin mode (safety) cross, expected isolated'], []]);
  });
  it('leverage is set from the configuration and read back; where it does not take, the start is refused', async () => {
    expect(await check({}, {}, { leverage: 3 })).toEqual({ said: [], set: ['AAAUSDT 3'] });
    expect((await check({ refusesLeverage: true }, {}, { leverage: 3 })).said).toEqual(['refused leverage (safety) AAAUSDT has 10, expected 3']);
  });
  it('doctor sets nothing: a leverage to be set is a warning', async () => {
    expect(await check({}, { looksOnly: true }, { leverage: 3 })).toEqual({ said: ['warning leverage AAAUSDT has 10, expected 3'], set: [] });
  });
  it('a position of others is refused where the policy says so, and is no stranger to a run that goes on', async () => {
    const world: World = { leg: { side: -1, size: '5', stopLoss: '12000' } };
    expect((await check(world, {}, { adopt: { positions: 'refuse' } })).said).toEqual(['refused position (safety) AAAUSDT: short 5 stands that this run did not open']);
    expect((await check(world, { isFresh: false })).said).toEqual([]);
  });
  it('rules that the exchange changed since the run began end the run', async () => {
    const { said } = await check({}, { rules: [{ ...rules, tick: '0.5' }], isFresh: false });
    expect(said).toEqual(['refused instrument (safety) AAAUSDT: the exchange changed tick (0.5, now 1) since this run began']);
  });
  it('an equity below risk.minEquity is refused', async () => {
    expect((await check({ account: { equity: '99.99' } }, {}, { risk: { minEquity: 100 } })).said).toEqual(['refused equity (safety) 99.99, expected at least 100']);
  });
  it('an exchange that does not answer ends the list with what it was asked', async () => {
    const { connection } = exchange({});
    const silent: Connection = { ...connection, key: () => Promise.reject(new VenueError('/v5/user/query-api', 'forbidden', { code: 10_003, text: 'API key is invalid.' })) };

    expect((await check({}, { connection: silent })).said).toEqual(['refused answer (venue) /v5/user/query-api was forbidden: API key is invalid.']);
  });
});
