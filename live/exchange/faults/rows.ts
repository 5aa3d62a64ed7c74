/** Lists of a read as a fault shows them. Candles are arrays of text and are only left out or repeated. */
import type { Ms } from '../../../engine/index.ts';
import type { Row } from '../world.ts';
import type { EffectOf } from './plan.ts';

export function changedRows(rows: readonly unknown[], { how, ms, count, set }: EffectOf<'rows'>, marketAt: Ms): readonly unknown[] {
  const first = rows.slice(0, 1);
  switch (how) {
    case 'none': return [];
    case 'drop-first': return rows.slice(1);
    case 'drop-middle': return rows.filter((_, place) => place !== Math.floor(rows.length / 2));
    case 'drop-last': return rows.slice(0, -count);
    case 'drop-young': return rows.filter((row) => marketAt - ageStamp(row) >= ms);
    case 'repeat-first': return [...first, ...rows];
    case 'add': return [...rows, ...Array.from({ length: count }, (_, i) => numbered({ ...(isRow(rows[0]) ? rows[0] : {}), ...set }, i))];
    case 'edit': return rows.map((row) => (isRow(row) ? laidOver(row, set) : row));
    default: return rows;
  }
}

/** `#` in a text becomes the number of the row added, from 1. */
function numbered(row: Row, place: number): Row {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, typeof value === 'string' ? value.replace('#', String(place + 1)) : value]));
}

/** Objects are changed inside, member by member. */
export function laidOver(row: Row, set: Row): Row {
  const merged: Record<string, unknown> = { ...row };
  for (const [key, value] of Object.entries(set)) {
    const below = merged[key];
    merged[key] = isRow(value) && isRow(below) ? laidOver(below, value) : value;
  }
  return merged;
}

function ageStamp(row: unknown): Ms {
  return isRow(row) ? Number(row['updatedTime'] ?? row['execTime'] ?? 0) : 0;
}

/** Text or number of a member; '' when there is none. */
export function textIn(row: Row | undefined, name: string): string {
  const value = row?.[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

export const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);
