/** `holdfast backtest --faults` from outside: what is refused, what is shown, stored and said as JSON, and Ctrl-C. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderWith, holdfast, interrupted, strategyText } from './command.ts';
import type { Ended } from './command.ts';

/** In and out every two hours, with a stop 2 % away. */
const body = 'return time % 7200000 === 0 ? intents.enter({ side: "long", risk: 0.005, stop: bar.close * 0.98, stopBy: "last" }) : time % 7200000 === 3600000 ? intents.exit("out") : intents.hold;';
const folder = folderWith({
  'probe.ts': strategyText({ body }),
  'forgetful.ts': strategyText({ top: 'let calls = 0;', body: `calls += 1; ${body.replace('risk: 0.005', 'qty: 0.001 * (1 + calls % 50)')}` }),
  'mine.json': JSON.stringify({ base: 'calm', seed: 3, families: { 'lost-reply': 0.3, duplicate: 0.5 } }),
  'wrong.json': '{"familys":{}}',
  'broken.json': '{',
});
afterAll(() => rmSync(folder, { recursive: true }));

const days = ['--market', 'builtin:linear', '--from', '2025-10-01', '--to', '2025-10-04'] as const;
const backtest = (...more: readonly string[]): Promise<Ended> => holdfast(folder, 'backtest', 'probe.ts', ...days, ...more);

interface FaultsObject {
  readonly plan: string; readonly seed: number; readonly fired: Readonly<Record<string, number>>; readonly restarts: number;
  readonly violations: readonly unknown[]; readonly unprotectedMs: number; readonly halts: readonly unknown[]; readonly agrees: boolean;
  readonly with: { readonly trades: number; readonly net: number }; readonly without: { readonly trades: number; readonly net: number };
}
interface Printed { readonly run: string; readonly digest: string; readonly trades: number; readonly faults: FaultsObject; readonly manifest: { readonly seed: number; readonly faults: { readonly plan: { readonly plan: string } } } }
const printed = ({ stdout }: Ended): Printed => JSON.parse(stdout) as Printed;

describe('what cannot be played is refused with exit 2 and a way out', () => {
  it.each([
    [['--faults', 'stom'], /^arguments: --faults: was 'stom', expected calm, rough, storm or a JSON file\. Fix: --faults storm$/],
    [['--faults', 'absent.json'], /^faults: absent\.json: was not readable .*Fix: name a file that is there$/],
    [['--faults', 'broken.json'], /^faults: broken\.json: was no JSON .*Fix: see holdfast help faults$/],
    [['--faults', 'wrong.json'], /^faults: wrong\.json: familys: was an unknown word, expected one of plan, base, seed, families.*Fix: /],
    [['--fault-seed', '3'], /^arguments: --fault-seed: was given alone, expected --faults or --restarts with it\. Fix: add --faults rough$/],
    [['--restarts', 'often'], /--restarts.*expected a whole number/],
    [['--faults', 'rough', '--band'], /^arguments: --band: was given with --faults or --restarts, expected one of them\. Fix: leave one out$/],
  ])('%j', async (words, message) => {
    const { code, stderr } = await backtest('--no-store', ...words);

    expect(code).toBe(2);
    expect(stderr.trim()).toMatch(message);
  });

  it('a strategy that remembers outside of its memory, once its engine is read back', async () => {
    const { code, stderr } = await holdfast(folder, 'backtest', 'forgetful.ts', ...days, '--no-store', '--restarts', '4');

    expect(stderr.trim()).toMatch(/^with faults: strategy: .*forgetful\.ts: decided otherwise when its engine was killed and read back.*Fix: keep what it must remember in memory, or leave out --restarts$/);
    expect(code).toBe(2);
  });
});

describe('a run on bad days', () => {
  it('calm: the trades of the run without, and no fault', async () => {
    const { faults, trades } = printed(await backtest('--no-store', '--json', '--faults', 'calm'));

    expect(faults).toMatchObject({ plan: 'calm', fired: {}, restarts: 0, violations: [], halts: [], unprotectedMs: 0, agrees: true });
    expect(trades).toBeGreaterThan(20);
    expect(faults.with).toEqual(faults.without);
  });

  it('a plan of one\'s own with two kills: the same bytes twice, other bytes with another seed', async () => {
    const wanted = ['--no-store', '--json', '--faults', 'mine.json', '--restarts', '2'];
    const [first, second, other] = (await Promise.all([backtest(...wanted), backtest(...wanted), backtest(...wanted, '--fault-seed', '4')])).map(printed);

    expect(first!.faults).toMatchObject({ plan: 'mine.json', seed: 3, restarts: 2 });
    expect(Object.keys(first!.faults.fired).sort()).toEqual(['duplicate', 'lost-reply']);
    expect(second!.digest).toBe(first!.digest);
    expect(other!.digest).not.toBe(first!.digest);
    expect(other!.faults.seed).toBe(4);
  });

  it('shows both runs side by side below the card, and keeps what struck in the store', async () => {
    const card = await backtest('--faults', 'rough', '--restarts', '1');

    expect(card.code).toBe(0);
    expect(card.stdout).toMatch(/^Bad days 'rough', seed 1: [\d,]+ faults( of \d+ families)?, 1 kill; the engine (went on|halted)\.$/m);
    expect(card.stdout).toMatch(/^ +without +with$/m);
    for (const label of ['Closed trades', 'Net', 'Max drawdown', 'Stop slippage', 'Unprotected', 'Halts', 'Invariants', 'Struck', 'At the end']) {
      expect(card.stdout, label).toMatch(new RegExp(`^${label} `, 'm'));
    }
    const asked = await holdfast(folder, 'query', 'SELECT family, count(*) AS n FROM faults GROUP BY family HAVING n > 0', '--json');
    const { rows } = JSON.parse(asked.stdout) as { readonly rows: readonly { readonly family: string }[] };
    expect(rows.map(({ family }) => family)).toContain('latency');
    expect((await holdfast(folder, 'query', 'SELECT count(*) AS n FROM modes WHERE mode = \'recovering\'', '--json')).stdout).not.toContain('"n":0');
  });

  it('Ctrl-C ends it with exit 130 and leaves nothing in the store', async () => {
    const own = folderWith({ 'probe.ts': strategyText({ body }) });
    const { code } = await interrupted(own, 'backtest', 'probe.ts', '--market', 'builtin:linear', '--faults', 'storm');

    expect(code).toBe(130);
    expect((await holdfast(own, 'runs', '--json')).stdout).toContain('"runs":[]');
    rmSync(own, { recursive: true });
  });

  it('takes the plan of cli/pages/faults.md as it stands there', async () => {
    const { readFileSync } = await import('node:fs');
    const page = readFileSync(join(import.meta.dirname, '../../cli/pages/faults.md'), 'utf8');
    const plan = /```json\n([\s\S]*?)```/.exec(page)![1]!;
    writeFileSync(join(folder, 'page.json'), plan);

    expect(printed(await backtest('--no-store', '--json', '--faults', 'page.json')).faults).toMatchObject({ plan: 'flaky stream', seed: 7 });
  });
});
