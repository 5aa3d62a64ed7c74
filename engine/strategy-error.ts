/** A strategy's definition that cannot be run: its author has to change it. */
export class StrategyError extends Error {
  override readonly name = 'StrategyError';
}
