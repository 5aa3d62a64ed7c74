/**
 * Compares what a case expects with what happened (FS-1 section 14): price and quantity exact, USDT within 1e-6, coin
 * within 1e-10. Only what the case states is compared.
 */
import { fillWords } from './arithmetic.ts';
import type { AccountSeen, AnswerSeen, FillSeen } from './account.ts';
import type { BarFault } from './bars.ts';
import type { Case } from './case.ts';
import { isFields } from './field.ts';
import type { Fields } from './field.ts';
import { decimalOf, numberScale } from './number.ts';

export interface Difference { readonly path: string; readonly expected: string; readonly actual: string }

const shown = (value: unknown): string =>
  value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
const power = (exponent: number): bigint => 10n ** BigInt(numberScale + exponent);

/** Decimal places written in a number's text. */
const placesOf = (value: unknown): number => /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0;

function isNear(expected: unknown, actual: string | null, tolerance: bigint): boolean {
  if (expected === null || actual === null) return expected === actual;
  const wanted = decimalOf(expected);
  const found = decimalOf(actual);
  if (wanted === null || found === null) return false;
  return magnitude(wanted - found) <= tolerance;
}

/** Exact; only a price that no tick can hold is compared as a derived value, or as far as it is written. */
function isSamePrice(expected: unknown, fill: FillSeen): boolean {
  if (fill.order !== 'LIQ') return isNear(expected, fill.price, 0n);
  const places = placesOf(expected);
  const written = places >= 8 ? power(-places) / 2n : 0n;
  const relative = magnitude(decimalOf(fill.price) ?? 0n) / 10n ** 12n;
  return isNear(expected, fill.price, written > relative ? written : relative);
}

interface Sheet { readonly differences: Difference[]; readonly money: bigint }

function note(sheet: Sheet, isSame: boolean, path: string, expected: unknown, actual: unknown): void {
  if (!isSame) sheet.differences.push({ path, expected: shown(expected), actual: shown(actual) });
}

function compareFill(sheet: Sheet, path: string, expected: Fields, actual: FillSeen): void {
  const plain = ['order', 'side', 'liquidity', 'barIndex'] as const;
  for (const name of plain) {
    if (name in expected) note(sheet, String(expected[name]) === String(actual[name]), `${path}.${name}`, expected[name], actual[name]);
  }
  if ('price' in expected) note(sheet, isSamePrice(expected['price'], actual), `${path}.price`, expected['price'], actual.price);
  if ('qty' in expected) note(sheet, isNear(expected['qty'], actual.qty, 0n), `${path}.qty`, expected['qty'], actual.qty);
  for (const name of ['fee', 'realizedPnl'] as const) {
    if (name in expected) note(sheet, isNear(expected[name], actual[name], sheet.money), `${path}.${name}`, expected[name], actual[name]);
  }
}

function compareFills(sheet: Sheet, expected: unknown, actual: readonly FillSeen[]): void {
  if (!Array.isArray(expected)) {
    note(sheet, false, 'fills', expected, actual.map(fillWords));
    return;
  }
  for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
    const wanted: unknown = expected[i];
    const found = actual[i];
    if (found !== undefined && isFields(wanted)) compareFill(sheet, `fills[${i}]`, wanted, found);
    else note(sheet, false, `fills[${i}]`, wanted, found === undefined ? undefined : fillWords(found));
  }
}

function compareOrders(sheet: Sheet, expected: unknown, actual: Readonly<Record<string, string>>): void {
  const wanted = isFields(expected) ? expected : {};
  for (const id of new Set([...Object.keys(wanted), ...Object.keys(actual)])) {
    note(sheet, wanted[id] === actual[id], `orders.${id}`, wanted[id], actual[id]);
  }
}

const answerText = (answer: unknown): string =>
  isFields(answer) ? `${shown(answer['id'])} ${shown(answer['code'])}` : shown(answer);

function isSameAnswer(wanted: unknown, found: AnswerSeen): boolean {
  if (!isFields(wanted) || (!found.isNameless && wanted['id'] !== found.id)) return false;
  return found.code === 'EXPIRED' || String(wanted['code']) === found.code;
}

/** In order; an optional answer is skipped when the case does not list it. */
function compareAnswers(sheet: Sheet, expected: unknown, actual: readonly AnswerSeen[]): void {
  const wanted: readonly unknown[] = Array.isArray(expected) ? expected : [];
  const kept = [...actual];
  let i = 0;
  while (i < kept.length) {
    const found = kept[i]!;
    if (found.isOptional && !isSameAnswer(wanted[i], found)) kept.splice(i, 1);
    else i++;
  }
  for (let at = 0; at < Math.max(wanted.length, kept.length); at++) {
    const found = kept[at];
    const isSame = found !== undefined && isSameAnswer(wanted[at], found);
    note(sheet, isSame, `rejects[${at}]`, wanted[at] === undefined ? undefined : answerText(wanted[at]),
      found === undefined ? undefined : `${found.id} ${found.code}`);
  }
}

function comparePosition(sheet: Sheet, expected: unknown, actual: AccountSeen['position']): void {
  const wanted = isFields(expected) ? expected : {};
  if ('side' in wanted) note(sheet, wanted['side'] === actual.side, 'position.side', wanted['side'], actual.side);
  if ('qty' in wanted) note(sheet, isNear(wanted['qty'], actual.qty, 0n), 'position.qty', wanted['qty'], actual.qty);
  if (!('avgEntry' in wanted)) return;
  note(sheet, isNear(wanted['avgEntry'], actual.avgEntry, power(-6)), 'position.avgEntry', wanted['avgEntry'], actual.avgEntry);
}

export function compareAccount(of: Case, actual: AccountSeen): readonly Difference[] {
  const sheet: Sheet = { differences: [], money: power(of.instrument.kind === 'linear' ? -6 : -10) };
  const { expect } = of;
  if ('error' in expect) note(sheet, false, 'error', expect['error'], undefined);
  if ('fills' in expect) compareFills(sheet, expect['fills'], actual.fills);
  if ('orders' in expect) compareOrders(sheet, expect['orders'], actual.orders);
  if ('rejects' in expect) compareAnswers(sheet, expect['rejects'], actual.answers);
  if ('position' in expect) comparePosition(sheet, expect['position'], actual.position);
  const amounts = ['realizedPnl', 'fees', 'funding', 'walletBalance', 'unrealizedPnl', 'equity'] as const;
  for (const name of amounts) {
    if (name in expect) note(sheet, isNear(expect[name], actual[name], sheet.money), name, expect[name], actual[name]);
  }
  return sheet.differences;
}

/** The page names no bar for `MARK_INTERVAL`, so only its code counts. */
export function compareError(of: Case, fault: BarFault): readonly Difference[] {
  const expected = of.expect['error'];
  const wanted = isFields(expected) ? expected : {};
  const isSame = wanted['code'] === fault.code
    && (fault.code === 'MARK_INTERVAL' || wanted['barIndex'] === undefined || Number(wanted['barIndex']) === fault.barIndex);
  return isSame ? [] : [{ path: 'error', expected: shown(expected), actual: shown({ code: fault.code, barIndex: fault.barIndex }) }];
}

