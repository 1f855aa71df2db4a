/** TagUpdate and TagBatch in TypeScript, for drivers, tests and screens. Never on the way of a record through the gateway. */

export type TagValue =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int32' | 'uint32' | 'float' | 'double'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'int64' | 'uint64'; readonly value: bigint };

export interface TagUpdate {
  readonly tag: string;
  /** µs since the Unix epoch; u64. */
  readonly timestamp: number | bigint;
  /** 0 good, greater is worse. */
  readonly quality?: number;
  readonly unit?: string;
  readonly seq?: number | bigint;
  readonly value?: TagValue;
}

const FIELDS = {
  bool: 10,
  int32: 11,
  uint32: 12,
  float: 13,
  double: 14,
  string: 15,
  bytes: 16,
  int64: 17,
  uint64: 18,
} as const;
const text = new TextEncoder();

function varint(out: number[], value: number | bigint): void {
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 128n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  out.push(Number(rest));
}

function field(out: number[], number: number, bytes: Uint8Array): void {
  varint(out, (number << 3) | 2);
  varint(out, bytes.length);
  out.push(...bytes);
}

function number(out: number[], field: number, value: number | bigint): void {
  varint(out, field << 3);
  varint(out, value);
}

/** Encodes in the order of the field numbers, defaults left out as proto3 does; a value of 0 is present. */
export function encodeTagUpdate(update: TagUpdate): Uint8Array {
  const out: number[] = [];
  field(out, 1, text.encode(update.tag));
  if (update.timestamp) number(out, 2, update.timestamp);
  if (update.quality) number(out, 3, update.quality);
  if (update.unit) field(out, 4, text.encode(update.unit));
  if (update.seq) number(out, 5, update.seq);
  if (update.value) encodeValue(out, update.value);
  return Uint8Array.from(out);
}

function encodeValue(out: number[], value: TagValue): void {
  const at = FIELDS[value.kind];
  switch (value.kind) {
    case 'double':
    case 'float': {
      const bytes = new DataView(new ArrayBuffer(8));
      varint(out, (at << 3) | (value.kind === 'double' ? 1 : 5));
      if (value.kind === 'double') bytes.setFloat64(0, value.value, true);
      else bytes.setFloat32(0, value.value, true);
      out.push(...new Uint8Array(bytes.buffer, 0, value.kind === 'double' ? 8 : 4));
      return;
    }
    case 'string':
      return field(out, at, text.encode(value.value));
    case 'bytes':
      return field(out, at, value.value);
    default:
      varint(out, at << 3);
      varint(out, typeof value.value === 'boolean' ? Number(value.value) : value.value);
  }
}

/** A TagBatch of encoded updates. */
export function encodeTagBatch(updates: readonly Uint8Array[]): Uint8Array {
  const out: number[] = [];
  for (const update of updates) field(out, 31, update);
  return Uint8Array.from(out);
}
