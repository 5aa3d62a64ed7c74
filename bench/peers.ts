/**
 * W1 in other people's engines, when Python has them: backtesting.py, backtrader and vectorbt. Their scripts
 * stand beside the reference data, not in this repository; a peer that cannot run is left out with the reason.
 * Their speed is counted in processor time, which favours them on a busy machine.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { LeftOut, Measured } from './sitting.ts';

interface Peer {
  readonly engine: string;
  readonly module: string;
  readonly script: string;
  /** The line of the script's output that carries the result. */
  readonly line: RegExp;
}

const peers: readonly Peer[] = [
  { engine: 'backtesting.py', module: 'backtesting', script: 'bt_backtestingpy.py', line: /^backtesting\.py/ },
  { engine: 'backtrader', module: 'backtrader', script: 'bt_backtrader.py', line: /^backtrader/ },
  { engine: 'vectorbt', module: 'vectorbt', script: 'bt_vectorbt.py', line: /from_order_func.*equity/ },
];

const start = promisify(execFile);

export async function runPeers(file: string, bars: number, python: string): Promise<(Measured | LeftOut)[]> {
  const scripts = resolve('../shared/bench/py');
  const found: (Measured | LeftOut)[] = [];
  for (const peer of peers) {
    const why = await missing(peer, scripts, python);
    found.push(why === null ? await runPeer(peer, scripts, file, bars, python) : { engine: peer.engine, why });
  }
  return found;
}

async function missing({ module, script }: Peer, scripts: string, python: string): Promise<string | null> {
  if (!existsSync(resolve(scripts, script))) return `its script ${script} is not in ../shared/bench/py`;
  const imported = await start(python, ['-c', `import ${module}`]).then(() => true, () => false);
  return imported ? null : `python module ${module} is not installed (pip install -r bench/peers/requirements.txt)`;
}

async function runPeer({ engine, script, line }: Peer, scripts: string, file: string, bars: number, python: string): Promise<Measured | LeftOut> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  const output = await start(python, [resolve(scripts, script), file, String(bars)], { env, maxBuffer: 1e7 })
    .then(({ stdout }) => stdout, (error: unknown) => String(error));
  const text = output.split('\n').find((candidate) => line.test(candidate));
  const number = (pattern: RegExp): number => Number(pattern.exec(text ?? '')?.[1] ?? Number.NaN);
  const barsPerSecond = number(/ (\d+) bars\/s/);
  const trades = number(/trades (\d+)/);
  const equity = number(/equity ([\d.]+)/);
  if (text === undefined || Number.isNaN(barsPerSecond + trades + equity)) {
    return { engine, why: `it failed: ${output.trim().split('\n').at(-1)?.slice(0, 160) ?? 'no output'}` };
  }
  return { engine, bars, trades, equity, barsPerSecond, coldBarsPerSecond: null, ratioToBare: null, peakMb: number(/maxrss MB (\d+)/) };
}
