/**
 * The form of a fault plan: when something goes wrong, how often, and what. Plans are plain data: they arrive as JSON at the
 * admin door and stand in tests as literals.
 *
 * A rule counts the requests or frames that fit `when`. From the `nth` of them on it fires: `times` times, or each time with
 * `probability`; once when neither is said.
 */
import { z } from 'zod';

const ms = z.number().nonnegative();
const row = z.record(z.string(), z.unknown());
const names = z.array(z.string());
const closeCode = z.union([z.number().int().min(1000).max(4999), z.literal('reset')]);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const percent = z.number();
const kinds = z.enum(['public', 'private', 'trade']);

/** Everything that is said must fit. `topic` also fits `topic.*`; `has` looks at the request's members, or at one row of a push. */
const matcher = z.strictObject({
  transport: z.enum(['http', 'public', 'private', 'trade']).optional(),
  method: z.enum(['GET', 'POST']).optional(),
  /** An address, or its beginning when it ends in `*`. */
  path: z.string().optional(),
  topic: z.string().optional(),
  op: z.string().optional(),
  symbol: z.string().optional(),
  /** Beginning of the order link. */
  link: z.string().optional(),
  has: z.record(z.string(), scalar).optional(),
  nth: z.number().int().min(1).optional(),
  /** Market time, ms: `from` counts, `to` does not. */
  from: z.number().optional(),
  to: z.number().optional(),
});

const tag = <T extends string, S extends z.ZodRawShape>(name: T, shape: S) => z.strictObject({ tag: z.literal(name), ...shape });

/** What happens to a request by HTTP. Times are wall time. */
const httpEffects = [
  tag('lost', {}), tag('unread', {}), tag('unanswered', {}), tag('hold', { ms }), tag('late', { ms }),
  tag('latency', { halfMs: ms, mostMs: ms }),
  tag('clock', { offsetMs: z.number() }),
  tag('substitute', {
    httpStatus: z.number().int(), contentType: z.string().default('text/html'), body: z.string().default(''),
    headers: z.record(z.string(), z.string()).default({}), isApplied: z.boolean().default(false),
  }),
  tag('refuse', { httpStatus: z.number().int().default(200), code: z.number().int(), message: z.string(), isApplied: z.boolean().default(false) }),
  /** Answered as done, with the ids of the request. */
  tag('grant', { isApplied: z.boolean().default(false) }),
  /** An order that is acknowledged, never reaches the account, and is told as rejected `ms` later. */
  tag('reject-later', { ms, reason: z.string().default('EC_Others') }),
  tag('limited', { resetMs: ms }), tag('ban', { ms, form: z.enum(['json', 'html']) }),
  /** Account reads as they were so many pushes ago. */
  tag('stale', { pushes: z.number().int().min(1) }),
  tag('rows', {
    how: z.enum(['none', 'drop-first', 'drop-middle', 'drop-last', 'drop-young', 'repeat-first', 'add', 'edit']),
    /** Of `drop-young`: market time. */
    ms: ms.default(0), count: z.number().int().min(1).default(1), set: row.default({}),
  }),
  tag('page', { trick: z.enum(['overlap', 'empty', 'trailing-cursor']) }),
  tag('envelope', { set: row.default({}), unset: names.default([]), result: row.nullable().default({}) }),
  tag('numbers', {}), tag('cut', { announced: z.enum(['whole', 'half']) }), tag('empty', {}), tag('gzip', {}),
] as const;

/** What happens to a connection or a frame. Times are wall time. */
const streamEffects = [
  tag('refuse-upgrade', { how: z.union([z.number().int(), z.literal('reset')]) }),
  tag('ignore', {}),
  tag('answer', { body: row, closes: closeCode.nullable().default(null) }),
  tag('hang-up', { code: closeCode, isServed: z.boolean().default(false) }),
  tag('drop', {}), tag('mute', {}), tag('delay', { ms, spreadMs: ms.default(0) }), tag('twice', { gapMs: ms.default(0) }),
  tag('swap', {}), tag('merge', {}), tag('shuffle', { withinMs: ms, gapMs: ms }),
  /** Members of the frame, members of its rows, members taken away from the rows, and times of the rows moved. */
  tag('edit', { frame: row.default({}), row: row.default({}), without: names.default([]), shift: z.record(z.string(), z.number()).default({}) }),
  /** A further frame after this one: the same with other rows. */
  tag('also', { row, topic: z.string().nullable().default(null) }),
  tag('raw', { text: z.string(), isBinary: z.boolean().default(false), isInstead: z.boolean().default(false) }),
  tag('close', { code: closeCode, afterMs: ms.default(0), isSent: z.boolean().default(true) }),
  tag('replay', { count: z.number().int().min(1) }),
] as const;

/** What happens to the market, the account or all doors, whatever set it off. */
const actEffects = [
  tag('jump', { kind: z.enum(['last', 'mark', 'both']), percent, symbol: z.string().nullable().default(null) }),
  /** Across the price of the order that the request names or states; `isPlayed` = it happens before the request is judged. */
  tag('cross', { isPlayed: z.boolean().default(false) }),
  /** Without a size: as much as is held, else ten times the least order. */
  tag('trade-by-hand', { side: z.enum(['Buy', 'Sell']), size: z.string().nullable().default(null), reduceOnly: z.boolean().default(false) }),
  /** This part of the position, by somebody else. */
  tag('close-by-hand', { percent: percent.default(100) }),
  tag('stop-by-hand', { percent }),
  tag('leverage-by-hand', { leverage: z.string() }),
  tag('cancel-by-hand', { isAll: z.boolean().default(false) }),
  tag('wipe-closed', {}),
  tag('outage', { which: z.array(kinds), code: closeCode, refusals: z.number().int().min(0).default(0), how: z.union([z.number().int(), z.literal('reset')]).default('reset') }),
] as const;

const effect = z.discriminatedUnion('tag', [...httpEffects, ...streamEffects, ...actEffects]);

export const rule = z.strictObject({
  /** Shown in the journal. */
  id: z.string().default('own'),
  when: matcher.default({}),
  times: z.number().int().min(1).nullable().optional(),
  probability: z.number().min(0).max(1).optional(),
  effect,
});

export type Rule = z.output<typeof rule>;
/** As it may be written. */
export type RuleText = z.input<typeof rule>;
export type Matcher = z.output<typeof matcher>;
export type FaultEffect = z.output<typeof effect>;
export type FaultTag = FaultEffect['tag'];
export type EffectOf<T extends FaultTag> = Extract<FaultEffect, { readonly tag: T }>;

const tagsOf = (effects: readonly { readonly shape: { readonly tag: { readonly value: string } } }[]): ReadonlySet<string> =>
  new Set(effects.map(({ shape }) => shape.tag.value));

const httpTags = tagsOf(httpEffects);
const actTags = tagsOf(actEffects);
const arrivalTags: ReadonlySet<string> = new Set(['ignore', 'answer', 'hang-up']);

export const isHttp = ({ tag: name }: FaultEffect): boolean => httpTags.has(name);
export const isAct = ({ tag: name }: FaultEffect): boolean => actTags.has(name);
export const isArrival = ({ tag: name }: FaultEffect): boolean => arrivalTags.has(name);
export const isLeaving = (one: FaultEffect): boolean => !isHttp(one) && !isAct(one) && !isArrival(one) && one.tag !== 'refuse-upgrade';
