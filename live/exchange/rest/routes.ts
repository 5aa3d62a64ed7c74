/** Every path of the REST door. */
import { accountEndpoints } from './account.ts';
import { candleEndpoints } from './candles.ts';
import { openInterestEndpoints } from './open-interest.ts';
import type { Endpoint } from './endpoint.ts';
import { marketEndpoints } from './market.ts';
import { orderEndpoints } from './orders.ts';
import { positionEndpoints } from './positions.ts';

export const endpoints: readonly Endpoint[] = [
  ...marketEndpoints, ...candleEndpoints, ...openInterestEndpoints, ...accountEndpoints, ...positionEndpoints, ...orderEndpoints,
];

const byRoute = new Map(endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint]));

export function endpointAt(method: string, path: string): Endpoint | null {
  return byRoute.get(`${method} ${path}`) ?? null;
}
