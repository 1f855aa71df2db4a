import { join, resolve } from 'node:path';
import { GatewayError } from '#diagnostic';
import { PositionFile, SegmentLog } from '#storage';
import { EntryBatch, outputOverhead, readOutputs, type StoredOutput } from './spool-entry.ts';
import type { SpoolLimits } from './spool-limits.ts';

export interface SpoolEvents {
  /** Outputs were deleted unsent: all with an ordinal before `done`, or some that were never loaded. */
  readonly onDropped: (count: number, why: string) => void;
  /** Writing at the end of the turn has failed: `flush` again. */
  readonly onTrouble: (error: GatewayError) => void;
}
export interface LoadedOutput extends StoredOutput {
  readonly time_ms: number;
}

const SEGMENT_BYTES = 1024 * 1024;
/** Dropping is by whole segments: a small store has small ones. */
const SEGMENTS_MIN = 16;
/** How much is read back at once. */
const LOAD_BYTES = 1024 * 1024;
const LOAD_COUNT = 4_096;
const SYNC_MS = 1_000;
const EXPIRE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** 2020. A clock that shows less is not set: what was stored by it has no age. */
const CLOCK_SET_MS = 1_577_836_800_000;

/** Folders in use: two that write into one would destroy it. */
const OPEN = new Set<string>();

/**
 * Outputs on disk, in order, in a log of segments. Each gets an ordinal, counted from the first that was ever stored here: what
 * is before `done` is acknowledged or dropped, and the file `position` remembers that. Everything outlives the process when the
 * turn ends in which it was put; a power cut may cost the last second.
 */
export class Spool {
  readonly #directory: string;
  readonly #limits: SpoolLimits;
  readonly #events: SpoolEvents;
  readonly #log: SegmentLog;
  readonly #position: PositionFile;
  readonly #batch: EntryBatch;
  readonly #overhead: number;
  /** Ordinals: before this all is done with; loaded; on disk; the next one put. Each is at least the one before. */
  #done = 0;
  #loaded = 0;
  #stored = 0;
  #next = 0;
  /** Index in the log from which loading goes on. */
  #readIndex = 0;
  /** Entries loaded and not done with: index in the log, ordinal after its last output. */
  #marks: { readonly index: number; readonly end: number }[] = [];
  #turn: NodeJS.Immediate | null = null;
  #sync: NodeJS.Timeout | null = null;
  #expired_ms = 0;

  /** @throws GatewayError storage-failed */
  constructor(directory: string, prefix: string, limits: SpoolLimits, events: SpoolEvents) {
    this.#directory = resolve(directory);
    if (OPEN.has(this.#directory)) throw new GatewayError('storage-failed', directory, 'another sink is using it');
    this.#limits = limits;
    this.#events = events;
    this.#log = new SegmentLog(directory, {
      segment_bytes: Math.min(SEGMENT_BYTES, Math.ceil(limits.store_bytes / SEGMENTS_MIN)),
      bytes: limits.store_bytes,
    });
    this.#position = new PositionFile(join(directory, 'position'));
    this.#batch = new EntryBatch(prefix);
    this.#overhead = outputOverhead(prefix);
    // A log that lost its end in a power cut must not use ordinals again that are acknowledged already.
    this.#next = Math.max(this.#position.value, this.#endOfLog());
    this.#done = Math.max(this.#position.value, this.#beginOfLog() ?? 0);
    this.#loaded = this.#done;
    this.#stored = this.#next;
    this.#readIndex = this.#log.first;
    OPEN.add(this.#directory);
  }

  /** Outputs before this ordinal are acknowledged or dropped. */
  get done(): number {
    return this.#done;
  }
  /** Outputs before this ordinal are on disk. */
  get stored(): number {
    return this.#stored;
  }
  /** Outputs that are not done with. */
  get count(): number {
    return this.#next - this.#done;
  }
  get bytes(): number {
    return this.#log.bytes;
  }
  /** Outputs that `load` would still return. */
  get unread(): number {
    return this.#next - this.#loaded;
  }
  /** Sequence of the oldest output put that is not on disk yet. */
  get firstPending(): number | null {
    return this.#batch.firstSequence;
  }

  hasRoom(bytes: number): boolean {
    return this.#log.hasRoom(this.#batch.length + bytes + this.#overhead);
  }

  /** @returns the output's ordinal; null when it is full. @throws GatewayError storage-failed; nothing is changed then. */
  put(body: Uint8Array, sequence: number): number | null {
    if (!this.#makeRoom(body.length)) return null;
    if (!this.#batch.fits(body)) this.flush();
    if (this.#batch.fits(body)) this.#batch.add(body, sequence, this.#next);
    else {
      this.#append(this.#batch.alone(body, sequence, this.#next));
      this.#stored = this.#next + 1;
    }
    this.#next += 1;
    this.#turn ??= setImmediate(() => this.#endTurn());
    return this.#next - 1;
  }

  /** What was put is on disk when this returns. @throws GatewayError storage-failed, storage-full; it is kept then. */
  flush(): void {
    if (this.#batch.firstSequence === null) return;
    this.#append(this.#batch.parts);
    this.#batch.clear();
    this.#stored = this.#next;
  }

  /** Takes back what is not on disk, for when it cannot get there. */
  takePending(): StoredOutput[] {
    const outputs = this.#batch.firstSequence === null ? [] : readOutputs(Buffer.concat(this.#batch.parts));
    this.#batch.clear();
    this.#stored = this.#next;
    return outputs;
  }

  /** What was put so far is in memory as well: `load` goes on behind it. */
  skipLoad(): void {
    this.#loaded = this.#next;
    if (this.#stored === this.#next) this.#readIndex = this.#log.next;
  }

  /** The next outputs, in order, about a megabyte. @throws GatewayError storage-failed */
  load(): LoadedOutput[] {
    // A disk that is full must not keep from being read what would make room on it.
    if (this.#loaded === this.#stored) this.flush();
    const outputs: LoadedOutput[] = [];
    const wanted = { bytes: LOAD_BYTES, tooOld: 0, unreadable: 0 };
    try {
      for (const { index, time_ms, body } of this.#log.read(this.#readIndex)) {
        this.#readIndex = index + 1;
        const fresh = readOutputs(body).filter(one => one.ordinal >= this.#loaded);
        if (fresh.length === 0) continue;
        wanted.unreadable += fresh[0]!.ordinal - this.#loaded;
        this.#loaded = fresh.at(-1)!.ordinal + 1;
        if (this.isExpired(time_ms)) wanted.tooOld += fresh.length;
        else for (const one of fresh) outputs.push({ ...one, time_ms });
        this.#marks.push({ index, end: this.#loaded });
        wanted.bytes -= body.length;
        if (wanted.bytes <= 0 || outputs.length >= LOAD_COUNT) break;
      }
      if (wanted.bytes > 0 && outputs.length < LOAD_COUNT) {
        wanted.unreadable += this.#stored - this.#loaded;
        this.#loaded = this.#stored;
      }
    } catch (error) {
      if (outputs.length === 0) throw error;
    }
    if (wanted.tooOld > 0) this.#events.onDropped(wanted.tooOld, this.#age);
    if (wanted.unreadable > 0) this.#events.onDropped(wanted.unreadable, 'their file is damaged');
    return outputs;
  }

  /** The oldest output in memory is this one; null: there is none. What is before it is done with. */
  keepFrom(ordinal: number | null): void {
    const done = ordinal ?? this.#loaded;
    if (done <= this.#done) return;
    this.#done = done;
    this.#turn ??= setImmediate(() => this.#endTurn());
    if (done < this.#next) return;
    // What follows goes past the disk: what was there must not come again behind it.
    try {
      this.#position.value = done;
    } catch (error) {
      this.#events.onTrouble(error as GatewayError);
    }
  }

  isExpired(time_ms: number): boolean {
    return time_ms < Date.now() - this.#limits.store_hours * HOUR_MS && time_ms > CLOCK_SET_MS;
  }

  /** Drops what is too old on disk; what is in memory the caller must look through. @throws GatewayError storage-failed */
  expire(): void {
    this.#expired_ms = Date.now();
    const oldest = this.#log.read(this.#log.first).next().value;
    if (!oldest || !this.isExpired(oldest.time_ms)) return;
    this.#log.releaseOlder(Date.now() - this.#limits.store_hours * HOUR_MS);
    this.#catchUp(this.#age);
  }

  /** @throws GatewayError storage-failed; it is closed all the same. */
  async close(): Promise<void> {
    if (this.#turn) clearImmediate(this.#turn);
    if (this.#sync) clearTimeout(this.#sync);
    try {
      this.flush();
      this.#release();
      await this.#log.sync();
    } finally {
      OPEN.delete(this.#directory);
      this.#log.close();
      this.#position.close();
    }
  }

  get #age(): string {
    return `they are older than ${this.#limits.store_hours} hours (store_hours)`;
  }

  #append(parts: readonly Uint8Array[]): void {
    this.#log.append(parts);
    this.#sync ??= setTimeout(() => {
      this.#sync = null;
      this.#log.sync().catch((error: GatewayError) => this.#events.onTrouble(error));
    }, SYNC_MS);
    if (Date.now() - this.#expired_ms > EXPIRE_MS) this.expire();
  }

  #endTurn(): void {
    this.#turn = null;
    try {
      this.flush();
      this.#release();
    } catch (error) {
      this.#events.onTrouble(error as GatewayError);
    }
  }

  /** The position first: what is deleted is never missed then. */
  #release(): void {
    this.#position.value = this.#done;
    if (this.#done === this.#next) {
      this.#log.release(this.#log.next);
      this.#readIndex = this.#log.next;
      this.#marks = [];
      return;
    }
    const kept = this.#marks.findIndex(mark => mark.end > this.#done);
    const gone = this.#marks.splice(0, kept < 0 ? this.#marks.length : kept).at(-1);
    if (gone) this.#log.release(gone.index + 1);
  }

  #makeRoom(bytes: number): boolean {
    if (this.hasRoom(bytes)) return true;
    this.#release();
    if (this.hasRoom(bytes)) return true;
    // One that is larger than the store would only drop all others.
    if (bytes + this.#overhead > this.#limits.store_bytes || this.#limits.store_full === 'hold') return false;
    this.flush();
    while (!this.hasRoom(bytes) && this.#log.bytes > 0) {
      const { first } = this.#log;
      for (let index = first + 1; this.#log.first === first && this.#log.bytes > 0; index += 1)
        this.#log.release(index);
    }
    this.#catchUp(`the store has reached its limit of ${this.#limits.store_bytes} bytes (store_bytes)`);
    return this.hasRoom(bytes);
  }

  /** After segments were deleted: what was in them is done with. */
  #catchUp(why: string): void {
    const begin = Math.max(this.#done, Math.min(this.#stored, this.#beginOfLog() ?? this.#stored));
    const count = begin - this.#done;
    this.#done = begin;
    this.#loaded = Math.max(this.#loaded, begin);
    this.#readIndex = Math.max(this.#readIndex, this.#log.first);
    this.#turn ??= setImmediate(() => this.#endTurn());
    if (count > 0) this.#events.onDropped(count, why);
  }

  /** Ordinal of the oldest output on disk. */
  #beginOfLog(): number | null {
    for (const { body } of this.#log.read(this.#log.first)) {
      const first = readOutputs(body)[0];
      if (first) return first.ordinal;
    }
    return null;
  }

  /** Ordinal after the last output on disk; 0 when there is none. */
  #endOfLog(): number {
    let end = 0;
    for (const from of [this.#log.next - 1, this.#log.first]) {
      for (const { body } of this.#log.read(from)) end = (readOutputs(body).at(-1)?.ordinal ?? -1) + 1 || end;
      if (end > 0) return end;
    }
    return end;
  }
}
