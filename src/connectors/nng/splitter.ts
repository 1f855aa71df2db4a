/**
 * Cuts a stream of SP frames into spans of whole frames. The socket reads straight into the splitter's buffer; it hops from
 * length to length, never looks inside a message, and hands over all whole frames at once. Nothing is allocated per read.
 */
export interface SplitterHandlers {
  /** Whole frames, valid during the call. @returns false: no room; the splitter keeps them and waits for `retry`. */
  readonly onSpan: (span: Uint8Array) => boolean;
  /** A frame longer than the limit, or one that is no frame at all (length −1). The stream cannot go on. */
  readonly onBadFrame: (length: number) => void;
}

/** A span handed over at once; a longer single frame goes alone. */
const SPAN_BYTES_MAX = 256 * 1024;
/** Most that one read may bring. */
const READ_BYTES = 256 * 1024;

export class FrameSplitter {
  readonly #prefix: number;
  readonly #limit: number;
  readonly #handlers: SplitterHandlers;
  /** A whole frame with less than a read in front of it, and a read more: there is always room. */
  readonly #bytes: Buffer;
  /** What is kept: a part of a frame, or frames not taken yet. */
  #start = 0;
  #end = 0;
  #held = false;
  #dead = false;

  /** @param prefix bytes before the length: 0 for TCP, 1 (0x01) for IPC. @param message_bytes_max longest message. */
  constructor(prefix: 0 | 1, message_bytes_max: number, handlers: SplitterHandlers) {
    this.#prefix = prefix;
    this.#limit = message_bytes_max;
    this.#handlers = handlers;
    this.#bytes = Buffer.allocUnsafeSlow(prefix + 8 + message_bytes_max + 2 * READ_BYTES);
  }

  /** Where the next read goes; never empty. Valid until it is asked for again. */
  room(): Uint8Array {
    this.#bytes.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    return this.#bytes.subarray(this.#end, Math.min(this.#end + READ_BYTES, this.#bytes.length));
  }

  /** So many bytes of the last `room` were read. @returns false when the stream must pause until `retry` returned true. */
  filled(count: number): boolean {
    this.#end += count;
    return this.#consume();
  }

  /** Offers again what was held. @returns whether the stream may go on. */
  retry(): boolean {
    return !this.#held || this.#consume();
  }

  #consume(): boolean {
    this.#held = false;
    while (!this.#dead) {
      const end = this.#wholeFrames();
      if (end === this.#start) break;
      if (!this.#handlers.onSpan(this.#bytes.subarray(this.#start, end))) {
        this.#held = true;
        return false;
      }
      this.#start = end;
    }
    if (this.#dead) this.#start = this.#end;
    return true;
  }

  /** End of the last whole frame, within one span. */
  #wholeFrames(): number {
    const header = this.#prefix + 8;
    const stop = this.#start + SPAN_BYTES_MAX;
    let at = this.#start;
    while (at + header <= this.#end) {
      const length = this.#frameLength(at);
      if (length < 0 || length > this.#limit) {
        // What came before the bad frame is sound and goes first.
        if (at > this.#start) return at;
        this.#dead = true;
        this.#handlers.onBadFrame(length);
        break;
      }
      const next = at + header + length;
      if (next > this.#end || (next > stop && at > this.#start)) break;
      at = next;
    }
    return at;
  }

  #frameLength(at: number): number {
    const bytes = this.#bytes;
    if (this.#prefix === 1 && bytes[at] !== 1) return -1;
    const low = at + this.#prefix + 4;
    const value = ((bytes[low]! << 24) | (bytes[low + 1]! << 16) | (bytes[low + 2]! << 8) | bytes[low + 3]!) >>> 0;
    const high = bytes[low - 1]! | bytes[low - 2]! | bytes[low - 3]! | bytes[low - 4]!;
    return high === 0 ? value : Number.MAX_SAFE_INTEGER;
  }
}
