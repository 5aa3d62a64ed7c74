/**
 * A demo or testnet account of the exchange, for the same list. Small orders at two symbols; before anything is sent the account
 * must be flat there, and after every behaviour what stands is cancelled and what is held is closed. No other network is known here.
 */
import { randomInt } from 'node:crypto';
import { placeOf } from '../../../cli/network.ts';
import type { Place } from '../../../cli/network.ts';
import { instrumentOf } from '../../../engine/index.ts';
import type { AccountSnapshot, Event, Instrument } from '../../../engine/index.ts';
import { connectBybit } from '../../../live/bybit/index.ts';
import type { Connection, ConnectionTiming, ListedInstrument } from '../../../live/index.ts';
import { minute } from '../../sim/market.ts';
import { Site } from '../site.ts';
import type { Venue } from '../venue.ts';

export const networks = ['demo', 'testnet'] as const;
export type TrialNetwork = (typeof networks)[number];

/** Names of the key in the environment. */
export const namesOf = (network: TrialNetwork): readonly [string, string] => [`BYBIT_${network.toUpperCase()}_KEY`, `BYBIT_${network.toUpperCase()}_SECRET`];
export const hasKeys = (network: TrialNetwork): boolean => namesOf(network).every((name) => (process.env[name] ?? '') !== '');

const symbols = ['BTCUSDT', 'ETHUSDT'];
const timing: ConnectionTiming = { requestMs: 10_000, subscribeMs: 10_000, pingMs: 20_000, pongMs: 10_000, reconnectFirstMs: 500, reconnectMostMs: 5_000 };
const patienceMs = 10_000;
/** Orders of one behaviour: their numbers never meet those of another. */
const ordersMost = 1_000;

const unthin = 'a real market cannot be made thin';
const unfallen = 'a real market does not fall when it is asked to';
const unlost = 'nothing on the way to a real exchange can be lost at will';

export const cannot: Venue['cannot'] = {
  'cancel-keeps-fills': unthin, 'ioc-part': unthin, 'stop-fires': unfallen, wallet: unfallen, 'lost-answer-placed': unlost, 'lost-answer-absent': unlost,
  'lost-answer-late': unlost, 'stop-removed': 'nobody else is at the account',
  'paged-executions': 'it would trade a hundred times, for nothing but fees', 'below-minimum': 'the minimum of both symbols is one step: no quantity lies below it',
};

interface Trial {
  readonly connection: Connection; readonly listed: readonly ListedInstrument[]; readonly instruments: readonly Instrument[]; readonly events: Event[];
  readonly offsetMs: number;
}

/** Doors and key of a network for trials; no other gets this far. */
export async function trialPlace(network: TrialNetwork): Promise<Place> {
  const place = await placeOf({ network }, 'linear');
  if (!new URL(place.endpoints.rest).hostname.includes(network)) throw new Error(`${place.endpoints.rest} is no door of ${network}`);
  return place;
}

export class TrialAccount {
  readonly #place: () => Promise<Pick<Place, 'endpoints' | 'credentials'>>;
  #trial: Trial | null = null;
  #opened = 0;

  constructor(place: () => Promise<Pick<Place, 'endpoints' | 'credentials'>>) { this.#place = place; }

  async open(): Promise<Site> {
    this.#trial ??= await this.#connect();
    const { connection, listed, instruments, events, offsetMs } = this.#trial;
    const price = async (leg: number): Promise<number> => {
      const candle = (await connection.candles({ symbol: symbols[leg]!, kind: 'last', intervalMs: minute, until: Date.now() + offsetMs, count: 1 })).at(-1);
      if (candle === undefined) throw new Error(`no price of ${symbols[leg]!}`);
      const { tick } = instruments[leg]!;
      return Math.round((candle.close * tick.den) / tick.num);
    };
    const units = await Promise.all(instruments.map(async (instrument, leg) => unitOf(instrument, await price(leg))));
    this.#opened += 1;
    const site: Site = new Site({
      connection, instruments, units, events, price, patienceMs, mostLots: listed.map(({ maxLots }) => maxLots), now: () => Date.now() + offsetMs,
      offsetMs: () => offsetMs, firstOrder: this.#opened * ordersMost,
      quiet: async () => {
        await connection.settled();
        while (connection.venue.underWay > 0) await pause(20);
        await connection.settled();
      },
      close: () => leaveFlat(site),
    });
    return site;
  }

  async close(): Promise<void> { await this.#trial?.connection.venue.close(5_000); }

  async #connect(): Promise<Trial> {
    const { endpoints, credentials } = await this.#place();
    const events: Event[] = [];
    let offsetMs = 0;
    const connection = connectBybit({
      endpoints, credentials, symbols, category: 'linear', barMs: minute, run: Array.from({ length: 6 }, () => String.fromCodePoint(97 + randomInt(26))).join(''),
      now: () => Date.now() + offsetMs, tell: (event) => { events.push(event); }, log: () => {}, timing,
    });
    ({ offsetMs } = await connection.measureClock());
    const listed = await connection.instruments(symbols);
    const { canTrade, canWithdraw } = await connection.key();
    if (!canTrade || canWithdraw) throw new Error('the key must be one that may trade and may not withdraw');
    const busy = (await connection.legs()).filter(({ side, orders }) => side !== 0 || orders.length > 0).map(({ symbol }) => symbol);
    if (busy.length > 0) throw new Error(`the account is not flat at ${busy.join(', ')}: nothing was sent`);
    connection.readFrom(Date.now() + offsetMs);
    connection.venue.recover();
    for (let look = 0; look < 500 && !events.some(({ tag }) => tag === 'connected'); look++) await pause(20);
    if (!events.some(({ tag }) => tag === 'connected')) throw new Error('the streams did not come up');
    return { connection, listed, instruments: listed.map(({ rules }) => instrumentOf(rules)), events, offsetMs };
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

/** The least lots that are worth twice the least value, so that a fall of the price does not take an order below it. */
function unitOf({ minLots, minNotional, tick, lot }: Instrument, priceTicks: number): number {
  const perLot = ((priceTicks * tick.num) / tick.den) * (lot.num / lot.den);
  return Math.max(minLots, Math.ceil((2 * minNotional) / perLot));
}

const isKnown = <T>(part: T | 'unknown'): part is T => part !== 'unknown';

/** Cancels what stands and closes what is held, at both symbols, and looks again. */
async function leaveFlat(site: Site): Promise<void> {
  for (const leg of symbols.keys()) {
    const { openOrders, position } = await site.read(leg);
    if (isKnown(openOrders)) await site.did(...openOrders.map(({ order }) => ({ tag: 'cancel', leg, order } as const)));
    if (isKnown(position) && position.side !== 0) await site.did(site.reduce({ leg, side: position.side === 1 ? -1 : 1, lots: position.lots }));
    const after: AccountSnapshot = await site.read(leg);
    if (!isKnown(after.position) || after.position.side !== 0 || !isKnown(after.openOrders) || after.openOrders.length > 0) {
      throw new Error(`${symbols[leg]!} was not left flat and without orders: look at the account`);
    }
  }
}
