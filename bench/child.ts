/** One engine, one process: `child ENGINE FILE` prints one line of JSON, see `Sitting`. */
import { readW1 } from './data.ts';
import { rounds } from './sitting.ts';
import type { Sitting } from './sitting.ts';
import type { W1Answer, W1Bars } from './w1.ts';

type Round = () => W1Answer;

/** Loaded on demand, so that no engine carries the code of another. */
const engines: Readonly<Record<string, (bars: W1Bars) => Promise<Round>>> = {
  bare: async (bars) => {
    const { runBare } = await import('./bare.ts');
    return () => runBare(bars);
  },
  holdfast: async (bars) => (await import('./holdfast.ts')).runHoldfast(bars, 'normal'),
  'holdfast all': async (bars) => (await import('./holdfast.ts')).runHoldfast(bars, 'all'),
};

const [engine = '', file = ''] = process.argv.slice(2);
const prepare = engines[engine];
if (prepare === undefined) throw new Error(`engine must be one of ${Object.keys(engines).join(', ')}, was '${engine}'`);
const bars = readW1(file);
const round = await prepare(bars);
const ms: number[] = [];
let answer: W1Answer = { trades: 0, equity: 0 };
for (let i = 0; i < rounds; i++) {
  const started = performance.now();
  answer = round();
  ms.push(performance.now() - started);
}
const sitting: Sitting = { ...answer, bars: bars.length, ms, peakMb: Math.round(process.resourceUsage().maxRSS / 1_024) };
process.stdout.write(JSON.stringify(sitting));
