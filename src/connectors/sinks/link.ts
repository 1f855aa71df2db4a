/** The way to the other side, as NetworkSink needs it: `openMqttSink` and `openHttpSink` each make one. */
export interface Link {
  /** How many outputs it takes before the first is acknowledged; 0 while there is no connection. */
  readonly window: number;
  /**
   * Sends one output. Those sent on one connection arrive in the order of the calls.
   * @param id of the output, printable ASCII.
   * @param done called once: null when acknowledged, `Permanent` when it never will be, `RetryAfter` or any other error when it
   * is to be tried again. Not called any more after `lost`.
   */
  send(body: Buffer, id: string, done: (error: Error | null) => void): void;
  /** Ends the connection; nothing is called any more. */
  close(): Promise<void>;
}
export interface LinkEvents {
  /** `window` was 0 and is not any more. */
  readonly onReady: () => void;
  /**
   * The connection is gone and with it everything that was sent and not acknowledged. The link dials again by itself.
   * `Permanent`: because of something that was sent.
   */
  readonly onLost: (error: Error) => void;
  /** Dialling has failed; it is tried again. */
  readonly onProblem: (error: Error) => void;
}

/** Never to be tried again. */
export class Permanent extends Error {}

/** To be tried again, but not before this time. */
export class RetryAfter extends Error {
  readonly delay_ms: number;
  constructor(message: string, delay_ms: number) {
    super(message);
    this.delay_ms = delay_ms;
  }
}

/** An id as it goes over the network: what is not printable ASCII is percent-encoded, for headers. */
export const idOf = (prefix: string, sequence: number): string =>
  `${prefix.toWellFormed().replace(/[^\x21-\x7e]/gu, encodeURIComponent)}/${sequence}`;
