/** Which rules a backtest goes by: those that held at its start, as far as anybody saw them. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles, keepRules, loadMarket, parseRules, readRules, rulesAt } from '../../data/index.ts';
import type { InstrumentRules } from '../../engine/index.ts';
import { bars, csv, minute, refusal, start, temporary } from './candle-files.ts';

const market = { venue: 'bybit', category: 'linear' };
const rules = (own: object = {}): InstrumentRules => parseRules({ symbol: 'BTCUSDT', tick: '0.1', qtyStep: '0.001', source: 'seen', ...own }, 'here')[0]!;
const file = (folder: string): string => join(folder, 'instruments/bybit/linear/BTCUSDT.json');
const hour = 60 * minute;

describe('rules that were stored', () => {
  it('get a version when something changed and none when nothing did, wherever it was read', () => {
    const folder = temporary();

    const news = [
      keepRules(folder, market, rules(), start), keepRules(folder, market, rules({ source: 'seen again' }), start + hour),
      keepRules(folder, market, rules({ tiers: [{ limit: '1000', mmr: '0.01', deduction: '0' }] }), start + 2 * hour),
      keepRules(folder, market, rules({ tick: '0.5' }), start + 3 * hour),
    ];

    expect(news).toEqual([true, false, true, true]);
    expect(readRules(folder, market, 'BTCUSDT').map(({ validFrom, rules: { tick, tiers } }) => [validFrom - start, tick, tiers.length]))
      .toEqual([[0, '0.1', 2], [2 * hour, '0.1', 1], [3 * hour, '0.5', 2]]);
    expect(readdirSync(dirname(file(folder)))).toEqual(['BTCUSDT.json']);
  });
  it('are not changed by a word that is older than the newest version', () => {
    const folder = temporary();
    keepRules(folder, market, rules(), start);

    expect(keepRules(folder, market, rules({ tick: '0.5' }), start - 1)).toBe(false);
    expect(readRules(folder, market, 'BTCUSDT')).toHaveLength(1);
  });
  it('are those of the start of the data; before the first version it is the first, with a doubt; a change inside has one too', () => {
    const versions = [{ validFrom: start, rules: rules() }, { validFrom: start + 10 * hour, rules: rules({ tick: '0.5' }) }];
    const seen = (from: number, to: number): readonly [string | undefined, number | undefined] => {
      const at = rulesAt(versions, from, to);
      return [at?.rules.tick, at?.doubts.length];
    };

    expect(seen(start, start + hour)).toEqual(['0.1', 0]);
    expect(seen(start + 10 * hour, start + 20 * hour)).toEqual(['0.5', 0]);
    expect(seen(start + 10 * hour - 1, start + 20 * hour)).toEqual(['0.1', 1]);
    expect(seen(start - hour, start)).toEqual(['0.1', 1]);
    expect(seen(start - hour, start + 20 * hour)).toEqual(['0.1', 2]);
    expect(rulesAt([], start, start + hour)).toBeNull();
  });
  it.each([
    ['cut', (text: string) => text.slice(0, 40)], ['of another format', (text: string) => text.replace('"format": 1', '"format": 2')],
    ['without a version', () => '{"format":1,"versions":[]}'], ['with a tick of 0', (text: string) => text.replace('"tick": "0.1"', '"tick": "0"')],
  ])('in a file that is %s are refused by name, and the file stays', async (_what, spoilt) => {
    const folder = temporary();
    keepRules(folder, market, rules(), start);
    const text = spoilt(readFileSync(file(folder), 'utf8'));
    writeFileSync(file(folder), text);

    const error = await refusal(Promise.resolve().then(() => readRules(folder, market, 'BTCUSDT')));
    expect([error.reason, error.message.includes('BTCUSDT.json')]).toEqual(['bad-instrument', true]);
    expect(readFileSync(file(folder), 'utf8')).toBe(text);
  });
});

describe('a backtest', () => {
  it('goes by the stored rules of its time before the packaged ones, after --instrument, and is told of their doubts', async () => {
    const folder = temporary();
    await importFiles([csv(temporary(), 'bybit_linear_BTCUSDT_5m.csv', bars(30))], { folder });
    const load = async (own: object = {}) => await loadMarket({ folder, symbols: ['BTCUSDT'], timeframe: '5m', ...own });
    const packaged = await load();
    mkdirSync(folder, { recursive: true });
    keepRules(folder, market, rules({ qtyStep: '0.01', source: 'of the start' }), start - hour);
    keepRules(folder, market, rules({ qtyStep: '0.1', source: 'of later' }), start + hour);
    const stored = await load();
    const stated = await load({ overrides: parseRules({ symbol: 'BTCUSDT', tick: '0.1', qtyStep: '1' }, 'mine.json') });

    const told = ({ symbols, warnings }: Awaited<ReturnType<typeof load>>) =>
      [symbols[0]?.instrument.rules.qtyStep, warnings.filter(({ code }) => code === 'rules-of-another-time').map(({ text }) => text)];
    expect(told(packaged)).toEqual(['0.001', []]);
    expect(told(stored)).toEqual(['0.01', [`BTCUSDT: rules changed on ${new Date(start + hour).toISOString().slice(0, 16).replace('T', ' ')}: those of the start are used throughout`]]);
    expect(told(stated)).toEqual(['1', []]);
    expect(stored.hash).not.toBe(packaged.hash);
    const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
    expect([packaged, stored, stated].map(({ symbols }) => symbols[0]?.rulesUsed)).toEqual([
      { symbol: 'BTCUSDT', origin: 'package', source: 'Bybit V5 instruments-info example of 2025-01-02; fees base tier; tiers: fill model defaults', seen: '2025-01-02', until: null },
      { symbol: 'BTCUSDT', origin: 'lake', source: 'of the start', seen: day(start - hour), until: day(start + hour) },
      { symbol: 'BTCUSDT', origin: 'file', source: 'file mine.json', seen: null, until: null },
    ]);
  });
  it('of the built-in market reads no folder', async () => {
    const folder = temporary();
    const loaded = await loadMarket({ folder: join(folder, 'nowhere'), market: 'builtin:linear', symbols: ['BTCUSDT'], timeframe: '5m' });

    expect([loaded.symbols[0]?.instrument.rules.tick, existsSync(join(folder, 'nowhere'))]).toEqual(['0.1', false]);
  });
});
