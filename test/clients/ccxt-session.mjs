/**
 * One trader's visit to the exchange named in argv[2] (its ready line), by the multi-exchange library and nothing of ours:
 * reads the market, places, amends and cancels an order, opens a position, sets and removes its stop, reads position and
 * executions over REST and streams, closes. Prints what it saw as one JSON object.
 */
import ccxt from 'ccxt';

const ready = JSON.parse(process.argv[2]);
const symbol = 'BTC/USDT:USDT';
const client = new ccxt.pro.bybit({ apiKey: ready.key, secret: ready.secret });
const { rest } = ready;
client.urls.api = {
  spot: rest, futures: rest, v2: rest, public: rest, private: rest,
  ws: {
    public: { linear: ready.public, inverse: ready.public.replace('linear', 'inverse') },
    private: { spot: { unified: ready.private }, contract: ready.private, trade: ready.trade },
  },
};

// Its own step before any address that begins with ws://.
await client.loadHttpProxyAgent();

const seen = {};
try {
  const markets = await client.loadMarkets();
  const market = markets[symbol];
  seen.market = { id: market.id, tick: market.precision.price, step: market.precision.amount, contract: market.contract };
  const ticker = await client.fetchTicker(symbol);
  seen.ticker = { last: ticker.last, bid: ticker.bid, ask: ticker.ask };
  const candles = await client.fetchOHLCV(symbol, '5m', undefined, 50);
  seen.candles = { count: candles.length, isAscending: candles.every((row, i) => i === 0 || row[0] === candles[i - 1][0] + 300_000) };
  const paged = await client.fetchOHLCV(symbol, '5m', candles[0][0], 20);
  seen.paged = { count: paged.length, first: paged[0][0] - candles[0][0] };
  seen.funding = (await client.fetchFundingRate(symbol)).fundingRate;
  seen.book = (await client.fetchOrderBook(symbol)).bids.length;
  seen.balance = (await client.fetchBalance()).USDT.total;
  seen.leverage = await client.setLeverage(4, symbol).then(() => (client.fetchLeverage(symbol))).then(({ longLeverage }) => longLeverage);

  const orders = [];
  const executions = [];
  void (async () => {
    for (;;) orders.push(...await client.watchOrders(symbol));
  })().catch(() => {});
  void (async () => {
    for (;;) executions.push(...await client.watchMyTrades(symbol));
  })().catch(() => {});
  seen.streamed = (await client.watchTicker(symbol)).last > 0;
  await until(() => Object.entries(client.clients ?? {}).some(([url, { subscriptions }]) => url.includes('private') && Object.keys(subscriptions).some((name) => /order/i.test(name))));

  const far = client.priceToPrecision(symbol, ticker.last * 0.9);
  const placed = await client.createOrder(symbol, 'limit', 'buy', 0.002, far, { clientOrderId: 'visit-1' });
  seen.open = (await client.fetchOpenOrders(symbol)).map(({ id, clientOrderId, amount }) => ({ own: id === placed.id, clientOrderId, amount }));
  const lower = client.priceToPrecision(symbol, ticker.last * 0.89);
  await client.editOrder(placed.id, symbol, 'limit', 'buy', 0.003, lower);
  seen.amended = (await client.fetchOpenOrders(symbol)).map(({ amount, price }) => ({ amount, isLower: price < Number(far) }));
  await client.cancelOrder(placed.id, symbol);
  seen.afterCancel = (await client.fetchOpenOrders(symbol)).length;
  seen.cancelAgain = await client.cancelOrder(placed.id, symbol).then(() => 'taken', (error) => error.constructor.name);

  await client.createOrder(symbol, 'market', 'buy', 0.004);
  await until(async () => (await client.fetchPosition(symbol)).contracts > 0);
  const position = await client.fetchPosition(symbol);
  seen.position = { side: position.side, contracts: position.contracts, leverage: position.leverage };
  const stop = client.priceToPrecision(symbol, ticker.last * 0.8);
  const stopBody = { category: 'linear', symbol: 'BTCUSDT', tpslMode: 'Full', positionIdx: 0, slTriggerBy: 'MarkPrice' };
  await client.privatePostV5PositionTradingStop({ ...stopBody, stopLoss: stop });
  seen.stop = Number((await client.fetchPosition(symbol)).stopLossPrice) === Number(stop);
  seen.stopAgain = await client.privatePostV5PositionTradingStop({ ...stopBody, stopLoss: stop }).then(() => 'taken', (error) => /34040/.test(error.message));
  await client.privatePostV5PositionTradingStop({ ...stopBody, stopLoss: '0' });
  seen.stopRemoved = (await client.fetchPosition(symbol)).stopLossPrice ?? null;
  await client.createOrder(symbol, 'market', 'sell', 0.004, undefined, { reduceOnly: true });
  await until(async () => ((await client.fetchPosition(symbol)).contracts ?? 0) === 0);
  seen.trades = (await client.fetchMyTrades(symbol)).map(({ side, amount, fee }) => ({ side, amount, paid: fee.cost > 0 }));
  await until(() => executions.length >= 2 && orders.some(({ status }) => status === 'canceled'));
  seen.executionsPushed = executions.length;
  seen.ordersPushed = orders.map(({ status }) => status);
  seen.wrongKey = await wrongKey();
} catch (error) {
  seen.error = `${error.constructor.name}: ${String(error.message).slice(0, 300)}`;
}
console.log(JSON.stringify(seen));
process.exit(0);

async function wrongKey() {
  const other = new ccxt.bybit({ apiKey: ready.key, secret: 'not-the-secret' });
  other.urls.api = client.urls.api;
  return other.fetchBalance().then(() => 'taken', (error) => error.constructor.name);
}

/** Asks again until it holds, for ten seconds at most. */
async function until(holds) {
  for (let i = 0; i < 100; i++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited in vain for ${holds}`);
}
