/** What leaves for the exchange, byte for byte: bodies and headers of writes, seen by a door that passes everything on. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { runConfig } from '../../../engine/index.ts';
import { startExchange } from '../../../live/exchange/index.ts';
import { flat, marketOf } from '../../sim/market.ts';
import { connectStage, credentials, enter } from './stage.ts';

interface Sent { readonly path: string; readonly window: string | undefined; readonly body: unknown }

const closing: (() => Promise<void>)[] = [];
afterEach(async () => { for (const close of closing.splice(0)) await close(); });

/** A stage whose writes are kept as they left. */
async function listening(): Promise<{ readonly stage: ReturnType<typeof connectStage>; readonly sent: Sent[] }> {
  const exchange = await startExchange({
    market: { symbols: [marketOf({ bars: Array.from({ length: 60 }, () => flat(100)) })] }, config: runConfig.parse({}), speed: 'max', patienceMs: 3_600_000,
    hasLimits: false, ...credentials,
  });
  const sent: Sent[] = [];
  const door = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString();
      if (request.method === 'POST') sent.push({ path: String(request.url), window: request.headers['x-bapi-recv-window'] as string | undefined, body: JSON.parse(body) });
      const headers = Object.entries(request.headers).filter(([name]) => name.startsWith('x-') || name === 'content-type').map(([name, value]) => [name, String(value)] as [string, string]);
      const answer = await fetch(`${exchange.ready.rest}${String(request.url)}`, { method: request.method ?? 'GET', headers, ...(body === '' ? {} : { body }) });
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(await answer.text());
    })();
  });
  await new Promise<void>((resolve) => { door.listen(0, '127.0.0.1', resolve); });
  const rest = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  const stage = connectStage({ ...exchange, world: exchange.world, ready: { ...exchange.ready, rest } });
  closing.push(() => stage.close(), async () => { door.closeAllConnections(); await new Promise((resolve) => { door.close(resolve); }); });
  await stage.connection.measureClock();
  await stage.connection.instruments(['AAAUSDT']);
  stage.connection.readFrom(exchange.world.now);
  stage.connection.venue.recover();
  await stage.next('connected');
  return { stage, sent };
}

describe('the body of a write', () => {
  it('of an entry with its stop, and of a stop of 92: numbers as texts, trigger, mode and position index said each time, a window of 5000', async () => {
    const { stage, sent } = await listening();

    stage.send(enter(7));
    await stage.quiet();
    stage.send({ tag: 'set-stop', leg: 0, triggerTicks: 92, by: 'mark', trailTicks: 0, activeTicks: 0 });
    await stage.quiet();

    expect(sent.map(({ path, window }) => [path, window])).toEqual([['/v5/order/create', '5000'], ['/v5/position/trading-stop', '5000']]);
    expect(sent[0]!.body).toMatchObject({
      category: 'linear', symbol: 'AAAUSDT', side: 'Buy', orderType: 'Market', qty: '4', positionIdx: 0,
      stopLoss: '90', slTriggerBy: 'MarkPrice', tpslMode: 'Full',
    });
    expect(sent[1]!.body).toMatchObject({ category: 'linear', symbol: 'AAAUSDT', stopLoss: '92', slTriggerBy: 'MarkPrice', tpslMode: 'Full', positionIdx: 0 });
  });
});
