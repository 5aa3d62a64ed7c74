/** How often each family of faults struck in which state: flat or a protection, by mode. Counts, so that parts add up. */
import type { State } from '../../engine/index.ts';

export const protections = ['flat', 'unprotected', 'requested', 'armed', 'breached', 'waived'] as const;
export const modes = ['recovering', 'trading', 'cooldown', 'reducing', 'halted'] as const;

/** `family|protection|mode` -> times. */
export type Coverage = Record<string, number>;

export function cover(coverage: Coverage, family: string, leg: number, state: State): void {
  const position = state.legs[Math.max(0, leg)]?.position;
  const protection = position === undefined || position.tag === 'flat' ? 'flat' : position.protection.tag;
  const cell = `${family}|${protection}|${state.mode.tag}`;
  coverage[cell] = (coverage[cell] ?? 0) + 1;
}

export function addCounts(into: Record<string, number>, more: Readonly<Partial<Record<string, number>>>): void {
  for (const [name, count] of Object.entries(more)) into[name] = (into[name] ?? 0) + (count ?? 0);
}

/** One line per family and mode, a column per protection. Cells of a mode without any strike at all are left out. */
export function coverageTable(coverage: Coverage, families: readonly string[]): string[] {
  const rows = [`${'family'.padEnd(20)} ${'mode'.padEnd(11)} ${protections.map((name) => name.padStart(11)).join(' ')}`];
  for (const family of families) {
    for (const mode of modes) {
      const cells = protections.map((protection) => coverage[`${family}|${protection}|${mode}`] ?? 0);
      if (cells.every((count) => count === 0)) continue;
      rows.push(`${family.padEnd(20)} ${mode.padEnd(11)} ${cells.map((count) => String(count).padStart(11)).join(' ')}`);
    }
  }
  return rows;
}
