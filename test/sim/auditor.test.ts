/** The auditor itself: it must notice what it is there to notice. */
import { describe, expect, it } from 'vitest';
import { runConfig } from '../../engine/index.ts';
import type { Table } from '../../engine/index.ts';
import { run } from '../../sim/index.ts';
import type { RunResult } from '../../sim/index.ts';
import { audit } from './auditor.ts';
import { chaos } from './chaos.ts';
import { fundingOf, marketOf, minute, start, walk } from './market.ts';

const config = runConfig.parse({ cash: 100_000 });
const markets = [marketOf({ bars: walk({ seed: 3, bars: 120 }), funding: fundingOf([[start + 40 * minute, 0.0005], [start + 80 * minute, 0.0005]]) })];
const result = run({ strategy: chaos({ seed: 3 }), params: {}, market: { symbols: markets }, config, record: 'all', progress: null });

/** The result with one number of one table another one. */
function altered(table: string, column: string, row: number, change: number): RunResult {
  const tables = result.tables.map((t): Table => (t.name !== table ? t : {
    ...t, columns: t.columns.map((c) => {
      if (c.name !== column || c.type !== 'double') return c;
      const values = c.values.slice();
      values[row] = values[row]! + change;
      return { ...c, values };
    }),
  }));
  return { ...result, tables };
}

/** Decimal text with another twelfth decimal place. */
function oneMore(text: string): string {
  const [whole, places = ''] = text.split('.') as [string, string | undefined];
  const digits = places.padEnd(12, '0');
  return `${whole}.${digits.slice(0, 11)}${(Number(digits[11]) + 1) % 10}`;
}

describe('the auditor', () => {
  it('finds nothing wrong with a run as it was', () => {
    expect(() => audit(result, markets, config)).not.toThrow();
  });

  it.each(['realised', 'fees', 'funding', 'end'] as const)('notices one unit of 1e-12 too many in %s', (field) => {
    const wrong = { ...result, ledger: { ...result.ledger, [field]: oneMore(result.ledger[field]) } };

    expect(() => audit(wrong, markets, config)).toThrow(/audit: /);
  });

  it.each([['gross', 0.001], ['fees', 0.001], ['funding', 0.001], ['net', 0.001], ['qty', 1]])('notices a trade whose %s is %f off', (column, change) => {
    expect(() => audit(altered('trades', column, 1, change), markets, config)).toThrow(/audit: trade/);
  });

  it('notices an execution of one lot more', () => {
    const { rows, columns } = result.tables.find((t) => t.name === 'events')!;
    const lots = columns.find((c) => c.name === 'lots')!;
    const kinds = columns.find((c) => c.name === 'kind')!;
    if (lots.type !== 'double' || kinds.type !== 'text') throw new Error('columns');
    const execution = Array.from({ length: rows }, (_, i) => i).find((i) => kinds.dictionary[kinds.codes[i]!] === 'execution')!;

    expect(() => audit(altered('events', 'lots', execution, 1), markets, config)).toThrow(/audit: /);
  });
});
