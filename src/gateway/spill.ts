import { join } from 'node:path';
import { type LogEntry, PositionFile, SegmentLog } from '#storage';
import { type InputBlock, packBlock, unpackBlock } from './blocks.ts';

const SEGMENT_BYTES = 4 * 1024 * 1024;

/** Ingress that waits on disk while the flow is set aside; taken out in order, also after a restart. */
export class Spill {
  readonly #log: SegmentLog;
  readonly #taken: PositionFile;
  #reading: Generator<LogEntry> | null = null;
  #head: LogEntry | null = null;

  /** @throws GatewayError storage-failed */
  constructor(directory: string, bytes_max: number) {
    this.#log = new SegmentLog(directory, { segment_bytes: SEGMENT_BYTES, bytes: bytes_max });
    this.#taken = new PositionFile(join(directory, 'taken'));
    // A log that was emptied, or lost its end in a power cut, must not use numbers again that count as taken.
    if (this.#log.next < this.#taken.value) this.#log.restartAt(this.#taken.value);
  }

  get empty(): boolean {
    return this.#from >= this.#log.next;
  }
  get bytes(): number {
    return this.#log.bytes;
  }

  /** @returns false when the limit is reached. @throws GatewayError storage-failed */
  put(block: InputBlock): boolean {
    if (!this.#log.hasRoom(block.span.length + 64)) return false;
    this.#log.append(packBlock(block), block.now_us / 1_000);
    return true;
  }

  /** The oldest; it stays until `shift`. null: there is none. */
  peek(): InputBlock | null {
    while (!this.#head && !this.empty) {
      const fresh = this.#reading === null;
      this.#reading ??= this.#log.read(this.#from);
      const next = this.#reading.next();
      if (!next.done) this.#head = next.value;
      else {
        this.#reading = null;
        // Nothing can be read where something should be: it is damaged, and the log has counted it.
        if (fresh) this.#skipDamaged();
      }
    }
    return this.#head && unpackBlock(this.#head);
  }

  shift(): void {
    this.#taken.value = this.#head!.index + 1;
    this.#head = null;
    this.#log.release(this.#taken.value);
  }

  close(): void {
    this.#log.close();
    this.#taken.close();
  }

  get #from(): number {
    return Math.max(this.#taken.value, this.#log.first);
  }

  #skipDamaged(): void {
    this.#taken.value = this.#log.next;
    this.#log.release(this.#log.next);
  }
}
