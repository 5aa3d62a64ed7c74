/** Stage 6: account-wide limits, judged on equity at mark. */
import type { Out } from './notes.ts';
import { approveReducing } from './risk.ts';
import type { State } from './state.ts';

export function takeLimits(state: State, out: Out): void { // hot
  const { equity } = state;
  if (equity > state.equityPeak) state.equityPeak = equity;
  if (equity > 0 || state.mode.tag === 'halted') return;
  const evidence = `equity ${equity}`;
  state.mode = { tag: 'halted', cause: 'money', evidence, since: state.now };
  out.commands.push(approveReducing({ tag: 'notify', severity: 'alarm', cause: 'money', text: `equity is used up: ${equity}` }));
}
