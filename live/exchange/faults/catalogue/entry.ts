/** What a fault of the catalogue is, and the small words its plans are written in. */
import { z } from 'zod';
import type { StreamKind } from '../../streams/index.ts';
import type { Matcher, RuleText } from '../plan.ts';

/** How a fault of the catalogue may be narrowed. What a fault does not use is ignored; each has sensible values of its own. */
export const faultOptions = z.strictObject({
  id: z.string().regex(/^F(0[1-9]|[1-7]\d|8[0-8])$/, { error: 'must be F01 to F88' }),
  symbol: z.string().optional(),
  /** Beginning of the order link. */
  link: z.string().optional(),
  nth: z.number().int().min(1).optional(),
  from: z.number().optional(),
  to: z.number().optional(),
  times: z.number().int().min(1).nullable().optional(),
  probability: z.number().min(0).max(1).optional(),
  /** Wall time. */
  ms: z.number().nonnegative().optional(),
  path: z.string().optional(),
  topic: z.string().optional(),
  code: z.number().int().optional(),
  percent: z.number().optional(),
  isApplied: z.boolean().optional(),
  /** Named with the fault where it has several forms; the first one otherwise. */
  variant: z.string().optional(),
});
export type FaultOptions = z.output<typeof faultOptions>;

export type FaultEntry =
  | { readonly id: string; readonly title: string; readonly variants: readonly string[]; readonly plan: (options: FaultOptions) => readonly RuleText[] }
  | { readonly id: string; readonly title: string; readonly reason: string };

export type EffectText = RuleText['effect'];
type Plan = (options: FaultOptions) => readonly RuleText[];

export const fault = (id: string, title: string, plan: Plan, variants: readonly string[] = []): FaultEntry => ({ id, title, variants, plan });
export const absent = (id: string, title: string, reason: string): FaultEntry => ({ id, title, reason });

type Often = Pick<RuleText, 'times' | 'probability'>;

/** As often as asked for; otherwise `usual` times, null = always. */
function often({ times, probability }: FaultOptions, usual: number | null): Often {
  if (probability !== undefined) return times === undefined ? { probability } : { probability, times };
  return { times: times === undefined ? usual : times };
}

function narrowed({ symbol, link, nth, from, to }: FaultOptions): Matcher {
  return {
    ...(symbol === undefined ? {} : { symbol }), ...(link === undefined ? {} : { link }), ...(nth === undefined ? {} : { nth }),
    ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }),
  };
}

export interface At { readonly has?: Matcher['has']; readonly usual?: number | null }

export const post = (o: FaultOptions, path: string, effect: EffectText, { has, usual = 1 }: At = {}): RuleText => ({
  id: o.id, when: { transport: 'http', method: 'POST', path: o.path ?? path, ...narrowed(o), ...(has === undefined ? {} : { has }) }, ...often(o, usual), effect,
});

export const get = (o: FaultOptions, path: string, effect: EffectText, { has, usual = 1 }: At = {}): RuleText => ({
  id: o.id, when: { transport: 'http', method: 'GET', path: o.path ?? path, ...narrowed(o), ...(has === undefined ? {} : { has }) }, ...often(o, usual), effect,
});

/** Every request, whatever its method. */
export const request = (o: FaultOptions, path: string, effect: EffectText, { usual = 1 }: At = {}): RuleText => ({
  id: o.id, when: { transport: 'http', path: o.path ?? path, ...narrowed(o) }, ...often(o, usual), effect,
});

/** A frame of a client, or the answer to it. */
export const asked = (o: FaultOptions, transport: StreamKind, op: string, effect: EffectText, { has, usual = 1 }: At = {}): RuleText => ({
  id: o.id, when: { transport, op, ...narrowed(o), ...(has === undefined ? {} : { has }) }, ...often(o, usual), effect,
});

/** A push of a topic. */
export const pushed = (o: FaultOptions, transport: 'public' | 'private', topic: string, effect: EffectText, { has, usual = 1 }: At = {}): RuleText => ({
  id: o.id, when: { transport, topic: o.topic ?? topic, ...narrowed(o), ...(has === undefined ? {} : { has }) }, ...often(o, usual), effect,
});

export const upgrade = (o: FaultOptions, transport: StreamKind, effect: EffectText, { usual = 1 }: At = {}): RuleText => ({
  id: o.id, when: { transport }, ...often(o, usual), effect,
});

/** The plan of the variant asked for; the first one when none is. */
export function byVariant(o: FaultOptions, plans: Readonly<Record<string, () => readonly RuleText[]>>): readonly RuleText[] {
  const plan = o.variant === undefined ? Object.values(plans)[0] : plans[o.variant];
  if (plan === undefined) throw new RangeError(`variant of ${o.id} must be one of ${Object.keys(plans).join(', ')}, was '${o.variant}'`);
  return plan();
}
