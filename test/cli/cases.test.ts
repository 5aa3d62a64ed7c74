/** `holdfast cases`: a case that holds, one that differs and one that cannot be read, by exit code and words. */
import { rmSync } from 'node:fs';
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
  it('that cannot be read exit 2 with the reason', async () => {
    const broken = await holdfast(folder, 'cases', 'broken.json');
    const strange = await holdfast(folder, 'cases', 'strange.json');
    const absent = await holdfast(folder, 'cases', 'absent.json');

    expect(broken.stderr).toMatch(/^cases: broken\.json: was not JSON/);
    expect(strange.stdout).toContain('FAIL S');
    expect(absent.stderr).toMatch(/^cases: absent\.json: was not readable/);
    expect([broken.code, strange.code, absent.code]).toEqual([2, 2, 2]);
  });
});
