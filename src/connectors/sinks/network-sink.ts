import { GatewayError, type GatewayErrorCode } from '#diagnostic';
import { SINK_LIMITS, type Sink, type SinkEvents } from './sink.ts';

/** One try to deliver. A thrown `Permanent` is not tried again. */
export type Deliver = (body: Buffer) => Promise<void>;

export class Permanent extends Error {}
/** Try again, but not before this time. */
export class RetryAfter extends Error {
  readonly delay_ms: number;
  constructor(message: string, delay_ms: number) {
    super(message);
    this.delay_ms = delay_ms;
  }
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;

/**
 * A bounded queue in front of a network: sent in order, at most `in_flight` unacknowledged, each tried again with exponential back-off and
 * jitter. What fails for good is counted and reported, never dropped in silence.
 */
export class QueuedSink implements Sink {
  readonly #deliver: Deliver;
  readonly #dispose: () => Promise<void>;
  readonly #events: SinkEvents;
  readonly #code: GatewayErrorCode;
  readonly #where: string;
  readonly #inFlight: number;
  readonly #queue: { readonly body: Buffer; readonly sequence: number }[] = [];
  #settled = 0;
  #queuedBytes = 0;
  #working: Promise<void> | null = null;
  #full = false;
  #closing = false;
  #state = { written: 0, bytes: 0, failed: 0, retries: 0, lastError: null as string | null };

  constructor(
    code: GatewayErrorCode,
    where: string,
    events: SinkEvents,
    deliver: Deliver,
    in_flight: number,
    dispose: () => Promise<void>,
  ) {
    this.#inFlight = in_flight;
    this.#code = code;
    this.#where = where;
    this.#events = events;
    this.#deliver = deliver;
    this.#dispose = dispose;
  }

  get state(): Sink['state'] {
    return { ...this.#state, pending: this.#queue.length };
  }

  get settled(): number {
    return this.#queue[0]?.sequence ?? this.#settled;
  }

  write(body: Uint8Array, sequence: number): boolean {
    if (
      this.#queue.length >= SINK_LIMITS.queue_messages ||
      (this.#queuedBytes + body.length > SINK_LIMITS.queue_bytes && this.#queue.length > 0)
    ) {
      this.#full = true;
      return false;
    }
    this.#queue.push({ body: Buffer.from(body), sequence });
    this.#settled = sequence + 1;
    this.#queuedBytes += body.length;
    this.#working ??= this.#work();
    return true;
  }

  async flush(): Promise<void> {
    while (this.#working) await this.#working;
  }

  /** Tries each message once more, then gives up on it. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.flush();
    await this.#dispose();
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, this.#inFlight);
      await Promise.all(batch.map(({ body, sequence }) => this.#attempt(body, sequence)));
      this.#queue.splice(0, batch.length);
      for (const { body } of batch) this.#queuedBytes -= body.length;
      if (this.#full) {
        this.#full = false;
        this.#events.onDrain();
      }
    }
    this.#working = null;
  }

  async #attempt(body: Buffer, sequence: number): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#deliver(body);
        this.#state.written += 1;
        this.#state.bytes += body.length;
        return;
      } catch (error) {
        const { message } = error as Error;
        this.#state.lastError = message;
        if (error instanceof Permanent || attempt >= SINK_LIMITS.retries || this.#closing) {
          this.#state.failed += 1;
          this.#events.onFailed(new GatewayError(this.#code, this.#where, message, error), body, sequence);
          return;
        }
        this.#state.retries += 1;
        const backoff = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
        const delay = error instanceof RetryAfter ? error.delay_ms : backoff / 2 + (Math.random() * backoff) / 2;
        await new Promise(resolve => setTimeout(resolve, delay));
      }
    }
  }
}
