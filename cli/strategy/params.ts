/**
 * A strategy's parameters from the command line, checked against its own zod object. One line per mistake: the
 * parameter, the value, what is allowed. Unknown names are refused, never ignored.
 */
import { z } from '../../engine/index.ts';
import type { AnyStrategy } from '../../engine/index.ts';
import { Failure, nearest } from '../failure.ts';

/** What the user wrote: `text` is kept beside the value because `name=007` may be meant as a text. */
export interface GivenParam { readonly name: string; readonly value: unknown; readonly text: string | null }

/** `input` is what the engine is given and parses again; `output` has the defaults filled in. */
export interface ParsedParams {
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: Readonly<Record<string, unknown>>;
}

/** Parses and fills in defaults. Throws a Failure (exit 2). */
export function parseParams(strategy: AnyStrategy, given: readonly GivenParam[]): ParsedParams {
  const known = Object.keys(strategy.params.shape);
  const wanted: Record<string, unknown> = {};
  const texts = new Map<string, string>();
  for (const { name, value, text } of given) {
    if (!known.includes(name)) throw unknownParam(strategy.name, name, known);
    wanted[name] = value;
    if (text !== null) texts.set(name, text);
  }
  const first = strategy.params.safeParse(wanted);
  if (first.success) return { input: wanted, output: first.data };
  for (const issue of first.error.issues) {
    const name = String(issue.path[0]);
    if (issue.code === 'invalid_type' && issue.expected === 'string' && texts.has(name)) wanted[name] = texts.get(name);
  }
  const second = strategy.params.safeParse(wanted);
  if (second.success) return { input: wanted, output: second.data };
  throw refused(strategy, wanted, second.error.issues[0]);
}

function unknownParam(strategy: string, name: string, known: readonly string[]): Failure {
  const near = nearest(name, known);
  const fix = known.length === 0 ? 'leave it out' : `use ${near ?? known.join(' or ')}`;
  return new Failure(2, `params: ${name}: was not a parameter of ${strategy}, expected one of ${known.join(', ') || '(it has none)'}. Fix: ${fix}`);
}

function refused(strategy: AnyStrategy, wanted: Readonly<Record<string, unknown>>, issue: z.core.$ZodIssue | undefined): Failure {
  const name = String(issue?.path[0] ?? '');
  if (name === '') return new Failure(2, `params: ${strategy.name}: was ${JSON.stringify(wanted)}: ${issue?.message ?? 'not accepted'}. Fix: change the values`);
  const where = issue?.path.join('.') ?? name;
  const was = name in wanted ? JSON.stringify(wanted[name]) : 'not given';
  const expected = allowed(strategy, name) ?? issue?.message ?? 'another value';
  return new Failure(2, `params: ${where}: was ${was}, expected ${expected}. Fix: --params ${name}=VALUE within these bounds`);
}

interface JsonSchema {
  readonly type?: string; readonly enum?: readonly unknown[]; readonly minimum?: number; readonly maximum?: number;
  readonly exclusiveMinimum?: number; readonly exclusiveMaximum?: number; readonly minLength?: number; readonly maxLength?: number;
}

/** The bounds of one parameter in words, or null when the schema has no such form. */
function allowed(strategy: AnyStrategy, name: string): string | null {
  try {
    const whole = z.toJSONSchema(strategy.params, { io: 'input', unrepresentable: 'any' }) as { properties?: Record<string, JsonSchema> };
    const schema = whole.properties?.[name];
    return schema === undefined ? null : inWords(schema);
  } catch {
    return null; // a schema that JSON cannot say, such as a transform: the issue's own message is used
  }
}

function inWords(schema: JsonSchema): string | null {
  if (schema.enum !== undefined) return `one of ${schema.enum.map((value) => String(value)).join(', ')}`;
  const bounds: string[] = [];
  const beyondSafe = (bound: number | undefined): boolean => bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER;
  if (!beyondSafe(schema.minimum)) bounds.push(`from ${schema.minimum}`);
  if (schema.exclusiveMinimum !== undefined) bounds.push(`above ${schema.exclusiveMinimum}`);
  if (!beyondSafe(schema.maximum)) bounds.push(`to ${schema.maximum}`);
  if (schema.exclusiveMaximum !== undefined) bounds.push(`below ${schema.exclusiveMaximum}`);
  if (schema.minLength !== undefined) bounds.push(`at least ${schema.minLength} characters`);
  if (schema.maxLength !== undefined) bounds.push(`at most ${schema.maxLength} characters`);
  const kinds: Readonly<Record<string, string>> = { integer: 'a whole number', number: 'a number', boolean: 'true or false', string: 'a text' };
  const kind = schema.type === undefined ? undefined : kinds[schema.type];
  return kind === undefined ? null : [kind, ...bounds].join(' ');
}
