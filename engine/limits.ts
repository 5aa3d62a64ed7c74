/** Stage 6: account-wide limits, judged on equity at mark. */
import type { Out } from './notes.ts';
import { halt } from './mode.ts';
import type { State } from './state.ts';

export function takeLimits(state: State, out: Out): void { // hot
  const { equity } = state;
  if (equity > state.equityPeak) state.equityPeak = equity;
  if (equity > 0 || state.mode.tag === 'halted') return;
  halt(state, 'money', `equity is used up: ${equity}`, out);
}
