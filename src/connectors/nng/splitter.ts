/**
 * Cuts a stream of SP frames into spans of whole frames. It hops from length to length and never looks inside a message:
 * one call of `onSpan` hands over all whole frames of a chunk at once, without a copy.
 */
export interface SplitterHandlers {
  /** Whole frames, valid during the call. @returns false: no room; the splitter keeps a copy and waits for `retry`. */
  readonly onSpan: (span: Uint8Array) => boolean;
  /** A frame longer than the limit, or one that is no frame at all (length −1). The stream cannot go on. */
  readonly onBadFrame: (length: number) => void;
}

/** A span handed over at once; a longer single frame goes alone. */
const SPAN_BYTES_MAX = 256 * 1024;

export class FrameSplitter {
  readonly #prefix: number;
  readonly #limit: number;
  readonly #handlers: SplitterHandlers;
  /** Bytes behind the last whole frame, or not taken yet. */
  #kept: Buffer = Buffer.alloc(0);
  #held = false;
  #dead = false;

  /** @param prefix bytes before the length: 0 for TCP, 1 (0x01) for IPC. @param message_bytes_max longest message. */
  constructor(prefix: 0 | 1, message_bytes_max: number, handlers: SplitterHandlers) {
    this.#prefix = prefix;
    this.#limit = message_bytes_max;
    this.#handlers = handlers;
  }

  /** @returns false when the stream must pause until `retry` returned true. */
  push(chunk: Uint8Array): boolean {
    if (this.#dead) return true;
    const bytes =
      this.#kept.length === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
        : Buffer.concat([this.#kept, chunk]);
    return this.#consume(bytes);
  }

  /** Offers again what was held. @returns whether the stream may go on. */
  retry(): boolean {
    if (!this.#held || this.#dead) return true;
    return this.#consume(this.#kept);
  }

  #consume(bytes: Buffer): boolean {
    let start = 0;
    while (!this.#dead) {
      const end = this.#wholeFrames(bytes, start);
      if (end === start) break;
      if (!this.#handlers.onSpan(bytes.subarray(start, end))) {
        this.#held = true;
        this.#kept = Buffer.from(bytes.subarray(start));
        return false;
      }
      start = end;
    }
    this.#held = false;
    // Copied, because the chunk's memory is used again.
    this.#kept = start === bytes.length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(start));
    return true;
  }

  /** End of the last whole frame from `start` on, within one span. */
  #wholeFrames(bytes: Buffer, start: number): number {
    const header = this.#prefix + 8;
    const stop = start + SPAN_BYTES_MAX;
    let at = start;
    while (at + header <= bytes.length) {
      const length = this.#frameLength(bytes, at);
      if (length < 0 || length > this.#limit) {
        // What came before the bad frame is sound and goes first.
        if (at > start) return at;
        this.#dead = true;
        this.#kept = Buffer.alloc(0);
        this.#handlers.onBadFrame(length);
        return start;
      }
      const next = at + header + length;
      if (next > bytes.length || (next > stop && at > start)) break;
      at = next;
    }
    return at;
  }

  #frameLength(bytes: Buffer, at: number): number {
    if (this.#prefix === 1 && bytes[at] !== 1) return -1;
    const low = at + this.#prefix + 4;
    const value = ((bytes[low]! << 24) | (bytes[low + 1]! << 16) | (bytes[low + 2]! << 8) | bytes[low + 3]!) >>> 0;
    const high = bytes[low - 1]! | bytes[low - 2]! | bytes[low - 3]! | bytes[low - 4]!;
    return high === 0 ? value : Number.MAX_SAFE_INTEGER;
  }
}
