/**
 * What a step has to tell a reader beside its commands: decisions, refusals, closed trades, changes of protection.
 * Notes decide nothing; the shell records them and drops them. Prices in ticks (NaN = none), money in the settle coin.
 */
import type { Approved } from './commands.ts';
import type { Execution } from './events.ts';
import type { Mode, Order, OrderOutcome, Protection } from './state.ts';
import type { Direction, Money, Ms } from './units.ts';

export type Note =
  /** A decision other than hold, and what became of it. */
  | { readonly tag: 'decision'; readonly at: Ms; readonly leg: number; readonly intent: string;
      readonly outcome: 'accepted' | 'changed' | 'refused'; readonly reason: string;
      readonly priceTicks: number; readonly stopTicks: number; readonly lots: number;
      /** What the gates saw, '' when no rule is on: `gate=atr-minimum atr=0.8% min=2%`. */
      readonly inputs: string }
  | { readonly tag: 'order-ended'; readonly at: Ms; readonly order: Order; readonly outcome: OrderOutcome; readonly reason: string }
  | { readonly tag: 'protection'; readonly at: Ms; readonly leg: number; readonly protection: Protection | null; readonly cause: string }
  /** An execution that no event told, found in a reading, and the price it is measured against. */
  | { readonly tag: 'recovered'; readonly at: Ms; readonly execution: Execution; readonly referenceTicks: number }
  | { readonly tag: 'mode'; readonly at: Ms; readonly mode: Mode }
  | { readonly tag: 'trade'; readonly at: Ms; readonly leg: number; readonly side: Direction; readonly openedAt: Ms;
      readonly lots: number; readonly entryTicks: number; readonly exitTicks: number;
      readonly gross: Money; readonly fees: Money; readonly funding: Money; readonly net: number;
      readonly slippage: number; readonly risk: number;
      readonly maeTicks: number; readonly mfeTicks: number; readonly bars: number;
      readonly entryReason: string; readonly exitReason: string };

/** Both arrays are reused: the shell drains them after every step. */
export interface Out {
  readonly commands: Approved[];
  readonly notes: Note[];
}
