const MASK_64 = (1n << 64n) - 1n;

/** What can be wrong with a message of a driver; other implementations name it by these codes, too. */
export const MESSAGE_PROBLEMS = {
  'varint-cut': 'a varint is cut off',
  'varint-too-long': 'a varint is longer than 10 bytes',
  'key-too-wide': 'a key is longer than 32 bits',
  'field-zero': 'a key has the field number 0',
  'wire-type': 'a wire type that is not allowed: groups, 6 and 7',
  'value-cut': 'a value is longer than what is left',
  'tag-missing': 'the tag is missing',
  'tag-pattern': 'the tag has + or #, which stand for levels in patterns',
  'batch-in-batch': 'a batch stands in a batch',
  'message-too-long': 'the message is longer than the limit',
  'not-utf8': 'a text is not UTF-8',
} as const;
export type MessageProblemCode = keyof typeof MESSAGE_PROBLEMS;

/** A cursor over Protobuf fields; `problem` is set, once, when something is malformed. */
export class FieldReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  /** What is malformed at `at`; null: all was sound so far. */
  problem: MessageProblemCode | null = null;

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
        this.problem ??= 'varint-cut';
        return 0n;
      }
      const byte = this.bytes[this.at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value & MASK_64;
    }
    this.problem ??= 'varint-too-long';
    return 0n;
  }

  /** Next key, split; null at the end or when it is malformed. */
  key(): { field: number; wire: number } | null {
    if (!this.ok || this.at >= this.end) return null;
    const key = this.varint();
    if (key > 0xffffffffn) this.problem ??= 'key-too-wide';
    else if (key < 8n) this.problem ??= 'field-zero';
    if (!this.ok) return null;
    return { field: Number(key >> 3n), wire: Number(key & 7n) };
  }

  /** Moves behind a value that is not a varint. @returns where its bytes begin and end. */
  span(wire: number): { start: number; end: number } {
    const count = wire === 1 ? 8n : wire === 5 ? 4n : wire === 2 ? this.varint() : -1n;
    if (count < 0n) this.problem ??= 'wire-type';
    else if (count > BigInt(this.end - this.at)) this.problem ??= 'value-cut';
    if (!this.ok) return { start: 0, end: 0 };
    this.at += Number(count);
    return { start: this.at - Number(count), end: this.at };
  }
}
