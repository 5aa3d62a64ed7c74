/** `holdfast help`: every page, every table and view, every command; and the reference in the repository is the program's own. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analysisViews, storeTables } from '../../data/index.ts';
import { holdfast } from './command.ts';

const here = process.cwd();

describe('help', () => {
  it('alone lists every topic below the commands', async () => {
    const { code, stdout } = await holdfast(here, 'help');

    expect(code).toBe(0);
    for (const name of ['backtest', 'report', 'faults', 'risk', 'fill-cases', 'schedules', 'mutation', 'tables', 'views', 'commands']) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });
  it.each([['faults', '# Bad days'], ['risk', '#'], ['fill-cases', '#'], ['schedules', '#'], ['mutation', '#']])('%s shows its page', async (topic, first) => {
    const { code, stdout } = await holdfast(here, 'help', topic);

    expect(code).toBe(0);
    expect(stdout.startsWith(first.slice(0, 1))).toBe(true);
    expect(stdout.trimEnd()).toBe(readFileSync(resolve(here, `cli/pages/${topic}.md`), 'utf8').trimEnd());
  });
  it('tables and views name each of theirs', async () => {
    const tables = (await holdfast(here, 'help', 'tables')).stdout;
    const views = (await holdfast(here, 'help', 'views')).stdout;

    for (const { name } of storeTables) expect(tables).toMatch(new RegExp(`^${name}: `, 'm'));
    for (const { name } of analysisViews) expect(views).toMatch(new RegExp(`^${name}: `, 'm'));
  });
  it('of a command shows its options, of a command in a command too', async () => {
    expect((await holdfast(here, 'help', 'report')).stdout).toContain('--diff');
    expect((await holdfast(here, 'help', 'data', 'import')).stdout).toContain('--replace');
  });
  it('of neither says so, with what was meant', async () => {
    const { code, stderr } = await holdfast(here, 'help', 'veiws');

    expect(code).toBe(2);
    expect(stderr).toBe("help: was 'veiws', expected a command or a topic. Fix: did you mean views?\n");
  });
  it('commands is COMMANDS.md to the letter: make it anew with `npm run reference`', async () => {
    const { stdout } = await holdfast(here, 'help', 'commands');

    expect(readFileSync(resolve(here, 'COMMANDS.md'), 'utf8').trimEnd()).toBe(stdout.trimEnd());
  });
});
