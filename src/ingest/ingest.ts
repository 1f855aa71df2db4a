import { FRAMING, RING_LIMITS } from '#abi';
import { type FrameTaker, listenPull, type PullConnection, type PullListener } from '#connectors';
import { GatewayError } from '#diagnostic';
import { Driver } from './driver.ts';
import { INGEST_LIMITS, type IngestLimits } from './limits.ts';
import { type Followed, Router } from './router.ts';
import type { Subscriber, Subscription } from './subscriber.ts';
import { listTags, readTags, type SeenTag, type TagQuery, type TagsSeen } from './tags.ts';

export interface IngestEvents {
  /** A driver was turned away or lost. */
  readonly onProblem: (error: GatewayError) => void;
  /** First bytes of a malformed message, now and then. */
  readonly onMalformed?: (sample: Uint8Array) => void;
}
export interface IngestOptions {
  readonly message_bytes_max?: number;
  readonly limits?: Partial<IngestLimits>;
}

/** A driver as people see it. */
export interface DriverStatus extends Followed {
  readonly slot: number;
  /** Address of the other side; `ipc` has none. */
  readonly peer: string;
  /** false: it has gone, and no other has taken its slot. */
  readonly connected: boolean;
  /** Flows that have no room for what comes next of it: it is not read from. */
  readonly held_by: readonly string[];
}
export interface IngestStats extends Followed {
  readonly malformed: number;
  /** Updates that no flow wants. */
  readonly unmatched: number;
  /** Updates of tags that found no room in the table. */
  readonly unremembered: number;
  /** Tags remembered. */
  readonly tags: number;
  readonly drivers: number;
  readonly flows: number;
}

const now_us = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

/** Where drivers push to, for many flows: each gets exactly the updates whose tags match its patterns. */
export class Ingest {
  readonly #events: IngestEvents;
  readonly #options: IngestOptions;
  readonly #limits: IngestLimits;
  readonly #router: Router;
  readonly #listeners: PullListener[] = [];
  /** By slot; of one that has gone, its address stays until another takes its place. */
  readonly #drivers: { readonly peer: string; readonly driver: Driver | null }[] = [];
  readonly #subscribers = new Map<string, Subscriber>();
  /** In all. */
  #subscriptions = 0;
  /** As the router numbers them. */
  #numbered: Subscriber[] = [];
  /** The router does not know the latest subscriptions. */
  #changed = false;
  #closed = false;
  /** A span is being passed on: nothing else may touch the router. */
  #passing = false;
  #resuming: NodeJS.Immediate | null = null;
  #swept_us = Number.NEGATIVE_INFINITY;
  #sampled_ms = Number.NEGATIVE_INFINITY;
  /** Of drivers that have gone. */
  #gaps = 0;
  #resets = 0;

  constructor(events: IngestEvents, options: IngestOptions = {}) {
    this.#events = events;
    this.#options = options;
    this.#limits = { ...INGEST_LIMITS, ...options.limits };
    this.#router = new Router(this.#limits, message => this.#malformed(message));
  }

  /** @param url `tcp://HOST:PORT` or `ipc://PATH`. @returns the address it is bound to. @throws GatewayError listen-failed, address-invalid */
  async listen(url: string): Promise<string> {
    const { message_bytes } = this.#limits;
    const listener = await listenPull(
      url,
      { onDriver: connection => this.connect(connection), onProblem: this.#events.onProblem },
      { message_bytes_max: Math.min(this.#options.message_bytes_max ?? message_bytes, message_bytes) },
    );
    if (this.#closed) {
      await listener.close();
      throw new GatewayError('listen-failed', url, 'the ingest is closed');
    }
    this.#listeners.push(listener);
    return listener.url;
  }

  /** Takes a driver in, as the listeners do. @returns who takes its frames; null: there are as many as there may be. */
  connect(connection: PullConnection): FrameTaker | null {
    const free = this.#drivers.findIndex(one => one.driver === null);
    const slot = free < 0 ? this.#drivers.length : free;
    if (slot >= this.#limits.drivers) return null;
    if (free >= 0) {
      const { gaps, resets } = this.#router.followed(slot);
      this.#gaps += gaps;
      this.#resets += resets;
    }
    const driver = new Driver(
      slot,
      connection,
      (one, span) => this.#passOn(one, span),
      one => this.#leave(one),
    );
    this.#drivers[slot] = { peer: connection.peer, driver };
    this.#router.openSender(slot);
    return driver;
  }

  /** Addresses it is bound to. */
  get addresses(): string[] {
    return this.#listeners.map(one => one.url);
  }
  /** Drivers connected. */
  get connections(): number {
    return this.#drivers.filter(one => one.driver !== null).length;
  }

  /**
   * Adds a flow, or changes the patterns of the one that has this id: what is held for it stays its own.
   * @throws GatewayError ingest-full
   */
  subscribe(subscription: Subscription): void {
    const known = this.#subscribers.get(subscription.id);
    if (!known && this.#subscribers.size >= this.#limits.subscribers)
      throw new GatewayError('ingest-full', subscription.id, `it has ${this.#limits.subscribers} flows`);
    if (known) known.subscription = subscription;
    else {
      this.#subscriptions += 1;
      this.#subscribers.set(subscription.id, { subscription, since: this.#subscriptions, gone: false });
    }
    this.#changed = true;
    this.resume(subscription.id);
  }

  /** What is held for this flow alone goes on without it. */
  unsubscribe(id: string): void {
    const subscriber = this.#subscribers.get(id);
    if (!subscriber) return;
    subscriber.gone = true;
    this.#subscribers.delete(id);
    this.#changed = true;
    this.#resumeThose(driver => driver.waiting.has(subscriber));
  }

  /** A flow has room again. @param id null: whoever was held back is tried again. */
  resume(id: string | null = null): void {
    const subscriber = id === null ? null : this.#subscribers.get(id);
    if (subscriber !== undefined)
      this.#resumeThose(driver => driver.held && (subscriber === null || driver.waiting.has(subscriber)));
  }

  #resumeThose(which: (driver: Driver) => boolean): void {
    if (this.#passing) {
      this.#resuming ??= setImmediate(() => {
        this.#resuming = null;
        this.resume();
      });
      return;
    }
    for (const { driver } of this.#drivers) if (driver && which(driver)) driver.connection.resume();
  }

  /** Drivers by slot, also those whose place nobody has taken. */
  drivers(): DriverStatus[] {
    return this.#drivers.map(({ peer, driver }, slot) => ({
      slot,
      peer,
      connected: driver !== null,
      held_by: [...(driver?.waiting ?? [])].map(one => one.subscription.id),
      ...this.#router.followed(slot),
    }));
  }

  /** Tags seen lately, in the order in which they were seen first. */
  tags(query: TagQuery = {}): TagsSeen {
    if (!this.#passing) this.#refresh();
    return listTags(this.#router, query, this.#limits.listed_tags, index => this.#numbered[index]!.subscription.id);
  }

  /** Of these tags those that came in lately, in the same order. Not from within a subscription's `take`. */
  tagsNamed(tags: readonly string[]): SeenTag[] {
    this.#refresh();
    return readTags(this.#router, tags, index => this.#numbered[index]!.subscription.id);
  }

  stats(): IngestStats {
    const { received, malformed, unmatched, unremembered } = this.#router.totals();
    let gaps = this.#gaps;
    let resets = this.#resets;
    for (let slot = 0; slot < this.#drivers.length; slot += 1) {
      const followed = this.#router.followed(slot);
      gaps += followed.gaps;
      resets += followed.resets;
    }
    const { tags } = this.#router;
    const drivers = this.connections;
    return { received, malformed, unmatched, unremembered, gaps, resets, tags, drivers, flows: this.#subscribers.size };
  }

  /** Ends all connections; what is held is lost. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#resuming) clearImmediate(this.#resuming);
    await Promise.all(this.#listeners.map(one => one.close()));
    this.#listeners.length = 0;
    for (const { driver } of this.#drivers) if (driver) this.#leave(driver);
  }

  #leave(driver: Driver): void {
    this.#drivers[driver.slot] = { peer: driver.connection.peer, driver: null };
  }

  /** @returns false: somebody has no room for a part of it. */
  #passOn(driver: Driver, span: Uint8Array): boolean {
    this.#passing = true;
    try {
      while (driver.passed < span.length) {
        const bytes = this.#passChunk(driver, span.subarray(driver.passed));
        if (bytes === 0) return false;
        driver.passed += bytes;
      }
      driver.passed = 0;
      return true;
    } finally {
      this.#passing = false;
    }
  }

  /** @returns bytes of the frames that all have taken; 0: somebody has no room. */
  #passChunk(driver: Driver, rest: Uint8Array): number {
    this.#refresh();
    const header = driver.connection.framing === FRAMING.sp_ipc ? 9 : 8;
    const first = !driver.held;
    if (first) driver.offered = this.#subscriptions;
    const chunk = rest.subarray(0, Math.max(this.#limits.chunk_bytes, frameBytes(rest, header)));
    driver.waiting.clear();
    const bytes = this.#routeFor(driver, chunk, header, first, 0, this.#numbered.length);
    if (driver.held) return 0;
    driver.served.clear();
    if (this.#router.full) this.#forgetOld();
    return bytes;
  }

  /** Gives the subscribers `from` … `to` their parts; when those are too many, to one half of them after the other. */
  #routeFor(driver: Driver, chunk: Uint8Array, header: number, first: boolean, from: number, to: number): number {
    const router = this.#router;
    const bytes = router.route(driver.slot, chunk, header, now_us(), first, from, to);
    if (router.overflowed) {
      const middle = (from + to) >> 1;
      this.#routeFor(driver, chunk, header, false, from, middle);
      this.#routeFor(driver, chunk, header, false, middle, to);
      return bytes;
    }
    const slot = Math.min(driver.slot, RING_LIMITS.drivers - 1);
    for (let i = 0; i < router.receivers; i += 1) {
      const index = router.receiver(i);
      const subscriber = this.#numbered[index]!;
      if (subscriber.gone || subscriber.since > driver.offered || driver.served.has(subscriber)) continue;
      if (subscriber.subscription.take(slot, driver.connection.framing, router.gather(index, header)))
        driver.served.add(subscriber);
      else driver.waiting.add(subscriber);
    }
    return bytes;
  }

  #refresh(): void {
    if (!this.#changed) return;
    this.#changed = false;
    const all = [...this.#subscribers.values()];
    const isFirst = ({ subscription }: Subscriber): boolean => subscription.first === true;
    this.#numbered = [...all.filter(isFirst), ...all.filter(one => !isFirst(one))];
    this.#router.setPatterns(this.#numbered.map(one => one.subscription.patterns));
  }

  #forgetOld(): void {
    const now = now_us();
    if (now - this.#swept_us < this.#limits.sweep_us) return;
    this.#swept_us = now;
    this.#router.forgetTags(now - this.#limits.tag_idle_us);
  }

  #malformed(message: Uint8Array): void {
    const now = performance.now();
    if (now - this.#sampled_ms < this.#limits.malformed_sample_ms) return;
    this.#sampled_ms = now;
    this.#events.onMalformed?.(message.slice(0, this.#limits.malformed_sample_bytes));
  }
}

/** Of the frame that `bytes` begin with. */
function frameBytes(bytes: Uint8Array, header: number): number {
  const at = header - 4;
  return header + (((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0);
}
