/** The table of codes: what each means for which operation. Expected words: protocol sheet, section 7. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify, knownCodes } from '../../../live/bybit/index.ts';
import type { Operation } from '../../../live/bybit/index.ts';

const operations: readonly Operation[] = ['create', 'amend', 'cancel', 'stop', 'setting', 'read'];
const catalogue = resolve(process.cwd(), '../shared/fixtures/bybit/known_ret_msgs.json');

describe('codes', () => {
  it('every operation, code and text has a verdict, and a question never has an unknown outcome', () => {
    const code = fc.oneof(fc.constantFrom(...knownCodes), fc.integer({ min: -5_000, max: 4_000_000 }));

    fc.assert(fc.property(fc.constantFrom(...operations), code, fc.string(), (operation, value, text) => {
      const verdict = classify(operation, value, text);

      expect(['done', 'unchanged', 'refused', 'gone', 'failed']).toContain(verdict.tag);
      if (verdict.tag === 'failed' && operation === 'read') expect(verdict.certainty).toBe('not-applied');
      if (value !== 0) expect(verdict.tag).not.toBe('done');
    }));
  });
  it('no code stands in two rows of the table', () => {
    const said = knownCodes.length;

    expect(new Set(knownCodes).size).toBe(said);
  });
  it.each([
    ['stop', 0, 'OK', { tag: 'done' }],
    ['create', 0, 'success', { tag: 'done' }],
    ['stop', 34040, 'not modified', { tag: 'unchanged' }],
    ['setting', 110043, 'Set leverage has not been modified.', { tag: 'unchanged' }],
    ['create', 110072, 'OrderLinkedID is duplicate', { tag: 'refused', reason: 'duplicate-link' }],
    ['cancel', 110001, 'order not exists or too late to cancel', { tag: 'gone' }],
    ['amend', 110001, 'order not exists or too late to replace', { tag: 'gone' }],
    ['create', 110092, 'expect Rising, but trigger_price[633023000] <= current[632859000]??LastPrice', { tag: 'refused', reason: 'through-trigger' }],
    ['create', 110017, 'current position is zero, cannot fix reduce-only order qty', { tag: 'refused', reason: 'no-position' }],
    ['create', 110007, 'ab not enough for new order', { tag: 'refused', reason: 'insufficient-margin' }],
    ['create', 10001, 'The number of contracts exceeds minimum limit allowed', { tag: 'refused', reason: 'below-min-qty' }],
    ['create', 110094, 'Order does not meet minimum order value 5USDT', { tag: 'refused', reason: 'below-min-notional' }],
    ['create', 10001, 'Qty invalid', { tag: 'refused', reason: 'malformed' }],
    ['stop', 10001, 'StopLoss:17686000 set for Sell position should greater base_price:18334000??LastPrice', { tag: 'refused', reason: 'through-trigger' }],
    ['stop', 10001, 'StopLoss:174000000 set for Buy position should lower than base_price:161600000??LastPrice', { tag: 'refused', reason: 'through-trigger' }],
    ['stop', 10001, 'can not set tp/sl/ts for zero position', { tag: 'refused', reason: 'no-position' }],
    ['amend', 10001, 'order not modified', { tag: 'unchanged' }],
    ['create', 10002, 'invalid request, please check your server timestamp', { tag: 'failed', certainty: 'not-applied', reason: 'clock' }],
    ['create', 10003, 'API key is invalid.', { tag: 'failed', certainty: 'not-applied', reason: 'forbidden' }],
    ['create', 10006, 'Too many visits!', { tag: 'failed', certainty: 'not-applied', reason: 'rate-limited' }],
    ['create', 10016, 'Server error.', { tag: 'failed', certainty: 'unknown', reason: 'busy' }],
    ['read', 10016, 'Server error.', { tag: 'failed', certainty: 'not-applied', reason: 'busy' }],
    ['cancel', 110079, 'order being processed', { tag: 'failed', certainty: 'not-applied', reason: 'busy' }],
    ['create', 987654, 'a code of tomorrow', { tag: 'failed', certainty: 'unknown', reason: 'refused' }],
  ] as const)('%s answered %d "%s" means %j', (operation, code, text, verdict) => {
    expect(classify(operation, code, text)).toEqual(verdict);
  });
  it('only code 0 is done, and an unknown outcome is said of writes where the sheet says UNK', () => {
    const open = knownCodes.filter((code) => {
      const verdict = classify('create', code, '');
      return verdict.tag === 'failed' && verdict.certainty === 'unknown';
    });

    expect(open.toSorted((a, b) => a - b)).toEqual([429, 10000, 10014, 10016, 10019, 10403, 10429, 20006, 170001, 170007, 170032, 170146, 170147, 500000]);
  });
  it.skipIf(!existsSync(catalogue))('no message that is known of the exchange is unrecognised', () => { // left out without ../shared
    const known = JSON.parse(readFileSync(catalogue, 'utf8')) as readonly { readonly retCode: number; readonly retMsg: string }[];

    const strange = known.filter(({ retCode, retMsg }) => {
      const verdict = classify('create', retCode, retMsg);
      return verdict.tag === 'failed' && verdict.reason === 'refused';
    });

    expect(known.length).toBeGreaterThan(20);
    expect(strange).toEqual([]);
  });
});
