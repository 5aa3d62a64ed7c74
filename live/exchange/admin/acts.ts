/**
 * What the admin door can be asked, each with the form of its body. The form is strict: a misspelt member is told, not
 * ignored, because nothing on this side is there to be tolerant of.
 */
import { z } from 'zod';
import type { Ms } from '../../../engine/index.ts';
import type { Pace } from '../pace.ts';
import type { Row, World } from '../world.ts';

/** Holds fault plans. `set` throws `RangeError` with what is wrong about the plan. */
export interface FaultDesk {
  set(plan: Row): Row;
  clear(): void;
  /** What was fired, oldest first. */
  journal(): Row;
}

export const socketKinds = ['public', 'private', 'trade', 'all'] as const;

/** Closes sockets of the streams; says how many. */
export interface SocketDesk {
  close(which: (typeof socketKinds)[number], code: number | 'reset'): number;
}

/** What lies behind the door. Null = not there: its paths answer 404. */
export interface Inside {
  readonly world: World; readonly pace: Pace; readonly faults: FaultDesk | null; readonly sockets: SocketDesk | null;
}

export interface Act {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Null = nothing to act upon in this exchange. */
  readonly run: (body: unknown, inside: Inside) => Promise<Row> | null;
}

const symbol = z.string().min(1);
const price = z.string().regex(/^\d{1,30}(\.\d{1,30})?$/, { error: 'must be decimal text above zero' })
  .refine((text) => Number(text) > 0, { error: 'must be decimal text above zero' });
const nothing = z.strictObject({});

export const acts: readonly Act[] = [
  act('POST', '/idle', z.strictObject({ until: z.number().nonnegative().nullable() }), async ({ until }, { pace }) => {
    const { now, hasEnded } = await pace.idle(until ?? Infinity);
    return { now, ended: hasEnded };
  }),
  act('GET', '/clock', nothing, (_, { world }) => clockOf(world)),
  act('POST', '/pause', nothing, (_, { pace, world }) => {
    pace.pause();
    return clockOf(world);
  }),
  act('POST', '/resume', nothing, (_, { pace, world }) => {
    pace.resume();
    return clockOf(world);
  }),
  act('GET', '/truth', nothing, (_, { world }) => world.truth()),
  act('POST', '/jump', z.strictObject({ symbol, price, kind: z.enum(['last', 'mark']).default('last') }), (body, inside) => done(inside, () => {
    inside.world.acts.jump(known(body.symbol, inside), body.price, body.kind);
  })),
  act('POST', '/foreign-order', z.strictObject({
    symbol, side: z.enum(['Buy', 'Sell']), size: price, reduceOnly: z.boolean().default(false),
  }), (body, inside) => done(inside, () => {
    inside.world.acts.foreignOrder(known(body.symbol, inside), body.side, body.size, body.reduceOnly);
  })),
  act('POST', '/foreign-stop', z.strictObject({ symbol, price }), (body, inside) => done(inside, () => {
    inside.world.acts.foreignStop(known(body.symbol, inside), body.price);
  })),
  act('POST', '/wipe-closed', nothing, (_, inside) => done(inside, () => inside.world.acts.wipeClosed())),
  act('GET', '/faults', nothing, (_, { faults }) => faults?.journal() ?? null),
  act('POST', '/faults', z.looseObject({}), (plan, { faults }) => faults?.set(plan) ?? null),
  act('DELETE', '/faults', nothing, (_, { faults }) => {
    faults?.clear();
    return faults === null ? null : {};
  }),
  act('POST', '/sockets/close', z.strictObject({
    which: z.enum(socketKinds).default('all'), code: z.union([z.number().int().min(1000).max(4999), z.literal('reset')]).default('reset'),
  }), ({ which, code }, { sockets }) => (sockets === null ? null : { closed: sockets.close(which, code) })),
];

function act<F extends z.ZodType>(
  method: Act['method'], path: string, form: F, run: (body: z.output<F>, inside: Inside) => Row | null | Promise<Row>,
): Act {
  return {
    method,
    path,
    run: (body, inside) => {
      const answer = run(form.parse(body), inside);
      return answer === null ? null : Promise.resolve(answer);
    },
  };
}

interface ClockRow { readonly now: Ms; readonly endsAt: Ms | null; readonly [key: string]: unknown }

/** JSON has no Infinity: null = without end. */
function clockOf(world: World): ClockRow {
  return { now: world.now, endsAt: Number.isFinite(world.endsAt) ? world.endsAt : null };
}

function done({ pace, world }: Inside, change: () => void): Row {
  change();
  pace.wake();
  return clockOf(world);
}

function known(name: string, { world }: Inside): string {
  const names = world.market.instruments.map((rules) => rules.symbol);
  if (!names.includes(name)) throw new RangeError(`symbol must be one of ${names.join(', ')}, was '${name}'`);
  return name;
}
