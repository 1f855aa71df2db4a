import type { GatewayError } from '#diagnostic';

/** Where a sink node's output goes. `write` never waits: it says when it is full, and calls `onDrain` when it is not any more. */
export interface Sink {
  /**
   * @param body a view that is only valid during the call.
   * @param sequence number of the output within the flow: grows, is the same after a replay.
   * @returns false when full: the body was not taken.
   */
  write(body: Uint8Array, sequence: number): boolean;
  /** What was written with a smaller sequence than this is acknowledged, stored on disk, or has failed and was reported. */
  readonly settled: number;
  /** Everything written so far has been taken by the other side, or has failed and was reported. */
  flush(): Promise<void>;
  close(): Promise<void>;
  readonly state: SinkState;
}
export interface SinkState {
  readonly written: number;
  readonly bytes: number;
  readonly pending: number;
  readonly failed: number;
  readonly retries: number;
  readonly lastError: string | null;
}
export interface SinkEvents {
  readonly onDrain: () => void;
  /** Something is wrong, and is tried again. */
  readonly onProblem: (error: GatewayError) => void;
  /** An output that cannot be delivered, ever, and why: it belongs in the dead letters. */
  readonly onFailed: (error: GatewayError, body: Uint8Array, sequence: number) => void;
}
export interface SinkSetup {
  readonly node: string;
  /** Begins the id of every output: `<id_prefix>/<sequence>` is unique and the same when an output is sent again. */
  readonly id_prefix: string;
  /** Folder for what waits on disk while the other side is away; null: wait in memory and hold the flow back. */
  readonly spool: string | null;
  readonly props: Readonly<Record<string, unknown>>;
  /** Relative paths of file sinks start here. */
  readonly directory: string;
  readonly events: SinkEvents;
}

/** Limits of one sink's queue. */
export const SINK_LIMITS = { queue_bytes: 8 * 1024 * 1024, queue_messages: 10_000, in_flight: 64, retries: 8 } as const;
