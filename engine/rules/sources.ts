/**
 * Every rule that is on has a source in this run, or the start ends: a rule is never off without a word.
 *
 * What a rule rests on: closed bars (price shock, average range: their lengths must be built by the run's bars), the ledger
 * (losses, streaks, fees, win rate, trade caps), fills (slippage), equity at mark, answers to orders (rejections), the stage
 * (budget rules need stages). `slowLink` waits for a shell that tells how long requests took, `maxSpreadBps` for one that
 * tells quotes: no event carries either yet. Naming a rule in `risk.unavailable` says that the run does without it.
 */
import { ConfigError } from '../config-error.ts';
import type { RunConfig } from '../config.ts';
import type { Setup } from '../setup.ts';

/** Throws a ConfigError that names every rule without its source, unless `risk.unavailable` does. */
export function checkSources({ config, baseMs }: Pick<Setup, 'config' | 'baseMs'>): void {
  const { unavailable } = config.risk;
  const missing = missingSources(config, baseMs).filter(({ rule }) => !unavailable.includes(rule));
  if (missing.length === 0) return;
  const told = missing.map(({ rule, why }) => `${rule}: ${why}`).join('; ');
  const names = [...new Set([...unavailable, ...missing.map(({ rule }) => rule)])];
  throw new ConfigError(`risk: rules without a source in this run: ${told}. Fix: turn them off, or say that the run does without them: `
    + `--set 'risk.unavailable=${JSON.stringify(names)}'`);
}

interface Missing { readonly rule: string; readonly why: string }

function missingSources({ risk }: RunConfig, baseMs: number): Missing[] {
  const { atr, stages } = risk;
  const missing: Missing[] = [];
  for (const { withinMs } of risk.priceShock?.windows ?? []) {
    if (withinMs % baseMs !== 0) missing.push({ rule: `priceShock-${withinMs / 60_000}m`, why: `bars of ${baseMs / 60_000} minutes do not show moves of ${withinMs / 60_000}` });
  }
  if (atr !== null && atr.barMs % baseMs !== 0) missing.push({ rule: 'atr', why: `bars of ${baseMs / 60_000} minutes do not build bars of ${atr.barMs / 60_000}` });
  if (atr !== null && stages === null) missing.push({ rule: 'atr', why: 'the least range stands in risk.stages, which is null' });
  if (risk.feeGate && atr === null) missing.push({ rule: 'feeGate', why: 'what an entry without targets may gain is measured by risk.atr, which is null' });
  for (const rule of ['feeGate', 'streakSize', 'winRate', 'kelly', 'feeCheck', 'stageChanges'] as const) {
    if (risk[rule] !== null && risk[rule] !== false && stages === null) missing.push({ rule, why: 'it acts on risk.stages, which is null' });
  }
  if (risk.feeCheck !== null && !risk.feeGate) missing.push({ rule: 'feeCheck', why: 'it acts on risk.feeGate, which is off' });
  if (risk.slowLink !== null) missing.push({ rule: 'slowLink', why: 'nothing tells how long requests took' });
  if (risk.maxSpreadBps !== null) missing.push({ rule: 'maxSpreadBps', why: 'nothing tells quotes' });
  return missing;
}
