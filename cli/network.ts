/**
 * The four places a strategy can trade at, and what is known of each before a word is said: doors, names of the key, and what
 * has to be confirmed.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CredentialsError, readCredentials } from '../live/index.ts';
import type { AdminDoor, Endpoints, FoundCredentials } from '../live/index.ts';
import { Failure, textOf } from './failure.ts';

export const networks = ['local', 'demo', 'testnet', 'mainnet'] as const;
export type Network = (typeof networks)[number];

export interface NetworkOptions {
  readonly network: Network;
  /** What `holdfast exchange` printed, or a file that holds it. */
  readonly exchange?: string;
  /** How orders leave: by HTTP, or by the trade socket while it is up. */
  readonly entry?: 'rest' | 'ws';
}

export interface Place {
  readonly network: Network;
  readonly endpoints: Endpoints;
  readonly credentials: FoundCredentials;
  /** Door that moves the market of a local exchange at full speed; null = its time passes by itself. */
  readonly admin: AdminDoor | null;
}

/** Source: Bybit V5 guide, "Authentication" and "Connect"; demo trading has no order entry by WebSocket. */
const hosts: Readonly<Record<Exclude<Network, 'local'>, Endpoints>> = {
  demo: {
    rest: 'https://api-demo.bybit.com', public: 'wss://stream.bybit.com', private: 'wss://stream-demo.bybit.com', trade: null,
  },
  testnet: {
    rest: 'https://api-testnet.bybit.com', public: 'wss://stream-testnet.bybit.com', private: 'wss://stream-testnet.bybit.com',
    trade: 'wss://stream-testnet.bybit.com',
  },
  mainnet: { rest: 'https://api.bybit.com', public: 'wss://stream.bybit.com', private: 'wss://stream.bybit.com', trade: 'wss://stream.bybit.com' },
};

/** The line that a local exchange prints when it is ready. */
const announcement = z.object({
  rest: z.string(), public: z.string(), private: z.string(), trade: z.string().nullable().default(null),
  key: z.string(), secret: z.string(), admin: z.string().nullable().default(null), token: z.string().default(''),
});

function doorsOf(network: Exclude<Network, 'local'>, category: string): Endpoints {
  const { rest, public: market, private: account, trade } = hosts[network];
  return { rest, public: `${market}/v5/public/${category}`, private: `${account}/v5/private`, trade: trade === null ? null : `${trade}/v5/trade` };
}

export async function placeOf({ network, exchange }: NetworkOptions, category: 'linear' | 'inverse'): Promise<Place> {
  if (network === 'local') return await localPlace(exchange);
  if (exchange !== undefined) throw strayExchange(network);
  return { network, endpoints: doorsOf(network, category), credentials: credentialsOf(network), admin: null };
}

/** Where market data is asked for without a key. */
export const marketDataRest = hosts.mainnet.rest;

/** Where the public archive of single trades is; a local exchange has it behind its REST door. */
export const tradeArchive = 'https://public.bybit.com';

/** The same door of a local exchange. */
export const localRest = async (exchange: string): Promise<string> => (await localPlace(exchange)).endpoints.rest;

/** Its public doors alone: no key is looked for. */
export async function publicPlaceOf({ network, exchange }: NetworkOptions, category: 'linear' | 'inverse'): Promise<Place> {
  const credentials = { key: '', secret: '', from: 'nobody' };
  if (network === 'local') return { ...await localPlace(exchange), credentials };
  if (exchange !== undefined) throw strayExchange(network);
  return { network, endpoints: doorsOf(network, category), credentials, admin: null };
}

const strayExchange = (network: Network): Failure =>
  new Failure(2, `arguments: --exchange: was given with --network ${network}, expected it with local only. Fix: leave it out`);

async function localPlace(exchange: string | undefined): Promise<Place> {
  if (exchange === undefined) {
    throw new Failure(2, 'arguments: --exchange: was not given, expected the line that a local exchange prints, or a file with it. '
      + 'Fix: start one with holdfast exchange > exchange.json, then --exchange exchange.json');
  }
  const text = exchange.trimStart().startsWith('{') ? exchange : await readFile(exchange, 'utf8').catch((thrown: unknown) => {
    throw new Failure(2, `arguments: --exchange: ${exchange}: was not readable (${textOf(thrown)}), expected a file. Fix: check the path`);
  });
  const { key, secret, admin, token, ...endpoints } = readAnnouncement(text);
  for (const door of [endpoints.rest, endpoints.public, endpoints.private, ...(endpoints.trade === null ? [] : [endpoints.trade])]) checkLoopback(door);
  return { network: 'local', endpoints, credentials: { key, secret, from: 'the local exchange' }, admin: admin === null ? null : { url: admin, token } };
}

function readAnnouncement(text: string): z.output<typeof announcement> {
  try {
    return announcement.parse(JSON.parse(text.split('\n').find((line) => line.trim() !== '') ?? ''));
  } catch {
    throw new Failure(2, 'arguments: --exchange: was not the line of a local exchange, expected {"rest","public","private","trade","key","secret"}. '
      + 'Fix: give what holdfast exchange printed');
  }
}

/** A key of nothing must never reach a real door. */
function checkLoopback(door: string): void {
  const host = URL.canParse(door) ? new URL(door).hostname : '';
  if (['127.0.0.1', 'localhost', '[::1]'].includes(host)) return;
  throw new Failure(5, `arguments: --exchange: was ${host === '' ? door : host}, expected a door of this machine. Fix: --network demo, testnet or mainnet for any other`);
}

/** Keys of one network never open another: each has names of its own. */
function credentialsOf(network: Exclude<Network, 'local'>): FoundCredentials {
  const prefix = `BYBIT_${network.toUpperCase()}`;
  try {
    return readCredentials({
      environment: process.env, folder: process.cwd(), names: { key: `${prefix}_KEY`, secret: `${prefix}_SECRET` },
      user: process.getuid?.() ?? null,
    });
  } catch (thrown) {
    if (thrown instanceof CredentialsError) throw new Failure(4, thrown.message);
    throw thrown;
  }
}
