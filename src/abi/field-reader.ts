const MASK_64 = (1n << 64n) - 1n;

/** A cursor over Protobuf fields; `problem` is set, once, when something is malformed. */
export class FieldReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  /** What is malformed at `at`; null: all was sound so far. */
  problem: string | null = null;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get ok(): boolean {
    return this.problem === null;
  }

  /** Up to 10 bytes; bits beyond 64 are cut. */
  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.at >= this.end) {
        this.problem ??= 'a varint is cut off';
        return 0n;
      }
      const byte = this.bytes[this.at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value & MASK_64;
    }
    this.problem ??= 'a varint is longer than 10 bytes';
    return 0n;
  }

  /** Next key, split; null at the end or when it is malformed. */
  key(): { field: number; wire: number } | null {
    if (this.at >= this.end) return null;
    const key = this.varint();
    if (key > 0xffffffffn) this.problem ??= 'a key is longer than 32 bits';
    else if (key < 8n) this.problem ??= 'a key has the field number 0';
    if (!this.ok) return null;
    return { field: Number(key >> 3n), wire: Number(key & 7n) };
  }

  /** Moves behind a value that is not a varint. @returns where its bytes begin and end. */
  span(wire: number): { start: number; end: number } {
    const count = wire === 1 ? 8n : wire === 5 ? 4n : wire === 2 ? this.varint() : -1n;
    if (count < 0n) this.problem ??= `wire type ${wire} is not allowed`;
    else if (count > BigInt(this.end - this.at))
      this.problem ??= `a value of ${count} bytes where ${this.end - this.at} are left`;
    if (!this.ok) return { start: 0, end: 0 };
    this.at += Number(count);
    return { start: this.at - Number(count), end: this.at };
  }
}
