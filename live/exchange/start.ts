/**
 * A whole local exchange: one world with its pace, the doors to it and the fault plan between them.
 *
 * 1. All doors are open when `startExchange` resolves, and all are shut when `close` does.
 * 2. Key and secret open this exchange alone: they are drawn anew unless given.
 * 3. A port that is taken rejects with `PortTakenError`, and nothing stays open.
 */
import { randomBytes } from 'node:crypto';
import type { Ms } from '../../engine/index.ts';
import { startAdmin } from './admin/index.ts';
import { Desk } from './faults/index.ts';
import type { Pace } from './pace.ts';
import { createPace } from './played-pace.ts';
import { Quotas, startRest } from './rest/index.ts';
import type { Credentials } from './rest/index.ts';
import { startStreams } from './streams/index.ts';
import type { StreamDoor } from './streams/index.ts';
import type { Row } from './world.ts';
import { createWorld } from './world/index.ts';
import type { LocalWorld, WorldOptions } from './world/index.ts';

export interface ExchangeOptions extends WorldOptions {
  /** Market time per wall time, or as fast as the client lets it. */
  readonly speed: number | 'max';
  /** Wall time without a rest after which full speed becomes 60. */
  readonly patienceMs?: Ms;
  /** Absent = drawn. */
  readonly key?: string;
  readonly secret?: string;
  /** REST here, streams on the next port, the admin door on the one after it. 0 or absent = any free ones. */
  readonly port?: number;
  readonly hasAdmin?: boolean;
  /** False = nobody is refused for asking too often. */
  readonly hasLimits?: boolean;
  /** Members of query-api that differ from a sound trading key. */
  readonly keyFacts?: Row;
}

/** Where the doors are: whole addresses, without trailing slash. */
export interface ReadyLine {
  readonly rest: string; readonly public: string; readonly private: string; readonly trade: string; readonly key: string; readonly secret: string;
  readonly admin?: string; readonly token?: string;
}

export interface RunningExchange {
  readonly ready: ReadyLine;
  readonly world: LocalWorld;
  readonly pace: Pace;
  readonly faults: Desk;
  readonly streams: StreamDoor;
  close(): Promise<void>;
}

/** A door could not be opened where it was wanted. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly port: number;
  constructor(port: number, cause: unknown) {
    super(`port ${port} is taken`, { cause });
    this.port = port;
  }
}

interface Closer { close(): Promise<void> }

export async function startExchange(options: ExchangeOptions): Promise<RunningExchange> {
  const { speed, port = 0 } = options;
  const credentials: Credentials = { key: options.key ?? randomText(18), secret: options.secret ?? randomText(36) };
  const world = createWorld(options);
  const pace = createPace({ world, speed, ...(options.patienceMs === undefined ? {} : { patienceMs: options.patienceMs }) });
  const faults = new Desk({ world, pace });
  const quotas = new Quotas({ wall: Date.now, isEnforced: options.hasLimits ?? true });
  const opened: Closer[] = [];
  const close = async (): Promise<void> => {
    pace.stop();
    faults.close();
    await Promise.all(opened.map((door) => door.close()));
  };
  const next = (offset: number): number => (port === 0 ? 0 : port + offset);
  try {
    const parts = { world, pace, credentials, quotas, sink: faults };
    const rest = await openAt(next(0), (at) => startRest({ ...parts, port: at, ...(options.keyFacts === undefined ? {} : { keyFacts: options.keyFacts }) }));
    opened.push(rest);
    const streams = await openAt(next(1), (at) => startStreams({ ...parts, port: at }));
    opened.push(streams);
    faults.attach(streams);
    world.published = (push) => {
      faults.seen();
      streams.publish(push);
    };
    const admin = options.hasAdmin === true
      ? await openAt(next(2), (at) => startAdmin({ world, pace, port: at, faults, sockets: { close: (which, code) => streams.cut(which, code) } })) : null;
    if (admin !== null) opened.push(admin);
    const stream = `ws://127.0.0.1:${streams.port}/v5`;
    const ready: ReadyLine = {
      rest: `http://127.0.0.1:${rest.port}`, public: `${stream}/public/${world.category}`, private: `${stream}/private`, trade: `${stream}/trade`, ...credentials,
      ...(admin === null ? {} : { admin: `http://127.0.0.1:${admin.port}`, token: admin.token }),
    };
    return { ready, world, pace, faults, streams, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function openAt<T>(port: number, open: (port: number) => Promise<T>): Promise<T> {
  try {
    return await open(port);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && (thrown.code === 'EADDRINUSE' || thrown.code === 'EACCES')) throw new PortTakenError(port, thrown);
    throw thrown;
  }
}

const randomText = (bytes: number): string => randomBytes(bytes).toString('base64url').replaceAll(/[-_]/g, 'x');
