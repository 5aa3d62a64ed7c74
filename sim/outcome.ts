/** What a finished play amounts to. */
import { digestText, formatDecimal, moneyToNumber, unrealisedOf, valueOf } from '../engine/index.ts';
import type { State, Table } from '../engine/index.ts';
import { markAmbiguous } from './ambiguous-trades.ts';
import { coarseMarkStops, coarseMarkWarning } from './coarse-marks.ts';
import { detailOf, detailWarnings } from './detail-totals.ts';
import { digestTables } from './digest.ts';
import { liquidationsIn } from './liquidations.ts';
import { Doubles, faultTable, integerColumn, Integers, textColumn, Texts, timeColumn } from './record/index.ts';
import type { FaultTotals, RunResult } from './result.ts';
import type { Play } from './play.ts';

export function resultOf(play: Play): RunResult {
  const { state, setup, trading, clock } = play;
  const { wallet } = state;
  const { drawdown, daily, exposureFraction, table: equity } = play.equity.finish(play.lastAt);
  const { tables: recorded, ambiguousTrades } = markAmbiguous(trading.tables(state), setup.strategy.symbols, play.exchange.ambiguousFills);
  const tables = [...recorded, equity, warningsOf(play, recorded), ...faultRows(play), ...(play.events === null ? [] : [play.events.table()])];
  const exact = (money: bigint): string => formatDecimal(money, setup.instruments[0]!.moneyScale);
  const ledger = {
    settle: wallet.settle, start: exact(setup.cash), realised: exact(wallet.realised),
    fees: exact(wallet.fees), funding: exact(wallet.funding), end: exact(wallet.balance),
  };
  const loopDigest = digestText(play.digest);
  let digest: string | null = null; // worked out when it is asked for: hashing every column takes as long as playing a tenth of the run
  return {
    strategy: setup.strategy.name, symbols: setup.strategy.symbols, from: clock.from, to: play.lastAt, bars: play.bars,
    decisions: state.decisionSequence, steps: { events: state.sequence, commands: play.sent }, warmupBars: setup.warmupBars, tables, ledger,
    equity: { start: moneyToNumber(setup.instruments[0]!, setup.cash), end: state.equity },
    daily, barDrawdown: drawdown, exposureFraction, tradedValue: trading.totals.tradedValue,
    detail: detailOf(play),
    slippageCost: trading.totals.slippageCost, ambiguousBars: play.exchange.ambiguousBars, ambiguousTrades, refusals: state.refusals, faults: faultsOf(play),
    open: openPositions(play), get digest() { return (digest ??= digestTables(tables, `${loopDigest} ${JSON.stringify(ledger)}`)); }, loopDigest,
  };
}

function openPositions({ state, setup }: Play): RunResult['open'] {
  return state.legs.flatMap((leg) => {
    const { position } = leg;
    if (position.tag === 'flat') return [];
    const { tick, lot } = setup.instruments[leg.symbol]!;
    return [{
      symbol: setup.strategy.symbols[leg.symbol]!, side: position.side === 1 ? 'long' as const : 'short' as const,
      qty: valueOf(position.lots, lot), entryPrice: valueOf(position.entryTicks, tick), unrealised: unrealisedOf(state, leg),
    }];
  });
}

function faultRows({ ordeal, setup }: Play): readonly Table[] {
  return ordeal === null ? [] : [faultTable(ordeal.venue.odds.struck, setup.strategy.symbols)];
}

function faultsOf({ ordeal, state, setup, trading }: Play): FaultTotals | null {
  if (ordeal === null) return null;
  const { venue: { odds, truth }, hardship: { plan }, meter, report } = ordeal;
  const counted = (leg: State['legs'][number]): number => (leg.position.tag === 'open' ? leg.position.side * leg.position.lots : 0);
  const isSame = state.legs.every((leg) => {
    const { side, lots } = truth.position(leg.index);
    return side * lots === counted(leg);
  });
  return {
    plan: plan.plan, seed: plan.seed, fired: odds.fired, restarts: ordeal.killed, violations: report?.violations ?? [], broken: report?.total ?? 0,
    unprotectedMs: meter.unprotectedMs, unprotectedLongestMs: meter.longestMs, downUnprotectedMs: meter.downUnprotectedMs,
    halts: trading.halts, mode: state.mode.tag, agrees: isSame && state.wallet.balance === truth.wallet,
    venueWallet: formatDecimal(truth.wallet, setup.instruments[0]!.moneyScale),
  };
}

/** Holes in the data by symbol, and every notice of the engine by cause. */
function warningsOf(play: Play, recorded: readonly Table[]): Table {
  const { clock, notices, setup } = play;
  const code = new Texts(), symbol = new Texts(), count = new Integers(), firstAt = new Doubles(), text = new Texts();
  const row = (c: string, s: string | null, n: number, at: number, words: string): void => {
    code.push(c); symbol.push(s); count.push(n); firstAt.push(at); text.push(words);
  };
  for (const [index, name] of setup.strategy.symbols.entries()) {
    const holes = clock.holes.filter((hole) => hole.symbol === index);
    if (holes.length === 0) continue;
    const bars = holes.reduce((sum, hole) => sum + hole.bars, 0);
    row('DATA_GAP', name, holes.length, holes[0]!.at, `${holes.length} holes, ${bars} bars missing`);
  }
  for (const { code: c, symbol: s, count: n, at, words } of detailWarnings(play)) row(c, s, n, at, words);
  const { unavailable } = setup.config.risk;
  if (unavailable.length > 0) row('RULES_UNAVAILABLE', null, unavailable.length, clock.from, `risk rules this run does without: ${unavailable.join(', ')}`);
  const causes = new Map<string, { at: number; count: number; text: string }>();
  for (const notice of notices) {
    const known = causes.get(notice.cause);
    if (known === undefined) causes.set(notice.cause, { at: notice.at, count: 1, text: notice.text });
    else known.count += 1;
  }
  const [executions, stops] = ['executions', 'stops'].map((name) => recorded.find((table) => table.name === name));
  const liquidations = liquidationsIn(executions);
  for (const [cause, first] of causes) {
    // The executions tell it by symbol, with how many and how much: told twice it would be counted twice.
    if (cause === 'liquidated' && liquidations.length > 0) continue;
    row(cause.toUpperCase(), null, first.count, first.at, first.text);
  }
  for (const { name, count: n, at, words } of liquidations) row('LIQUIDATED', name, n, at, words);
  const coarse = coarseMarkStops(clock.market, { executions, stops });
  const start = moneyToNumber(setup.instruments[0]!, setup.cash);
  const bias = coarseMarkWarning(coarse, start, setup.settle);
  if (coarse !== null && bias !== null) row(coarse.gained > 0 ? 'STOPS_FAVOURED' : 'STOPS_ON_COARSE_MARKS', null, coarse.stops, clock.from, bias);
  return {
    name: 'warnings', rows: code.codes.length, columns: [
      textColumn('code', code), textColumn('symbol', symbol), integerColumn('count', count), timeColumn('first_at', firstAt),
      textColumn('text', text),
    ],
  };
}
