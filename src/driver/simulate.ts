import { dialPush } from '#connectors';
import { UpdateEncoder } from './encoder.ts';
import { type Pattern, simulatedLine } from './line.ts';

export interface SimulateOptions {
  readonly to: string;
  /** Updates a second; 0: as fast as the gateway takes them. */
  readonly rate: number;
  readonly tags: number;
  /** Updates to send; 0: until `signal`. */
  readonly count: number;
  /** Updates per message; 1: single TagUpdates, else TagBatches. */
  readonly batch: number;
  readonly pattern: Pattern;
  readonly seed: number;
  /** First timestamp, µs; each further update is `1 s / rate` (1 ms at full speed) later. null: the wall clock. */
  readonly start_us: number | null;
  readonly signal?: AbortSignal;
  readonly onProgress?: (sent: number) => void;
}

export const SIMULATE_DEFAULTS = {
  rate: 20_000,
  tags: 150,
  count: 0,
  batch: 1,
  pattern: 'boiler' as Pattern,
  seed: 1,
  start_us: null,
};

const BUFFER_BYTES = 128 * 1024;
/** At a given rate, frames are written at least this often. */
const SLICE_MS = 1;

const now_us = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

/** Runs the driver until `count` updates are sent or `signal` aborts. @returns updates sent. @throws GatewayError */
export async function simulate(options: SimulateOptions): Promise<number> {
  const connection = await dialPush(options.to);
  const writer = new FrameWriter(options, connection.ipc);
  const began = performance.now();
  let sent = 0;
  while (!options.signal?.aborted && (options.count === 0 || sent < options.count)) {
    const due =
      options.rate === 0
        ? Number.POSITIVE_INFINITY
        : Math.floor(((performance.now() - began) / 1_000) * options.rate) + options.batch;
    const left = options.count === 0 ? Number.POSITIVE_INFINITY : options.count - sent;
    const updates = Math.min(due - sent, left);
    if (updates < options.batch && updates < left) {
      await new Promise(resolve => setTimeout(resolve, SLICE_MS));
      continue;
    }
    const written = writer.fill(sent, updates);
    await connection.write(writer.take());
    sent += written;
    options.onProgress?.(sent);
    // Lets signals and timers in, where writing never waits.
    if (options.rate === 0) await new Promise(resolve => setImmediate(resolve));
  }
  await connection.close();
  return sent;
}

/** Fills buffers with SP frames of the line's updates, tag after tag. */
export class FrameWriter {
  readonly #options: SimulateOptions;
  readonly #tags: ReturnType<typeof simulatedLine>;
  readonly #encoder: UpdateEncoder;
  readonly #prefix: number;
  readonly #step_us: number;
  #end = 0;

  constructor(options: SimulateOptions, ipc: boolean) {
    this.#options = options;
    this.#tags = simulatedLine(options);
    this.#encoder = new UpdateEncoder(this.#tags, Buffer.alloc(BUFFER_BYTES));
    this.#prefix = ipc ? 1 : 0;
    this.#step_us = options.rate === 0 ? 1_000 : 1_000_000 / options.rate;
  }

  /** @returns updates written, at most `updates`, as many as fit. */
  fill(first: number, updates: number): number {
    const wall = now_us();
    let done = 0;
    this.#end = 0;
    while (done < updates) {
      const count = Math.min(this.#options.batch, updates - done);
      if (this.#end + this.#frameBytes(first + done, count) > BUFFER_BYTES) break;
      this.#frame(first + done, count, wall);
      done += count;
    }
    if (done === 0 && updates > 0)
      throw new RangeError(`a batch of ${this.#options.batch} updates does not fit ${BUFFER_BYTES} bytes`);
    return done;
  }

  /** What `fill` wrote: a copy, because the socket may still hold it when the next is written. */
  take(): Uint8Array {
    return Buffer.from(this.#encoder.buffer.subarray(0, this.#end));
  }

  /** An upper bound. */
  #frameBytes(first: number, count: number): number {
    let bytes = this.#prefix + 8;
    for (let i = 0; i < count; i += 1) bytes += this.#encoder.length((first + i) % this.#tags.length) + 5;
    return bytes;
  }

  #frame(first: number, count: number, wall: number): void {
    const { buffer } = this.#encoder;
    const start = this.#end + this.#prefix + 8;
    let at = start;
    for (let i = 0; i < count; i += 1) {
      const number = first + i;
      const tag = number % this.#tags.length;
      if (this.#options.batch > 1) {
        buffer[at] = 0xfa;
        buffer[at + 1] = 0x01;
        at = this.#encoder.length32(at + 2, this.#encoder.length(tag));
      }
      const timestamp =
        this.#options.start_us === null ? wall : Math.round(this.#options.start_us + number * this.#step_us);
      at = this.#encoder.write(at, tag, timestamp, number + 1, this.#tags[tag]!.next());
    }
    if (this.#prefix === 1) buffer[this.#end] = 1;
    buffer.writeUInt32BE(0, start - 8);
    buffer.writeUInt32BE(at - start, start - 4);
    this.#end = at;
  }
}
