/** Broken promises of our own code: thrown, never caught inside the engine. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
  readonly facts: Readonly<Record<string, unknown>>;
  constructor(rule: string, facts: Readonly<Record<string, unknown>>) {
    super(`${rule} ${JSON.stringify(facts, (_, v: unknown) => (typeof v === 'bigint' ? v.toString() : v))}`);
    this.facts = facts;
  }
}

export function invariant(
  holds: boolean,
  rule: string,
  facts: Readonly<Record<string, unknown>> = {},
): asserts holds {
  if (!holds) throw new InvariantError(rule, facts);
}
