/**
 * Watches a trading process from inside, loaded before it (`node --import`): the program itself is the one that users run. In
 * the main thread it marks when market data comes in, when the engine is asked and answers, and when the bytes of an order
 * are given to the kernel; in the engine's thread, when the commands are decided and when the journal is synced; in the exchange's
 * process, when an order has been read from its socket. Beside it a timer of 1 ms says how long the event loop stood still, and
 * the kernel how much of that was waiting for a processor.
 *
 * Market time of a local exchange at full speed is held back until `HOLDFAST_LATENCY_PACE` ms after the last order, so that the
 * request budget is not what is measured. Everything is written to the file `HOLDFAST_LATENCY_OUT` at the end; the exchange's process
 * adds a line an order to `HOLDFAST_LATENCY_ARRIVALS`.
 */
import { subscribe } from 'node:diagnostics_channel';
import fs from 'node:fs';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import process from 'node:process';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import type { Block, Decision, ProbeResult, Span } from './result.ts';

const clock = process.hrtime;
const startedAt = clock.bigint();
/** Ms of the one clock that all threads share. */
const now = (): number => Number(clock.bigint() - origin) / 1e6;
const origin = BigInt(process.env['HOLDFAST_LATENCY_ORIGIN'] ?? startedAt);
const out = process.env['HOLDFAST_LATENCY_OUT'];
const arrivals = process.env['HOLDFAST_LATENCY_ARRIVALS'];
const paceMs = Number(process.env['HOLDFAST_LATENCY_PACE'] ?? 110);

/** What the engine's thread says with an answer, ms. */
interface EngineMarks { readonly decidedAt: number; readonly syncedAt: number; readonly answeredAt: number; readonly syncs: readonly number[] }

function watchEngine(): void {
  let decidedAt = Number.NaN;
  let syncedAt = Number.NaN;
  let syncs: number[] = [];
  const { fdatasyncSync, writeSync } = fs;
  fs.writeSync = ((...words: Parameters<typeof writeSync>) => {
    const [, bytes] = words as unknown as [number, unknown];
    if (bytes instanceof Uint8Array && isCommands(bytes)) decidedAt = now();
    return writeSync(...words);
  }) as typeof writeSync;
  fs.fdatasyncSync = (file) => {
    const from = now();
    fdatasyncSync(file);
    syncedAt = now();
    syncs.push(syncedAt - from);
  };
  syncBuiltinESMExports();
  const post = parentPort!.postMessage.bind(parentPort);
  parentPort!.postMessage = (answer: unknown, ...rest: readonly unknown[]): void => {
    const marks: EngineMarks = { decidedAt, syncedAt, answeredAt: now(), syncs };
    if (typeof answer === 'object' && answer !== null && 'tag' in answer && answer.tag === 'thought') Object.assign(answer, { marks });
    post(answer, ...rest as []);
    decidedAt = Number.NaN;
    syncedAt = Number.NaN;
    syncs = [];
  };
}

/** A record of the journal that holds what was decided. */
function isCommands(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 80)).includes('"k":"commands"');
}

function watchMain(file: string): void {
  const decisions: Decision[] = [];
  const spans: Span[] = [];
  const gaps: Span[] = [];
  const syncs: number[] = [];
  const marks = { toldAt: Number.NaN, askedAt: Number.NaN, waiting: null as Waiting | null, lastOrderAt: 0, requests: 0 };
  const loop = watchLoop();
  const within = <T>(name: string, work: () => T): T => {
    const from = now();
    const result = work();
    const to = now();
    if (to - from > 0.5) spans.push({ name, from, to });
    return result;
  };
  watchSockets(marks, within, decisions);
  watchWorkers(marks, within, { syncs, begin: loop.begin });
  holdMarketBack(marks);
  const ahead = now() - performance.now();
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) gaps.push({ name: 'garbage collection', from: startTime + ahead, to: startTime + ahead + duration });
  }).observe({ entryTypes: ['gc'] });
  // The first thread to be ended is the engine's: what comes afterwards is no trading.
  const { terminate } = Worker.prototype;
  let ended: Pick<ProbeResult, 'delay' | 'blocks'> | null = null;
  Worker.prototype.terminate = function terminated(this: Worker) {
    ended ??= loop.end();
    return terminate.call(this);
  };
  process.on('exit', () => {
    const { delay, blocks } = ended ?? loop.end();
    const result: ProbeResult = { decisions, syncs, delay, blocks: blocks.map((block) => withCauses(block, [...spans, ...gaps])) };
    fs.writeFileSync(file, JSON.stringify(result));
  });
}

type Within = <T>(name: string, work: () => T) => T;
type Waiting = Omit<Decision, 'wiredAt' | 'returnedAt' | 'request'>;
interface Marks { toldAt: number; askedAt: number; waiting: Waiting | null; lastOrderAt: number; requests: number }

const order = /^POST \/v5\/(?:order\/(?:create|amend|cancel)|position\/trading-stop)/;
const privates = net.Socket.prototype as unknown as {
  _writeGeneric: (writev: boolean, data: unknown, encoding: string, done: unknown) => void;
  push: (chunk: unknown, encoding?: string) => boolean;
  connecting: boolean; remotePort?: number;
};

function watchSockets(marks: Marks, within: Within, decisions: Decision[]): void {
  const { _writeGeneric: write, push } = privates;
  privates._writeGeneric = function _writeGeneric(this: typeof privates, writev, data, encoding, done) {
    const wiredAt = now();
    const isConnecting = this.connecting;
    write.call(this, writev, data, encoding, done);
    if (isConnecting || !order.test(firstText(data))) return;
    const request = marks.requests++;
    if (marks.waiting === null) return;
    marks.lastOrderAt = now();
    decisions.push({ ...marks.waiting, wiredAt, returnedAt: marks.lastOrderAt, request });
    marks.waiting = null;
  };
  privates.push = function pushed(this: typeof privates, chunk, encoding) {
    if (chunk instanceof Uint8Array && Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.length, 200)).includes('"topic":"kline')) marks.toldAt = now();
    return within('what the exchange told', () => push.call(this, chunk, encoding));
  };
}

function firstText(data: unknown): string {
  const first: unknown = Array.isArray(data) ? (data as readonly { readonly chunk: unknown }[])[0]?.chunk : data;
  if (typeof first === 'string') return first.slice(0, 60);
  return first instanceof Uint8Array ? Buffer.from(first.buffer, first.byteOffset, Math.min(first.length, 60)).toString('latin1') : '';
}

interface Thought { readonly tag: string; readonly marks?: EngineMarks; readonly thought?: { readonly decided: readonly { readonly commands: readonly { readonly tag: string }[] }[] } }

function watchWorkers(marks: Marks, within: Within, { syncs, begin }: { readonly syncs: number[]; readonly begin: () => void }): void {
  const { postMessage: post, emit } = Worker.prototype;
  Worker.prototype.postMessage = function postMessage(this: Worker, message: unknown, ...rest: readonly unknown[]): void {
    if (typeof message === 'object' && message !== null && 'tag' in message && message.tag === 'take') marks.askedAt = now();
    post.call(this, message, ...rest as []);
  };
  Worker.prototype.emit = function emitted(this: Worker, name: string | symbol, ...words: unknown[]): boolean {
    const [answer] = words as [Thought | undefined];
    if (name === 'message' && answer?.tag === 'thought' && answer.marks !== undefined) {
      const { decidedAt, syncedAt, answeredAt } = answer.marks;
      syncs.push(...answer.marks.syncs);
      const leaves = answer.thought?.decided.some(({ commands }) => commands.some(({ tag }) => tag !== 'notify' && tag !== 'query-account')) ?? false;
      if (leaves && Number.isFinite(decidedAt)) {
        begin();
        marks.waiting = { toldAt: marks.toldAt, askedAt: marks.askedAt, decidedAt, syncedAt, answeredAt, heardAt: now() };
      }
    }
    return within(name === 'message' ? 'an answer of the engine' : `the thread's ${String(name)}`, () => emit.call(this, name as string, ...words));
  };
}

/** The next step of market time waits until so long after the last order. */
function holdMarketBack(marks: Marks): void {
  const { request } = http;
  http.request = ((...words: Parameters<typeof request>) => {
    const asked = request(...words);
    const [url] = words;
    if (typeof url !== 'string' || !url.endsWith('/idle')) return asked;
    const end = asked.end.bind(asked);
    asked.end = ((body: string) => {
      setTimeout(() => end(body), Math.max(0, marks.lastOrderAt + paceMs - now()));
      return asked;
    }) as typeof asked.end;
    return asked;
  }) as typeof request;
  syncBuiltinESMExports();
}

/** Blocks shorter than this are not looked into, ms. */
const blockLeastMs = 5;

function watchLoop(): { readonly begin: () => void; readonly end: () => Pick<ProbeResult, 'delay' | 'blocks'> } {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  const blocks: Block[] = [];
  const scheduler = fs.existsSync('/proc/self/schedstat') ? fs.openSync(`/proc/self/task/${process.pid}/schedstat`, 'r') : null;
  const bytes = Buffer.alloc(64);
  /** Ms on a processor, and ms of waiting for one. */
  const scheduled = (): readonly [number, number] => {
    if (scheduler === null) return [Number.NaN, Number.NaN];
    const [ran = Number.NaN, waited = Number.NaN] = bytes.toString('latin1', 0, fs.readSync(scheduler, bytes, 0, 64, 0)).split(' ').map(Number);
    return [ran / 1e6, waited / 1e6];
  };
  let hasBegun = false;
  let before = scheduled();
  let last = now();
  const tick = (): void => {
    const at = now();
    const after = scheduled();
    if (hasBegun && at - last - 1 > blockLeastMs) {
      blocks.push({ from: last + 1, forMs: at - last - 1, ranMs: after[0] - before[0], waitedMs: after[1] - before[1], causes: [] });
    }
    before = after;
    last = now();
    setTimeout(tick, 1).unref();
  };
  tick();
  return {
    begin: () => {
      if (!hasBegun) histogram.enable();
      hasBegun = true;
    },
    end: () => {
      hasBegun = false;
      histogram.disable();
      const ms = (nanoseconds: number): number => nanoseconds / 1e6;
      return {
        delay: { p50: ms(histogram.percentile(50)), p99: ms(histogram.percentile(99)), p999: ms(histogram.percentile(99.9)), max: ms(histogram.max), samples: histogram.count },
        blocks: blocks.toSorted((a, b) => b.forMs - a.forMs).slice(0, 20),
      };
    },
  };
}

/** What ran in it, the longest first. */
function withCauses(block: Block, spans: readonly Span[]): Block {
  const causes = spans.map(({ name, from, to }) => ({ name, ms: Math.min(to, block.from + block.forMs) - Math.max(from, block.from) }))
    .filter(({ ms }) => ms > 0.2).toSorted((a, b) => b.ms - a.ms).slice(0, 4);
  return { ...block, causes };
}

/** The exchange's process: when the head of each order has been read. */
function watchArrivals(file: string): void {
  subscribe('http.server.request.start', (message) => {
    const { request: { method, url } } = message as { readonly request: http.IncomingMessage };
    if (order.test(`${method} ${url}`)) fs.appendFile(file, `${now()}\n`, () => {});
  });
}

if (arrivals !== undefined && isMainThread) watchArrivals(arrivals);
if (out !== undefined && isMainThread) watchMain(out);
if (out !== undefined && !isMainThread) watchEngine();
