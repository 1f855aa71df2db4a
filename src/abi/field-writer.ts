const START_BYTES = 64;

/** Protobuf fields, one behind the other, in bytes that grow as needed. */
export class FieldWriter {
  #bytes = new Uint8Array(START_BYTES);
  #length = 0;

  /** Room for some bytes at the end. @returns where it begins. */
  #reserve(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
    }
    return at;
  }

  /** Numbers below 0 take 10 bytes, as Protobuf has them. */
  varint(value: number | bigint): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest >= 128n) {
      const at = this.#reserve(1);
      this.#bytes[at] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    const at = this.#reserve(1);
    this.#bytes[at] = Number(rest);
  }

  /** Bytes as they are: fields that were written before. */
  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** A field of wire type 0. */
  number(field: number, value: number | bigint): void {
    this.varint(field << 3);
    this.varint(value);
  }

  /** A field of wire type 2. */
  bytes(field: number, bytes: Uint8Array): void {
    this.varint((field << 3) | 2);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** A field of wire type 1. */
  double(field: number, value: number): void {
    this.varint((field << 3) | 1);
    const at = this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(at, value, true);
  }

  /** A field of wire type 5. */
  float(field: number, value: number): void {
    this.varint((field << 3) | 5);
    const at = this.#reserve(4);
    new DataView(this.#bytes.buffer).setFloat32(at, value, true);
  }

  /** What was written, as bytes of its own. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
