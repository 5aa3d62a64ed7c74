/** Finished runs made by hand for the card and the JSON of the report. */
import { computeMetrics } from '../../../lab/report/index.ts';
import type { FinishedRun, ReportManifest } from '../../../lab/report/index.ts';
import type { RulesUsed } from '../../../data/index.ts';
import type { RunResult } from '../../../sim/index.ts';
import { manifestOf } from '../../data/store/run-tables.ts';
import { day, resultOf, start, textTable, tradesTable } from './results.ts';

/** Stored by a download of 23 November 2026. */
const seen = (symbol: string): RulesUsed => ({ symbol, origin: 'lake', source: 'Bybit of that day', seen: '2026-11-23', until: null });

const manifest: ReportManifest = {
  ...manifestOf('20251122-1201-trend-pullback-4f1c'), strategy: 'trend-pullback', markInterval: '1h', barInterval: '5m', rules: [seen('BTCUSDT')], path: 'adverse',
};

export const finished = (result: RunResult, change: Partial<FinishedRun> = {}): FinishedRun => ({
  manifest, result, metrics: computeMetrics(result), warnings: [], timing: { loadMs: 812, runMs: 160, storeMs: 245 }, ...change,
});

/** 91 samples between 10,000 and 10,250.50 with a zigzag: a plausible quarter. */
export const quarter = Array.from({ length: 91 }, (_, k) => 10_000 + 250.5 * k / 90 + (k % 2 === 1 ? 35 : 0));

const forty = Array.from({ length: 40 }, (_, k) => k % 3 === 0 ? { net: 45.125, r: 1.9 } : { net: -12.25, r: -0.95 });

/** Forty trades, a profit, two positions left, warnings, refusals and ambiguous bars. */
export const busy = (change: Partial<RunResult> = {}): FinishedRun => finished(resultOf(quarter, {
  ledger: { settle: 'USDT', start: '10000', realised: '297.1', fees: '45.1', funding: '-1.5', end: '10250.5' },
  barDrawdown: { fraction: 0.0342, peakAt: start, troughAt: start + 3 * day, longestMs: 9.2 * day },
  exposureFraction: 0.41, tradedValue: 145_000, slippageCost: 27.3, ambiguousBars: 12, ambiguousTrades: 5,
  refusals: { 'no room for the stop': 3, 'below-min-qty': 9, 'open risk limit': 2 },
  open: [{ symbol: 'BTCUSDT', side: 'long', qty: 0.12, entryPrice: 67_320, unrealised: 12.3 }],
  tables: [tradesTable(forty), textTable('executions', { cause: new Array<string>(80).fill('order') })], ...change,
}), {
  manifest: { ...manifest, rules: [seen('BTCUSDT'), { symbol: 'WIFUSDT', origin: 'data', source: 'inferred', seen: null, until: null }] },
  warnings: [
    { code: 'data-gap', symbol: 'BTCUSDT', count: 4, text: '4 holes, the longest of 35 min' },
    { code: 'inferred-rules', symbol: 'WIFUSDT', count: 1, text: 'tick and step are inferred' },
  ],
});

/** Nothing happened for five days. */
export const idle = (): FinishedRun => finished(resultOf(new Array<number>(6).fill(10_000)), { manifest: { ...manifest, markInterval: '5m' } });

/** Three losing trades without a stop, in two symbols. */
export const waived = (): FinishedRun => busy({
  equity: { start: 10_000, end: 9_000 }, open: [],
  tables: [
    tradesTable([{ net: -400 }, { net: -300 }, { net: -300 }]), textTable('executions', { cause: ['order', 'order'] }),
    textTable('stops', { change: ['waived', 'armed', 'waived', 'waived'], symbol: ['BTCUSDT', 'ETHUSDT', 'ETHUSDT', 'BTCUSDT'] }),
  ],
});
