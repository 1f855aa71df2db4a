import { relative, resolve, sep } from 'node:path';
import { GatewayError } from '#diagnostic';
import { Backoff } from './backoff.ts';
import { RotatingFile } from './rotating-file.ts';
import { SINK_LIMITS, type Sink, type SinkSetup } from './sink.ts';

const CHUNK_BYTES = 256 * 1024;
const FREE_CHUNKS = 4;

/** Many outputs, written at once. */
interface Chunk {
  readonly buffer: Buffer;
  used: number;
  /** Of each output: where it ends, its sequence. */
  readonly outputs: number[];
}

/**
 * Appends to a file in large chunks. What the system does not take is tried again, from the byte it stopped at, for ever.
 * @throws GatewayError sink-props-invalid, file-unwritable
 */
export async function openFileSink({ props, directory, confined, events }: SinkSetup): Promise<Sink> {
  if (typeof props['path'] !== 'string')
    throw new GatewayError('sink-props-invalid', 'file_sink', 'props.path is missing');
  const path = resolve(directory, props['path']);
  if (confined && isOutside(directory, path))
    throw new GatewayError(
      'sink-props-invalid',
      'file_sink',
      `props.path leaves the gateway's folder for files: ${props['path']}`,
    );
  const file = new RotatingFile(path, Number(props['rotate_bytes'] ?? 0), Number(props['keep'] ?? 5));
  try {
    await file.open(props['append'] !== false);
  } catch (error) {
    throw new GatewayError('file-unwritable', path, (error as Error).message, error);
  }
  return new FileSink(path, file, props['fsync'] === 'batch', events);
}

/** Who may change a flow may not choose any file of the machine. Links that lie in the folder are its owner's wish. */
function isOutside(directory: string, path: string): boolean {
  const way = relative(resolve(directory), path);
  return way === '' || way === '..' || way.startsWith(`..${sep}`) || resolve(way) === way;
}

class FileSink implements Sink {
  readonly #path: string;
  readonly #file: RotatingFile;
  readonly #fsync: boolean;
  readonly #events: SinkSetup['events'];
  readonly #backoff = new Backoff();
  /** Takes outputs; those before it wait to be written. */
  #open = chunkOf(CHUNK_BYTES);
  #chunks: Chunk[] = [];
  /** Written chunks, used again: fresh ones keep the garbage collector busier than the flow. */
  readonly #free: Chunk[] = [];
  #queued = 0;
  /** Sequence after the last output taken, and after the last one that is in the file. */
  #next = 0;
  #settled = 0;
  #working: Promise<void> | null = null;
  #full = false;
  #failing = false;
  /** Ends the wait for the next attempt. */
  #hurry: (() => void) | null = null;
  #closing_at: number | null = null;
  #closed: Promise<void> | null = null;
  #state = { written: 0, bytes: 0, failed: 0, retries: 0, lastError: null as string | null };

  constructor(path: string, file: RotatingFile, fsync: boolean, events: SinkSetup['events']) {
    this.#path = path;
    this.#file = file;
    this.#fsync = fsync;
    this.#events = events;
  }

  get state(): Sink['state'] {
    const pending = [...this.#chunks, this.#open].reduce((sum, chunk) => sum + chunk.outputs.length / 2, 0);
    return { ...this.#state, pending, spooled: 0, spooled_bytes: 0, dropped: 0, online: !this.#failing };
  }

  get settled(): number {
    return this.#working ? this.#settled : this.#next;
  }

  write(body: Uint8Array, sequence: number): boolean {
    const used = this.#queued + this.#open.used;
    if (this.#closed !== null || (used + body.length > SINK_LIMITS.queue_bytes && used > 0)) {
      this.#full = true;
      return false;
    }
    if (this.#open.used + body.length > this.#open.buffer.length) this.#seal(body.length);
    const chunk = this.#open;
    chunk.buffer.set(body, chunk.used);
    chunk.used += body.length;
    chunk.outputs.push(chunk.used, sequence);
    this.#next = sequence + 1;
    this.#working ??= this.#work();
    return true;
  }

  async flush(): Promise<void> {
    while (this.#working) await this.#working;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing_at = performance.now() + SINK_LIMITS.closing_idle_ms;
    this.#hurry?.();
    await this.flush();
    await this.#file.close().catch((error: Error) => this.#problem(error));
  }

  #seal(atLeast: number): void {
    if (this.#open.used > 0) {
      this.#chunks.push(this.#open);
      this.#queued += this.#open.used;
    }
    this.#open = (atLeast > CHUNK_BYTES ? undefined : this.#free.pop()) ?? chunkOf(Math.max(CHUNK_BYTES, atLeast));
  }

  async #work(): Promise<void> {
    // Lets one turn of writes gather first.
    await new Promise(resolve => setImmediate(resolve));
    while (this.#chunks.length > 0 || this.#open.used > 0) {
      if (this.#chunks.length === 0) this.#seal(0);
      const chunk = this.#chunks[0]!;
      await this.#put(chunk);
      this.#chunks.shift();
      this.#queued -= chunk.used;
      this.#settled = chunk.outputs.at(-1)! + 1;
      chunk.used = 0;
      chunk.outputs.length = 0;
      if (chunk.buffer.length === CHUNK_BYTES && this.#free.length < FREE_CHUNKS) this.#free.push(chunk);
      if (this.#full && this.#closed === null) {
        this.#full = false;
        this.#events.onDrain();
      }
    }
    this.#working = null;
  }

  /** Returns when the chunk is in the file; or, while closing, when it could not get there in time and was reported. */
  async #put(chunk: Chunk): Promise<void> {
    for (let at = 0; ; ) {
      try {
        if (at === 0) await this.#file.makeRoom(chunk.used);
        while (at < chunk.used) at += await this.#file.write(chunk.buffer.subarray(at, chunk.used));
        if (this.#fsync) await this.#file.sync();
        this.#backoff.reset();
        this.#failing = false;
        this.#count(chunk, at);
        return;
      } catch (error) {
        this.#failing = true;
        if (this.#closing_at !== null && performance.now() >= this.#closing_at) {
          this.#report(chunk, this.#count(chunk, this.#fsync ? 0 : at), error as Error);
          return;
        }
        this.#problem(error as Error);
        this.#state.retries += 1;
        await this.#wait();
      }
    }
  }

  async #wait(): Promise<void> {
    const left = this.#closing_at === null ? Infinity : Math.max(0, this.#closing_at - performance.now());
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.min(left, this.#backoff.next()));
    this.#hurry = resolve;
    await promise;
    clearTimeout(timer);
    this.#hurry = null;
  }

  /** Counts the outputs that are whole among so many bytes. @returns index after them in `outputs`. */
  #count({ outputs }: Chunk, bytes: number): number {
    let index = 0;
    for (; index < outputs.length && outputs[index]! <= bytes; index += 2) this.#state.written += 1;
    this.#state.bytes += index === 0 ? 0 : outputs[index - 2]!;
    return index;
  }

  #report({ buffer, outputs }: Chunk, from: number, error: Error): void {
    const failure = new GatewayError('file-unwritable', this.#path, error.message, error);
    this.#state.lastError = error.message;
    for (let index = from; index < outputs.length; index += 2) {
      this.#state.failed += 1;
      const begin = index === 0 ? 0 : outputs[index - 2]!;
      this.#events.onFailed(failure, buffer.subarray(begin, outputs[index]!), outputs[index + 1]!);
    }
  }

  #problem(error: Error): void {
    this.#state.lastError = error.message;
    this.#events.onProblem(new GatewayError('file-unwritable', this.#path, error.message, error));
  }
}

const chunkOf = (bytes: number): Chunk => ({ buffer: Buffer.allocUnsafeSlow(bytes), used: 0, outputs: [] });
