/** The WebSocket doors of the local exchange, and the hook where faults are put between them and the wire. */
export { startStreams } from './door.ts';
export type { StreamDoor, StreamOptions } from './door.ts';
export type { Arrival, Asked, CloseCode, Frame, Leaving, StreamKind, StreamSink } from './sink.ts';
