/**
 * An append-only log of entries in segment files: journal, spill, spool and dead letters are written with it.
 * `append` returns when the operating system has the bytes: they outlive the process. `sync` makes them outlive a power cut.
 */
import {
  close,
  closeSync,
  fdatasync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writevSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { GatewayError } from '#diagnostic';
import { entriesOf, failed, fileName, HEADER_BYTES, type LogEntry, MAGIC, SUFFIX } from './segment.ts';

export interface LogLimits {
  /** A segment ends with the entry that reaches this. */
  readonly segment_bytes: number;
  /** All segments together. */
  readonly bytes: number;
}
interface Segment {
  readonly first: number;
  bytes: number;
  /** Time of its last entry, ms; 0 when it is not known. */
  last_ms: number;
}

export class SegmentLog {
  readonly #directory: string;
  readonly #limits: LogLimits;
  readonly #segments: Segment[] = [];
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #fd: number | null = null;
  /** Segments that were ended, on their way to the disk. */
  readonly #ending = new Set<Promise<void>>();
  /** Why one of them did not get there; told by the next `sync`. */
  #unsynced: GatewayError | null = null;
  #next = 0;
  #bytes = 0;
  #damaged = 0;

  /** Opens or creates; an entry that was not written whole is cut off the end. @throws GatewayError storage-failed */
  constructor(directory: string, limits: LogLimits) {
    this.#directory = directory;
    this.#limits = limits;
    this.#attempt(() => this.#open());
  }

  /** Index of the oldest entry kept. */
  get first(): number {
    return this.#segments[0]?.first ?? this.#next;
  }
  /** Index that the next entry gets. */
  get next(): number {
    return this.#next;
  }
  get bytes(): number {
    return this.#bytes;
  }
  /** Bytes that could not be read: of a torn end, or damaged since. */
  get damaged(): number {
    return this.#damaged;
  }

  /** @returns false when the entry would go beyond the limit of bytes. */
  hasRoom(bytes: number): boolean {
    return this.#bytes + HEADER_BYTES + bytes <= this.#limits.bytes;
  }

  /** @returns the entry's index. @throws GatewayError storage-full, storage-failed; the log is as it was then. */
  append(body: readonly Uint8Array[], time_ms: number = Date.now()): number {
    const length = body.reduce((sum, part) => sum + part.length, 0);
    if (!this.hasRoom(length))
      throw new GatewayError('storage-full', this.#directory, `its limit is ${this.#limits.bytes} bytes`);
    const header = this.#header;
    header.writeUInt32LE(length, 0);
    header.writeBigUInt64LE(BigInt(this.#next), 8);
    header.writeDoubleLE(time_ms, 16);
    header.writeUInt32LE(
      body.reduce((crc, part) => crc32(part, crc), crc32(header.subarray(8))),
      4,
    );
    this.#attempt(() => {
      const segment = this.#current();
      this.#write(segment, [header, ...body]);
      segment.last_ms = time_ms;
    });
    this.#next += 1;
    return this.#next - 1;
  }

  /** Everything appended so far outlives a power cut when this resolves. @throws GatewayError storage-failed */
  async sync(): Promise<void> {
    const fd = this.#fd;
    const ending = [...this.#ending];
    // A segment that is ended meanwhile is synced then, and closed.
    if (fd !== null) await this.#toDisk(fd, error => error.code === 'EBADF');
    await Promise.all(ending);
    const error = this.#unsynced;
    this.#unsynced = null;
    if (error) throw error;
  }

  /**
   * Entries from `from` on, in order. What is damaged is skipped to the next segment and counted. What was read may be
   * released meanwhile.
   */
  *read(from: number): Generator<LogEntry> {
    for (let done = from; ; ) {
      // Looked for by index each time: releasing moves the segments.
      const place = this.#segments.findIndex((_, i) => this.#endOf(i) > done);
      const segment = this.#segments[place];
      if (!segment) return;
      const end = this.#endOf(place);
      const bytes = this.#attempt(() => readFileSync(join(this.#directory, fileName(segment.first))));
      let index = segment.first;
      for (const entry of entriesOf(bytes, segment.first)) {
        if (index === end) break;
        index += 1;
        // The last segment may have grown since it was read: what was given of it is not given again.
        if (entry.index >= done) yield entry;
      }
      if (index < end) this.#damaged += segment.bytes;
      done = end;
    }
  }

  /** Index after the last entry of a segment. */
  #endOf(place: number): number {
    return this.#segments[place + 1]?.first ?? this.#next;
  }

  /** Deletes what is wholly before this index. */
  release(before: number): void {
    this.#attempt(() => {
      while (this.#segments.length > 0 && this.#endOf(0) <= before) this.#dropOldest();
    });
  }

  /** Deletes whole segments whose last entry is older than this time. @returns entries deleted. */
  releaseOlder(than_ms: number): number {
    const was = this.first;
    this.#attempt(() => {
      while (this.#segments.length > 1 && this.#segments[0]!.last_ms < than_ms) this.#dropOldest();
    });
    return this.first - was;
  }

  /** Goes on with this index: what is there before is deleted. */
  restartAt(index: number): void {
    this.#attempt(() => {
      while (this.#segments.length > 0) this.#dropOldest();
    });
    this.#next = index;
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #dropOldest(): void {
    const oldest = this.#segments.shift()!;
    if (this.#segments.length === 0) this.close();
    rmSync(join(this.#directory, fileName(oldest.first)), { force: true });
    this.#bytes -= oldest.bytes;
  }

  /** @throws GatewayError storage-failed */
  #toDisk(fd: number, forgiven: (error: NodeJS.ErrnoException) => boolean = () => false): Promise<void> {
    return new Promise((resolve, reject) =>
      fdatasync(fd, error => (error && !forgiven(error) ? reject(failed(this.#directory, error)) : resolve())),
    );
  }

  /** The segment is whole: it goes to the disk while the next one is written. */
  #endSegment(): void {
    const fd = this.#fd;
    this.#fd = null;
    if (fd === null) return;
    const ending = this.#toDisk(fd)
      .catch((error: GatewayError) => {
        this.#unsynced = error;
      })
      .finally(() => {
        this.#ending.delete(ending);
        close(fd);
      });
    this.#ending.add(ending);
  }

  #current(): Segment {
    const last = this.#segments.at(-1);
    if (last && this.#fd !== null && last.bytes < this.#limits.segment_bytes) return last;
    this.#endSegment();
    const fresh = { first: this.#next, bytes: 0, last_ms: 0 };
    this.#fd = openSync(join(this.#directory, fileName(fresh.first)), 'a');
    // Left by an append that failed: its bytes are not part of the log.
    ftruncateSync(this.#fd);
    this.#segments.push(fresh);
    this.#write(fresh, [MAGIC]);
    return fresh;
  }

  /** Whole or not at all: a disk that is full leaves no half entry behind. */
  #write(segment: Segment, parts: readonly Uint8Array[]): void {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    let written = 0;
    try {
      written = writevSync(this.#fd!, parts as Uint8Array[]);
      if (written !== length) throw new Error(`only ${written} of ${length} bytes could be written`);
    } catch (error) {
      ftruncateSync(this.#fd!, segment.bytes);
      throw error;
    }
    segment.bytes += length;
    this.#bytes += length;
  }

  #open(): void {
    mkdirSync(this.#directory, { recursive: true });
    const names = readdirSync(this.#directory)
      .filter(name => /^\d{16}\.log$/.test(name))
      .sort();
    for (const name of names) {
      const { size, mtimeMs } = statSync(join(this.#directory, name));
      this.#segments.push({ first: Number(name.slice(0, -SUFFIX.length)), bytes: size, last_ms: mtimeMs });
      this.#bytes += size;
    }
    const last = this.#segments.at(-1);
    if (last) this.#mend(last);
  }

  /** The last segment may end in the middle of an entry. */
  #mend(last: Segment): void {
    const path = join(this.#directory, fileName(last.first));
    const bytes = readFileSync(path);
    let whole = bytes.subarray(0, MAGIC.length).equals(MAGIC) ? MAGIC.length : 0;
    this.#next = last.first;
    for (const entry of entriesOf(bytes, last.first)) {
      whole += HEADER_BYTES + entry.body.length;
      this.#next = entry.index + 1;
      last.last_ms = entry.time_ms;
    }
    this.#damaged += bytes.length - whole;
    this.#bytes -= bytes.length - whole;
    last.bytes = whole;
    this.#fd = openSync(path, 'a');
    ftruncateSync(this.#fd, whole);
    if (whole === 0) this.#write(last, [MAGIC]);
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw failed(this.#directory, error);
    }
  }
}
