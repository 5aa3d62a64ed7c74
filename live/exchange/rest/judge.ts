/**
 * From a request to its reply: address, path, key and signature, quota, form, account, in this order. Nothing reaches the
 * account before all of it has passed.
 */
import type { Ms } from '../../../engine/index.ts';
import type { Pace } from '../pace.ts';
import type { Row, World } from '../world.ts';
import { effectOf } from './effect.ts';
import type { Effect, RestRequest } from './effect.ts';
import type { AccountSettings, Call, Endpoint } from './endpoint.ts';
import { headersOf } from './quotas.ts';
import type { Quotas, Visit } from './quotas.ts';
import { refused } from './reply.ts';
import type { Reply } from './reply.ts';
import { endpointAt } from './routes.ts';
import { judgeSignature } from './signature.ts';
import type { Credentials } from './signature.ts';

/** What lies behind the door. */
export interface Inside {
  readonly world: World; readonly pace: Pace; readonly quotas: Quotas; readonly credentials: Credentials; readonly account: AccountSettings;
}

/** A request with its body's bytes. `params` null = the body is no JSON object. */
export interface Asked {
  readonly request: RestRequest; readonly body: Buffer; readonly params: Row | null;
  /** Wall time of the server, a fault's shift included. */
  readonly server: Ms;
}

export interface Judged { readonly reply: Reply; readonly headers: Readonly<Record<string, string>> }

export async function judge(asked: Asked, inside: Inside, effects: readonly Effect[]): Promise<Judged> {
  const address = inside.quotas.takeAddress();
  if (address.granted === 0) return { reply: shutOut, headers: headersOf(address) };
  const { request, body } = asked;
  const endpoint = endpointAt(request.method, request.path);
  if (endpoint === null) return { reply: { ...refused(10017, 'Route not found.'), httpStatus: 404 }, headers: headersOf(address) };
  if (request.method === 'GET' && body.length > 0) {
    return { reply: { ...refused(10001, 'GET request with a body.'), httpStatus: 403 }, headers: headersOf(address) };
  }
  if (endpoint.quota === null) return { reply: await answered(asked, inside, { effects, endpoint, visit: address }), headers: headersOf(address) };
  const payload = request.method === 'GET' ? request.query : body;
  const stranger = judgeSignature(request.headers, payload, inside.credentials, asked.server);
  if (stranger !== null) return { reply: stranger, headers: headersOf(address) };
  const visit = visitOf(endpoint, asked, inside, effects);
  const reply = visit.granted === 0 ? refused(10006, 'Too many visits!') : await answered(asked, inside, { effects, endpoint, visit });
  return { reply, headers: headersOf(visit) };
}

const shutOut: Reply = { ...refused(10018, 'access too frequent'), httpStatus: 403 };

function visitOf(endpoint: Endpoint, asked: Asked, { quotas }: Inside, effects: readonly Effect[]): Visit {
  const { name, perSecond } = endpoint.quota ?? { name: '', perSecond: 0 };
  const limited = effectOf(effects, 'limited');
  if (limited !== null) return { granted: 0, limit: perSecond, left: 0, resetAt: asked.server + limited.resetMs };
  return quotas.take(name, perSecond, endpoint.cost(asked.params ?? {}));
}

interface Way { readonly effects: readonly Effect[]; readonly endpoint: Endpoint; readonly visit: Visit }

async function answered({ params, server }: Asked, inside: Inside, { effects, endpoint, visit }: Way): Promise<Reply> {
  if (params === null) return refused(10001, 'Request parameter error.');
  const { world, pace, quotas, account } = inside;
  const call: Call = {
    world,
    pace,
    reads: effectOf(effects, 'stale')?.reads ?? world.reads,
    market: world.market,
    quotas,
    visit,
    server,
    account,
    tricks: effects.flatMap((effect) => (effect.tag === 'page' ? [effect.trick] : [])),
    keep: (rows) => changed(rows, effects),
  };
  return await endpoint.answer(params, call);
}

/** The plan that changes rows keeps their kind: it is handed rows and hands back rows. */
function changed<T>(rows: readonly T[], effects: readonly Effect[]): readonly T[] {
  return effects.reduce<readonly T[]>((list, effect) => (effect.tag === 'rows' ? effect.change(list) as readonly T[] : list), rows);
}
