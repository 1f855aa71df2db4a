/** What the entry must know of a TagUpdate. null: malformed. */
export interface UpdateHead {
  readonly timestamp: bigint;
  readonly seq: bigint;
}

const MASK_64 = (1n << 64n) - 1n;

/** A cursor over Protobuf fields; `ok` is false once something is malformed. */
export class FieldReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  ok = true;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.at >= this.end) break;
      const byte = this.bytes[this.at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value & MASK_64;
    }
    this.ok = false;
    return 0n;
  }

  /** Next key, split; null at the end or when it is malformed. */
  key(): { field: number; wire: number } | null {
    if (this.at >= this.end) return null;
    const key = this.varint();
    if (!this.ok || key > 0xffffffffn || key < 8n) {
      this.ok = false;
      return null;
    }
    return { field: Number(key >> 3n), wire: Number(key & 7n) };
  }

  /** Moves behind a value that is not a varint. @returns where its bytes begin and end. */
  span(wire: number): { start: number; end: number } {
    let length = wire === 1 ? 8 : wire === 5 ? 4 : -1;
    if (wire === 2) {
      const count = this.varint();
      length = count > BigInt(this.end - this.at) ? -1 : Number(count);
    }
    if (!this.ok || length < 0 || length > this.end - this.at) {
      this.ok = false;
      return { start: 0, end: 0 };
    }
    this.at += length;
    return { start: this.at - length, end: this.at };
  }
}

/** Walks all fields of bytes [start, end). */
export function readUpdate(bytes: Uint8Array, start: number, end: number): UpdateHead | null {
  const reader = new FieldReader(bytes, start, end);
  let timestamp = 0n;
  let seq = 0n;
  let tag = { start: 0, end: 0 };
  for (let key = reader.key(); key; key = reader.key()) {
    if (key.wire === 0) {
      const value = reader.varint();
      if (key.field === 2) timestamp = value;
      if (key.field === 5) seq = value;
    } else {
      const span = reader.span(key.wire);
      if (key.field === 1 && key.wire === 2) tag = span;
    }
    if (!reader.ok) return null;
  }
  if (!reader.ok || tag.start === tag.end) return null;
  for (let i = tag.start; i < tag.end; i += 1) if (bytes[i] === 0x2b || bytes[i] === 0x23) return null;
  return { timestamp, seq };
}
