/** `holdfast cases`: a case that holds, one that differs and one that cannot be read, by exit code and words. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderWith, holdfast } from './command.ts';

/**
 * One market buy of 2 at the open 201 of bar 1, three ticks of 0.1 against it: 201.3 by hand. Taker fee by hand:
 * 2 x 201.3 x 0.00055 = 0.22143. `price` is what the case expects the fill to be.
 */
const caseOf = (id: string, price: string): unknown => ({
  id, title: 'a market buy fills at the next open', config: { slippage: { kind: 'ticks', n: '3' } },
  bars: [[1_700_006_400_000, '200', '202', '198', '200', '1000'], [1_700_006_460_000, '201', '203', '199', '202', '1000']],
  script: [{ at: 1_700_006_460_000, do: 'submit', order: { id: 'E', side: 'Buy', type: 'Market', qty: '2' } }],
  expect: {
    fills: [{ order: 'E', side: 'Buy', price, qty: '2', liquidity: 'taker', fee: '0.22143', barIndex: 1 }],
    orders: { E: 'Filled' }, rejects: [], position: { side: 'Buy', qty: '2' },
  },
});
const folder = folderWith({
  'holds.json': JSON.stringify([caseOf('A', '201.3')]),
  'differs.json': JSON.stringify({ cases: [caseOf('B', '123')] }),
  'broken.json': '{ "cases": [',
  'strange.json': JSON.stringify({ cases: [{ id: 'S', bars: 7 }] }),
  'empty.json': '',
  'none.json': '[]',
  'other.json': JSON.stringify({ bars_of: 'something else' }),
  'twice.json': JSON.stringify([caseOf('A', '201.3'), caseOf('A', '201.3')]),
  'typo.json': JSON.stringify([{ ...(caseOf('T', '201.3') as object), expect: undefined, exepct: { fills: [] } }]),
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('cases', () => {
  it('that hold exit 0', async () => {
    const { code, stdout } = await holdfast(folder, 'cases', 'holds.json');

    expect(stdout).toContain('1 passed, 0 failed');
    expect(code).toBe(0);
  });
  it('that differ are shown with what was expected and what was, and exit 1', async () => {
    const { code, stdout } = await holdfast(folder, 'cases', 'differs.json');

    expect(stdout).toContain('FAIL B');
    expect(stdout).toContain('expected 123');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('0 passed, 1 failed');
    expect(code).toBe(1);
  });
  it('with --json are one object', async () => {
    const { code, stdout } = await holdfast(folder, 'cases', 'differs.json', '--json');

    expect(JSON.parse(stdout)).toMatchObject({ passed: 0, failed: 1, files: [{ file: 'differs.json', outcomes: [{ id: 'B', passed: false }] }] });
    expect(code).toBe(1);
  });
  it.each([
    ['broken.json', /^cases: broken\.json: was not JSON \(.*\), expected a list of cases or \{"cases": \[\.\.\.\]\}\. Fix: repair the file\n$/],
    ['empty.json', /^cases: empty\.json: was empty, expected a list of cases or .* Fix: repair the file\n$/],
    ['absent.json', /^cases: absent\.json: was not there, expected a case file\. Fix: check the path\n$/],
    ['.', /^cases: \.: was a folder, expected a case file\. Fix: check the path\n$/],
    ['none.json', /^cases: none\.json: the file must be a list of cases, .* was \[\]\. Fix: see holdfast help fill-cases\n$/],
    ['other.json', /^cases: other\.json: the file must be a list of cases, .*, was \{"bars_of":"something else"\}\. Fix: see holdfast help fill-cases\n$/],
  ])('in %s, which is no case file, exit 2 with one line on stderr and nothing on stdout, beside good files and with --json too', async (file, expected) => {
    for (const words of [[file], ['holds.json', file, 'differs.json'], ['holds.json', file, '--json']]) {
      const { code, stdout, stderr } = await holdfast(folder, 'cases', ...words);

      expect(stderr).toMatch(expected);
      expect(stdout).toBe('');
      expect(code).toBe(2);
    }
  });
  it.each([
    ['strange.json', /FAIL S\n {5}case S: bars must be a list, was 7\n0 passed, 1 failed\n$/],
    ['typo.json', /FAIL T\n {5}case T\.exepct is not a field of fill-case\/1; known: .*\n0 passed, 1 failed\n$/],
    ['twice.json', /^ok {3}A .*\nFAIL A\n {5}case 2 of the file has the id of case 1; every case needs its own\n1 passed, 1 failed\n$/],
  ])('that cannot be understood, in %s, are failures with the reason, and exit 2', async (file, expected) => {
    const { code, stdout } = await holdfast(folder, 'cases', file);

    expect(stdout).toMatch(expected);
    expect(code).toBe(2);
  });
  it('of several files are printed under their names and counted together; the same id may stand in two files', async () => {
    const { code, stdout } = await holdfast(folder, 'cases', 'holds.json', 'differs.json', 'holds.json');

    expect(stdout.split('\n').filter((line) => line.endsWith('.json'))).toEqual(['holds.json', 'differs.json', 'holds.json']);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 passed, 1 failed');
    expect(code).toBe(1);
  });
  it('with --json are one object on one line and nothing else, also when one is not understood', async () => {
    const { code, stdout, stderr } = await holdfast(folder, 'cases', 'twice.json', '--json');

    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ passed: 1, failed: 1, files: [{ outcomes: [{ malformed: null }, { malformed: expect.any(String) as string }] }] });
    expect(stderr).toBe('');
    expect(code).toBe(2);
  });
});

describe('cli/pages/fill-cases.json, the sample file of cli/pages/fill-cases.md', () => {
  const sample = resolve('cli/pages/fill-cases.json');

  it('holds: 12 passed, 0 failed', async () => {
    const { code, stdout } = await holdfast(folder, 'cases', sample);

    expect(stdout.trimEnd().split('\n').at(-1)).toBe('12 passed, 0 failed');
    expect(code).toBe(0);
  });

  it('fails on one changed number: the wallet of X05 one cent higher, shown with the arithmetic, exit 1', async () => {
    const text = readFileSync(sample, 'utf8');
    writeFileSync(join(folder, 'changed.json'), text.replace('"walletBalance": "9987.5534"', '"walletBalance": "9987.5634"'));

    const { code, stdout } = await holdfast(folder, 'cases', 'changed.json');

    // Sold 2 at 200, the stop buys them at 206: 10000 - (0.22 + 0.2266) - 12 = 9987.5534.
    const lines = stdout.trimEnd().split('\n');
    const from = lines.indexOf('FAIL X05  Short with TP and SL inside one bar (adverse)');
    expect(lines.slice(from + 1, from + 7)).toEqual([
      '     walletBalance: expected 9987.5634, was 9987.5534',
      '     was: E Sell 2 @ 200 (taker, bar 1): fee = 2 x 200 x 0.00055 = 0.22',
      '     was: SL Buy 2 @ 206 (taker, bar 1): fee = 2 x 206 x 0.00055 = 0.2266; realised = 2 x (206 - 200) x -1 = -12',
      '     was: wallet = start - fees + realised + funding = 10000 - 0.4466 + -12 + 0 = 9987.5534',
      '     was: equity = wallet + unrealised = 9987.5534 + 0 = 9987.5534',
      expect.stringMatching(/^ {5}why: Short: O-H-L-C, 206 is met before 193\. \| fee\(E\) = /),
    ]);
    expect(lines.at(-1)).toBe('11 passed, 1 failed');
    expect(code).toBe(1);
  });

  it('the page shows what the command prints: its failing case is played here', async () => {
    const page = readFileSync(resolve('cli/pages/fill-cases.md'), 'utf8');
    const [own = '', output = ''] = /```json own\n([\s\S]*?)```[\s\S]*?```text\n([\s\S]*?)```/.exec(page)?.slice(1) ?? [];
    writeFileSync(join(folder, 'my-venue.json'), own);

    const { code, stdout } = await holdfast(folder, 'cases', 'my-venue.json');

    expect(`$ holdfast cases my-venue.json\n${stdout}`).toBe(output);
    expect(code).toBe(1);
  });
});
