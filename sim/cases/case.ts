/** One case of a `fill-case/1` file (FS-1 section 14), read and completed with the format's defaults. */
import { instrumentOf, parseDecimal } from '../../engine/index.ts';
import type { Instrument, Money, RiskTier } from '../../engine/index.ts';
import type { ExchangeConfig, Slippage } from '../exchange/index.ts';
import { expectationOf } from './expectation.ts';
import { amountOf, decimalText, failField, fieldsOf, isFields, listOf, msOf, numberOf, onlyFields, wordOf } from './field.ts';
import type { Fields } from './field.ts';
import { readScript } from './script.ts';
import type { Script } from './script.ts';

export interface FundingAt { readonly at: number; readonly rate: number }

export interface Case {
  readonly id: string; readonly row: string; readonly title: string; readonly why: string;
  readonly instrument: Instrument; readonly leverage: string; readonly wallet: Money; readonly config: ExchangeConfig;
  readonly intervalMs: number; readonly latencyMs: number; readonly responseLatencyMs: number; readonly isGapFatal: boolean;
  /** Rows as they stand in the file; the bar checks are part of what a case proves. */
  readonly bars: readonly unknown[]; readonly mark: readonly unknown[] | null;
  /** Shorter bars of `detailIntervalMs`, or trades `[t, price, quantity]`: at most one of the two is not null. */
  readonly detail: readonly unknown[] | null; readonly detailIntervalMs: number; readonly trades: readonly unknown[] | null;
  readonly funding: readonly FundingAt[]; readonly script: Script; readonly expect: Fields;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const slippageFields = { none: [], ticks: ['n'], bps: ['b'], volshare: ['k', 'cap'] } as const;

function slippageOf(value: unknown, where: string): Slippage {
  if (value === undefined || value === null) return { kind: 'none' };
  const fields = fieldsOf(value, where);
  const kind = wordOf(fields['kind'], `${where}.kind`, ['none', 'ticks', 'bps', 'volshare']);
  onlyFields(fields, where, ['kind', ...slippageFields[kind]]);
  switch (kind) {
    case 'none': return { kind };
    case 'ticks': return { kind, n: amountOf(fields['n'], `${where}.n`) };
    case 'bps': return { kind, b: amountOf(fields['b'], `${where}.b`) };
    case 'volshare': return { kind, k: amountOf(fields['k'], `${where}.k`), cap: amountOf(fields['cap'], `${where}.cap`) };
  }
}

function configOf(fields: Fields, where: string): ExchangeConfig {
  onlyFields(fields, where, [
    'intervalMs', 'path', 'limitFill', 'slippage', 'halfSpreadTicks', 'participation', 'latencyMs', 'responseLatencyMs',
    'liqFormula', 'wallet', 'dataGap', 'detailIntervalMs',
  ]);
  const participation = fields['participation'];
  return {
    path: wordOf(fields['path'], `${where}.path`, ['adverse', 'favourable', 'adaptive', 'ohlc', 'olhc'], 'adverse'),
    limitFill: wordOf(fields['limitFill'], `${where}.limitFill`, ['through', 'touch'], 'through'),
    slippage: slippageOf(fields['slippage'], `${where}.slippage`),
    halfSpreadTicks: amountOf(fields['halfSpreadTicks'], `${where}.halfSpreadTicks`, 0),
    participation: participation == null ? null : amountOf(participation, `${where}.participation`),
    liqFormula: wordOf(fields['liqFormula'], `${where}.liqFormula`, ['mark-value', 'entry-value'], 'mark-value'),
  };
}

const linearTiers: readonly RiskTier[] = [
  { limit: '2000000', mmr: '0.005', deduction: '0' }, { limit: '10000000', mmr: '0.01', deduction: '10000' },
];
const inverseTiers: readonly RiskTier[] = [
  { limit: '150', mmr: '0.005', deduction: '0' }, { limit: '300', mmr: '0.01', deduction: '0.75' },
];

/** A tier is `{ limit, mmr, deduction? }` or `[limit, mmr, deduction?]`; a missing deduction follows from section 11.2. */
function tiersOf(value: unknown, where: string, otherwise: readonly RiskTier[]): readonly RiskTier[] {
  if (value === undefined) return otherwise;
  const tiers: RiskTier[] = [];
  listOf(value, where).forEach((entry, i) => {
    const at = `${where}[${i}]`;
    const fields: Fields = Array.isArray(entry) ? { limit: entry[0], mmr: entry[1], deduction: entry[2] } : fieldsOf(entry, at);
    onlyFields(fields, at, ['limit', 'mmr', 'deduction']);
    const before = tiers[i - 1];
    const mmr = decimalText(fields['mmr'], `${at}.mmr`);
    const follows = before === undefined ? 0
      : Number(before.deduction) + Number(before.limit) * (Number(mmr) - Number(before.mmr));
    tiers.push({
      limit: fields['limit'] == null ? '1e30' : decimalText(fields['limit'], `${at}.limit`), mmr,
      deduction: decimalText(fields['deduction'], `${at}.deduction`, follows.toFixed(10)),
    });
  });
  return tiers.length > 0 ? tiers : failField(where, value, 'at least one tier');
}

function instrumentFor(kind: 'linear' | 'inverse', fields: Fields, where: string): Instrument {
  onlyFields(fields, where, ['tick', 'qtyStep', 'minQty', 'minNotional', 'taker', 'maker', 'leverage', 'tiers']);
  const linear = kind === 'linear';
  const of = (name: string, otherwise: string): string => decimalText(fields[name], `${where}.${name}`, otherwise);
  const step = (name: string, otherwise: string): string =>
    Number(of(name, otherwise)) > 0 ? of(name, otherwise) : failField(`${where}.${name}`, fields[name], 'above zero');
  return instrumentOf({
    symbol: linear ? 'CASEUSDT' : 'CASEUSD', kind, base: 'CASE', quote: linear ? 'USDT' : 'USD',
    settle: linear ? 'USDT' : 'CASE', tick: step('tick', linear ? '0.1' : '0.5'), qtyStep: step('qtyStep', linear ? '0.001' : '1'),
    minQty: of('minQty', linear ? '0.001' : '1'), minNotional: of('minNotional', linear ? '5' : '0'),
    takerRate: of('taker', '0.00055'), makerRate: of('maker', '0.0002'), maxLeverage: '200',
    tiers: tiersOf(fields['tiers'], `${where}.tiers`, linear ? linearTiers : inverseTiers), source: 'fill-case/1',
  });
}

function fundingOf(value: unknown, where: string): readonly FundingAt[] {
  if (value == null) return [];
  return listOf(value, where).map((entry, i) => {
    const fields = fieldsOf(entry, `${where}[${i}]`);
    onlyFields(fields, `${where}[${i}]`, ['t', 'rate']);
    return { at: msOf(fields['t'], `${where}[${i}].t`), rate: numberOf(fields['rate'], `${where}[${i}].rate`) };
  });
}

function leverageOf(value: unknown, where: string): string {
  const leverage = decimalText(value, where, '10');
  return Number(leverage) > 0 ? leverage : failField(where, value, 'above zero');
}

const caseFields = [
  'id', 'row', 'title', 'kind', 'instrument', 'config', 'bars', 'mark', 'detail', 'trades', 'funding', 'script', 'expect', 'why',
];

/** A remark, such as where a case was seen: one word, number or flag, or a list of them. */
const isRemark = (value: unknown): boolean =>
  Array.isArray(value) ? value.every((one) => !Array.isArray(one) && isRemark(one)) : !isFields(value) && value !== 'linear' && value !== 'inverse';

/** Remarks may have any name; anything else that the format does not know is a field misspelt. */
function refuseStrangers(fields: Fields, where: string): void {
  onlyFields(fields, where, [...caseFields, ...Object.keys(fields).filter((name) => isRemark(fields[name]))], caseFields);
}

type InsideFields = Pick<Case, 'detail' | 'detailIntervalMs' | 'trades'>;

/** Shorter bars or single trades inside the bars, never both. */
function insideOf(fields: Fields, interval: unknown, intervalMs: number, where: (name: string) => string): InsideFields {
  const rows = (name: string): readonly unknown[] | null => (fields[name] == null ? null : listOf(fields[name], where(name)));
  const [detail, trades] = [rows('detail'), rows('trades')];
  const detailIntervalMs = msOf(interval, where('config.detailIntervalMs'), 0);
  if (detail !== null && (detailIntervalMs === 0 || detailIntervalMs >= intervalMs || intervalMs % detailIntervalMs !== 0)) {
    failField(where('config.detailIntervalMs'), interval, 'shorter than intervalMs and dividing it');
  }
  if (detail !== null && trades !== null) failField(where('trades'), fields['trades'], 'left out beside detail');
  return { detail, detailIntervalMs, trades };
}

/** Reads a case; `place` names it until its id is known. Throws `CaseFileError`. */
export function readCase(value: unknown, place: string): Case {
  const fields = fieldsOf(value, place);
  if (typeof fields['id'] !== 'string' || fields['id'] === '') failField(`${place}: id`, fields['id'], 'text');
  const id = fields['id'] as string;
  refuseStrangers(fields, `case ${id}`);
  const where = (name: string): string => `case ${id}: ${name}`;
  const kind = wordOf(fields['kind'], where('kind'), ['linear', 'inverse'], 'linear');
  const config = fieldsOf(fields['config'] ?? {}, where('config'));
  const rules = fieldsOf(fields['instrument'] ?? {}, where('instrument'));
  const instrument = instrumentFor(kind, rules, where('instrument'));
  const intervalMs = msOf(config['intervalMs'], where('config.intervalMs'), 60_000);
  if (intervalMs === 0) failField(where('config.intervalMs'), config['intervalMs'], 'above zero');
  return {
    id, row: text(fields['row']), title: text(fields['title']), why: text(fields['why']), instrument,
    leverage: leverageOf(rules['leverage'], where('instrument.leverage')),
    wallet: parseDecimal(decimalText(config['wallet'], where('config.wallet'), '10000'), instrument.moneyScale),
    config: configOf(config, where('config')), intervalMs,
    latencyMs: msOf(config['latencyMs'], where('config.latencyMs'), 0),
    responseLatencyMs: msOf(config['responseLatencyMs'], where('config.responseLatencyMs'), 0),
    isGapFatal: wordOf(config['dataGap'], where('config.dataGap'), ['warn', 'error'], 'warn') === 'error',
    bars: listOf(fields['bars'], where('bars')),
    mark: fields['mark'] == null ? null : listOf(fields['mark'], where('mark')),
    ...insideOf(fields, config['detailIntervalMs'], intervalMs, where),
    funding: fundingOf(fields['funding'], where('funding')),
    script: readScript(fields['script'] ?? [], instrument, where('script')),
    expect: expectationOf(fields['expect'], where('expect')),
  };
}
