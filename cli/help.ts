/**
 * `holdfast help [topic or command]`: the pages that come with the package, the tables and views of the run store, and the
 * options of every command.
 */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { analysisViews, lakeViews, storeTables } from '../data/index.ts';
import { Failure, nearest } from './failure.ts';
import { printLine } from './output.ts';
import { placeOf } from './place.ts';
import { referenceOf } from './reference.ts';

interface Topic { readonly name: string; readonly about: string; readonly text: (program: Command) => string }

const page = (name: string, about: string): Topic => ({ name, about, text: () => readFileSync(placeOf(`cli/pages/${name}.md`), 'utf8').trimEnd() });

const topics: readonly Topic[] = [
  page('faults', 'bad days: every fault, the plans, and how to write one'),
  page('risk', 'every risk rule with its default, when it fires and when it ends'),
  page('fill-cases', 'how a fill is made, and files that check it'),
  page('schedules', 'what was tried at scale, and what it found'),
  page('lake', 'where candles lie, how to ask them in SQL, object storage, and what years of many symbols take'),
  page('latency', 'from a decision to its request on the wire, measured'),
  page('mutation', 'how well the tests notice planted changes'),
  { name: 'tables', about: 'what the run store holds, table by table', text: tablesText },
  { name: 'views', about: 'views for the questions people ask, ready for holdfast query', text: viewsText },
  { name: 'commands', about: 'every command with its options', text: (program) => referenceOf(program).trimEnd() },
];

export function help(program: Command, words: readonly string[]): number {
  const [first] = words;
  if (first === undefined) {
    printLine(program.helpInformation().trimEnd());
    printLine('\nTopics (holdfast help TOPIC):');
    for (const { name, about } of topics) printLine(`  ${name.padEnd(14)}${about}`);
    return 0;
  }
  const command = commandNamed(program, words);
  const topic = words.length === 1 ? topics.find(({ name }) => name === first) : undefined;
  if (command !== null) command.outputHelp();
  else if (topic !== undefined) printLine(topic.text(program));
  else {
    const names = [...topics.map(({ name }) => name), ...program.commands.map((one) => one.name())];
    const near = nearest(first, names);
    throw new Failure(2, `help: was '${words.join(' ')}', expected a command or a topic. Fix: ${near === null ? 'holdfast help lists both' : `did you mean ${near}?`}`);
  }
  return 0;
}

function commandNamed(program: Command, words: readonly string[]): Command | null {
  let found: Command | null = program;
  for (const word of words) found = found?.commands.find((one) => one.name() === word) ?? null;
  return found;
}

const columnsText = (columns: readonly { readonly name: string; readonly meaning: string }[]): string =>
  columns.map(({ name, meaning }) => `  ${name.padEnd(18)}${meaning}`).join('\n');

function tablesText(): string {
  return storeTables.map(({ name, meaning, columns }) => `${name}: ${meaning}\n${columnsText(columns)}`).join('\n\n');
}

function viewsText(): string {
  const shown = [...analysisViews, ...lakeViews].map(({ name, meaning, columns }) => `${name}: ${meaning}\n${columnsText(columns)}`);
  return ['Ask them with: holdfast query "SELECT * FROM by_hour WHERE run = \'RUN\'"', ...shown].join('\n\n');
}
