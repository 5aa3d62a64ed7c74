/** Time on the wire and beside a local exchange. */
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { marketTime, SteppedClock, WallClock } from '../../live/index.ts';

const facts = (offsetMs: number) => ({ offsetMs, spreadMs: 1, roundTripMs: 1 });

describe('the wall clock', () => {
  it('is ours and the measured offset', () => {
    const clock = new WallClock(facts(60_000));

    expect(Math.abs(clock.now() - (Date.now() + 60_000))).toBeLessThan(50);
  });
  it('an offset that fell by an hour stops it and does not turn it back', () => {
    const clock = new WallClock(facts(3_600_000));
    const before = clock.now();

    clock.correct(facts(0));

    expect(clock.now()).toBe(before);
  });
  it('a rest ends when it is interrupted, also when that was before it began', async () => {
    const clock = new WallClock(facts(0));
    const startedAt = performance.now();

    const rest = clock.rest(clock.now() + 60_000);
    clock.interrupt();
    await rest;
    clock.interrupt();
    await clock.rest(clock.now() + 60_000);

    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
  it('a rest until a time that has come ends at once', async () => {
    const clock = new WallClock(facts(0));

    await clock.rest(clock.now() - 1_000);

    expect(clock.isStepped).toBe(false);
  });
});

describe('the stepped clock', () => {
  /** A market that moves 1,000 ms at most at a time and ends at 5,000. */
  async function beside(work: (door: { readonly url: string; readonly token: string }, asked: unknown[]) => Promise<void>): Promise<void> {
    let now = 0;
    const asked: unknown[] = [];
    const server = createServer((message, response) => {
      let text = '';
      message.on('data', (part: Buffer) => { text += part.toString(); });
      message.on('end', () => {
        const { until } = JSON.parse(text) as { readonly until: number };
        asked.push([message.method, message.url, message.headers.authorization, until]);
        now = Math.max(now, Math.min(until, now + 1_000, 5_000));
        response.end(JSON.stringify({ now, ended: now === 5_000 }));
      });
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const address = server.address();
    try {
      await work({ url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, token: 'open' }, asked);
    } finally {
      server.closeAllConnections();
      await new Promise<void>((resolve) => { server.close(() => resolve()); });
    }
  }

  it('time moves in rests only, and everything pushed is waited for before it is told', async () => {
    await beside(async (door, asked) => {
      const seen: number[] = [];
      const clock: SteppedClock = new SteppedClock({ door, settled: () => { seen.push(clock.now()); return Promise.resolve(); } }, await marketTime(door));

      await clock.rest(400);
      const first = clock.now();
      await clock.rest(9_000);

      expect([first, clock.now(), clock.hasEnded, seen]).toEqual([400, 1_400, false, [0, 400]]);
      expect(asked[1]).toEqual(['POST', '/idle', 'Bearer open', 400]);
    });
  });
  it('ends with the market, and an infinite rest is asked for as the end of all calendars', async () => {
    await beside(async (door, asked) => {
      const clock = new SteppedClock({ door, settled: () => Promise.resolve() }, 0);

      for (let rests = 0; rests < 5; rests++) await clock.rest(Number.POSITIVE_INFINITY);
      await clock.rest(Number.POSITIVE_INFINITY);

      expect([clock.hasEnded, clock.now(), asked.length]).toEqual([true, 5_000, 5]);
      expect(asked[0]).toEqual(['POST', '/idle', 'Bearer open', 8_640_000_000_000_000]);
    });
  });
  it('a door that is not there is an outage in our words', async () => {
    const clock = new SteppedClock({ door: { url: 'http://127.0.0.1:1', token: '' }, settled: () => Promise.resolve() }, 0);

    await expect(clock.rest(1)).rejects.toMatchObject({ name: 'VenueError', kind: 'unreachable' });
  });
});
