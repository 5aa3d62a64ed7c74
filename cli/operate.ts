/**
 * What an operator says to a run: through its own process when there is one, by an errand otherwise. Nothing is done without a
 * yes, and what came of it is read from the venue afterwards.
 */
import { confirm } from '@inquirer/prompts';
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { dataFolder, queryRuns } from '../data/index.ts';
import type { InstrumentRules } from '../engine/index.ts';
import { disagreements } from '../live/index.ts';
import type { LegFacts, Manual, OperatorOrder, Status } from '../live/index.ts';
import { errand } from './errand.ts';
import type { Outcome } from './errand.ts';
import { Failure } from './failure.ts';
import { liveFolder, liveRuns, readLiveRun } from './live-folder.ts';
import type { LiveManifest } from './live-folder.ts';
import { upToDate } from './live-store.ts';
import type { Network } from './network.ts';
import { printJson, printLine, printTable } from './output.ts';
import type { CommonOptions } from './output.ts';

export interface OperateOptions extends CommonOptions {
  readonly run?: string;
  readonly network?: Network;
  readonly exchange?: string;
  readonly yes?: boolean;
}

const doorNote = z.object({ port: z.number(), token: z.string(), process: z.number(), run: z.string() });
type Door = z.output<typeof doorNote>;

/** A run, and the door of its process when it has one. */
interface Target { readonly run: LiveManifest; readonly door: Door | null }

function targetOf({ dataDir, run, network }: OperateOptions): Target {
  const data = dataFolder(dataDir);
  const found = run === undefined ? liveRuns(data).filter((own) => network === undefined || own.network === network) : [readLiveRun(data, run)].filter((own) => own !== null);
  const targets = found.map((own): Target => ({ run: own, door: doorOf(data, own) }));
  const target = targets.find(({ door }) => door !== null) ?? targets[0];
  if (target !== undefined) return target;
  throw new Failure(2, `operate: ${run ?? network ?? 'any network'}: was no live run in ${data}, expected one. Fix: check --data-dir, or act at the exchange itself`);
}

/** Null when the process that wrote the note is gone. */
function doorOf(data: string, { run }: LiveManifest): Door | null {
  const { door: file } = liveFolder(data, run);
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return null;
  const parsed = doorNote.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success && isAlive(parsed.data.process) ? parsed.data : null;
}

function isAlive(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch {
    return false;
  }
}

async function ask<T>(door: Door, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${door.port}${path}`, {
    headers: { authorization: `Bearer ${door.token}` }, ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  }).catch(() => null);
  if (response === null) throw new Failure(4, `operate: run ${door.run}: its process does not answer. Fix: look at its log, or end it and say it again`);
  const answered = await response.json() as { readonly error?: string };
  if (!response.ok) throw new Failure(2, `operate: ${answered.error ?? 'it was refused'}`);
  return answered as T;
}

export type Verb = OperatorOrder['verb'];

/** `halt`, `resume`, `flatten`, `close SYMBOL`, `order SIDE SYMBOL`, `stop`. */
export async function operateRun(verb: Verb, symbol: string | null, options: OperateOptions, manual: Manual | null = null): Promise<number> {
  const target = targetOf(options);
  const order: OperatorOrder = { verb, symbol, manual };
  await confirmed(order, target, options);
  const { run, door } = target;
  if (verb === 'stop' && door === null) throw new Failure(2, `operate: run ${run.run}: was not running, expected a process to stop. Fix: nothing to do`);
  const { status, left } = door === null ? await errand(run, order, options) : await through(door, order);
  return show(order, run, { status, left }, options.json === true);
}

async function through(door: Door, order: OperatorOrder): Promise<Outcome> {
  const { left } = await ask<{ readonly left: readonly LegFacts[] | null }>(door, '/operate', order);
  const status = await ask<Status>(door, '/status');
  return { status, left: left ?? [] };
}

async function confirmed(order: OperatorOrder, { run, door }: Target, { yes }: OperateOptions): Promise<void> {
  if (yes === true) return;
  const what = `${saidOf(order)} of ${run.mode === 'paper' ? 'paper ' : ''}run ${run.run} on ${run.network}${door === null ? ' (no process runs: by its journal)' : ''}`;
  if (!process.stdin.isTTY) throw new Failure(5, `operate: ${what}: was not confirmed, expected a yes. Fix: run it in a terminal, or say --yes`);
  if (!await confirm({ message: `${what}?`, default: false })) throw new Failure(5, `operate: ${what}: was not confirmed. Fix: say yes, or --yes`);
}

/** The order in words. */
function saidOf({ verb, symbol, manual }: OperatorOrder): string {
  if (manual === null) return `${verb}${symbol === null ? '' : ` ${symbol}`}`;
  const { side, qty, risk, notional, price, stop, isOpening } = manual;
  const size = risk > 0 ? `${risk * 100} % of equity at risk` : notional > 0 ? `for ${notional} of quote` : String(qty);
  return `${side} ${symbol ?? ''} ${size} ${price > 0 ? `at ${price}` : 'at market'}, ${isOpening ? `may open, stop ${stop}` : 'reduce-only'}`;
}

/** What is wrong with an order of one's own: refused, not answered, still on its way, or seen differently by engine and venue. '' = nothing. */
function unmetIn({ name }: Manual, symbol: string | null, rules: InstrumentRules | undefined, { status, left }: Outcome): string {
  const answer = status.answered[name];
  if (answer === undefined) return 'not answered yet: look at status and positions';
  if (answer !== '') return `${answer}${answer.includes('below-min-') && rules !== undefined ? leastOf(rules) : ''}`;
  const leg = status.legs.find((one) => one.symbol === symbol);
  if (leg?.orders.some(({ state }) => state === 'sent' || state === 'unknown') === true) return 'still on its way: look at positions';
  return disagreements(status, left).filter((line) => line.startsWith(`${symbol}:`)).join('; ');
}

const leastOf = ({ minQty, qtyStep, minNotional, quote }: InstrumentRules): string =>
  ` (the least is ${minQty} in steps of ${qtyStep}${Number(minNotional) > 0 ? `, and ${minNotional} ${quote}` : ''})`;

/** `0.004 at 116050: 464.2 USDT`; '' = it was refused before it was rounded. */
function sizedIn({ name }: Manual, rules: InstrumentRules | undefined, { status }: Outcome): string {
  const sized = status.sized[name] ?? null;
  if (sized === null || rules === undefined) return '';
  const { qty, price } = sized;
  const value = rules.kind === 'linear' ? qty * price : qty;
  return `${qty} at ${price}: ${Number(value.toPrecision(12))} ${rules.quote}`;
}

/** Exit 5 when the engine refused it, 1 when it did not come to what was wanted otherwise. */
function show(order: OperatorOrder, run: LiveManifest, { status, left }: Outcome, json: boolean): number {
  const { verb, symbol } = order;
  const rules = run.instruments.find((own) => own.symbol === symbol);
  const wrong = order.manual === null ? '' : unmetIn(order.manual, symbol, rules, { status, left });
  const sized = order.manual === null ? '' : sizedIn(order.manual, rules, { status, left });
  const stillOpen = left.filter((leg) => (verb === 'flatten' || (verb === 'close' && leg.symbol === symbol)) && leg.side !== 0);
  const wanted: Readonly<Partial<Record<Verb, string>>> = { halt: 'halted', 'reduce-only': 'reducing' };
  const isReached = wrong === '' && stillOpen.length === 0 && (wanted[verb] === undefined || status.mode.tag === wanted[verb] || status.mode.tag === 'halted');
  if (json) printJson({ run: run.run, verb, symbol, ...(verb === 'order' ? { order: order.manual, answered: wrong, sized: status.sized[order.manual?.name ?? ''] ?? null } : {}), mode: status.mode, left, reached: isReached });
  else {
    printLine(`${isReached ? 'done' : 'NOT done'}: ${saidOf(order)}: ${sized === '' ? '' : `rounded to ${sized}; `}${wrong === '' ? '' : `${wrong}; `}run ${run.run}, mode ${status.mode.tag}`);
    if (!isReached && run.mode === 'paper' && !wrong.startsWith('refused')) printLine('  on paper an order is filled when the bar under way has closed: look again then');
    for (const leg of left) printLine(`  ${legLine(leg, run.mode === 'paper' ? 'on paper' : 'at the venue')}`);
  }
  if (isReached) return 0;
  return wrong.startsWith('refused: ') ? 5 : 1;
}

const legLine = ({ symbol, side, size, stopLoss, orders }: LegFacts, where: string): string =>
  `${symbol}: ${side === 0 ? 'flat' : `${side === 1 ? 'long' : 'short'} ${size}, stop ${stopLoss ?? 'NONE'}`}, ${orders.length} orders ${where}`;

async function seen(options: OperateOptions): Promise<{ readonly target: Target; readonly outcome: Outcome }> {
  const target = targetOf(options);
  const { door } = target;
  if (door === null) return { target, outcome: await errand(target.run, null, options) };
  return { target, outcome: { status: await ask<Status>(door, '/status'), left: await ask<readonly LegFacts[]>(door, '/legs') } };
}

export async function status(options: OperateOptions): Promise<number> {
  const { target: { run, door }, outcome } = await seen(options);
  const own = outcome.status;
  if (options.json === true) {
    printJson({ run: run.run, network: run.network, process: door?.process ?? null, ...own });
    return 0;
  }
  const { mode } = own;
  printLine(`${run.mode === 'paper' ? 'paper ' : ''}run ${run.run} on ${run.network}: ${door === null ? 'not running' : `process ${door.process}`}, ${run.strategy}`);
  printLine(`mode ${mode.tag}${'cause' in mode ? ` (${mode.cause})` : ''}${'evidence' in mode ? `: ${mode.evidence}` : ''}, link ${own.link}, ${own.decisions} decisions`);
  printLine(`equity ${own.equity} ${own.settle}, balance ${own.balance}`);
  return 0;
}

export async function positions(options: OperateOptions): Promise<number> {
  const { outcome: { status: { legs } } } = await seen(options);
  if (options.json === true) printJson(legs);
  else printTable(['symbol', 'side', 'qty', 'entry', 'mark', 'unrealised', 'protection', 'stop', 'orders'], legs.map((leg) =>
    [leg.symbol, leg.side, leg.qty, leg.entryPrice, leg.mark, leg.unrealised, leg.protection, leg.stop, leg.orders.length]));
  return 0;
}

/** Says what engine and venue see differently; sets nothing right. Exit 1 when they differ. */
export async function reconcile(options: OperateOptions): Promise<number> {
  const { target: { run }, outcome: { status: own, left } } = await seen(options);
  const differing = disagreements(own, left);
  if (options.json === true) printJson({ run: run.run, agree: differing.length === 0, differences: differing });
  else if (differing.length === 0) printLine(`run ${run.run}: engine and venue agree on ${own.legs.length} symbols`);
  else for (const line of differing) printLine(line);
  return differing.length === 0 ? 0 : 1;
}

export async function trades(options: OperateOptions): Promise<number> {
  const data = dataFolder(options.dataDir);
  const { run: own } = targetOf(options);
  await upToDate(data, own);
  const { run } = own;
  const columns = 'closed_at, symbol, side, qty, entry_price, exit_price, net, r, exit_reason';
  const { rows } = await queryRuns(data, `SELECT ${columns} FROM trades WHERE run = '${run}' ORDER BY closed_at`);
  if (options.json === true) printJson(rows);
  else printTable(columns.split(', '), rows.map((row) => Object.values(row).map((value) => (typeof value === 'number' || typeof value === 'string' ? value : null))));
  return 0;
}
