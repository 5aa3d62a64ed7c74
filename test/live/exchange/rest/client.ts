/**
 * A bare client of the REST door for tests: it signs with its own few lines, so that the door's signature is judged by
 * something that is not the door. One door and one hand-made world per call of `openDoor`; `close` ends both.
 */
import { createHmac } from 'node:crypto';
import { startRest } from '../../../../live/exchange/rest/index.ts';
import type { RestOptions } from '../../../../live/exchange/rest/index.ts';
import type { Row } from '../../../../live/exchange/world.ts';
import { createPace, createSmallWorld } from './small-world.ts';
import type { CountedPace, SmallWorld } from './small-world.ts';

export const credentials = { key: 'test-key', secret: 'test-secret' };

export interface Envelope {
  readonly retCode: number; readonly retMsg: string; readonly result: Row & { readonly list: readonly Row[]; readonly nextPageCursor: string };
  readonly retExtInfo: { readonly list?: readonly Row[] }; readonly time: number;
}
export interface Answered { readonly status: number; readonly headers: Headers; readonly text: string; readonly body: Envelope }

export interface Door {
  readonly world: SmallWorld;
  readonly pace: CountedPace;
  readonly port: number;
  readonly url: string;
  /** Raw query, signed unless told otherwise. */
  get(path: string, query?: string, headers?: Readonly<Record<string, string>> | null): Promise<Answered>;
  post(path: string, body: unknown): Promise<Answered>;
  close(): Promise<void>;
}

export async function openDoor(options: Partial<RestOptions> = {}): Promise<Door> {
  const world = createSmallWorld();
  const pace = createPace();
  const door = await startRest({ world, pace, credentials, ...options });
  const url = `http://127.0.0.1:${door.port}`;
  const wall = options.wall ?? Date.now;
  return {
    world,
    pace,
    port: door.port,
    url,
    get: async (path, query = '', headers) => await answered(await fetch(`${url}${path}${query === '' ? '' : `?${query}`}`, {
      headers: headers === null ? {} : headers ?? signed(wall(), query), redirect: 'manual',
    })),
    post: async (path, body) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return await answered(await fetch(`${url}${path}`, { method: 'POST', body: text, headers: { ...signed(wall(), text), 'Content-Type': 'application/json' } }));
    },
    close: () => door.close(),
  };
}

export function signed(timestamp: number, payload: string, window = '5000', { key, secret } = credentials): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`${timestamp}${key}${window}${payload}`).digest('hex');
  return { 'X-BAPI-API-KEY': key, 'X-BAPI-TIMESTAMP': String(timestamp), 'X-BAPI-RECV-WINDOW': window, 'X-BAPI-SIGN': signature };
}

async function answered(response: Response): Promise<Answered> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: bodyIn(text) };
}

/** Tests look at what they expect; a reply that is no JSON shows its text. */
function bodyIn(text: string): Envelope {
  try {
    return JSON.parse(text) as Envelope;
  } catch {
    return { retCode: Number.NaN, retMsg: text, result: { list: [], nextPageCursor: '' }, retExtInfo: {}, time: Number.NaN };
  }
}
