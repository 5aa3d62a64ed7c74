/**
 * What must hold before anything is sent. Every check gives one finding: fine, a warning, or a refusal with its fix. What may
 * be put right here (margin mode, leverage) is put right only while flat, and read back.
 */
import type { InstrumentRules, Ms, RunConfig } from '../engine/index.ts';
import { VenueError } from './connection.ts';
import type { AccountFacts, Connection, KeyFacts, LegFacts, ListedInstrument } from './connection.ts';
import { clockSpreadMostMs } from './run.ts';

/** `cause`: venue = the exchange or the key says no; safety = it could be done, and is not. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'refused';
  readonly text: string;
  readonly fix: string | null;
  readonly cause: 'venue' | 'safety';
}

export interface CheckRequest {
  readonly connection: Connection;
  readonly symbols: readonly string[];
  readonly barMs: Ms;
  readonly warmupBars: number;
  readonly config: RunConfig;
  /** Exchange time. */
  readonly now: () => Ms;
  /** Rules of the run that goes on; null = a new run, which takes the exchange's. */
  readonly rules: readonly InstrumentRules[] | null;
  /** Rules that backtests use; null where nobody knows any. */
  readonly packaged: readonly (InstrumentRules | null)[];
  /** The journal of this run says what is open; a position found by a new run is nobody's. */
  readonly isFresh: boolean;
  readonly mayTransfer: boolean;
  readonly setsMarginMode: boolean;
  /** A market younger than the warm-up is no mistake: a local exchange begins with its data. */
  readonly mayBeYoung: boolean;
  /** Only what can be looked at: nothing is set. */
  readonly looksOnly: boolean;
  /** Without a key: what needs one is left out. */
  readonly isPaper?: boolean;
}

/** Checks that a paper run cannot make: each needs a key, or concerns an account that it does not have. */
export const keyChecks = ['key', 'margin mode', 'equity', 'fees of the account', 'position mode', 'leverage', 'positions and orders of others'] as const;

export interface Checked {
  readonly findings: readonly Finding[];
  readonly rules: readonly InstrumentRules[];
  readonly key: KeyFacts | null;
  readonly account: AccountFacts | null;
}

type Say = (check: string, state: Finding['state'], text: string, fix?: string, cause?: Finding['cause']) => void;

/** In order of what later checks rest on. Only an exchange that does not answer ends the list early. */
export async function checkStart(request: CheckRequest): Promise<Checked> {
  const findings: Finding[] = [];
  const say: Say = (check, state, text, fix, cause = 'venue') => findings.push({ check, state, text, fix: fix ?? null, cause });
  let key: KeyFacts | null = null;
  let account: AccountFacts | null = null;
  let rules: readonly InstrumentRules[] = [];
  try {
    await checkClock(request, say);
    if (request.isPaper === true) rules = await checkInstruments(request, say);
    else {
      key = await request.connection.key();
      checkKey(key, request, say);
      const legs = await request.connection.legs();
      account = await checkAccount(request, legs, say);
      rules = await checkInstruments(request, say);
      await checkLegs(request, legs, say);
    }
    await checkHistory(request, say);
  } catch (error) {
    if (!(error instanceof VenueError)) throw error;
    say('answer', 'refused', `${error.endpoint} was ${error.kind}: ${error.text}`, fixOf(error));
  }
  return { findings, rules, key, account };
}

function fixOf({ kind }: VenueError): string {
  switch (kind) {
    case 'forbidden': return 'check that the key belongs to this network and may do this';
    case 'clock': return 'set the machine\'s clock (timedatectl set-ntp true)';
    case 'rate-limited': return 'wait a minute, and stop whatever else uses this key';
    default: return 'check the network, and that the exchange is up';
  }
}

async function checkClock({ connection }: CheckRequest, say: Say): Promise<void> {
  const { offsetMs, spreadMs } = await connection.measureClock();
  if (spreadMs <= clockSpreadMostMs) say('clock', 'ok', `ours is ${-offsetMs} ms ahead of the exchange's, measured within ${spreadMs} ms`);
  else say('clock', 'refused', `measurements lay ${spreadMs} ms apart, expected at most ${clockSpreadMostMs}`, 'use a steadier line, or a machine with less load');
}

function checkKey(key: KeyFacts, { mayTransfer }: CheckRequest, say: Say): void {
  if (key.canWithdraw) say('key', 'refused', 'it may withdraw', 'make a key without the permission to withdraw', 'safety');
  if (key.canTransfer && !mayTransfer) say('key', 'refused', 'it may transfer', 'make a key without it, or say --allow-transfer-key', 'safety');
  if (key.readOnly || !key.canTrade) say('key', 'refused', key.readOnly ? 'it is read-only' : 'it lacks Order or Position', 'give it Contract: Orders and Positions');
  if (!key.unified) say('key', 'refused', 'its account is not a unified one', 'upgrade the account to a Unified Trading Account');
  if (key.ips.length === 0 || key.ips.includes('*')) say('key', 'warning', 'it is bound to no address: whoever has it can trade', 'bind it to this machine\'s address');
  const { daysLeft } = key;
  if (daysLeft !== null && daysLeft <= 14) say('key', 'warning', `it ends in ${daysLeft} days`, 'renew it');
  say('key', 'ok', `account ${key.account}`);
}

/** Cross and portfolio margin let one position eat what protects another. */
async function checkAccount({ connection, config, setsMarginMode, looksOnly }: CheckRequest, legs: readonly LegFacts[], say: Say): Promise<AccountFacts> {
  let account = await connection.account();
  const isFlat = legs.every(({ side, orders }) => side === 0 && orders.length === 0);
  if (account.marginMode !== 'isolated' && setsMarginMode && isFlat && !looksOnly) {
    await connection.setIsolated();
    account = await connection.account();
  }
  if (account.marginMode === 'isolated') say('margin mode', 'ok', 'isolated');
  else say('margin mode', 'refused', `${account.marginMode}, expected isolated`, isFlat ? 'say --set-margin-mode' : 'close what is open, then say --set-margin-mode', 'safety');
  const least = config.risk.minEquity ?? 0;
  const equity = Number(account.equity);
  if (equity > 0 && equity >= least) say('equity', 'ok', account.equity);
  else say('equity', 'refused', `${account.equity}, expected ${least > 0 ? `at least ${least}` : 'more than 0'}`, 'fund the account, or lower risk.minEquity', 'safety');
  return account;
}

/** The exchange's rules go first. A run that goes on cannot take others: its journal was written by the old ones. */
async function checkInstruments({ connection, symbols, rules: kept, packaged, isPaper = false }: CheckRequest, say: Say): Promise<readonly InstrumentRules[]> {
  const listed = await connection.instruments(symbols);
  const rules: InstrumentRules[] = [];
  for (const [index, symbol] of symbols.entries()) {
    const found = listed.find((one) => one.rules.symbol === symbol);
    if (found === undefined) {
      say('instrument', 'refused', `${symbol} is not listed`, 'change the symbols of the strategy');
      continue;
    }
    const fees = isPaper ? packaged[index] ?? null : await connection.fees(symbol);
    const own = fees === null ? found.rules : { ...found.rules, takerRate: fees.takerRate, makerRate: fees.makerRate };
    const before = kept?.[index];
    rules.push(before ?? own);
    sayInstrument(found, say);
    const other = before === undefined ? [] : differences(before, own);
    if (other.length > 0) say('instrument', 'refused', `${symbol}: the exchange changed ${other.join(', ')} since this run began`, 'when flat, begin a new run with --new', 'safety');
    const asTested = packaged[index] ?? null;
    const untested = asTested === null ? [] : differences(asTested, own);
    if (untested.length > 0) say('instrument', 'warning', `${symbol}: backtests use another ${untested.join(', ')}`, 'give backtests these rules with --instrument');
  }
  return rules;
}

function sayInstrument({ rules: { symbol, tick, qtyStep }, status, deliveryAt }: ListedInstrument, say: Say): void {
  if (status !== 'Trading') say('instrument', 'refused', `${symbol} is ${status}`, 'wait until it trades, or change the symbols');
  else if (deliveryAt !== null) say('instrument', 'warning', `${symbol} ends at ${new Date(deliveryAt).toISOString()}`);
  else say('instrument', 'ok', `${symbol}: tick ${tick}, step ${qtyStep}`);
}

/** What decides prices, sizes and money; names of rules that differ. */
function differences(ours: InstrumentRules, theirs: InstrumentRules): readonly string[] {
  const names = ['kind', 'settle', 'tick', 'qtyStep', 'minQty', 'minNotional', 'takerRate', 'makerRate'] as const;
  return names.flatMap((name) => {
    const isNumber = name !== 'kind' && name !== 'settle';
    const isSame = isNumber ? Number(ours[name]) === Number(theirs[name]) : ours[name] === theirs[name];
    return isSame ? [] : [`${name} (${ours[name]}, now ${theirs[name]})`];
  });
}

async function checkLegs({ connection, symbols, config, isFresh, looksOnly }: CheckRequest, legs: readonly LegFacts[], say: Say): Promise<void> {
  const leverage = String(config.leverage);
  for (const symbol of symbols) {
    const leg = legs.find((one) => one.symbol === symbol);
    if (leg === undefined) continue;
    if (leg.mode !== 'one-way') say('position mode', 'refused', `${symbol} is in hedge mode`, 'switch it to one-way mode while flat', 'safety');
    if (leg.reduceOnly) say('position', 'refused', `${symbol} may only be reduced`, 'wait, or change the symbols');
    if (Number(leg.leverage) !== config.leverage && !looksOnly) await connection.setLeverage(symbol, leverage);
    if (isFresh && leg.side !== 0) sayForeign(leg, config, say);
    else if (isFresh && leg.orders.length > 0) say('orders', 'warning', `${symbol}: ${leg.orders.length} orders stand that this run did not place (${config.adopt.orders})`);
  }
  const after = looksOnly ? legs : await connection.legs();
  const wrong = after.filter((leg) => symbols.includes(leg.symbol) && Number(leg.leverage) !== config.leverage);
  if (wrong.length === 0) say('leverage', 'ok', leverage);
  else {
    const state = looksOnly ? 'warning' : 'refused';
    say('leverage', state, wrong.map((leg) => `${leg.symbol} has ${leg.leverage}, expected ${leverage}`).join(', '), `say --leverage ${wrong[0]?.leverage ?? ''}, or set it at the exchange`, 'safety');
  }
}

function sayForeign({ symbol, side, size, stopLoss }: LegFacts, { adopt }: RunConfig, say: Say): void {
  const what = `${symbol}: ${side === 1 ? 'long' : 'short'} ${size} stands that this run did not open${stopLoss === null ? ', without a stop' : ''}`;
  if (adopt.positions === 'refuse') say('position', 'refused', what, 'close it, or say --set adopt.positions=adopt', 'safety');
  else say('position', 'warning', `${what}; it is ${adopt.positions === 'adopt' ? 'taken over' : 'closed'}`);
}

/** The newest closed bar is the one before now, and there are enough of them. */
async function checkHistory({ connection, symbols, barMs, warmupBars, now, mayBeYoung }: CheckRequest, say: Say): Promise<void> {
  const count = Math.max(1, warmupBars - 1);
  for (const symbol of symbols) {
    const at = now();
    const candles = await connection.candles({ symbol, kind: 'last', intervalMs: barMs, until: at, count });
    const last = candles.at(-1);
    const ageMs = last === undefined ? Number.POSITIVE_INFINITY : at - last.closesAt;
    const isShort = warmupBars > 1 && candles.length < count;
    const young = mayBeYoung ? 'warning' : 'refused';
    if (isShort) say('warm-up', young, `${symbol} has ${candles.length} closed bars, expected ${count}`, 'wait, or lower the warm-up of the strategy');
    else if (ageMs > 2 * barMs) say('market data', young, `${symbol}: the last bar closed ${Math.round(ageMs / 1_000)} s ago`, 'wait until the symbol trades again');
    else say('market data', 'ok', `${symbol}: ${candles.length} bars, the last ${Math.round(ageMs / 1_000)} s old`);
  }
}
