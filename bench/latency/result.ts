/** What the probe writes down. All times ms of one clock, lengths ms. */

/** The way of one decision from what led to it to the wire. */
export interface Decision {
  /** The last word of the market before it came in. */
  readonly toldAt: number;
  /** The engine's thread was asked. */
  readonly askedAt: number;
  /** Commands exist, their record is about to be written. */
  readonly decidedAt: number;
  /** The journal is durable. */
  readonly syncedAt: number;
  readonly answeredAt: number;
  /** The shell has the commands. */
  readonly heardAt: number;
  /** The call that hands the bytes of the first request to the kernel begins. */
  readonly wiredAt: number;
  /** It came back: where the exchange's process has been woken by it and took the processor, that much later. */
  readonly returnedAt: number;
  /** Which request of this process it was, from 0. */
  readonly request: number;
}

export interface Span { readonly name: string; readonly from: number; readonly to: number }

/** The event loop stood still. */
export interface Block {
  readonly from: number;
  readonly forMs: number;
  /** The main thread was on a processor, and waited for one; NaN where the kernel does not tell. */
  readonly ranMs: number;
  readonly waitedMs: number;
  readonly causes: readonly { readonly name: string; readonly ms: number }[];
}

export interface ProbeResult {
  readonly decisions: readonly Decision[];
  /** Every `fdatasync` of the journal. */
  readonly syncs: readonly number[];
  /** Of perf_hooks' monitorEventLoopDelay at a resolution of 1 ms, from the first decision on. */
  readonly delay: { readonly p50: number; readonly p99: number; readonly p999: number; readonly max: number; readonly samples: number };
  readonly blocks: readonly Block[];
}
