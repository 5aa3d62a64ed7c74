/**
 * How often may be asked, on wall time: per endpoint of the account over a rolling second, and per address over five
 * seconds. Orders by REST and by WebSocket share their quotas, so one object serves both doors.
 *
 * 1. A visit that is refused costs nothing.
 * 2. The reset told with a refusal lies at least `resetLeastMs` ahead: clients sleep for the difference.
 * 3. An address over its limit is shut out for `banMs`; what it asks meanwhile begins the time anew.
 *
 * Source: protocol sheet, section 1, "Rate limits"; `bybit-clients.md`, section 4.
 */
import type { Ms } from '../../../engine/index.ts';

export interface Visit {
  /** How much of what was asked for is granted. */
  readonly granted: number;
  readonly limit: number;
  readonly left: number;
  /** Wall time at which a place is free again; now, while places are left. */
  readonly resetAt: Ms;
}

export interface QuotaOptions {
  /** Wall time, ms. */
  readonly wall: () => Ms;
  /** False = nobody is refused, and the headers allow as much: clients that keep to them run at full speed. */
  readonly isEnforced: boolean;
}

const accountWindowMs = 1_000;
const addressWindowMs = 5_000;
const addressLimit = 600;
const banMs = 600_000;
const resetLeastMs = 100;
/** What is told where nobody is refused. */
const unlimited = 1_000_000;
const shutOut: Visit = { granted: 0, limit: addressLimit, left: 0, resetAt: 0 };

export class Quotas {
  readonly #options: QuotaOptions;
  readonly #visits = new Map<string, Ms[]>();
  #bannedUntil = -Infinity;
  #banMs: Ms = banMs;

  constructor(options: QuotaOptions) {
    this.#options = options;
  }

  /** One visit of the account to `name`, or `cost` of them: a batch is granted in part. */
  take(name: string, limit: number, cost = 1): Visit {
    return this.#take(name, limit, accountWindowMs, cost);
  }

  /** One request of an address, whatever it asks for. */
  takeAddress(): Visit {
    const isShut = this.#options.wall() < this.#bannedUntil;
    const visit = isShut ? shutOut : this.#take('address', addressLimit, addressWindowMs, 1);
    if (visit.granted === 1) return visit;
    this.ban(isShut ? this.#banMs : banMs);
    return { ...visit, resetAt: this.#bannedUntil };
  }

  /** Shuts the address out for `forMs` of wall time from now. */
  ban(forMs: Ms): void {
    this.#banMs = forMs;
    this.#bannedUntil = this.#options.wall() + forMs;
  }

  #take(name: string, limit: number, windowMs: Ms, cost: number): Visit {
    const now = this.#options.wall();
    const visits = (this.#visits.get(name) ?? []).filter((at) => at > now - windowMs);
    const free = limit - visits.length;
    const granted = this.#options.isEnforced ? Math.min(cost, Math.max(0, free)) : cost;
    const first = visits[0] ?? now;
    if (this.#options.isEnforced) for (let i = 0; i < granted; i++) visits.push(now);
    this.#visits.set(name, visits);
    if (!this.#options.isEnforced) return { granted, limit: unlimited, left: unlimited - 1, resetAt: now };
    const left = limit - visits.length;
    const resetAt = granted === cost ? now : Math.max(first + windowMs, now + resetLeastMs);
    return { granted, limit, left, resetAt };
  }
}

/** The three headers of every reply; clients read all of them or none. */
export function headersOf(visit: Visit): Readonly<Record<string, string>> {
  return {
    'X-Bapi-Limit': String(visit.limit),
    'X-Bapi-Limit-Status': String(visit.left),
    'X-Bapi-Limit-Reset-Timestamp': String(visit.resetAt),
  };
}
