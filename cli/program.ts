/**
 * Every command with its options, in one place; what a command does is loaded only when it is called. Turns whatever
 * goes wrong into one line on stderr and an exit code.
 */
import { Command, CommanderError } from 'commander';
import { addDownload, addExchange, addLive, addOperator, addTrades, collect, example, oneOf, positive, seconds, whole } from './commands/index.ts';
import type { End } from './commands/index.ts';
import { Failure, nearest, oneLine, textOf } from './failure.ts';
import { packageVersion } from './place.ts';

/** Runs one command line (without node and script) and returns its exit code. */
export async function main(words: readonly string[]): Promise<number> {
  let code = 0;
  const program = buildProgram((result) => { code = result; });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (thrown) {
    return explainEnd(thrown, words, program);
  }
}

function buildProgram(end: End): Command {
  const program = new Command('holdfast');
  program
    .description('One trading engine for history, simulated disaster and live trading: what you tested is what trades.')
    .version(packageVersion(), '-V, --version')
    .option('--data-dir <dir>', 'folder of candles and runs (default: HOLDFAST_DATA, else ~/.holdfast); s3://bucket/prefix for reading candles: query, data check, backtest --no-store')
    .option('--debug', 'print the stack of an error as well')
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .exitOverride()
    .showHelpAfterError(false)
    .helpCommand(false);
  addInit(program, end);
  addData(program, end);
  addBacktest(program, end);
  addCases(program, end);
  addStored(program, end);
  addReport(program, end);
  addReplay(program, end);
  addCompare(program, end);
  addLive(program, end);
  addOperator(program, end);
  addExchange(program, end);
  addHelp(program, end);
  example(program, 'holdfast backtest strategy.ts --market builtin:linear');
  return program;
}

function addInit(program: Command, end: End): void {
  const command = program.command('init').argument('[dir]', 'folder to write into', '.')
    .description('write a strategy to start from; nothing is overwritten')
    .action(async (dir: string) => end(await (await import('./init.ts')).init(dir)));
  example(command, 'holdfast init my-strategy && holdfast backtest my-strategy/strategy.ts --market builtin:linear');
}

function addData(program: Command, end: End): void {
  const data = program.command('data').description('import, download, check and list candles, mark prices, funding and trades');
  const importing = data.command('import').argument('<files...>', 'Parquet, CSV, CSV.gz, zip of one CSV, JSON, JSON.gz or feather files')
    .description('put files into the candle lake; all of them or none')
    .option('--market <venue:category>', 'market the files belong to, when their names do not say it (then bybit:linear)')
    .option('--symbol <symbol>', 'symbol, when neither the columns nor the file name say it')
    .option('--kind <kind>', 'last, mark, funding or trades, when the file does not say it')
    .option('--timeframe <timeframe>', 'bar length such as 5m, when the stamps do not say it')
    .option('--replace', 'replace bars that are already there with other values')
    .option('--allow-gaps', 'import even when bars are missing in the regular blocks of failed downloads; other gaps are always counted and allowed')
    .option('--json', 'print one JSON object')
    .action(async (files: string[], _: unknown, command: Command) =>
      end(await (await import('./data-import.ts')).dataImport(files, command.optsWithGlobals())));
  example(importing, 'holdfast data import BTCUSDT_5m.parquet funding.csv --market bybit:linear');
  addTrades(data, end);
  addDownload(data, end);
  const checking = data.command('check').argument('[files...]', 'files; without any, the whole lake')
    .description('report gaps, duplicates, impossible bars, jumps; exit 1 when something is wrong')
    .option('--market <venue:category>', 'market the files belong to, when their names do not say it (then bybit:linear)')
    .option('--symbol <symbol>', 'symbol the files are said to hold')
    .option('--kind <kind>', 'last, mark, funding or trades; of the lake also index or open-interest')
    .option('--timeframe <timeframe>', 'bar length such as 5m')
    .option('--json', 'print one JSON object')
    .action(async (files: string[], _: unknown, command: Command) =>
      end(await (await import('./data-check.ts')).dataCheck(files, command.optsWithGlobals())));
  example(checking, 'holdfast data check BTCUSDT_5m.parquet');
  const listing = data.command('list').description('what the candle lake holds')
    .option('--json', 'print one JSON object')
    .action(async (_: unknown, command: Command) => end(await (await import('./data-list.ts')).dataList(command.optsWithGlobals())));
  example(listing, 'holdfast data list');
}

function addBacktest(program: Command, end: End): void {
  const command = program.command('backtest').argument('<strategy>', 'strategy file, or FILE#name when it holds several')
    .description('run a strategy over history and store the result')
    .option('--market <venue:category>', 'market to decide and trade on', 'bybit:linear')
    .option('--data <venue:category>', 'decide on the prices of this market; needs --exec')
    .option('--exec <venue:category>', 'trade by the rules of this market; needs --data')
    .option('--from <time>', 'first bar, such as 2025-10-01 or 2025-10-01T12:00Z (UTC); warm-up is taken from here on')
    .option('--to <time>', 'end of the last bar (UTC)')
    .option('--params <pairs...>', 'parameters of the strategy: key=value ..., or JSON', collect)
    .option('--preset <name>', 'start from a named configuration; what else is given wins. small-account: risk rules for 100 to 1,000 USDT')
    .option('--config <file>', 'run configuration, JSON')
    .option('--cash <amount>', 'start balance in the settle coin (default 10000)')
    .option('--leverage <factor>', 'leverage of the account (default 10)')
    .option('--slippage <model>', 'none, ticks:N, bps:N or volshare:K:CAP (default none)')
    .option('--set <pairs...>', 'any other configuration key, such as risk.maxLeverage=3', collect)
    .option('--instrument <file>', 'instrument rules that replace the packaged ones, JSON')
    .option('--band', 'play the adverse, the favourable and the adaptive path through every bar and print the three side by side, '
      + 'below the card of the configured path (adverse unless --set path=favourable or adaptive); --json adds band and bandVerdict')
    .option('--detail <timeframe>', 'match orders on shorter bars inside each bar, such as 1m, or on single trades: trades; decisions stay on the bars')
    .option('--faults <plan>', 'play bad days too: calm, rough, storm, or a plan as a JSON file; the run without them is shown beside')
    .option('--fault-seed <number>', 'seed of the plan (default 1)', whole)
    .option('--restarts <count>', 'kill the engine so many times and read it back from its journal', whole)
    .option('--record <amount>', 'normal, or all to keep every event', oneOf('normal', 'all'), 'normal')
    .option('--decide-timeout <seconds>', 'end a strategy that makes no step for so long', seconds, 5)
    .option('--no-store', 'do not store the run')
    .option('--json', 'print one JSON object')
    .action(async (strategy: string, _: unknown, self: Command) =>
      end(await (await import('./backtest.ts')).backtest(strategy, self.optsWithGlobals())));
  example(command, 'holdfast backtest strategy.ts --from 2025-10-01 --to 2025-11-01 --params fast=10 --slippage ticks:1');
}

function addCases(program: Command, end: End): void {
  const command = program.command('cases').argument('<files...>', 'case files (fill-case/1, JSON); holdfast help fill-cases describes them')
    .description('play fill cases against the exchange of the simulator; exit 1 when one differs, 2 when one cannot be read')
    .option('--json', 'print one JSON object')
    .action(async (files: string[], _: unknown, self: Command) => end(await (await import('./cases.ts')).cases(files, self.optsWithGlobals())));
  example(command, 'holdfast cases fills.json');
}

function addStored(program: Command, end: End): void {
  const runs = program.command('runs').description('stored runs, the last one first')
    .option('--json', 'print one JSON object')
    .action(async (_: unknown, self: Command) => end(await (await import('./runs.ts')).runs(self.optsWithGlobals())));
  example(runs, 'holdfast runs');
  const query = program.command('query').argument('<sql>', 'one SELECT over runs, trades, executions, orders, decisions, stops, equity, modes, faults, warnings; and over the lake: candles, funding_rates, prints')
    .description('ask the stored runs and the candle lake anything, in SQL')
    .option('--limit <rows>', 'most rows shown', positive, 1_000)
    .option('--csv', 'print CSV with a header')
    .option('--json', 'print one JSON object')
    .action(async (sql: string, _: unknown, self: Command) => end(await (await import('./query.ts')).query(sql, self.optsWithGlobals())));
  example(query, 'holdfast query "SELECT symbol, count(*) AS trades, sum(net) AS net FROM trades GROUP BY symbol"');
}

function addReport(program: Command, end: End): void {
  const command = program.command('report').argument('[run]', 'run id, as in holdfast runs')
    .description('tell a stored run as one HTML file that needs nothing else, with Markdown and JSON beside it')
    .option('--out <file>', 'the HTML file (default: RUN.html here)')
    .option('--open', 'show it in the browser')
    .option('--diff <runs...>', 'set another run beside it instead; or two runs side by side')
    .option('--json', 'print one JSON object')
    .action(async (run: string | undefined, _: unknown, self: Command) => end(await (await import('./report.ts')).report(run, self.optsWithGlobals())));
  example(command, 'holdfast report 20261122-125703412-ab12cd --open');
}

function addReplay(program: Command, end: End): void {
  const command = program.command('replay').argument('<run>', 'run id, as in holdfast runs')
    .description('play a stored run again from what its manifest names and compare every byte; exit 1 when anything differs')
    .option('--strategy <file>', 'strategy file, when it stands elsewhere now; its hash must be the run\'s')
    .option('--decide-timeout <seconds>', 'end a strategy that makes no step for so long', seconds, 5)
    .option('--json', 'print one JSON object')
    .action(async (run: string, _: unknown, self: Command) => end(await (await import('./replay.ts')).replay(run, self.optsWithGlobals())));
  example(command, 'holdfast replay 20261122-125703412-ab12cd');
}

function addCompare(program: Command, end: End): void {
  const command = program.command('compare').argument('<run>', 'run id, as in holdfast runs').argument('<other>', 'run id')
    .description('two stored runs: is one better, or only luckier? days and trades that both have are paired')
    .option('--exact', 'are they the same? decisions and executions to the last digit, over the time that both cover; the first difference is printed with both rows, and the exit is 1')
    .option('--all', 'as --exact, and every difference is listed')
    .option('--json', 'print one JSON object')
    .action(async (run: string, other: string, _: unknown, self: Command) =>
      end(await (await import('./compare.ts')).compare(run, other, self.optsWithGlobals())));
  example(command, 'holdfast compare 20261122-125703412-ab12cd 20261122-130211093-qwerty');
}

function addHelp(program: Command, end: End): void {
  const command = program.command('help').argument('[topic...]', 'a command, or a topic such as faults, risk, fill-cases, lake, tables, views')
    .description('commands and topics; the options of one, or a page about the other')
    .action(async (words: string[]) => end((await import('./help.ts')).help(program, words)));
  example(command, 'holdfast help views');
}

/** Names of errors that other folders throw for their own refusals, and the exit codes they mean. */
const known: Readonly<Record<string, number>> = { DataError: 3, StoreError: 3, StrategyError: 2, ConfigError: 2, IntentError: 2, CaseError: 2 };

function explainEnd(thrown: unknown, words: readonly string[], program: Command): number {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
  const debug = words.includes('--debug');
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
    if (debug && thrown instanceof Error) process.stderr.write(`${thrown.stack ?? ''}\n`);
  };
  if (thrown instanceof CommanderError) {
    say(usageLine(thrown, words, program));
    return 2;
  }
  if (thrown instanceof Failure) {
    say(thrown.message);
    return thrown.exitCode;
  }
  const code = thrown instanceof Error ? known[thrown.name] : undefined;
  if (code !== undefined) {
    say(oneLine(textOf(thrown)));
    return isUsage(thrown) ? 2 : code;
  }
  const refused = refusedBySystem(thrown);
  if (refused !== null) {
    say(refused);
    return 3;
  }
  say(`this is a bug in holdfast: ${oneLine(textOf(thrown))}. Fix: report it with the output of --debug`);
  return 70;
}

/** What the file system refuses is no bug of ours: no permission, a full disk, a file where a folder should be. */
function refusedBySystem(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || !('code' in thrown) || !('path' in thrown)) return null;
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'a folder this user may write', EPERM: 'a folder this user may write', EROFS: 'a folder that can be written',
    ENOSPC: 'free space on the disk', EDQUOT: 'free space on the disk', ENOTDIR: 'a folder', EEXIST: 'a folder',
  };
  const expected = reasons[String(thrown.code)];
  if (expected === undefined) return null;
  return `data folder: ${String(thrown.path)}: was refused (${oneLine(textOf(thrown))}), expected ${expected}. `
    + 'Fix: choose another with --data-dir or HOLDFAST_DATA';
}

/** What the caller left out or misspelt is no fault of the data: SQL that is none, a market that cannot be read. */
function isUsage(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if ('isUsage' in thrown) return thrown.isUsage === true;
  return 'problem' in thrown && (thrown.problem === 'not-a-query' || thrown.problem === 'bad-query');
}

/** Commander's complaint in our form: `arguments: holdfast backtest: unknown option '--foo'. Fix: ...`. */
function usageLine(thrown: CommanderError, words: readonly string[], program: Command): string {
  const command = commandOf(words, program);
  const path = pathOf(command);
  const text = oneLine(thrown.message.replace(/^error: /, '')).replace(/\.$/, '');
  if (thrown.code === 'commander.help' || thrown.code === 'commander.missingCommand') {
    return `arguments: ${path}: was no command, expected one of ${namesOf(command).join(', ')}. Fix: see '${path} --help'`;
  }
  if (thrown.code === 'commander.unknownCommand' || thrown.code === 'commander.excessArguments') {
    const word = words.find((candidate) => !candidate.startsWith('-') && !path.split(' ').includes(candidate)) ?? '';
    const names = namesOf(command);
    const near = nearest(word, names);
    if (names.length > 0) {
      return `arguments: ${path}: was '${word}', expected one of ${names.join(', ')}. Fix: ${near === null ? `see '${path} --help'` : `${path} ${near}`}`;
    }
  }
  const hint = /\(Did you mean ([^)]*)\?\)/.exec(text)?.[1];
  const plain = text.replace(/\s*\(Did you mean [^)]*\)/, '');
  return `arguments: ${path}: ${plain}. Fix: ${hint === undefined ? `see '${path} --help'` : `use ${hint}`}`;
}

function commandOf(words: readonly string[], program: Command): Command {
  let command = program;
  for (const word of words) {
    const inner = command.commands.find((candidate) => candidate.name() === word);
    if (inner !== undefined) command = inner;
  }
  return command;
}

const pathOf = (command: Command): string => (command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`);
const namesOf = (command: Command): string[] => command.commands.map((inner) => inner.name());
