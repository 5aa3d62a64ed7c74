/** What keeps a trial account as it was found, tried at the local exchange. */
import { afterEach, describe, expect, it } from 'vitest';
import { startExchange } from '../../../live/exchange/index.ts';
import type { RunningExchange } from '../../../live/exchange/index.ts';
import { credentials } from '../../live/bybit/stage.ts';
import { standingMarket } from '../markets.ts';
import { TrialAccount, trialPlace } from './account.ts';

let exchange: RunningExchange;
let account: TrialAccount;
async function open(): Promise<void> {
  const { markets, config } = standingMarket('linear', 'limit-stands');
  exchange = await startExchange({ market: { symbols: markets }, config, speed: 'max', patienceMs: 3_600_000, hasLimits: false, ...credentials });
  const { rest, public: market, private: own } = exchange.ready;
  account = new TrialAccount(() => Promise.resolve({ endpoints: { rest, public: market, private: own, trade: null }, credentials: { ...credentials, from: 'a test' } }));
}
afterEach(async () => {
  await account.close();
  await exchange.close();
});
const legs = () => exchange.world.truth()['legs'] as readonly { readonly lots: number; readonly orders: readonly unknown[] }[];

describe('a trial account', () => {
  it('is left flat and without orders after a behaviour, at both symbols', async () => {
    await open();
    await exchange.pace.idle(exchange.world.now + 60_000); // a candle has closed
    const site = await account.open();
    await site.did(site.enter(), site.limit(await site.level(-0.05)), site.enter({ leg: 1, side: -1 }), site.limit(await site.level(-0.05, 1), { leg: 1 }));
    expect(legs()).toMatchObject([{ lots: 4 * site.unit(0), orders: [{}] }, { lots: 4 * site.unit(1), orders: [{}] }]);

    await site.close();

    expect(legs()).toMatchObject([{ lots: 0, orders: [] }, { lots: 0, orders: [] }]);
  });
  it('that holds something is not touched', async () => {
    await open();
    exchange.world.acts.foreignOrder('ETHUSDT', 'Buy', '0.02', false);
    await exchange.pace.idle(exchange.world.now + 60_000);

    await expect(account.open()).rejects.toThrow('the account is not flat at ETHUSDT: nothing was sent');
    expect(legs()).toMatchObject([{ lots: 0 }, { lots: 2 }]);
  });
  it.each([['demo', 'api-demo.bybit.com'], ['testnet', 'api-testnet.bybit.com']] as const)('of %s is asked for at %s', async (network, host) => {
    await open();
    const names = ['KEY', 'SECRET'].map((name) => `BYBIT_${network.toUpperCase()}_${name}`);
    const before = names.map((name) => process.env[name]);
    for (const name of names) process.env[name] = 'canary';
    try {
      expect(new URL((await trialPlace(network)).endpoints.rest).hostname).toBe(host);
    } finally {
      for (const [i, name] of names.entries()) {
        if (before[i] === undefined) delete process.env[name];
        else process.env[name] = before[i];
      }
    }
  });
});
