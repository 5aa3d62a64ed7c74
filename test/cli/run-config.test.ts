/** The configuration of a run from file, options and --set: later over earlier, every mistake one line with key, value, bounds. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hashOfJson, readRunConfig } from '../../cli/run-config.ts';
import type { ConfigOptions } from '../../cli/run-config.ts';
import { folderWith } from './command.ts';

const folder = folderWith({
  'config.json': '{ "cash": 500, "leverage": 3, "risk": { "maxLeverage": 2 } }',
  'broken.json': '{ "cash": ',
  'list.json': '[1]',
});
afterAll(() => rmSync(folder, { recursive: true }));

const refusal = async (options: ConfigOptions): Promise<string> =>
  readRunConfig(options).then(() => 'accepted', (thrown: Error) => thrown.message);

describe('the configuration of a run', () => {
  it('takes file, then options, then --set, and keeps a section that is set in part', async () => {
    const config = await readRunConfig({
      config: join(folder, 'config.json'), leverage: '5', set: ['leverage=7', 'risk.maxOpenRisk=0.1', 'dataGap=error'],
    });

    expect(config).toMatchObject({ cash: 500, leverage: 7, dataGap: 'error', risk: { maxLeverage: 2, maxOpenRisk: 0.1 } });
  });
  it('reads slippage as none, ticks:N, bps:N and volshare:K:CAP', async () => {
    const slippage = async (text: string): Promise<unknown> => (await readRunConfig({ slippage: text })).slippage;

    expect(await slippage('none')).toEqual({ kind: 'none' });
    expect(await slippage('ticks:2')).toEqual({ kind: 'ticks', n: 2 });
    expect(await slippage('bps:1.5')).toEqual({ kind: 'bps', b: 1.5 });
    expect(await slippage('volshare:0.1:0.025')).toEqual({ kind: 'volshare', k: 0.1, cap: 0.025 });
    expect(await refusal({ slippage: 'much' })).toContain("config: slippage: was 'much', expected none, ticks:N, bps:N or volshare:K:CAP");
  });
  it('refuses a value outside its bounds, an unknown key, and a file that is none', async () => {
    expect(await refusal({ leverage: '500' })).toMatch(/^config: leverage: was 500, expected number to be <=200\. Fix: change leverage/);
    expect(await refusal({ cash: 'lots' })).toMatch(/^config: cash: was "lots", expected number/);
    expect(await refusal({ set: ['risk.maxLevrage=3'] })).toMatch(/^config: risk\.maxLevrage: was not a known key, .* Fix: use risk\.maxLeverage$/);
    expect(await refusal({ config: join(folder, 'absent.json') })).toMatch(/absent\.json: was not readable/);
    expect(await refusal({ config: join(folder, 'broken.json') })).toMatch(/broken\.json: was not JSON/);
    expect(await refusal({ config: join(folder, 'list.json') })).toMatch(/list\.json: was \[1\], expected an object/);
  });
  it('lays a file, options and --set over a preset, list entries included, and refuses a preset it does not know', async () => {
    const config = await readRunConfig({
      preset: 'small-account', config: join(folder, 'config.json'), set: ['risk.dailyLoss=0.02', 'risk.stages.0.atrMinimum=0', 'risk.atr=null'],
    });

    expect(config).toMatchObject({ cash: 500, leverage: 3, risk: { maxLeverage: 2, maxTotalLeverage: 3, dailyLoss: 0.02, atr: null, unavailable: ['slowLink'] } });
    expect(config.risk.stages?.map(({ atrMinimum }) => atrMinimum)).toEqual([0, 0.04, 0.05]);
    expect(await refusal({ preset: 'smal-account' })).toBe("config: preset: was 'smal-account', expected one of small-account. Fix: --preset small-account");
    expect(await refusal({ preset: 'constructor' })).toContain('expected one of small-account');
  });
  it('has one hash for equal settings in another order, another for other settings', () => {
    expect(hashOfJson({ a: 1, b: { c: [2, null] } })).toBe(hashOfJson({ b: { c: [2, null] }, a: 1 }));
    expect(hashOfJson({ a: 1 })).not.toBe(hashOfJson({ a: 2 }));
  });
});
