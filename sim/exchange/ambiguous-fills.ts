/**
 * Which executions lie in an ambiguous bar. The bar is found out after the events of its open and before its path, so
 * what was filled at its open is marked then, and what its path fills is marked as it happens. Only executions pay for it.
 */
import type { Book, Core } from './book.ts';

/** Names a fill whatever the path: the order, or what made the position trade. */
export const fillKey = (order: number, cause: string): string => `${order} ${cause}`;

/** Called at every execution, after it got its number. */
export function noteFill(core: Core, book: Book, order: number, cause: string): void { // hot
  const { openedAt } = book.last;
  if (book.beginning !== null) {
    book.lastFill = fillKey(order, cause);
    book.lastFillAt = book.cursor;
  }
  if (book.ambiguousAt === openedAt) {
    core.ambiguousFills.push({ symbol: book.symbol, first: core.executions, last: core.executions });
  } else if (book.fillsAt !== openedAt) {
    book.fillsAt = openedAt;
    book.firstFill = core.executions;
  }
}

/** The present bar of the book is ambiguous. */
export function noteAmbiguousBar(core: Core, book: Book): void {
  const { openedAt } = book.last;
  core.ambiguousBars++;
  book.ambiguousAt = openedAt;
  if (book.fillsAt === openedAt) core.ambiguousFills.push({ symbol: book.symbol, first: book.firstFill, last: core.executions });
}
