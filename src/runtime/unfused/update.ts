import { FieldReader } from '#abi';

/** What the entry must know of a TagUpdate. null: malformed. */
export interface UpdateHead {
  readonly timestamp: bigint;
  readonly seq: bigint;
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
