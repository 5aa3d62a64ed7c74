/**
 * `ind` and `prev`: objects whose accessors read the values array. The getters are made once and shared by all views,
 * so that every view of the same keys has one hidden class and a read in `decide` stays a plain array load.
 */
import type { Side } from '../wants.ts';
import type { IndicatorPlan } from './plan.ts';

/** The values a view reads; hidden from enumeration. */
const values: unique symbol = Symbol('values');
interface Reader { readonly [values]: Float64Array }
interface Accessor { readonly key: string; readonly get: (this: Reader) => unknown }
interface Part { readonly key: string; readonly get: Accessor['get'] | null; readonly inner: readonly Accessor[] }

const partsOf = new WeakMap<IndicatorPlan, readonly Part[]>();

/** A view of one half of the values array. */
export function viewOf(plan: IndicatorPlan, half: Float64Array): Readonly<Record<string, unknown>> {
  let parts = partsOf.get(plan);
  if (parts === undefined) {
    parts = plan.keys.map(({ key, out, fields }): Part => ({
      key,
      get: fields === null ? numberAt(out) : null,
      inner: (fields ?? []).map((field, i) => ({
        key: field, get: field === 'side' ? sideAt(out + i) : numberAt(out + i),
      })),
    }));
    partsOf.set(plan, parts);
  }
  const view = reader(half);
  for (const { key, get, inner } of parts) {
    if (get !== null) Object.defineProperty(view, key, { get, enumerable: true });
    else Object.defineProperty(view, key, { value: innerView(inner, half), enumerable: true });
  }
  return Object.preventExtensions(view);
}

function innerView(accessors: readonly Accessor[], half: Float64Array): Readonly<Record<string, unknown>> {
  const view = reader(half);
  for (const { key, get } of accessors) Object.defineProperty(view, key, { get, enumerable: true });
  return Object.preventExtensions(view);
}

function reader(half: Float64Array): Record<string, unknown> {
  const view: Record<string, unknown> = {};
  Object.defineProperty(view, values, { value: half });
  return view;
}

/** One getter per index for all plans, so that equal keys give one hidden class in every run that shares a heap. */
const numberReaders: Accessor['get'][] = [];
const sideReaders: Accessor['get'][] = [];

function numberAt(index: number): Accessor['get'] {
  numberReaders[index] ??= function read() { return this[values][index]!; }; // hot
  return numberReaders[index];
}

function sideAt(index: number): Accessor['get'] {
  sideReaders[index] ??= function read(): Side { return this[values][index]! > 0 ? 'long' : 'short'; }; // hot
  return sideReaders[index];
}
