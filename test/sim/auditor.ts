/**
 * A second, small implementation of the ledger, from the recorded rows alone: executions as lots and ticks, funding as
 * rates. It shares no arithmetic with the engine or the exchange: values are exact fractions, rounded half to even only
 * where the rules say that something is booked.
 *
 * 1. fees and funding are the engine's to the last digit; so is what was realised once the position is flat. While one is
 *    open, or when one was liquidated (the loss is a share of the cost left), each partial close may differ by one unit.
 * 2. end = start + realised - fees + funding, exactly.
 * 3. A trade runs from flat to flat; its gross, fees, funding and size are the sums of its own rows.
 * 4. The position left at the end is the sum of the executions.
 */
import type { Instrument, RunConfig, Table } from '../../engine/index.ts';
import type { RunResult, SymbolMarket } from '../../sim/index.ts';

/** Exact fraction; `below` is positive. */
interface Fraction { readonly above: bigint; readonly below: bigint }
const whole = (above: bigint): Fraction => ({ above, below: 1n });
const plus = (a: Fraction, b: Fraction): Fraction => (a.below === b.below
  ? { above: a.above + b.above, below: a.below } : lowest(a.above * b.below + b.above * a.below, a.below * b.below));
const times = (a: Fraction, b: Fraction): Fraction => ({ above: a.above * b.above, below: a.below * b.below });
const minus = (a: Fraction, b: Fraction): Fraction => plus(a, { above: -b.above, below: b.below });

function lowest(above: bigint, below: bigint): Fraction {
  let [rest, divisor] = [above < 0n ? -above : above, below];
  while (rest !== 0n) [rest, divisor] = [divisor % rest, rest];
  return { above: above / divisor, below: below / divisor };
}

/** A decimal number as it is written, exactly. */
function exact(value: number | string): Fraction {
  const [digits, exponent] = String(value).toLowerCase().split('e') as [string, string | undefined];
  const [units, places = ''] = digits.split('.') as [string, string | undefined];
  const above = BigInt(units + places);
  const shift = BigInt(Number(exponent ?? '0') - places.length);
  return shift >= 0n ? whole(above * 10n ** shift) : { above, below: 10n ** -shift };
}

/** Nearest whole number, a half to the even one. */
function booked({ above, below }: Fraction): bigint {
  const doubled = 2n * above + below;
  const floor = doubled >= 0n ? doubled / (2n * below) : -((-doubled + 2n * below - 1n) / (2n * below));
  return doubled % (2n * below) === 0n && floor % 2n !== 0n ? floor - 1n : floor;
}

interface Row { readonly kind: string; readonly leg: number; readonly at: number; readonly lots: number; readonly priceTicks: number; readonly isMaker: boolean; readonly cause: string }
interface TradeSum { lots: number; gross: Fraction; fees: bigint; funding: bigint; openedAt: number; side: number }
interface Totals { realised: Fraction; fees: bigint; funding: bigint; partials: bigint; liquidations: number }
interface Closed { readonly leg: number; readonly at: number; readonly sum: TradeSum }

class Book {
  readonly #unit: Fraction;
  readonly #instrument: Instrument;
  readonly #market: SymbolMarket;
  readonly #leverage: Fraction;
  readonly #rates: { readonly maker: Fraction; readonly taker: Fraction };
  #stamp = 0;
  readonly leg: number;
  lots = 0;
  cost: Fraction = whole(0n);
  trade: TradeSum | null = null;

  constructor(leg: number, market: SymbolMarket, config: RunConfig) {
    const { instrument } = market;
    const { rules } = instrument;
    this.leg = leg;
    this.#market = market;
    this.#instrument = instrument;
    const scale = whole(10n ** BigInt(rules.kind === 'linear' ? 12 : 16));
    const lot = exact(rules.qtyStep);
    const tick = exact(rules.tick);
    this.#unit = times(scale, rules.kind === 'linear' ? times(lot, tick) : times(lot, { above: tick.below, below: tick.above }));
    this.#leverage = exact(config.leverage);
    this.#rates = { maker: exact(config.makerFee ?? rules.makerRate), taker: exact(config.takerFee ?? rules.takerRate) };
  }

  /** Money of lots at a price: price x quantity, or quantity / price, rounded once when it is a fill. */
  value(priceTicks: number, lots: number): Fraction {
    const size = times(this.#unit, whole(BigInt(lots)));
    if (this.#instrument.kind === 'linear') return times(size, exact(priceTicks));
    const price = exact(priceTicks);
    return times(size, { above: price.below, below: price.above });
  }

  take(row: Row, totals: Totals, closed: Closed[]): void {
    const side = Math.sign(row.lots);
    const size = Math.abs(row.lots);
    const closing = this.lots * side < 0 ? Math.min(size, Math.abs(this.lots)) : 0;
    const held = Math.abs(this.lots);
    if (row.cause === 'liquidation') return this.#liquidate(row, totals, closed);
    const value = whole(booked(this.value(row.priceTicks, size)));
    const fee = booked(times(value, row.isMaker ? this.#rates.maker : this.#rates.taker));
    totals.fees += fee;
    const closingFee = closing === size ? fee : booked(times(whole(fee), { above: BigInt(closing), below: BigInt(size) }));
    const fetched = closing === size ? value : whole(booked(this.value(row.priceTicks, closing)));
    if (closing > 0) this.#close({ closing, held, side, fetched, fee: closingFee, at: row.at }, totals, closed);
    const opening = size - closing;
    if (opening === 0) return;
    this.trade ??= { lots: 0, gross: whole(0n), fees: 0n, funding: 0n, openedAt: row.at, side };
    this.trade.lots += opening;
    this.trade.fees += fee - closingFee;
    this.cost = plus(this.cost, closing === 0 ? value : minus(value, fetched));
    this.lots += side * opening;
  }

  #close(part: { closing: number; held: number; side: number; fetched: Fraction; fee: bigint; at: number }, totals: Totals, closed: Closed[]): void {
    const { closing, held, side, fetched, fee, at } = part;
    const released = times(this.cost, { above: BigInt(closing), below: BigInt(held) });
    const wasLong = side < 0;
    const gained = wasLong === (this.#instrument.kind === 'linear') ? minus(fetched, released) : minus(released, fetched);
    totals.realised = plus(totals.realised, gained);
    this.cost = minus(this.cost, released);
    this.lots += side * closing;
    const { trade } = this;
    if (trade === null) throw new Error('closed without a trade');
    trade.gross = plus(trade.gross, gained);
    trade.fees += fee;
    if (this.lots !== 0) {
      totals.partials += 1n;
      return;
    }
    this.cost = whole(0n);
    closed.push({ leg: this.leg, at, sum: trade });
    this.trade = null;
  }

  /** The loss is the initial margin; the taker fee is on the value at the bankruptcy price. */
  #liquidate(row: Row, totals: Totals, closed: Closed[]): void {
    const margin = booked(times(this.cost, { above: this.#leverage.below, below: this.#leverage.above }));
    const away = (this.#instrument.kind === 'linear') === (this.lots > 0) ? -margin : margin;
    const fee = booked(times(plus(this.cost, whole(away)), this.#rates.taker));
    const { trade } = this;
    if (trade === null) throw new Error('liquidated without a position');
    totals.liquidations += 1;
    totals.realised = plus(totals.realised, whole(-margin));
    totals.fees += fee;
    trade.gross = plus(trade.gross, whole(-margin));
    trade.fees += fee;
    closed.push({ leg: this.leg, at: row.at, sum: trade });
    this.lots = 0;
    this.cost = whole(0n);
    this.trade = null;
  }

  /** The next stamp of the market's series; it is booked at its own time, or at the first bar after a hole. */
  fund(rate: number, totals: Totals): void {
    const { settledAt, rate: rates } = this.#market.funding!;
    while (settledAt[this.#stamp]! < this.#market.last.openedAt[0]!) this.#stamp += 1;
    const at = settledAt[this.#stamp]!;
    equal('funding rate', rate, rates[this.#stamp]!);
    this.#stamp += 1;
    if (this.lots === 0) return;
    const value = this.value(this.#markAt(at), Math.abs(this.lots));
    const payment = booked(times(times(value, exact(rate)), whole(BigInt(-Math.sign(this.lots)))));
    totals.funding += payment;
    if (this.trade !== null) this.trade.funding += payment;
  }

  /** Open of the mark bar of the stamp; without mark data that of the last-price bar, in a hole of the next one. */
  #markAt(at: number): number {
    const { mark, last } = this.#market;
    const marked = mark === null ? -1 : mark.openedAt.indexOf(at);
    if (marked >= 0) return mark!.open[marked]!;
    const bar = last.openedAt.findIndex((openedAt) => openedAt >= at);
    return last.open[bar]!;
  }
}

/** Throws at the first thing that does not add up. Needs a run recorded with `record: 'all'`. */
export function audit(result: RunResult, markets: readonly SymbolMarket[], config: RunConfig): void {
  const books = markets.map((market, leg) => new Book(leg, market, config));
  const totals: Totals = { realised: whole(0n), fees: 0n, funding: 0n, partials: 0n, liquidations: 0 };
  const closed: Closed[] = [];
  for (const row of rowsOf(result)) {
    const book = books[row.leg]!;
    if (row.kind === 'funding') book.fund(row.priceTicks, totals);
    else book.take(row, totals, closed);
  }
  checkLedger(result, books, totals);
  checkTrades(result, markets, closed);
  for (const [leg, book] of books.entries()) {
    const left = result.open.find((open) => open.symbol === result.symbols[leg]);
    const { lot } = markets[leg]!.instrument;
    const lots = left === undefined ? 0 : Math.round((left.qty * lot.den) / lot.num) * (left.side === 'long' ? 1 : -1);
    equal('position left', lots, book.lots);
  }
}

function checkLedger({ ledger }: RunResult, books: readonly Book[], totals: Totals): void {
  const scale = books.length > 0 && ledger.settle !== 'USDT' ? 16 : 12;
  const money = (text: string): bigint => booked(times(exact(text), whole(10n ** BigInt(scale))));
  equal('fees', money(ledger.fees), totals.fees);
  equal('funding', money(ledger.funding), totals.funding);
  const off = minus(whole(money(ledger.realised)), totals.realised);
  const isWhole = totals.liquidations === 0 && books.every((book) => book.lots === 0);
  const allowed = isWhole ? 0n : totals.partials;
  const size = off.above < 0n ? -off.above : off.above;
  if (size > allowed * off.below) throw new Error(`audit: realised ${ledger.realised} is off by ${size}/${off.below} units`);
  equal('end', money(ledger.end), money(ledger.start) + money(ledger.realised) - money(ledger.fees) + money(ledger.funding));
}

function checkTrades(result: RunResult, markets: readonly SymbolMarket[], closed: readonly Closed[]): void {
  const trades = tableOf(result, 'trades');
  equal('trades', trades.rows, closed.length);
  for (const [i, { leg, at, sum }] of closed.entries()) {
    const { instrument } = markets[leg]!;
    const units = 10 ** instrument.moneyScale;
    const gross = Number(booked(sum.gross)) / units;
    const named = (column: string): number => numbers(trades, column)[i]!;
    equal('trade closed at', named('closed_at'), at);
    equal('trade opened at', named('opened_at'), sum.openedAt);
    near('trade quantity', named('qty'), (sum.lots * instrument.lot.num) / instrument.lot.den);
    near('trade gross', named('gross'), gross);
    near('trade fees', named('fees'), Number(sum.fees) / units);
    near('trade funding', named('funding'), Number(sum.funding) / units);
    near('trade net', named('net'), Number(booked(sum.gross) - sum.fees + sum.funding) / units);
  }
}

/** Executions and funding stamps in the order in which they were taken in. */
function rowsOf(result: RunResult): Row[] {
  const events = tableOf(result, 'events');
  const executions = tableOf(result, 'executions');
  const [kind, liquidity, cause] = [texts(events, 'kind'), texts(executions, 'liquidity'), texts(executions, 'cause')];
  const [time, leg, lots, price] = ['time', 'leg', 'lots', 'price_ticks'].map((name) => numbers(events, name)) as [Numbers, Numbers, Numbers, Numbers];
  const rows: Row[] = [];
  let n = 0;
  for (let i = 0; i < events.rows; i++) {
    if (kind[i] !== 'execution' && kind[i] !== 'funding') continue;
    const isExecution = kind[i] === 'execution';
    rows.push({
      kind: kind[i]!, leg: leg[i]!, at: time[i]!, lots: lots[i]!, priceTicks: price[i]!,
      isMaker: isExecution && liquidity[n] === 'maker', cause: isExecution ? cause[n]! : '',
    });
    if (isExecution) n += 1;
  }
  equal('executions recorded', executions.rows, n);
  return rows;
}

type Numbers = ArrayLike<number>;

function tableOf(result: RunResult, name: string): Table {
  const table = result.tables.find((t) => t.name === name);
  if (table === undefined) throw new Error(`audit: no table ${name}`);
  return table;
}

function numbers(table: Table, name: string): Numbers {
  const column = table.columns.find((c) => c.name === name);
  if (column === undefined || column.type === 'text') throw new Error(`audit: no numbers ${name}`);
  return column.values;
}

function texts(table: Table, name: string): (string | null)[] {
  const column = table.columns.find((c) => c.name === name);
  if (column?.type !== 'text') throw new Error(`audit: no texts ${name}`);
  return Array.from(column.codes, (code) => (code < 0 ? null : column.dictionary[code]!));
}

function equal(what: string, was: bigint | number, expected: bigint | number): void {
  if (was !== expected) throw new Error(`audit: ${what} was ${was}, expected ${expected}`);
}

function near(what: string, was: number, expected: number): void {
  if (Math.abs(was - expected) > 1e-12 * Math.max(1, Math.abs(expected))) throw new Error(`audit: ${what} was ${was}, expected ${expected}`);
}
