/**
 * `holdfast exchange`: a local exchange that speaks Bybit's wire on loopback, over the built-in market or the candle lake.
 * Prints one JSON line once all doors are open and serves until Ctrl-C. What the line says is all that a client needs.
 */
import { builtinSymbols, dataFolder, loadMarket, readInstrumentFile } from '../data/index.ts';
import type { LoadedMarket } from '../data/index.ts';
import { PortTakenError, startExchange } from '../live/exchange/index.ts';
import type { ExchangeOptions } from '../live/exchange/index.ts';
import { Failure, textOf } from './failure.ts';
import { drained, printLine } from './output.ts';
import type { CommonOptions } from './output.ts';
import { readRunConfig } from './run-config.ts';
import { readRange } from './time-range.ts';

export interface LocalExchangeOptions extends CommonOptions {
  readonly market: string;
  readonly symbols?: string;
  readonly timeframe: string;
  readonly from?: string;
  readonly to?: string;
  /** A factor, or 'max'. */
  readonly speed: string;
  readonly balance?: string;
  readonly leverage?: string;
  /** Market time, ms. */
  readonly latency?: number;
  readonly slippage?: string;
  readonly margin: 'isolated' | 'cross';
  readonly instrument?: string;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly port: number;
  readonly admin?: boolean;
  readonly limits: boolean;
  readonly seed: string;
  readonly key?: string;
  readonly secret?: string;
}

/** Before the first instant played, when none is named: what indicators need to be warm. */
const historyMs = 14 * 86_400_000;
const speedMost = 1_000_000;

export async function exchange(options: LocalExchangeOptions): Promise<number> {
  const speed = speedOf(options.speed);
  const range = readRange(options.from, options.to);
  const config = await readRunConfig({
    ...(options.config === undefined ? {} : { config: options.config }), ...(options.slippage === undefined ? {} : { slippage: options.slippage }),
    ...(options.balance === undefined ? {} : { cash: options.balance }), ...(options.leverage === undefined ? {} : { leverage: options.leverage }),
    set: [...options.set ?? [], ...(options.latency === undefined ? [] : [`latencyMs=${options.latency}`])],
  });
  checkKey('--key', options.key);
  checkKey('--secret', options.secret);
  const loaded = await loadMarket({
    folder: dataFolder(options.dataDir), market: options.market, symbols: symbolsOf(options), timeframe: options.timeframe,
    ...(range.to === null ? {} : { to: range.to }),
    ...(options.instrument === undefined ? {} : { overrides: readInstrumentFile(options.instrument) }),
  });
  const running = await opened({
    market: { symbols: loaded.symbols }, config, startAt: startOf(loaded, range.from), speed, port: options.port, hasAdmin: options.admin === true,
    hasLimits: options.limits, seed: options.seed, marginMode: options.margin === 'cross' ? 'REGULAR_MARGIN' : 'ISOLATED_MARGIN',
    ...(options.key === undefined ? {} : { key: options.key }), ...(options.secret === undefined ? {} : { secret: options.secret }),
  });
  printLine(JSON.stringify(running.ready));
  await drained();
  return await new Promise<never>(() => undefined);
}

function speedOf(text: string): number | 'max' {
  if (text === 'max') return 'max';
  const speed = Number(text);
  if (text.trim() !== '' && speed > 0 && speed <= speedMost) return speed;
  throw new Failure(2, `arguments: --speed: was '${text}', expected max or a factor above 0 up to ${speedMost}. Fix: --speed 60`);
}

function checkKey(option: string, text: string | undefined): void {
  if (text === undefined || /^[\w-]{1,100}$/.test(text)) return;
  throw new Failure(2, `arguments: ${option}: was not 1 to 100 letters, digits, _ and -, expected such a text. Fix: leave it out and one is drawn`);
}

function symbolsOf({ symbols, market }: LocalExchangeOptions): readonly string[] {
  const named = (symbols ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  if (named.length > 0) return named;
  if (symbols === undefined && market === 'builtin:linear') return builtinSymbols;
  throw new Failure(2, `arguments: --symbols: was ${symbols === undefined ? 'not given' : `'${symbols}'`}, expected symbols of ${market}. Fix: --symbols BTCUSDT,ETHUSDT`);
}

function startOf({ from, to }: LoadedMarket, wanted: number | null): number {
  if (wanted === null) return Math.min(from + historyMs, from + Math.floor((to - from) / 2));
  if (wanted >= from && wanted < to) return wanted;
  const span = `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
  throw new Failure(2, `arguments: --from: was ${new Date(wanted).toISOString()}, expected a time from ${span}. Fix: name one of them`);
}

async function opened(options: ExchangeOptions): ReturnType<typeof startExchange> {
  try {
    return await startExchange(options);
  } catch (thrown) {
    if (thrown instanceof PortTakenError) {
      throw new Failure(4, `exchange: port ${thrown.port}: was taken by another process, expected a free one. Fix: another --port, or none for any free one`);
    }
    if (thrown instanceof RangeError) throw new Failure(2, `exchange: was refused (${textOf(thrown)}), expected a market that can be played. Fix: change the arguments`);
    throw thrown;
  }
}
