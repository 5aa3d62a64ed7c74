/** The command reference, made from the commands themselves: `COMMANDS.md` is this text, and a test holds them equal. */
import type { Command } from 'commander';

export function referenceOf(program: Command): string {
  const commands = leaves(program, 'holdfast');
  return [
    '# Commands', '',
    'Made by `holdfast help commands`. Every command also knows `--data-dir DIR`, `--debug` and `--help`.', '',
    ...commands.flatMap(([name, command]) => sectionOf(name, command)),
  ].join('\n');
}

type Named = readonly [name: string, command: Command];

function leaves(command: Command, name: string): readonly Named[] {
  if (command.commands.length === 0) return [[name, command]];
  return command.commands.filter((one) => one.name() !== 'help').flatMap((one) => leaves(one, `${name} ${one.name()}`));
}

function sectionOf(name: string, command: Command): readonly string[] {
  const words = command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`));
  const named = command.registeredArguments.map((one) => `- \`${one.name()}\`: ${one.description}`);
  const options = command.options.map(({ flags, description, defaultValue }) =>
    `- \`${flags}\`: ${description}${typeof defaultValue === 'string' || typeof defaultValue === 'number' ? ` (default ${defaultValue})` : ''}`);
  return [`## ${[name, ...words].join(' ')}`, '', `${capital(command.description())}.`, '', ...named, ...options, ...(named.length + options.length === 0 ? [] : [''])];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
