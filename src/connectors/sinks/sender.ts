import { Backoff, notBefore } from './backoff.ts';
import { idOf, type Link, type LinkEvents, Permanent, RetryAfter } from './link.ts';
import type { Item, Outbox } from './outbox.ts';

/** Failures in a row after which the other side counts as away; one is enough when the connection is lost. */
const AWAY_FAILURES = 2;

export interface SenderEvents {
  /** Little is left to send. @returns whether more is in the outbox now. */
  readonly onLow: () => boolean;
  /** Was acknowledged and is out of the outbox. */
  readonly onDelivered: (item: Item) => void;
  /** Will never be; is out of the outbox. */
  readonly onRefused: (item: Item, error: Error) => void;
  /** Something failed that is tried again; `isAway` may have become true. */
  readonly onProblem: (error: Error) => void;
  /** Before the first attempt after a failure. */
  readonly onResume: () => void;
  /** Something was delivered or refused, or the other side is away: look again at what you wait for. */
  readonly onProgress: () => void;
}

/**
 * Sends what is in an outbox through a link, in order, as many at once as the link's window lets it. After a failure that passes,
 * everything from the oldest unacknowledged output on is sent again in order, one at first. Tries for ever.
 */
export class Sender {
  readonly #outbox: Outbox;
  readonly #events: SenderEvents;
  readonly #link: Link;
  readonly #backoff = new Backoff();
  /** What was sent in an earlier epoch is void. */
  #epoch = 0;
  #inFlight = 0;
  #failures = 0;
  #retries = 0;
  /** So many acknowledgements must come one by one before the whole window is used again. */
  #careful = 0;
  /** An output is to be tried again, as soon as the others in flight are answered. */
  #restart: Error | null = null;
  #pause: NodeJS.Timeout | null = null;
  #pumping = false;
  #stopped = false;

  /** @param connect makes the link. */
  constructor(outbox: Outbox, connect: (events: LinkEvents) => Link, events: SenderEvents) {
    this.#outbox = outbox;
    this.#events = events;
    this.#link = connect({
      onReady: () => {
        this.#failures = 0;
        this.#events.onResume();
        this.pump();
      },
      onLost: error => this.#onLost(error),
      onProblem: error => this.#onFailure(error),
    });
  }

  get inFlight(): number {
    return this.#inFlight;
  }
  get retries(): number {
    return this.#retries;
  }
  get isAway(): boolean {
    return this.#failures >= (this.#link.window === 0 ? 1 : AWAY_FAILURES);
  }
  get isOnline(): boolean {
    return this.#link.window > 0 && this.#failures < AWAY_FAILURES;
  }

  /** Sends what can be sent now. */
  pump(): void {
    // A link may answer before `send` returns: the loop that runs already goes on then.
    if (this.#pumping) return;
    this.#pumping = true;
    while (!this.#stopped && !this.#pause && !this.#restart && this.#inFlight < this.#window) {
      const item = this.#outbox.next();
      if (item) this.#send(item);
      else if (!this.#events.onLow()) break;
    }
    this.#pumping = false;
  }

  /** Sends nothing more; answers still count. */
  stop(): void {
    this.#stopped = true;
  }

  /** What waits for its next attempt has it now. */
  hurry(): void {
    if (!this.#pause) return;
    clearTimeout(this.#pause);
    this.#pause = null;
    this.pump();
  }

  /** Ends the connection; nothing is called any more. */
  async close(): Promise<void> {
    this.#stopped = true;
    this.#epoch += 1;
    if (this.#pause) clearTimeout(this.#pause);
    await this.#link.close();
  }

  get #window(): number {
    return this.#careful > 0 ? Math.min(1, this.#link.window) : this.#link.window;
  }

  #send(item: Item): void {
    const epoch = this.#epoch;
    this.#inFlight += 1;
    if (item.tried) this.#retries += 1;
    item.tried = true;
    this.#link.send(item.body, idOf(item.prefix, item.sequence), error => {
      if (epoch === this.#epoch) this.#answered(item, error);
    });
  }

  #answered(item: Item, error: Error | null): void {
    this.#inFlight -= 1;
    if (error === null || error instanceof Permanent) {
      this.#failures = 0;
      this.#careful = Math.max(0, this.#careful - 1);
      this.#backoff.reset();
    } else this.#restart ??= error;
    if (error === null) item.state = 'acknowledged';
    else if (error instanceof Permanent) this.#refuse(item, error);
    this.#outbox.retire(this.#events.onDelivered);
    if (this.#restart && this.#inFlight === 0) this.#again(this.#restart);
    this.#events.onProgress();
    this.pump();
  }

  #refuse(item: Item, error: Error): void {
    this.#outbox.take(item);
    this.#events.onRefused(item, error);
  }

  /** Everything unacknowledged again, in a while. */
  #again(error: Error): void {
    this.#restart = null;
    this.#rewind(1);
    this.#onFailure(error);
    if (this.#stopped) return;
    const delay = error instanceof RetryAfter ? notBefore(error.delay_ms) : this.#backoff.next();
    this.#pause = setTimeout(() => {
      this.#pause = null;
      this.#events.onResume();
      this.pump();
    }, delay);
  }

  #onLost(error: Error): void {
    const suspects = this.#inFlight;
    if (error instanceof Permanent && suspects === 1) {
      const item = this.#outbox.find(one => one.state === 'sent');
      if (item) this.#refuse(item, error);
    }
    // One of those in flight is to blame: one by one, it will be found.
    this.#rewind(error instanceof Permanent ? suspects : 1);
    this.#onFailure(error);
  }

  #rewind(careful: number): void {
    this.#epoch += 1;
    this.#inFlight = 0;
    this.#restart = null;
    this.#careful = Math.max(this.#careful, careful);
    this.#outbox.rewind();
  }

  #onFailure(error: Error): void {
    this.#failures += 1;
    this.#events.onProblem(error);
    this.#events.onProgress();
  }
}
