/**
 * What the REST door answers, before it is bytes: a code with its text and result, the HTTP status and extra headers.
 * Business refusals travel with HTTP 200: some clients lose the code of any other status.
 */
import type { Ms } from '../../../engine/index.ts';
import type { Answer, Row } from '../world.ts';

export interface Reply {
  readonly httpStatus: number;
  readonly code: number;
  readonly message: string;
  readonly result: Row | null;
  /** `retExtInfo`: the verdicts of a batch, item by item; otherwise empty. */
  readonly extra: Row;
}

export function accepted(result: Row, message = 'OK'): Reply {
  return { httpStatus: 200, code: 0, message, result, extra: {} };
}

export function refused(code: number, message: string): Reply {
  return { httpStatus: 200, code, message, result: {}, extra: {} };
}

export function replyOf(answer: Answer): Reply {
  return { httpStatus: 200, code: answer.code, message: answer.message, result: answer.result, extra: {} };
}

/** Wire form. `time` = wall time of the server, ms: clients measure their clock by it. */
export function envelopeOf(reply: Reply, time: Ms): Row {
  return { retCode: reply.code, retMsg: reply.message, result: reply.result, retExtInfo: reply.extra, time };
}
