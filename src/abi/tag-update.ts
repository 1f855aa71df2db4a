/** TagUpdate and TagBatch in TypeScript, for drivers, tests and screens. Never on the way of a record through the gateway. */
import { FieldWriter } from './field-writer.ts';

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
  /** Fields that this version does not know, as they stood, one behind the other. */
  readonly unknown?: Uint8Array;
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

/** Encodes in the order of the field numbers, defaults left out as proto3 does; a value of 0 is present. */
export function encodeTagUpdate(update: TagUpdate): Uint8Array {
  const out = new FieldWriter();
  out.bytes(1, text.encode(update.tag));
  if (update.timestamp) out.number(2, update.timestamp);
  if (update.quality) out.number(3, update.quality);
  if (update.unit) out.bytes(4, text.encode(update.unit));
  if (update.seq) out.number(5, update.seq);
  if (update.value) encodeValue(out, update.value);
  if (update.unknown) out.raw(update.unknown);
  return out.finish();
}

function encodeValue(out: FieldWriter, value: TagValue): void {
  const field = FIELDS[value.kind];
  switch (value.kind) {
    case 'double':
      return out.double(field, value.value);
    case 'float':
      return out.float(field, value.value);
    case 'string':
      return out.bytes(field, text.encode(value.value));
    case 'bytes':
      return out.bytes(field, value.value);
    case 'bool':
      return out.number(field, Number(value.value));
    default:
      return out.number(field, value.value);
  }
}

/** A TagBatch of encoded updates. @param unknown further fields of the batch, as they stood. */
export function encodeTagBatch(updates: readonly Uint8Array[], unknown?: Uint8Array): Uint8Array {
  const out = new FieldWriter();
  for (const update of updates) out.bytes(31, update);
  if (unknown) out.raw(unknown);
  return out.finish();
}
