/** What a taker pays (FS-1 sections 2, 6 and 8): half spread, slippage, rounding; and the volume budget of a bar. */
import type { Direction } from '../../engine/index.ts';
import type { Book, Core } from './book.ts';
import { againstTaker, floorOf, reaches } from './closeness.ts';

/** Slippage of a taker fill of `sizeLots` at path price `price`, in ticks. */
function slippageOf(core: Core, book: Book, price: number, sizeLots: number): number {
  const slippage = core.config.slippage;
  switch (slippage.kind) {
    case 'none': return 0;
    case 'ticks': return slippage.n;
    case 'bps': return (price * slippage.b) / 10_000;
    case 'volshare': {
      const quantity = (sizeLots * book.instrument.lot.num) / book.instrument.lot.den;
      const share = Math.min(quantity / book.volume, slippage.cap);
      return price * slippage.k * share * share;
    }
  }
}

/** Price in whole ticks of a market execution at the present path price. */
export function takerTicks(core: Core, book: Book, side: Direction, sizeLots: number): number { // hot
  const price = book.last.price;
  return againstTaker(price + side * (core.config.halfSpreadTicks + slippageOf(core, book, price, sizeLots)), side);
}

/** Whether a limit would take at once: buy limit at or above the ask, sell limit at or below the bid. */
export function isMarketable(core: Core, book: Book, side: Direction, limitTicks: number): boolean {
  const opposite = book.last.price + side * core.config.halfSpreadTicks;
  return reaches(limitTicks, opposite, side);
}

/** Path price at which a resting limit fills. */
export function restingLevel(core: Core, side: Direction, limitTicks: number): number {
  return core.config.limitFill === 'through' ? limitTicks - side : limitTicks;
}

/** Lots that may still be taken from this bar. */
export function budgetOf(core: Core, book: Book): number { // hot
  const share = core.config.participation;
  if (share === null) return Infinity;
  if (book.budget < 0) {
    const lot = book.instrument.lot;
    book.budget = floorOf((share * book.volume * lot.den) / lot.num);
  }
  return book.budget;
}

export function spendBudget(core: Core, book: Book, sizeLots: number): void {
  if (core.config.participation !== null) book.budget -= sizeLots;
}
