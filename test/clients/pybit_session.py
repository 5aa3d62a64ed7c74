"""One trader's visit to the exchange named in argv[1] (its ready line), by the venue's own Python SDK and nothing of ours.

Reads the market, places, amends and cancels an order, opens a position, sets and removes its stop, reads position and
executions over REST, streams and order entry by socket, closes. Prints what it saw as one JSON object.
"""

import json
import sys
import time

from pybit import _websocket_trading, unified_trading
from pybit.exceptions import FailedRequestError, InvalidRequestError

ready = json.loads(sys.argv[1])
unified_trading.PUBLIC_WSS = ready["public"].replace("linear", "{CHANNEL_TYPE}")
unified_trading.PRIVATE_WSS = ready["private"]
_websocket_trading.TRADE_WSS = ready["trade"]

seen = {}
linear = {"category": "linear", "symbol": "BTCUSDT"}


def until(holds):
    for _ in range(100):
        if holds():
            return
        time.sleep(0.1)
    raise RuntimeError("waited in vain")


def session(secret):
    http = unified_trading.HTTP(api_key=ready["key"], api_secret=secret)
    http.endpoint = ready["rest"]
    return http


def visit():
    http = session(ready["secret"])
    rules = http.get_instruments_info(**linear)["result"]["list"][0]
    seen["tick"] = rules["priceFilter"]["tickSize"]
    last = float(http.get_tickers(**linear)["result"]["list"][0]["lastPrice"])
    rows = http.get_kline(interval=5, limit=30, **linear)["result"]["list"]
    seen["candles"] = [len(rows), all(int(a[0]) - int(b[0]) == 300000 for a, b in zip(rows, rows[1:]))]
    seen["wallet"] = http.get_wallet_balance(accountType="UNIFIED")["result"]["list"][0]["accountType"]

    orders, executions, positions, tickers = [], [], [], []
    private = unified_trading.WebSocket(testnet=False, channel_type="private", api_key=ready["key"], api_secret=ready["secret"])
    private.order_stream(lambda m: orders.extend(m["data"]))
    private.execution_stream(lambda m: executions.extend(m["data"]))
    private.position_stream(lambda m: positions.extend(m["data"]))
    public = unified_trading.WebSocket(testnet=False, channel_type="linear")
    public.ticker_stream("BTCUSDT", lambda m: tickers.append(m["data"]))
    public.orderbook_stream(1, "BTCUSDT", lambda m: None)
    until(lambda: len(tickers) > 0)

    far = str(round(last * 0.9, 1))
    placed = http.place_order(side="Buy", orderType="Limit", qty="0.002", price=far, orderLinkId="visit-py-1", **linear)["result"]
    found = http.get_open_orders(**linear)["result"]["list"]
    seen["open"] = [[row["orderLinkId"], row["qty"], row["orderStatus"]] for row in found]
    http.amend_order(orderId=placed["orderId"], qty="0.003", **linear)
    seen["amended"] = [row["qty"] for row in http.get_open_orders(**linear)["result"]["list"]]
    http.cancel_order(orderLinkId="visit-py-1", **linear)
    seen["afterCancel"] = len(http.get_open_orders(**linear)["result"]["list"])
    try:
        http.cancel_order(orderLinkId="visit-py-1", **linear)
        seen["cancelAgain"] = 0
    except InvalidRequestError as refused:
        seen["cancelAgain"] = refused.status_code

    http.place_order(side="Buy", orderType="Market", qty="0.004", stopLoss=str(round(last * 0.8, 1)), slTriggerBy="MarkPrice", **linear)
    held = lambda: http.get_positions(**linear)["result"]["list"][0]
    until(lambda: held()["size"] == "0.004")
    seen["position"] = [held()["side"], held()["size"], float(held()["stopLoss"]) == round(last * 0.8, 1)]
    http.set_trading_stop(tpslMode="Full", positionIdx=0, stopLoss=str(round(last * 0.79, 1)), slTriggerBy="MarkPrice", **linear)
    seen["moved"] = float(held()["stopLoss"]) == round(last * 0.79, 1)
    http.set_trading_stop(tpslMode="Full", positionIdx=0, stopLoss="0", **linear)
    seen["removed"] = held()["stopLoss"] in ("", "0", "0.00")
    trading = unified_trading.WebSocketTrading(testnet=False, api_key=ready["key"], api_secret=ready["secret"])
    answers = []
    trading.place_order(answers.append, side="Sell", orderType="Market", qty="0.004", reduceOnly=True, **linear)
    until(lambda: len(answers) > 0 and held()["size"] == "0")
    seen["tradeAnswer"] = answers[0]["retCode"]
    seen["executions"] = [[row["side"], row["execQty"]] for row in http.get_executions(**linear)["result"]["list"]]
    until(lambda: len(executions) >= 2 and any(row["orderStatus"] == "Cancelled" for row in orders))
    seen["pushed"] = [len(executions), sorted({row["orderStatus"] for row in orders}), len(positions) > 0]
    try:
        session("not-the-secret").get_wallet_balance(accountType="UNIFIED")
        seen["wrongKey"] = 0
    except (InvalidRequestError, FailedRequestError) as refused:
        seen["wrongKey"] = refused.status_code


try:
    visit()
except Exception as error:  # whatever it is, the test shows it
    seen["error"] = f"{type(error).__name__}: {error}"[:400]
print(json.dumps(seen), flush=True)
sys.stdout.flush()
import os

os._exit(0)
