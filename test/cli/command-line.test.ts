/** The words of the command line: help, version, mistakes. Every mistake is one line on stderr and exit 2, stdout stays empty. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderWith, holdfast, program, strategyText } from './command.ts';

const folder = folderWith({ 'probe.ts': strategyText(), 'taken.ts': 'x' });
afterAll(() => rmSync(folder, { recursive: true }));

describe('a wrong command line', () => {
  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no command at all', [], /^arguments: holdfast: was no command, expected one of init, data, backtest, cases, runs, query, report, replay/],
    ['an unknown command', ['backtets', 'probe.ts'], /^arguments: holdfast: was 'backtets', expected one of .*\. Fix: holdfast backtest$/],
    ['an unknown data command', ['data', 'improt', 'x.csv'], /^arguments: holdfast data: was 'improt', expected one of import, trades, download, check, list\. Fix: holdfast data import$/],
    ['an unknown option', ['backtest', 'probe.ts', '--laverage', '3'], /^arguments: holdfast backtest: unknown option '--laverage'\. Fix: use --leverage$/],
    ['an option without its value', ['backtest', 'probe.ts', '--cash'], /^arguments: holdfast backtest: option '--cash <amount>' argument missing\. Fix: see 'holdfast backtest --help'$/],
    ['a missing argument', ['backtest'], /^arguments: holdfast backtest: missing required argument 'strategy'/],
    ['too many arguments', ['runs', 'all'], /^arguments: holdfast runs: too many arguments/],
    ['a value that is no choice', ['backtest', 'probe.ts', '--record', 'some'], /expected normal or all/],
    ['a timeout that is no number', ['backtest', 'probe.ts', '--decide-timeout', 'soon'], /expected seconds above 0/],
    ['an absent strategy', ['backtest', 'absent.ts'], /^strategy: absent\.ts: was no file at /],
    ['a wrong time', ['backtest', 'probe.ts', '--from', 'yesterday'], /^arguments: --from: was 'yesterday', expected a UTC time such as 2025-10-01/],
    ['an end before the start', ['backtest', 'probe.ts', '--from', '2025-10-02', '--to', '2025-10-01'], /^arguments: --to: was 2025-10-01, expected a time after --from 2025-10-02/],
    ['--data without --exec', ['backtest', 'probe.ts', '--data', 'binance:spot'], /^arguments: --data: was binance:spot without --exec/],
    ['--exec without --data', ['backtest', 'probe.ts', '--exec', 'bybit:linear'], /^arguments: --exec: was bybit:linear without --data/],
    ['a market without a category', ['backtest', 'probe.ts', '--market', 'bybit'], /market.*venue:category/],
    ['an unknown configuration key', ['backtest', 'probe.ts', '--set', 'levrage=3'], /^config: levrage: was not a known key, .* Fix: use leverage$/],
    ['a column that is a word of SQL', ['query', 'SELECT order FROM orders'], /^query: .*syntax error.*\. Fix: write "order" with double quotes$/],
    ['SQL that is not a SELECT', ['query', 'DROP TABLE runs'], /^query: /],
  ];
  it.each(wrong)('%s', async (_, words, expected) => {
    const { code, stdout, stderr } = await holdfast(folder, ...words);

    expect(stderr.trimEnd()).toMatch(expected);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

describe('what the file system refuses', () => {
  it('is no bug of ours: a file as data folder is one line and exit 3', async () => {
    const { code, stdout, stderr } = await holdfast(folder, 'data', 'list', '--data-dir', 'taken.ts');

    expect(stderr).toMatch(/^data folder: .*taken\.ts.*: was refused \(ENOTDIR.*\), expected a folder\. Fix: choose another with --data-dir/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(3);
  });
});

describe('help', () => {
  it.each(['init', 'data import', 'data check', 'data list', 'backtest', 'cases', 'runs', 'query', 'replay'])('of %s has an example', async (command) => {
    const { code, stdout } = await holdfast(folder, ...command.split(' '), '--help');

    expect(stdout).toContain(`Example:\n  holdfast ${command}`);
    expect(code).toBe(0);
  });
  it('and version go to stdout', async () => {
    const { version } = JSON.parse(readFileSync(resolve(program, '../../../package.json'), 'utf8')) as { version: string };

    expect((await holdfast(folder, '--version')).stdout).toBe(`${version}\n`);
    expect((await holdfast(folder, '--help')).stdout).toContain('backtest');
  });
});

describe('stdout', () => {
  it('that is closed early is no error', async () => {
    const child = spawn(process.execPath, [program, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();

    const code = await new Promise((done) => child.on('close', done));

    expect(code).toBe(0);
  });
  it('of runs --json without any run is one object', async () => {
    const { code, stdout, stderr } = await holdfast(folder, 'runs', '--json');

    expect(JSON.parse(stdout)).toEqual({ folder: join(folder, 'data'), runs: [] });
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });
});

describe('init', () => {
  it('writes a strategy and a README, then refuses to write over them', async () => {
    const first = await holdfast(folder, 'init', 'mine');
    const text = readFileSync(join(folder, 'mine/strategy.ts'), 'utf8');
    const second = await holdfast(folder, 'init', 'mine');

    expect(first.code).toBe(0);
    expect(first.stdout).toContain('holdfast backtest mine/strategy.ts --market builtin:linear');
    expect(existsSync(join(folder, 'mine/README.md'))).toBe(true);
    expect(second.code).toBe(2);
    expect(second.stderr).toMatch(/^init: .*strategy\.ts: was there already/);
    expect(readFileSync(join(folder, 'mine/strategy.ts'), 'utf8')).toBe(text);
  });
});
