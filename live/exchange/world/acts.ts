/** What others than the account's client do to the account and the market. */
import { wholeSteps } from '../../../engine/index.ts';
import type { Acts, Push } from '../world.ts';
import type { Desk } from './desk.ts';
import { symbolOf } from './house.ts';
import type { House } from './house.ts';
import type { Tickers } from './tickers.ts';

export interface ActsParts {
  readonly house: House; readonly desk: Desk; readonly tickers: Tickers; readonly publish: (push: Push) => void;
}

export function actsOf({ house, desk, tickers, publish }: ActsParts): Acts {
  const indexOf = (symbol: string): number => {
    const index = symbolOf(house, symbol);
    if (index < 0) throw new RangeError(`symbol must be one of ${house.instruments.map((one) => one.symbol).join(', ')}, was '${symbol}'`);
    return index;
  };
  const positive = (text: string, steps: number): number => {
    if (!Number.isSafeInteger(steps) || steps <= 0) throw new RangeError(`a positive number was expected, was '${text}'`);
    return steps;
  };
  const nobody = (): void => undefined;
  return {
    jump: (symbol, price, kind) => {
      const index = indexOf(symbol);
      const priceTicks = positive(price, wholeSteps(Number(price), house.instruments[index]!.tick, 'nearest'));
      house.feed.jump(index, priceTicks, kind);
      tickers.jump(index, priceTicks, kind);
      publish(tickers.pushOf(index, house.now()));
    },
    foreignOrder: (symbol, side, size, reduceOnly) => {
      const index = indexOf(symbol);
      const lots = positive(size, wholeSteps(Number(size), house.instruments[index]!.lot, 'down'));
      desk.submit(index, {
        link: '', side: side === 'Buy' ? 1 : -1, type: 'market', lots, priceTicks: 0, timeInForce: 'IOC', reduceOnly, closeOnTrigger: false,
        triggerTicks: 0, triggerDirection: 0, triggerBy: 'last', slTicks: 0, slBy: 'last', tpTicks: 0, tpBy: 'last',
      }, nobody);
    },
    foreignStop: (symbol, price) => {
      const index = indexOf(symbol);
      const slTicks = Number(price) === 0 ? 0 : positive(price, wholeSteps(Number(price), house.instruments[index]!.tick, 'nearest'));
      desk.setStops(index, { slTicks, slBy: 'mark', tpTicks: null, tpBy: 'last', trailTicks: null, activeTicks: null }, nobody);
    },
    wipeClosed: () => { house.orders.wipeClosed(); },
  };
}
