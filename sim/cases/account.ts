/** What a case leaves behind: fills, statuses, answers and money, gathered from the facts of the matching core. */
import { divideHalfEven, formatDecimal, valueOf } from '../../engine/index.ts';
import type { Instrument, Money } from '../../engine/index.ts';
import { quotientText } from '../exchange/index.ts';
import type { ExchangePosition, Fact } from '../exchange/index.ts';

export interface FillSeen {
  readonly order: string; readonly side: string; readonly price: string; readonly qty: string; readonly liquidity: string;
  readonly fee: string; readonly realizedPnl: string; readonly barIndex: number;
}

export interface AnswerSeen {
  readonly id: string; readonly code: string;
  /** The page gives a reason but no answer (a cancellation), or an answer without a code: may be listed or left out. */
  readonly isOptional: boolean;
  /** The format gives `addMargin` no id of its own, so any name may stand for it. */
  readonly isNameless: boolean;
}

export interface AccountSeen {
  readonly fills: readonly FillSeen[];
  readonly orders: Readonly<Record<string, string>>;
  readonly answers: readonly AnswerSeen[];
  readonly position: { readonly side: string; readonly qty: string; readonly avgEntry: string | null };
  readonly realizedPnl: string; readonly fees: string; readonly funding: string;
  readonly walletBalance: string; readonly unrealizedPnl: string; readonly equity: string;
}

export interface Recorder {
  readonly instrument: Instrument;
  /** Names of the orders, by their number. */
  readonly orders: readonly string[];
  /** Labels of the messages, by their reference. */
  readonly labels: readonly string[];
  readonly fills: FillSeen[]; readonly statuses: Map<string, string>; readonly answers: AnswerSeen[];
  readonly conditional: ReadonlySet<number>;
  realised: Money; fees: Money; funding: Money;
}

const sideText = (side: number): string => (side === 1 ? 'Buy' : side === -1 ? 'Sell' : 'None');

function recordFill(to: Recorder, fact: Fact, barIndex: number): void {
  const { instrument } = to;
  const money = (value: Money): string => formatDecimal(value, instrument.moneyScale);
  to.fills.push({
    order: fact.order >= 0 ? to.orders[fact.order] ?? '' : fact.cause, side: sideText(fact.side),
    price: fact.exactPrice !== '' ? fact.exactPrice : String(valueOf(fact.priceTicks, instrument.tick)),
    qty: String(valueOf(fact.lots, instrument.lot)), liquidity: fact.liquidity, fee: money(fact.fee),
    realizedPnl: money(fact.realised), barIndex,
  });
  to.realised += fact.realised;
  to.fees += fact.fee;
}

function recordRefusal(to: Recorder, fact: Fact, name: string): void {
  const of = fact.of;
  const id = of === 'cancel' || of === 'amend' ? `${of}:${name}` : of === 'submit' ? name : to.labels[fact.reference] ?? of;
  to.answers.push({ id, code: fact.code, isOptional: fact.code === 'EXPIRED', isNameless: of === 'add-margin' });
}

export function record(to: Recorder, fact: Fact, barIndex: number): void {
  const name = fact.order >= 0 ? to.orders[fact.order] ?? '' : '';
  switch (fact.kind) {
    case 'accepted':
      if (fact.of === 'submit') to.statuses.set(name, to.conditional.has(fact.order) ? 'Untriggered' : 'New');
      return;
    case 'triggered': to.statuses.set(name, 'New'); return;
    case 'rejected':
      to.statuses.set(name, 'Rejected');
      recordRefusal(to, fact, name);
      return;
    case 'refused': recordRefusal(to, fact, name); return;
    case 'cancelled': case 'expired':
      to.statuses.set(name, 'Cancelled');
      if (fact.code === 'EC_PostOnlyWillTakeLiquidity' || fact.code === '110007') {
        to.answers.push({ id: name, code: fact.code, isOptional: true, isNameless: false });
      }
      return;
    case 'execution':
      if (fact.order >= 0) to.statuses.set(name, fact.leavesLots > 0 ? 'PartiallyFilled' : 'Filled');
      recordFill(to, fact, barIndex);
      return;
    case 'funding': to.funding += fact.payment; return;
    case 'amended': case 'stop-set': return;
  }
}

const finePerMoney = 1_000_000_000_000n;

/** Average entry in quote, 18 significant digits. */
function entryText(instrument: Instrument, position: ExchangePosition): string {
  const scale = 10n ** BigInt(instrument.moneyScale) * finePerMoney;
  const size = BigInt(position.lots) * BigInt(instrument.lot.num);
  const den = BigInt(instrument.lot.den);
  return instrument.kind === 'linear'
    ? quotientText(position.fineCost * den, size * scale, 18)
    : quotientText(size * scale, position.fineCost * den, 18);
}

/** Unrealised result at a mark in ticks, in money units. */
export function unrealisedAt(instrument: Instrument, position: ExchangePosition, markTicks: number): Money {
  if (position.side === 0) return 0n;
  const whole = Math.floor(markTicks);
  const nano = BigInt(whole) * 1_000_000_000n + BigInt(Math.round((markTicks - whole) * 1e9));
  const size = BigInt(position.lots) * instrument.unitMoney;
  const side = BigInt(position.side);
  if (instrument.kind === 'linear') {
    return side * divideHalfEven(size * nano * 1_000n - position.fineCost, finePerMoney);
  }
  return side * divideHalfEven(position.fineCost * nano - size * finePerMoney * 1_000_000_000n, nano * finePerMoney);
}

export function accountSeen(from: Recorder, wallet: Money, position: ExchangePosition, markTicks: number): AccountSeen {
  const { instrument } = from;
  const money = (value: Money): string => formatDecimal(value, instrument.moneyScale);
  const unrealised = unrealisedAt(instrument, position, markTicks);
  return {
    fills: from.fills, orders: Object.fromEntries(from.statuses), answers: from.answers,
    position: {
      side: sideText(position.side), qty: String(valueOf(position.lots, instrument.lot)),
      avgEntry: position.side === 0 ? null : entryText(instrument, position),
    },
    realizedPnl: money(from.realised), fees: money(from.fees), funding: money(from.funding), walletBalance: money(wallet),
    unrealizedPnl: money(unrealised), equity: money(wallet + unrealised),
  };
}
