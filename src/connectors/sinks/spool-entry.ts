/**
 * Several outputs as one entry of a log: f64 ordinal of the first, u16 bytes of the prefix of their ids, the prefix; then each
 * output: u32 bytes of the body, f64 sequence, body. Little-endian.
 */
const PREFIX_AT = 10;
const OUTPUT_HEADER_BYTES = 12;
/** An entry ends before it becomes longer than this, unless one output alone is. */
const ENTRY_BYTES = 64 * 1024;

export interface StoredOutput {
  /** A view of the entry. */
  readonly body: Buffer;
  readonly sequence: number;
  readonly prefix: string;
  readonly ordinal: number;
}

/** Gathers outputs, so that one of them does not cost one system call. */
export class EntryBatch {
  readonly #buffer = Buffer.allocUnsafeSlow(ENTRY_BYTES);
  readonly #start: number;
  #used: number;
  /** Sequence of the first output in it; null when it is empty. */
  firstSequence: number | null = null;

  /** @param prefix of the ids, up to 60,000 bytes. */
  constructor(prefix: string) {
    const length = this.#buffer.write(prefix, PREFIX_AT, 60_000, 'utf8');
    this.#buffer.writeUInt16LE(length, 8);
    this.#start = PREFIX_AT + length;
    this.#used = this.#start;
  }

  /** Bytes of the entry as it is. */
  get length(): number {
    return this.#used;
  }
  fits(body: Uint8Array): boolean {
    return this.#used + OUTPUT_HEADER_BYTES + body.length <= ENTRY_BYTES;
  }

  add(body: Uint8Array, sequence: number, ordinal: number): void {
    this.#header(body, sequence, ordinal);
    this.#buffer.set(body, this.#used);
    this.#used += body.length;
  }

  /** The parts of an entry of this one output, for those that do not fit. The batch must be empty. */
  alone(body: Uint8Array, sequence: number, ordinal: number): readonly Uint8Array[] {
    this.#header(body, sequence, ordinal);
    const head = this.parts;
    this.clear();
    return [...head, body];
  }

  get parts(): readonly Uint8Array[] {
    return [this.#buffer.subarray(0, this.#used)];
  }

  clear(): void {
    this.#used = this.#start;
    this.firstSequence = null;
  }

  #header(body: Uint8Array, sequence: number, ordinal: number): void {
    if (this.firstSequence === null) {
      this.firstSequence = sequence;
      this.#buffer.writeDoubleLE(ordinal, 0);
    }
    this.#buffer.writeUInt32LE(body.length, this.#used);
    this.#buffer.writeDoubleLE(sequence, this.#used + 4);
    this.#used += OUTPUT_HEADER_BYTES;
  }
}

/** The most bytes that an output adds to the log, beyond its body. */
export const outputOverhead = (prefix: string): number =>
  OUTPUT_HEADER_BYTES + PREFIX_AT + Buffer.byteLength(prefix) + 64;

/** @returns the outputs of an entry; none when it is not of this format. */
export function readOutputs(entry: Buffer): StoredOutput[] {
  if (entry.length < PREFIX_AT) return [];
  let ordinal = entry.readDoubleLE(0);
  let at = PREFIX_AT + entry.readUInt16LE(8);
  const prefix = entry.toString('utf8', PREFIX_AT, at);
  const outputs: StoredOutput[] = [];
  while (at + OUTPUT_HEADER_BYTES <= entry.length) {
    const begin = at + OUTPUT_HEADER_BYTES;
    const end = begin + entry.readUInt32LE(at);
    if (end > entry.length) break;
    outputs.push({ body: entry.subarray(begin, end), sequence: entry.readDoubleLE(at + 4), prefix, ordinal });
    ordinal += 1;
    at = end;
  }
  return outputs;
}
