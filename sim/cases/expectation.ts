/**
 * What a case may expect (FS-1 section 14), checked before it runs: a misspelt expectation would never be compared, and
 * a case that states nothing would pass whatever happens. null counts as not stated.
 */
import { failField, fieldsOf, listOf, onlyFields, textOf } from './field.ts';
import type { Fields } from './field.ts';

const amounts = ['realizedPnl', 'fees', 'funding', 'walletBalance', 'unrealizedPnl', 'equity'];
const expectFields = ['fills', 'orders', 'rejects', 'position', ...amounts, 'error'];
const fillFields = ['order', 'side', 'price', 'qty', 'liquidity', 'fee', 'realizedPnl', 'barIndex'];

/** An object with known fields only, at least one of them. */
function stated(value: unknown, where: string, known: readonly string[]): Fields {
  const fields = fieldsOf(value, where);
  onlyFields(fields, where, known);
  return Object.keys(fields).length > 0 ? fields : failField(where, value, `an object with at least one of ${known.join(', ')}`);
}

/** The `expect` of a case. `where` names it in messages. Throws `CaseFileError`. */
export function expectationOf(value: unknown, where: string): Fields {
  const expect = stated(value, where, expectFields);
  const given = (name: string): boolean => expect[name] != null;
  if (given('error')) textOf(stated(expect['error'], `${where}.error`, ['code', 'barIndex'])['code'], `${where}.error.code`);
  if (given('fills')) {
    listOf(expect['fills'], `${where}.fills`).forEach((fill, i) => stated(fill, `${where}.fills[${i}]`, fillFields));
  }
  if (given('orders')) fieldsOf(expect['orders'], `${where}.orders`);
  if (given('rejects')) {
    listOf(expect['rejects'], `${where}.rejects`).forEach((answer, i) => stated(answer, `${where}.rejects[${i}]`, ['id', 'code']));
  }
  if (given('position')) stated(expect['position'], `${where}.position`, ['side', 'qty', 'avgEntry']);
  return expect;
}
