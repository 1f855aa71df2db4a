import { GatewayError, type GatewayErrorCode } from '#diagnostic';
import { Backoff } from './backoff.ts';
import { type Link, type LinkEvents, Permanent } from './link.ts';
import { type Item, Outbox } from './outbox.ts';
import { Sender } from './sender.ts';
import { SINK_LIMITS, type Sink, type SinkSetup } from './sink.ts';
import { Spool } from './spool.ts';
import { spoolLimits } from './spool-limits.ts';
import { Waiters } from './waiters.ts';

/** What a failure that passes and a refusal for good are called. */
export interface SinkCodes {
  readonly failed: GatewayErrorCode;
  readonly refused: GatewayErrorCode;
}

/** With a spool, outputs go to the disk when memory is fuller than this. */
const SPOOL_AT = 0.5;
/** A full queue takes outputs again below this. */
const ROOM_AT = 0.75;
/** How long closing waits for acknowledgements that may still come, before it puts the outputs on disk. */
const GRACE_MS = 1_000;

/**
 * A queue in front of a network: in memory, and on disk while the other side is away or slow.
 *
 * The outbox holds the oldest outputs. What is only on disk follows, and as long as there is any, new outputs go there as well.
 * So that this is their order on disk too, everything in the outbox goes to the disk before the first new output does.
 */
export class NetworkSink implements Sink {
  readonly #codes: SinkCodes;
  readonly #where: string;
  readonly #prefix: string;
  readonly #events: SinkSetup['events'];
  readonly #outbox = new Outbox();
  readonly #spool: Spool | null;
  readonly #sender: Sender;
  readonly #diskBackoff = new Backoff();
  /** Sequence after the last output taken. */
  #next = 0;
  #diskPause: NodeJS.Timeout | null = null;
  /** Bytes of the output that was not taken. */
  #refused: number | null = null;
  readonly #waiters = new Waiters();
  #closed: Promise<void> | null = null;
  #state = { written: 0, bytes: 0, failed: 0, dropped: 0, lastError: null as string | null };

  /** @param connect makes the link. @throws GatewayError storage-failed */
  constructor(codes: SinkCodes, where: string, setup: SinkSetup, connect: (events: LinkEvents) => Link) {
    this.#codes = codes;
    this.#where = where;
    this.#prefix = setup.id_prefix;
    this.#events = setup.events;
    this.#spool = this.#openSpool(setup);
    this.#sender = new Sender(this.#outbox, connect, {
      onLow: () => this.#refill(),
      onDelivered: item => {
        this.#state.written += 1;
        this.#state.bytes += item.body.length;
      },
      onRefused: (item, error) => this.#fail(item, error),
      onProblem: error => {
        this.#state.lastError = error.message;
        this.#events.onProblem(new GatewayError(this.#codes.failed, this.#where, error.message, error));
        if (this.#sender.isAway) this.#spill();
      },
      onResume: () => this.#expire(),
      onProgress: () => this.#look(),
    });
    this.#sender.pump();
  }

  get state(): Sink['state'] {
    return {
      ...this.#state,
      retries: this.#sender.retries,
      pending: this.#outbox.all().filter(item => item.ordinal < 0).length,
      spooled: this.#spool?.count ?? 0,
      spooled_bytes: this.#spool?.bytes ?? 0,
      online: this.#sender.isOnline,
    };
  }

  get settled(): number {
    return this.#oldestUnsettled ?? this.#next;
  }

  write(body: Uint8Array, sequence: number): boolean {
    // Who writes again need not be called, least of all while this one is being taken.
    this.#refused = null;
    if (this.#closed !== null || !this.#take(body, sequence)) {
      this.#refused = body.length;
      return false;
    }
    this.#next = Math.max(this.#next, sequence + 1);
    this.#sender.pump();
    return true;
  }

  flush(): Promise<void> {
    if (this.#sender.isAway) this.#spill();
    this.#flushSpool();
    return this.#waiters.until(() => this.#oldestUnsettled === null);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    if (this.#spool) {
      this.#sender.stop();
      await this.#waiters.until(() => this.#sender.inFlight === 0 || this.#sender.isAway, GRACE_MS);
    } else await this.#deliverRest();
    if (this.#diskPause) clearTimeout(this.#diskPause);
    this.#diskPause = null;
    await this.#sender.close();
    this.#spill();
    const onDisk = this.#flushSpool();
    if (this.#diskPause) clearTimeout(this.#diskPause);
    const reason = new Error(this.#state.lastError ?? 'not acknowledged before closing');
    const inMemory = this.#outbox.all().filter(item => !this.#isStored(item));
    const known = inMemory.reduce((most, { ordinal }) => Math.max(most, ordinal), -1);
    const unwritten = onDisk ? [] : this.#spool!.takePending().filter(({ ordinal }) => ordinal > known);
    for (const item of [...inMemory, ...unwritten]) this.#fail(item, reason);
    this.#outbox.remove(() => true);
    await this.#spool?.close().catch((error: GatewayError) => this.#events.onProblem(error));
    this.#waiters.release();
  }

  /** Goes on for as long as anything is taken, within bounds. */
  async #deliverRest(): Promise<void> {
    const end = performance.now() + SINK_LIMITS.closing_ms;
    this.#sender.hurry();
    for (let left = -1; this.#outbox.length > 0 && this.#outbox.length !== left && performance.now() < end; ) {
      const before = this.#outbox.length;
      await this.#waiters.until(() => this.#outbox.length < before, SINK_LIMITS.closing_idle_ms);
      left = before;
    }
  }

  #openSpool({ spool, id_prefix, props }: SinkSetup): Spool | null {
    if (spool === null) return null;
    return new Spool(spool, id_prefix, spoolLimits(props), {
      onDropped: (count, why) => this.#onDropped(count, why),
      onTrouble: error => this.#onTrouble(error),
    });
  }

  /** On disk, so that it outlives the process. */
  #isStored(item: Item): boolean {
    return item.ordinal >= 0 && item.ordinal < this.#spool!.stored;
  }

  get #oldestUnsettled(): number | null {
    const { last } = this.#outbox;
    const inMemory = last && !this.#isStored(last) ? this.#outbox.find(item => !this.#isStored(item)) : undefined;
    return inMemory?.sequence ?? this.#spool?.firstPending ?? null;
  }

  /** How full the memory would be with so many bytes more, 1: full. */
  #fill(bytes: number): number {
    return Math.max(
      this.#outbox.length / SINK_LIMITS.queue_messages,
      (this.#outbox.bytes + bytes) / SINK_LIMITS.queue_bytes,
    );
  }

  #take(body: Uint8Array, sequence: number): boolean {
    const fill = this.#fill(body.length);
    const unread = this.#spool?.unread ?? 0;
    if (this.#spool && (unread > 0 || this.#sender.isAway || fill > SPOOL_AT) && this.#spill(body, sequence))
      return true;
    if (unread > 0 || (fill > 1 && this.#outbox.length > 0)) return false;
    const kept = { body: Buffer.from(body), sequence, prefix: this.#prefix, time_ms: Infinity, ordinal: -1 };
    this.#outbox.push({ ...kept, state: 'waiting', tried: false });
    return true;
  }

  /** Everything that is in memory only goes to the disk, and this one behind it. @returns false when the disk does not take it. */
  #spill(body?: Uint8Array, sequence = 0): boolean {
    const spool = this.#spool;
    if (!spool || this.#diskPause) return false;
    return this.#onDisk(() => {
      const { last } = this.#outbox;
      if (last && !this.#isStored(last)) {
        if (!this.#spillOutbox(spool)) return false;
        this.#look();
      }
      return body === undefined || spool.put(body, sequence) !== null;
    });
  }

  #spillOutbox(spool: Spool): boolean {
    for (const item of this.#outbox.all()) {
      if (item.ordinal >= 0) continue;
      const ordinal = spool.put(item.body, item.sequence);
      if (ordinal === null) return false;
      item.ordinal = ordinal;
      item.time_ms = Date.now();
      spool.skipLoad();
    }
    spool.flush();
    spool.skipLoad();
    return true;
  }

  #flushSpool(): boolean {
    return this.#onDisk(() => {
      this.#spool?.flush();
      return true;
    });
  }

  #onDisk(work: () => boolean): boolean {
    try {
      return work();
    } catch (error) {
      this.#onTrouble(error as GatewayError);
      return false;
    }
  }

  /** Reads on from the disk. @returns whether anything came. */
  #refill(): boolean {
    const spool = this.#spool;
    if (!spool || spool.unread === 0 || this.#diskPause) return false;
    return this.#onDisk(() => {
      const outputs = spool.load();
      for (const output of outputs) this.#outbox.push({ ...output, state: 'waiting', tried: false });
      this.#look();
      return outputs.length > 0;
    });
  }

  /** The disk fails: it is left alone for a while, then everything goes on. */
  #onTrouble(error: GatewayError): void {
    this.#state.lastError = error.message;
    this.#events.onProblem(error);
    this.#diskPause ??= setTimeout(() => {
      this.#diskPause = null;
      if (!this.#flushSpool()) return;
      this.#diskBackoff.reset();
      if (this.#sender.isAway) this.#spill();
      this.#sender.pump();
      this.#look();
    }, this.#diskBackoff.next());
  }

  #onDropped(count: number, why: string): void {
    this.#state.dropped += count;
    const { done } = this.#spool!;
    this.#outbox.remove(item => item.ordinal >= 0 && item.ordinal < done && item.state !== 'sent');
    this.#events.onProblem(new GatewayError('outputs-dropped', this.#where, `${count}: ${why}`));
  }

  /** Drops what has become too old while nothing could be sent. */
  #expire(): void {
    const spool = this.#spool;
    if (!spool) return;
    this.#onDisk(() => {
      spool.expire();
      const count = this.#outbox.remove(item => item.state === 'waiting' && spool.isExpired(item.time_ms));
      if (count > 0) this.#onDropped(count, 'they are older than store_hours');
      return true;
    });
    this.#look();
  }

  #fail(item: Pick<Item, 'body' | 'sequence'>, error: Error): void {
    const code = error instanceof Permanent ? this.#codes.refused : this.#codes.failed;
    this.#state.failed += 1;
    this.#state.lastError = error.message;
    this.#events.onFailed(new GatewayError(code, this.#where, error.message, error), item.body, item.sequence);
  }

  /** After anything has changed: what is done with on disk, who waits, whether there is room again. */
  #look(): void {
    const { first } = this.#outbox;
    this.#spool?.keepFrom(first && first.ordinal >= 0 ? first.ordinal : null);
    this.#waiters.look();
    const bytes = this.#refused;
    if (bytes === null || this.#closed !== null) return;
    const onDisk = this.#spool !== null && !this.#diskPause && this.#spool.hasRoom(bytes);
    if (!onDisk && ((this.#spool?.unread ?? 0) > 0 || this.#fill(bytes) > ROOM_AT) && this.#outbox.length > 0) return;
    this.#refused = null;
    this.#events.onDrain();
  }
}
