/**
 * Everything the engine can ask of a venue or of its shell: seven commands. `reduce` is reduce-only by type;
 * `set-stop` has no form that removes a stop. There is none for timers: a deadline is a question to the state
 * (`deadlines.ts`), so no crash can lose one. Only `risk.ts` makes `Approved` commands, a venue accepts nothing else.
 */
import type { TriggerSource } from './events.ts';
import type { Direction, Lots } from './units.ts';

export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'PostOnly';

/** An order that may open or grow a position. Prices in ticks, 0 = none. */
export interface EnterCommand {
  readonly tag: 'enter'; readonly leg: number; readonly order: number; readonly side: Direction; readonly lots: Lots;
  readonly type: 'market' | 'limit';
  readonly priceTicks: number; readonly triggerTicks: number; readonly triggerBy: TriggerSource;
  /** 1 = fires at or above the trigger, 2 = at or below, 0 = not conditional. */
  readonly triggerDirection: 0 | 1 | 2;
  readonly timeInForce: TimeInForce;
  /** Stop that rides on the order and protects from the first fill; 0 = none. */
  readonly stopTicks: number; readonly stopBy: TriggerSource;
}
/** An order that can only shrink the position. */
export interface ReduceCommand {
  readonly tag: 'reduce'; readonly leg: number; readonly order: number; readonly side: Direction; readonly lots: Lots;
  readonly type: 'market' | 'limit'; readonly priceTicks: number; readonly timeInForce: TimeInForce; readonly reduceOnly: true;
}
/** New price and total quantity of a working order. */
export interface AmendCommand {
  readonly tag: 'amend'; readonly leg: number; readonly order: number; readonly priceTicks: number; readonly lots: Lots;
}
export interface CancelCommand { readonly tag: 'cancel'; readonly leg: number; readonly order: number }
/**
 * The stop the position should have. `triggerTicks` 0 leaves the stop and `trailTicks` 0 the trailing stop as it is;
 * `activeTicks` 0 = active at once.
 */
export interface SetStopCommand {
  readonly tag: 'set-stop'; readonly leg: number; readonly triggerTicks: number; readonly by: TriggerSource;
  readonly trailTicks: number; readonly activeTicks: number;
}
export interface QueryAccountCommand { readonly tag: 'query-account'; readonly leg: number }
export interface NotifyCommand {
  readonly tag: 'notify'; readonly severity: 'info' | 'warning' | 'alarm'; readonly cause: string; readonly text: string;
}

export type Command =
  | EnterCommand | ReduceCommand | AmendCommand | CancelCommand | SetStopCommand
  | QueryAccountCommand | NotifyCommand;

declare const reviewed: unique symbol;
/** A command that passed the risk review. Made by `risk.ts` alone. */
export type Approved<C extends Command = Command> = C & { readonly [reviewed]: true };
