/**
 * Other ways to write the same number: nothing as '', '0', '0.00', null or an absent key; something with decimals filled up
 * with zeros. Only members that hold amounts are touched: an empty side or link is no number.
 */
import type { Row } from '../world.ts';

const amounts = /(price|loss|profit|pnl|im|mm|value|qty|fee|balance|stop|size|locked|bonus|equity)$/i;
const nothings: readonly (string | null | undefined)[] = ['', '0', '0.00', null, undefined];
const placesMost = 8;

export function rewritten(value: unknown, draw: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => rewritten(item, draw));
  if (typeof value !== 'object' || value === null) return value;
  const row: Record<string, unknown> = {};
  for (const [key, own] of Object.entries(value as Row)) {
    const told = typeof own === 'string' && amounts.test(key) ? otherText(own, draw) : rewritten(own, draw);
    if (told !== undefined) row[key] = told;
  }
  return row;
}

function otherText(text: string, draw: () => number): string | null | undefined {
  if (text === '' || /^0(\.0+)?$/.test(text)) return nothings[Math.floor(draw() * nothings.length)];
  if (!/^-?\d+(\.\d+)?$/.test(text)) return text;
  const [whole = '', places = ''] = text.split('.');
  return places.length >= placesMost ? text : `${whole}.${places.padEnd(placesMost, '0')}`;
}
