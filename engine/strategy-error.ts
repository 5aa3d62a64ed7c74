/** A strategy's definition that cannot be run: its author has to change it. */
export class StrategyError extends Error {
  override readonly name = 'StrategyError';
}

/** What a strategy's own code threw, as its fault: the message says where, the stack stays the strategy's. */
export function blameStrategy(where: string, thrown: unknown): StrategyError {
  if (thrown instanceof StrategyError) return thrown;
  const error = new StrategyError(`${where}: ${thrown instanceof Error ? thrown.message : `threw ${String(thrown)}`}`);
  if (thrown instanceof Error && thrown.stack !== undefined) error.stack = thrown.stack;
  return error;
}
