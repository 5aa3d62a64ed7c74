/**
 * Open interest. The data holds none: what is shown at an instant is the volume of the interval that ended with it, so that
 * it is the same for everybody who asks, and nobody can ask for what has not happened.
 */
import { z } from 'zod';
import { get, hasSymbol } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { category, instant, limit, oneOf, optionalText, text } from './fields.ts';
import { accepted, refused } from './reply.ts';

const minute = 60_000;
const lengths = { '5min': 5 * minute, '15min': 15 * minute, '30min': 30 * minute, '1h': 60 * minute, '4h': 240 * minute, '1d': 1_440 * minute } as const;
const names = ['5min', '15min', '30min', '1h', '4h', '1d'] as const;

export const openInterestEndpoints: readonly Endpoint[] = [
  get('/v5/market/open-interest', {
    form: z.object({
      category, symbol: text('params error: symbol invalid'), intervalTime: oneOf(names, 'Invalid intervalTime!'),
      startTime: instant('startTime'), endTime: instant('endTime'), limit: limit(50, 200), cursor: optionalText,
    }),
    answer: ({ symbol, category: of, intervalTime, startTime, endTime, limit: most }, call) => {
      if (of !== call.world.category) return accepted({ symbol, category: of, list: [], nextPageCursor: '' });
      if (!hasSymbol(call, symbol)) return refused(10001, 'Not supported symbols');
      const intervalMs = lengths[intervalTime];
      const before = (at: number | null): number | null => (at === null ? null : at - intervalMs);
      const candles = call.market.candles({ symbol, kind: 'last', intervalMs, start: before(startTime), end: before(endTime), limit: most + 1 }); // the one under way is none yet
      const rows = candles.map(([at, , , , , volume = '0']) => ({ openInterest: volume, timestamp: String(Number(at) + intervalMs) }));
      return accepted({ symbol, category: of, list: call.keep(rows.filter(({ timestamp }) => Number(timestamp) <= call.world.now).slice(0, most)), nextPageCursor: '' });
    },
  }),
];
