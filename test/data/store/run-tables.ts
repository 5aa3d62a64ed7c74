/** Hand-made and seeded run tables for the tests of the run store. */
import type { Column, Table } from '../../../engine/index.ts';
import type { RunManifest, RunSummary } from '../../../data/store/index.ts';
import { recordTables } from '../../../data/store/schema.ts';

export const manifestOf = (run: string, createdAt = Date.UTC(2026, 0, 2)): RunManifest => ({
  run, createdAt, mode: 'backtest', engine: '0.1.0', strategy: 'trend', strategyHash: 'aa', params: { fast: 20 },
  config: { cash: 10_000 }, configHash: 'bb', dataHashes: { 'BTCUSDT last 5m': 'cc' }, market: 'bybit:linear',
  symbols: ['BTCUSDT', 'ETHUSDT'], timeframe: '5m', from: Date.UTC(2025, 0, 1), to: Date.UTC(2025, 3, 1), warmupBars: 51, seed: null,
});

export const summaryOf = (change: Partial<RunSummary> = {}): RunSummary => ({
  bars: 1_000, decisions: 900, trades: 2, equityStart: 10_000, equityEnd: 10_250.5, fees: 12.25, funding: -1.5,
  maxDrawdown: 0.034, sharpe: null, ambiguousBars: 3, ambiguousTrades: 1, digest: 'd1', ...change,
});

/** Small multiplicative generator: the same numbers on every machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Every column of a schema table filled with seeded values, one in five of them NULL where that is allowed. */
export function filledTable(name: string, rows: number, seed: number): Table {
  const schema = recordTables.find((table) => table.name === name);
  if (schema === undefined) throw new Error(`no table ${name}`);
  const random = seeded(seed);
  const columns = schema.columns.filter((column) => column.name !== 'run').map((column): Column => {
    const { type } = column;
    switch (type) {
      case 'double': return { name: column.name, type, values: Float64Array.from({ length: rows }, () => random() < 0.2 ? NaN : random() * 1_000 - 500) };
      case 'time': return { name: column.name, type, values: Float64Array.from({ length: rows }, (_, k) => random() < 0.2 ? NaN : Date.UTC(2025, 0, 1) + k * 60_000) };
      case 'integer': return { name: column.name, type, values: Int32Array.from({ length: rows }, (_, k) => k - 1) };
      case 'boolean': return { name: column.name, type, values: Uint8Array.from({ length: rows }, () => random() < 0.5 ? 1 : 0) };
      case 'text': return {
        name: column.name, type, dictionary: ['long', 'short', 'it\'s "quoted"', 'größer'],
        codes: Int32Array.from({ length: rows }, () => Math.floor(random() * 5) - 1),
      };
    }
  });
  return { name, rows, columns };
}

export const filledTables = (rows: number, seed: number): readonly Table[] =>
  recordTables.map((table, k) => filledTable(table.name, rows, seed + k));
