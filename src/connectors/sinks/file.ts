import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { GatewayError } from '#diagnostic';
import { SINK_LIMITS, type Sink, type SinkSetup } from './sink.ts';

const CHUNK_BYTES = 256 * 1024;
const FREE_CHUNKS = 4;
const allocate = (bytes: number): Buffer => Buffer.allocUnsafeSlow(bytes);

/** Appends to a file in large chunks; begins a new one at `rotate_bytes` (file.1 is the newest old one). @throws file-unwritable */
export async function openFileSink({ props, directory, events }: SinkSetup): Promise<Sink> {
  if (typeof props['path'] !== 'string')
    throw new GatewayError('sink-props-invalid', 'file_sink', 'props.path is missing');
  const path = resolve(directory, props['path']);
  const sink = new FileSink(path, Number(props['rotate_bytes'] ?? 0), Number(props['keep'] ?? 5), events);
  await sink.open(props['append'] !== false);
  return sink;
}

class FileSink implements Sink {
  readonly #path: string;
  readonly #rotate: number;
  readonly #keep: number;
  readonly #events: SinkSetup['events'];
  #file: FileHandle | null = null;
  #size = 0;
  #buffer = allocate(CHUNK_BYTES);
  #used = 0;
  #chunks: { readonly buffer: Buffer; readonly length: number; readonly next: number }[] = [];
  /** Written chunks, used again: fresh ones keep the garbage collector busier than the flow. */
  readonly #free: Buffer[] = [];
  #queued = 0;
  /** Sequence after the last output taken, and after the last one that is in the file. */
  #next = 0;
  #settled = 0;
  #working: Promise<void> | null = null;
  #full = false;
  #state = { written: 0, bytes: 0, failed: 0, retries: 0, lastError: null as string | null };

  constructor(path: string, rotate: number, keep: number, events: SinkSetup['events']) {
    this.#path = path;
    this.#rotate = rotate;
    this.#keep = keep;
    this.#events = events;
  }

  async open(append: boolean): Promise<void> {
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      this.#file = await open(this.#path, append ? 'a' : 'w');
      this.#size = (await this.#file.stat()).size;
    } catch (error) {
      throw new GatewayError('file-unwritable', this.#path, (error as Error).message, error);
    }
  }

  get state(): Sink['state'] {
    return { ...this.#state, pending: this.#queued + this.#used };
  }

  get settled(): number {
    return this.#working ? this.#settled : this.#next;
  }

  write(body: Uint8Array, sequence: number): boolean {
    if (this.#queued + this.#used + body.length > SINK_LIMITS.queue_bytes && this.#queued > 0) {
      this.#full = true;
      return false;
    }
    if (this.#used + body.length > this.#buffer.length) this.#seal(body.length);
    this.#buffer.set(body, this.#used);
    this.#used += body.length;
    this.#next = sequence + 1;
    this.#state.written += 1;
    this.#state.bytes += body.length;
    if (!this.#working) this.#working = this.#work();
    return true;
  }

  async flush(): Promise<void> {
    while (this.#working) await this.#working;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#file?.close();
    this.#file = null;
  }

  #seal(atLeast: number): void {
    if (this.#used > 0) {
      this.#chunks.push({ buffer: this.#buffer, length: this.#used, next: this.#next });
      this.#queued += this.#used;
    }
    this.#buffer = (atLeast > CHUNK_BYTES ? null : this.#free.pop()) ?? allocate(Math.max(CHUNK_BYTES, atLeast));
    this.#used = 0;
  }

  async #work(): Promise<void> {
    // Lets one turn of writes gather first.
    await new Promise(resolve => setImmediate(resolve));
    while (this.#chunks.length > 0 || this.#used > 0) {
      if (this.#chunks.length === 0) this.#seal(0);
      const chunk = this.#chunks.shift()!;
      await this.#put(chunk.buffer.subarray(0, chunk.length));
      this.#queued -= chunk.length;
      this.#settled = chunk.next;
      if (chunk.buffer.length === CHUNK_BYTES && this.#free.length < FREE_CHUNKS) this.#free.push(chunk.buffer);
      if (this.#full) {
        this.#full = false;
        this.#events.onDrain();
      }
    }
    this.#working = null;
  }

  async #put(chunk: Buffer): Promise<void> {
    try {
      if (this.#rotate > 0 && this.#size > 0 && this.#size + chunk.length > this.#rotate) await this.#turn();
      for (let at = 0; at < chunk.length; ) at += (await this.#file!.write(chunk, at)).bytesWritten;
      this.#size += chunk.length;
    } catch (error) {
      this.#state.failed += 1;
      this.#state.lastError = (error as Error).message;
      this.#events.onFailed(
        new GatewayError('file-unwritable', this.#path, (error as Error).message, error),
        chunk,
        this.#settled,
      );
    }
  }

  /** file.1 → file.2 and so on, file → file.1, then a new file. */
  async #turn(): Promise<void> {
    await this.#file!.close();
    await rm(`${this.#path}.${this.#keep}`, { force: true });
    for (let i = this.#keep - 1; i >= 0; i -= 1) {
      const from = i === 0 ? this.#path : `${this.#path}.${i}`;
      if (await exists(from)) await rename(from, `${this.#path}.${i + 1}`);
    }
    this.#file = await open(this.#path, 'a');
    this.#size = 0;
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
