import type { FrameTaker, PullConnection } from '#connectors';
import type { Subscriber } from './subscriber.ts';

/** A connected driver: what is held of it, and for whom. */
export class Driver implements FrameTaker {
  readonly slot: number;
  readonly connection: PullConnection;
  readonly #pass: (driver: Driver, span: Uint8Array) => boolean;
  readonly #gone: (driver: Driver) => void;
  /** Bytes of the open span that all have taken. */
  passed = 0;
  /** Subscriptions there had been when they were offered first. */
  offered = 0;
  /** Who had no room for what comes behind them; empty: nothing is held. */
  readonly waiting = new Set<Subscriber>();
  /** Who took it already. */
  readonly served = new Set<Subscriber>();

  constructor(
    slot: number,
    connection: PullConnection,
    pass: (driver: Driver, span: Uint8Array) => boolean,
    gone: (driver: Driver) => void,
  ) {
    this.slot = slot;
    this.connection = connection;
    this.#pass = pass;
    this.#gone = gone;
  }

  get held(): boolean {
    return this.waiting.size > 0;
  }

  take(span: Uint8Array): boolean {
    return this.#pass(this, span);
  }

  gone(): void {
    this.#gone(this);
  }
}
