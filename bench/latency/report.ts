/** Sittings as a page: every figure of every sitting, then the sitting on the calmest machine and the median over all. */
import type { Block, Decision, ProbeResult } from './result.ts';

export interface Sitting {
  /** Wall time, ms UTC. */
  readonly at: number;
  /** Processes that ran or wanted to, over the last minute, before and after. */
  readonly load: readonly [number, number];
  /** `fdatasync` of one record on this disk, ms, without a trading process beside it. */
  readonly disk: readonly number[];
  readonly result: ProbeResult;
  /** When the exchange's process had read each request, ms of the same clock. */
  readonly arrivals: readonly number[];
}

/** Parts of the way, in its order. */
const ways: readonly (readonly [name: string, of: (decision: Decision) => number])[] = [
  ['market data in the socket → the engine is asked (parse, queue; stepped time waits for a ping here)', ({ toldAt, askedAt }) => askedAt - toldAt],
  ['brain: asked → decided (thread, event journaled, step)', ({ askedAt, decidedAt }) => decidedAt - askedAt],
  ['**decision → request on the wire**', ({ decidedAt, wiredAt }) => wiredAt - decidedAt],
  ['· journal: write and fdatasync', ({ decidedAt, syncedAt }) => syncedAt - decidedAt],
  ['· thread: synced → heard by the shell', ({ syncedAt, heardAt }) => heardAt - syncedAt],
  ['· connector: heard → the bytes go to the kernel', ({ heardAt, wiredAt }) => wiredAt - heardAt],
  ['that call of the kernel (on loopback it wakes the exchange, which may take the processor)', ({ wiredAt, returnedAt }) => returnedAt - wiredAt],
  ['engine asked → request on the wire', ({ askedAt, wiredAt }) => wiredAt - askedAt],
];

export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

const ms = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(value < 10 ? 2 : 1));
const row = (name: string, values: readonly number[]): string =>
  `| ${[name, ...[0.5, 0.9, 0.99, 1].map((part) => ms(percentile(values, part)))].join(' | ')} |`;

export function reportOf(sittings: readonly Sitting[]): string {
  return sittings.map((sitting, place) => sittingText(sitting, place + 1)).join('\n\n');
}

function sittingText({ at, load, disk, arrivals, result: { decisions, syncs, delay, blocks } }: Sitting, number: number): string {
  const [largest] = blocks;
  return [
    `### Sitting ${number}, ${new Date(at).toISOString().slice(0, 16)}Z, load ${load.map((one) => one.toFixed(1)).join(' → ')}`, '',
    `${decisions.length} decisions that sent something; ms.`, '',
    '| | p50 | p90 | p99 | max |', '|---|---|---|---|---|',
    ...ways.map(([name, of]) => row(name, decisions.map(of))),
    row('**decision → the exchange has read the request from its socket**', decisions.map(({ decidedAt, request }) => (arrivals[request] ?? Number.NaN) - decidedAt)),
    row(`fdatasync of the journal (${syncs.length})`, syncs), row('fdatasync of 180 bytes on this disk, nothing else of ours running', disk), '',
    `Event loop (monitorEventLoopDelay, resolution 1 ms, ${delay.samples} samples): p50 ${ms(delay.p50)}, p99 ${ms(delay.p99)}, **p99.9 ${ms(delay.p999)}**, max ${ms(delay.max)} ms.`,
    largest === undefined ? 'No block above 5 ms.' : `Largest block: ${blockText(largest)}.`,
    ...blocks.slice(1, 5).map((block) => `Then: ${blockText(block)}.`),
  ].join('\n');
}

/** `21.3 ms: waited 18.0 ms for a processor, ran 3.1 ms (an answer of the engine 1.2)`. */
function blockText({ forMs, ranMs, waitedMs, causes }: Block): string {
  const ran = causes.length === 0 ? 'nothing of ours that took 0.5 ms' : causes.map(({ name, ms: took }) => `${name} ${ms(took)}`).join(', ');
  return `${ms(forMs)} ms: on a processor for ${ms(ranMs)}, waiting for one ${ms(waitedMs)}; in it: ${ran}`;
}
