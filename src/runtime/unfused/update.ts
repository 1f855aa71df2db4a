import { FieldReader } from '#abi';

/** Walks all fields of bytes [start, end). @returns the driver's timestamp, µs; null: it is no TagUpdate. */
export function readTimestamp(bytes: Uint8Array, start: number, end: number): bigint | null {
  const reader = new FieldReader(bytes, start, end);
  let timestamp = 0n;
  let tag = { start: 0, end: 0 };
  for (let key = reader.key(); key; key = reader.key()) {
    if (key.wire === 0) {
      const value = reader.varint();
      if (key.field === 2) timestamp = value;
    } else {
      const span = reader.span(key.wire);
      if (key.field === 1 && key.wire === 2) tag = span;
    }
    if (!reader.ok) return null;
  }
  if (!reader.ok || tag.start === tag.end) return null;
  for (let i = tag.start; i < tag.end; i += 1) if (bytes[i] === 0x2b || bytes[i] === 0x23) return null;
  return timestamp;
}
