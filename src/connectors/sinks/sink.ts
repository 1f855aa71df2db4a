/** Where a sink node's output goes. `write` never waits: it says when it is full, and calls `onDrain` when it is not any more. */
export interface Sink {
  /** @param body a view that is only valid during the call. @returns false when full: the body was not taken. */
  write(body: Uint8Array): boolean;
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
  /** A message that cannot be delivered, and why. */
  readonly onFailed: (error: Error) => void;
}
export interface SinkSetup {
  readonly node: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** Relative paths of file sinks start here. */
  readonly directory: string;
  readonly events: SinkEvents;
}

/** Limits of one sink's queue. */
export const SINK_LIMITS = { queue_bytes: 8 * 1024 * 1024, queue_messages: 10_000, in_flight: 64, retries: 8 } as const;
