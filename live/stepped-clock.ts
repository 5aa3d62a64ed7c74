/**
 * The clock beside a local exchange at full speed: market time passes only while the runner rests, as far as the next thing
 * that is told. The exchange's admin door moves it.
 */
import { Agent, request } from 'node:http';
import { z } from 'zod';
import type { Ms } from '../engine/index.ts';
import type { Clock } from './clock.ts';
import { VenueError } from './connection.ts';

/** Source: the admin door of the local exchange, `POST /idle {until}`. */
const idleReply = z.object({ now: z.number(), ended: z.boolean() });

/** The last instant a calendar knows: beyond any market. */
const farAway = 8_640_000_000_000_000;

/** `url` without trailing slash; `token` as the exchange printed it. */
export interface AdminDoor { readonly url: string; readonly token: string }

export interface SteppedRequest {
  readonly door: AdminDoor;
  /** Everything pushed up to now was received (`Connection.settled`). */
  readonly settled: () => Promise<void>;
}

export class SteppedClock implements Clock {
  readonly isStepped = true;
  readonly #request: SteppedRequest;
  readonly #stopped = new AbortController();
  #now: Ms;
  /** The market has come to its end: nothing more will be told. */
  hasEnded = false;

  constructor(request: SteppedRequest, now: Ms) {
    this.#request = request;
    this.#now = now;
  }

  now(): Ms { return this.#now; }

  async rest(until: Ms): Promise<void> {
    if (this.hasEnded) return;
    const { now, ended } = await idle(this.#request.door, Math.min(until, farAway), this.#stopped.signal);
    await this.#request.settled();
    this.#now = Math.max(this.#now, now);
    this.hasEnded = ended;
  }

  /** The exchange itself ends a rest when it tells something. */
  interrupt(): void {}

  close(): void {
    this.hasEnded = true;
    this.#stopped.abort();
  }
}

/** Where market time stands, without moving it. */
export async function marketTime(door: AdminDoor): Promise<Ms> {
  return (await idle(door, 0, new AbortController().signal)).now;
}

/** Without a time limit: a market that is paused answers when it goes on. */
async function idle(door: AdminDoor, until: Ms, signal: AbortSignal): Promise<z.output<typeof idleReply>> {
  try {
    const { status, text } = await post(door, JSON.stringify({ until }), signal);
    if (status !== 200) throw new VenueError('/idle', 'refused', { httpStatus: status, text });
    return idleReply.parse(JSON.parse(text));
  } catch (error) {
    if (signal.aborted) return { now: 0, ended: true };
    if (error instanceof VenueError) throw error;
    throw new VenueError('/idle', 'unreachable', { text: error instanceof Error ? error.message : 'no answer' });
  }
}

const agent = new Agent({ keepAlive: true });

function post({ url, token }: AdminDoor, body: string, signal: AbortSignal): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), authorization: `Bearer ${token}` };
    const asked = request(`${url}/idle`, { method: 'POST', agent, headers, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => { text += part; });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
