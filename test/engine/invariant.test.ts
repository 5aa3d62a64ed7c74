import { describe, expect, it } from 'vitest';
import { InvariantError, invariant } from '../../engine/index.ts';

describe('a broken promise', () => {
  it('is an error of its own name that says the rule and the facts, money included', () => {
    const broken = (): void => { invariant(false, 'a closed position has no cost', { cost: 5n, lots: 0 }); };

    expect(broken).toThrow(InvariantError);
    expect(broken).toThrow('a closed position has no cost {"cost":"5","lots":0}');
    expect(() => { invariant(false, 'never'); }).toThrow(expect.objectContaining({ name: 'InvariantError', message: 'never {}', facts: {} }) as Error);
  });

  it('that is kept says nothing', () => {
    expect(() => { invariant(true, 'always', { a: 1 }); }).not.toThrow();
  });
});
