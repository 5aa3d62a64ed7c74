/** Paper trading: the exchange's own market, and the simulator's account. */
export { openPaper } from './open.ts';
export type { OpenPaper, PaperWish } from './open.ts';
