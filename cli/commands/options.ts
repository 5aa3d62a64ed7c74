/** What the commands share: how options are read, and what an example looks like. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';

/** Takes the exit code of a command. */
export type End = (code: number) => void;

export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

export function example(command: Command, text: string): void {
  command.addHelpText('after', `\nExample:\n  ${text}`);
}

export const oneOf = (...allowed: readonly string[]) => (value: string): string => {
  if (!allowed.includes(value)) throw new InvalidArgumentError(`expected ${allowed.join(' or ')}`);
  return value;
};

export function seconds(value: string): number {
  const parsed = Number(value);
  if (!Number.isFinite(parsed) || parsed <= 0 || parsed > 86_400) throw new InvalidArgumentError('expected seconds above 0');
  return parsed;
}

export function whole(value: string): number {
  const parsed = Number(value);
  if (!Number.isSafeInteger(parsed) || parsed < 0 || parsed > 2_147_483_647) throw new InvalidArgumentError('expected a whole number');
  return parsed;
}

export function positive(value: string): number {
  const parsed = Number(value);
  if (!Number.isSafeInteger(parsed) || parsed <= 0) throw new InvalidArgumentError('expected a whole number above 0');
  return parsed;
}
