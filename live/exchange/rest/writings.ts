/**
 * Other ways to write the same numbers, for a fault that varies them: no value as '', '0', '0.00', null or an absent key,
 * a decimal with more zeros behind. The value never changes: what is read must be the same for a reader that is right.
 *
 * Ids, times, sizes of nothing and words are left alone: '0' in `size` or `cumExecQty` is a quantity, not the lack of one.
 */
import type { Row } from '../world.ts';

/** Members whose zero or emptiness means that there is none. */
const absentable = new Set([
  'takeProfit', 'stopLoss', 'trailingStop', 'triggerPrice', 'liqPrice', 'bustPrice', 'activePrice', 'tpLimitPrice', 'slLimitPrice', 'breakEvenPrice',
  'sessionAvgPrice', 'lastPriceOnCreated',
]);
/** Members that are decimals and always have a value. */
const decimals = new Set([
  'price', 'qty', 'avgPrice', 'leavesQty', 'leavesValue', 'cumExecQty', 'cumExecValue', 'cumExecFee', 'size', 'positionValue', 'markPrice', 'positionIM',
  'positionMM', 'unrealisedPnl', 'curRealisedPnl', 'cumRealisedPnl', 'execPrice', 'execQty', 'execValue', 'execFee', 'feeRate', 'closedSize', 'orderPrice',
  'orderQty', 'closedPnl', 'walletBalance', 'equity', 'totalEquity', 'change', 'cashFlow', 'fee', 'leverage',
]);
const zeros = ['', '.0', '.00', '.00000000'];

/** `choose(n)` picks one of n ways, 0 to n - 1; called once for each number. */
export function writtenOtherwise(value: unknown, choose: (ways: number) => number): unknown {
  if (Array.isArray(value)) return value.map((item) => writtenOtherwise(item, choose));
  if (typeof value !== 'object' || value === null) return value;
  const row: Row = { ...value };
  return Object.fromEntries(Object.entries(row).flatMap(([key, member]) => memberOtherwise(key, member, choose)));
}

function memberOtherwise(key: string, member: unknown, choose: (ways: number) => number): readonly (readonly [string, unknown])[] {
  if (absentable.has(key) && isNothing(member)) {
    const ways: readonly (readonly (readonly [string, unknown])[])[] = [[[key, '']], [[key, '0']], [[key, '0.00']], [[key, null]], []];
    return ways[choose(ways.length)] ?? [];
  }
  if (decimals.has(key) && typeof member === 'string' && /^-?\d+(\.\d+)?$/.test(member)) {
    const more = zeros[choose(zeros.length)] ?? '';
    return [[key, member.includes('.') ? `${member}${more.slice(1)}` : `${member}${more}`]];
  }
  return [[key, typeof member === 'object' ? writtenOtherwise(member, choose) : member]];
}

function isNothing(member: unknown): boolean {
  return member === null || member === '' || (typeof member === 'string' && Number(member) === 0);
}
