import type { GatewayError } from '#diagnostic';

/** Where a sink node's output goes. `write` never waits: it says when it is full, and calls `onDrain` when it is not any more. */
export interface Sink {
  /**
   * @param body a view that is only valid during the call.
   * @param sequence number of the output within the flow: grows, is the same after a replay.
   * @returns false when full: the body was not taken.
   */
  write(body: Uint8Array, sequence: number): boolean;
  /**
   * What was written with a smaller sequence than this is acknowledged, stored on disk, or has failed and was reported. Never
   * becomes less.
   */
  readonly settled: number;
  /** Everything written so far is settled. Without a spool that takes as long as the other side is away. */
  flush(): Promise<void>;
  /**
   * With a spool: puts what is not acknowledged there. Without: tries for a bounded time (`SINK_LIMITS`), then reports each
   * output by `onFailed`.
   */
  close(): Promise<void>;
  readonly state: SinkState;
}
export interface SinkState {
  /** Outputs that the other side has acknowledged. */
  readonly written: number;
  readonly bytes: number;
  /** Outputs that wait in memory only. */
  readonly pending: number;
  /** Outputs that cannot be delivered, ever; each was reported by `onFailed`. */
  readonly failed: number;
  /** Outputs sent again. */
  readonly retries: number;
  /** Outputs that wait on disk, and the bytes of its files. */
  readonly spooled: number;
  readonly spooled_bytes: number;
  /** Outputs deleted from the disk unsent: beyond the limit of bytes or of age, or unreadable. */
  readonly dropped: number;
  /** The other side takes outputs, as far as is known. */
  readonly online: boolean;
  readonly lastError: string | null;
}
export interface SinkEvents {
  readonly onDrain: () => void;
  /** Something is wrong, and is tried again; or outputs on disk were dropped. */
  readonly onProblem: (error: GatewayError) => void;
  /** An output that cannot be delivered, ever, and why: it belongs in the dead letters. */
  readonly onFailed: (error: GatewayError, body: Uint8Array, sequence: number) => void;
}
export interface SinkSetup {
  readonly node: string;
  /** Begins the id of every output: `<id_prefix>/<sequence>` is unique and the same when an output is sent again. */
  readonly id_prefix: string;
  /** Folder of this sink alone, for what waits on disk while the other side is away; null: wait in memory and hold the flow back. */
  readonly spool: string | null;
  readonly props: Readonly<Record<string, unknown>>;
  /** Relative paths of file sinks start here. */
  readonly directory: string;
  /** Files of sinks lie in `directory` and nowhere else. */
  readonly confined?: boolean;
  readonly events: SinkEvents;
}

/** Limits of one sink. */
export const SINK_LIMITS = {
  /** What waits in memory. */
  queue_bytes: 8 * 1024 * 1024,
  queue_messages: 10_000,
  /** Sent and not acknowledged. */
  in_flight: 64,
  /** How long closing goes on after the last success, and altogether. */
  closing_idle_ms: 3_000,
  closing_ms: 30_000,
} as const;
