import { API_LIMITS, type Problem } from '#api';
import { SERVER_LIMITS } from './limits.ts';
import { later } from './problem.ts';

/** How many listen at the same time. */
export class EventStreams {
  readonly #most: number;
  #open = 0;

  constructor(most: number = API_LIMITS.event_streams) {
    this.#most = most;
  }

  get open(): number {
    return this.#open;
  }

  /** @returns gives the place back; may be called twice. @throws GatewayError streams-exhausted */
  enter(): () => void {
    if (this.#open >= this.#most) throw later('streams-exhausted', `${this.#most} listeners`, 5_000);
    this.#open += 1;
    let isOpen = true;
    return () => {
      if (isOpen) this.#open -= 1;
      isOpen = false;
    };
  }
}

export interface EventSetup {
  readonly heartbeat_ms: number;
  /** The client went away, or the server stops. */
  readonly signal: AbortSignal;
  /** Asked once in each heartbeat, whatever else is sent; false ends the stream. */
  readonly allowed: () => Promise<boolean>;
  /** What the listener is told of an error in the middle. */
  readonly problemOf: (error: unknown) => Problem;
  readonly onEnd: () => void;
}

const END = Symbol('end');
const SILENCE = Symbol('silence');
/** `Last-Event-ID` of one who has seen everything: 204 keeps browsers from connecting again. */
export const LAST_EVENT = 'end';

/**
 * Events as text. Nothing is asked of `events` before the reader has taken what came before, so a slow reader holds one
 * event here, whatever happens; what is to be left out for it the iterable leaves out (`Latest`).
 */
export function eventStream(events: AsyncIterable<unknown>, setup: EventSetup): ReadableStream<Uint8Array> {
  const writer = new EventWriter(events, setup);
  return new ReadableStream<Uint8Array>(
    {
      start: controller => controller.enqueue(utf8(`retry: ${SERVER_LIMITS.event_retry_ms}\n\n`)),
      pull: async controller => {
        const text = await writer.next();
        if (text === null) controller.close();
        else controller.enqueue(utf8(text));
      },
      cancel: () => writer.end(),
    },
    { highWaterMark: 1 },
  );
}

const encoder = new TextEncoder();
const utf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text);

class EventWriter {
  readonly #events: AsyncIterator<unknown>;
  readonly #setup: EventSetup;
  readonly #gone: Promise<typeof END>;
  #waiting: Promise<IteratorResult<unknown>> | null = null;
  #number = 0;
  #asked_ms = performance.now();
  #hasEnded = false;

  constructor(events: AsyncIterable<unknown>, setup: EventSetup) {
    this.#events = events[Symbol.asyncIterator]();
    this.#setup = setup;
    const { signal } = setup;
    this.#gone = new Promise(resolve => {
      if (signal.aborted) resolve(END);
      else signal.addEventListener('abort', () => resolve(END), { once: true });
    });
    this.#gone.then(() => this.end());
  }

  /** @returns null: that was all. */
  async next(): Promise<string | null> {
    if (this.#hasEnded) return null;
    try {
      const event = await this.#event();
      if (event === END || !(await this.#isAllowed(event === SILENCE))) return this.#close();
      if (event === SILENCE) return ': alive\n\n';
      if (event.done) {
        this.#close();
        return `id: ${LAST_EVENT}\n\n`;
      }
      this.#number += 1;
      return `id: ${this.#number}\ndata: ${JSON.stringify(event.value)}\n\n`;
    } catch (error) {
      if (this.#hasEnded) return null;
      const problem = this.#setup.problemOf(error);
      this.#close();
      return `event: problem\ndata: ${JSON.stringify(problem)}\n\n`;
    }
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#setup.onEnd();
    // A generator that waits ends when its wait does: the signal has told it.
    this.#events.return?.().catch((error: unknown) => void this.#setup.problemOf(error));
  }

  #close(): null {
    this.end();
    return null;
  }

  async #isAllowed(isSilent: boolean): Promise<boolean> {
    const now_ms = performance.now();
    if (!isSilent && now_ms - this.#asked_ms < this.#setup.heartbeat_ms) return true;
    this.#asked_ms = now_ms;
    return this.#setup.allowed();
  }

  async #event(): Promise<IteratorResult<unknown> | typeof END | typeof SILENCE> {
    this.#waiting ??= this.#events.next();
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<typeof SILENCE>(resolve => {
      timer = setTimeout(resolve, this.#setup.heartbeat_ms, SILENCE);
      timer.unref();
    });
    try {
      const first = await Promise.race([this.#waiting, silence, this.#gone]);
      if (first !== SILENCE && first !== END) this.#waiting = null;
      return first;
    } finally {
      clearTimeout(timer);
    }
  }
}
