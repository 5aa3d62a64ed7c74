/** From the effects of a plan to what the REST door does on the wire. */
import type { Effect, RestRequest } from '../rest/index.ts';
import type { Reads, Row } from '../world.ts';
import { drawLatencyMs } from './chance.ts';
import { rewritten } from './numbers.ts';
import type { EffectOf } from './plan.ts';
import type { Due } from './rules.ts';
import { changedRows, laidOver } from './rows.ts';

/** Null where the effect is none of the wire, or is done elsewhere. */
export function wireEffects({ effect, draw }: Due, request: RestRequest, staleReads: (pushes: number) => Reads): readonly Effect[] {
  switch (effect.tag) {
    case 'lost': return [{ tag: 'lost' }];
    case 'unanswered': return [{ tag: 'unanswered' }];
    case 'hold': return [{ tag: 'hold', ms: effect.ms }];
    case 'late': return [{ tag: 'delay', ms: effect.ms }];
    case 'latency': return [{ tag: 'delay', ms: drawLatencyMs(effect.halfMs, effect.mostMs, draw) }];
    case 'clock': return [{ tag: 'clock', offsetMs: effect.offsetMs }];
    case 'substitute': {
      const { httpStatus, contentType, body, headers, isApplied } = effect;
      return [{ tag: 'substitute', answer: { httpStatus, contentType, body, headers, isApplied } }];
    }
    case 'refuse': {
      const { httpStatus, code, message, isApplied } = effect;
      return [{ tag: 'refuse', httpStatus, code, message, isApplied }];
    }
    case 'grant': return granted(request.params, effect.isApplied);
    case 'limited': return [{ tag: 'limited', resetMs: effect.resetMs }];
    case 'ban': return [{ tag: 'ban', ms: effect.ms, form: effect.form }];
    case 'stale': return [{ tag: 'stale', reads: staleReads(effect.pushes) }];
    case 'rows': return [{ tag: 'rows', change: (rows) => changedRows(rows, effect, request.marketAt) }];
    case 'page': return [{ tag: 'page', trick: effect.trick }];
    case 'envelope': return [{ tag: 'envelope', change: (envelope) => changedEnvelope(envelope, effect) }];
    case 'numbers': return [{ tag: 'envelope', change: (envelope) => ({ ...envelope, result: rewritten(envelope['result'], draw) }) }];
    case 'cut': return [{ tag: 'cut', announced: effect.announced }];
    case 'empty': return [{ tag: 'empty' }];
    case 'gzip': return [{ tag: 'gzip' }];
    default: return [];
  }
}

/** Done, says the answer, and names the order that the request named. */
export function granted(params: Row, isApplied: boolean, orderId = params['orderId'] ?? ''): readonly Effect[] {
  const result = { orderId, orderLinkId: params['orderLinkId'] ?? '' };
  return [
    { tag: 'refuse', httpStatus: 200, code: 0, message: 'OK', isApplied },
    { tag: 'envelope', change: (envelope) => ({ ...envelope, result }) },
  ];
}

function changedEnvelope(envelope: Row, { set, unset, result }: EffectOf<'envelope'>): Row {
  const inner = envelope['result'];
  const told = result === null ? null : typeof inner === 'object' && inner !== null ? laidOver(inner as Row, result) : inner;
  return Object.fromEntries(Object.entries({ ...envelope, result: told, ...set }).filter(([key]) => !unset.includes(key)));
}
