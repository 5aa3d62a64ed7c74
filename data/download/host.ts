/**
 * The one way out: a question by GET to a host, the answer as text. Only the host differs between the real service and a
 * local exchange; tests answer by themselves. Nothing is judged here but the transport: no answer in time is an `Outage`.
 */

/** `limit`, `left` and `resetAt` as the rate limit headers tell them; null when they do not. `resetAt` and `at`: server's ms. */
export interface Answer {
  readonly status: number; readonly text: string;
  readonly limit: number | null; readonly left: number | null; readonly resetAt: number | null;
}

/** Asks; rejects with `Outage` when there is no whole answer, and with the signal's reason when it is aborted. */
export type Host = (path: string, query: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<Answer>;

/** No connection, no answer in time, or one that broke off. */
export class Outage extends Error {
  override readonly name = 'Outage';
}

const timeoutMs = 10_000;

/** `url` without trailing slash, such as https://api.bybit.com. */
export function hostAt(url: string): Host {
  return async (path, query, signal) => {
    try {
      const reply = await fetch(`${url}${path}?${new URLSearchParams(query).toString()}`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), redirect: 'error', headers: { Accept: 'application/json' },
      });
      const number = (name: string): number | null => {
        const text = reply.headers.get(name);
        return text !== null && /^\d+$/.test(text) ? Number(text) : null;
      };
      return {
        status: reply.status, text: await reply.text(),
        limit: number('X-Bapi-Limit'), left: number('X-Bapi-Limit-Status'), resetAt: number('X-Bapi-Limit-Reset-Timestamp'),
      };
    } catch (thrown) {
      signal.throwIfAborted();
      throw new Outage(reasonOf(thrown), { cause: thrown });
    }
  };
}

/** fetch says 'fetch failed' and keeps the reason in the cause. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown.name === 'TimeoutError') return `no answer within ${timeoutMs / 1_000} s`;
  return thrown.cause instanceof Error && thrown.cause.message !== '' ? thrown.cause.message : thrown.message;
}
