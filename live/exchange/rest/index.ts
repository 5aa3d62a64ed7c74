/** The REST door of the local exchange, and what other doors share with it. */
export { startRest } from './door.ts';
export type { RestDoor, RestOptions } from './door.ts';
export { bodyOf } from './bodies.ts';
export { Quotas, headersOf } from './quotas.ts';
export type { Visit } from './quotas.ts';
export { isSame, signatureOf } from './signature.ts';
export type { Credentials } from './signature.ts';
export type { Effect, RequestHead, RequestSink, RestRequest, Substitute } from './effect.ts';
export type { PageTrick } from './page.ts';
export { snapshotOf } from './snapshot.ts';
