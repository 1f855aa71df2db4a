import { encodeTagUpdate } from '#abi';
import type { LineTag } from './line.ts';

/** Bytes that a varint field of fixed width takes: sequence numbers and timestamps are written over and over in place. */
const WIDE_VARINT_BYTES = 8;

/**
 * Writes updates into a buffer without allocating: each tag has a template of which only timestamp, sequence number and value
 * are written anew. Varints keep a fixed width of 8 bytes (trailing groups of zero are legal Protobuf).
 */
export class UpdateEncoder {
  readonly #templates: { bytes: Uint8Array; timestamp: number; seq: number; value: number; double: boolean }[];
  readonly #view: DataView;
  readonly buffer: Buffer;

  constructor(tags: readonly LineTag[], buffer: Buffer) {
    this.buffer = buffer;
    this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    this.#templates = tags.map(template);
  }

  /** Bytes of the update of a tag. */
  length(tag: number): number {
    return this.#templates[tag]!.bytes.length;
  }

  /** Writes one update at `at`. @returns where it ends. */
  write(at: number, tag: number, timestamp_us: number, seq: number, value: number): number {
    const template = this.#templates[tag]!;
    this.buffer.set(template.bytes, at);
    this.#varint(at + template.timestamp, timestamp_us);
    this.#varint(at + template.seq, seq);
    if (template.double) this.#view.setFloat64(at + template.value, value, true);
    else this.buffer[at + template.value] = value;
    return at + template.bytes.length;
  }

  /** Writes the plain varint of a small length. @returns where it ends. */
  length32(at: number, value: number): number {
    let rest = value;
    let to = at;
    while (rest >= 128) {
      this.buffer[to++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.buffer[to++] = rest;
    return to;
  }

  #varint(at: number, value: number): void {
    // 56 bits in two halves of 28: numbers beyond 2^32 do not survive bit operations.
    let low = value % 2 ** 28;
    let high = Math.floor(value / 2 ** 28);
    for (let i = 0; i < 4; i += 1) {
      this.buffer[at + i] = (low & 127) | 128;
      this.buffer[at + 4 + i] = (high & 127) | 128;
      low >>>= 7;
      high >>>= 7;
    }
    this.buffer[at + WIDE_VARINT_BYTES - 1]! &= 127;
  }
}

function template(tag: LineTag): { bytes: Uint8Array; timestamp: number; seq: number; value: number; double: boolean } {
  const head = encodeTagUpdate({ tag: tag.name, timestamp: 0, unit: tag.unit });
  const double = tag.kind === 'double';
  const bytes = new Uint8Array(head.length + 2 * (1 + WIDE_VARINT_BYTES) + (double ? 9 : 2));
  bytes.set(head);
  const timestamp = head.length + 1;
  const seq = timestamp + WIDE_VARINT_BYTES + 1;
  const value = seq + WIDE_VARINT_BYTES + 1;
  bytes[timestamp - 1] = 0x10;
  bytes[seq - 1] = 0x28;
  bytes[value - 1] = double ? 0x71 : 0x50;
  return { bytes, timestamp, seq, value, double };
}
