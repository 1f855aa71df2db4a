/** TagUpdate and TagBatch read for people: traces, dead letters, tests. Never on the way of a record through the gateway. */
import { FieldReader } from './field-reader.ts';
import type { TagUpdate, TagValue } from './tag-update.ts';

/** An update as it was on the wire. */
export interface ReadUpdate extends TagUpdate {
  /** Fields that this version does not know, as they stood, one behind the other. */
  readonly unknown?: Uint8Array;
}
/** Why bytes are no TagUpdate, and at which of them. */
export interface MessageProblem {
  readonly problem: string;
  readonly at: number;
}
export type ReadMessage =
  | { readonly kind: 'update'; readonly update: ReadUpdate }
  | { readonly kind: 'batch'; readonly updates: readonly ReadUpdate[] };

type VarintKind = 'bool' | 'int32' | 'uint32' | 'int64' | 'uint64';
const VARINTS: Record<number, VarintKind> = { 10: 'bool', 11: 'int32', 12: 'uint32', 17: 'int64', 18: 'uint64' };
const BATCH_FIELD = 31;
const text = new TextDecoder();

/** Whether the first key is that of a TagBatch. */
export const isTagBatch = (message: Uint8Array): boolean =>
  message.length >= 2 && message[0] === 0xfa && message[1] === 0x01;

/** A message of a driver: a TagBatch when its first key is field 31, else a TagUpdate. */
export function readMessage(message: Uint8Array): ReadMessage | MessageProblem {
  if (!isTagBatch(message)) {
    const read = readTagUpdate(message);
    return 'problem' in read ? read : { kind: 'update', update: read.update };
  }
  const reader = new FieldReader(message, 0, message.length);
  const updates: ReadUpdate[] = [];
  for (let key = reader.key(); key; key = reader.key()) {
    if (key.wire === 0) {
      reader.varint();
      continue;
    }
    const { start, end } = reader.span(key.wire);
    if (!reader.ok || key.field !== BATCH_FIELD || key.wire !== 2) continue;
    const inner = message.subarray(start, end);
    if (isTagBatch(inner)) return { problem: 'a batch stands in a batch', at: start };
    const read = readTagUpdate(inner);
    if ('problem' in read) return { problem: read.problem, at: start + read.at };
    updates.push(read.update);
  }
  return reader.problem === null ? { kind: 'batch', updates } : { problem: reader.problem, at: reader.at };
}

/**
 * One TagUpdate. Later fields win, as in Protobuf; a known field with another wire type is unknown. Text that is not UTF-8
 * has U+FFFD in place of what is wrong.
 */
export function readTagUpdate(bytes: Uint8Array): { readonly update: ReadUpdate } | MessageProblem {
  const reader = new FieldReader(bytes, 0, bytes.length);
  const update: { -readonly [K in keyof TagUpdate]: TagUpdate[K] } = { tag: '', timestamp: 0 };
  const unknown: number[] = [];
  let start = 0;
  for (let key = reader.key(); key; key = reader.key()) {
    const { field, wire } = key;
    const known =
      wire === 0
        ? takeVarint(update, field, reader.varint())
        : takeBytes(update, field, wire, reader.span(wire), bytes);
    if (!reader.ok) break;
    if (!known) unknown.push(...bytes.subarray(start, reader.at));
    start = reader.at;
  }
  if (reader.problem !== null) return { problem: reader.problem, at: reader.at };
  const problem = tagProblem(update.tag);
  if (problem !== null) return { problem, at: 0 };
  // proto3: a default that is written out says as much as nothing.
  if (update.quality === 0) delete update.quality;
  if (update.unit === '') delete update.unit;
  if (update.seq === 0) delete update.seq;
  return { update: unknown.length > 0 ? { ...update, unknown: Uint8Array.from(unknown) } : update };
}

const tagProblem = (tag: string): string | null =>
  tag === ''
    ? 'the tag is missing'
    : /[+#]/.test(tag)
      ? 'the tag has + or #, which stand for levels in patterns'
      : null;

type Draft = { -readonly [K in keyof TagUpdate]: TagUpdate[K] };

/** @returns whether the field is known. */
function takeVarint(update: Draft, field: number, value: bigint): boolean {
  if (field === 2) update.timestamp = exact(value);
  else if (field === 3) update.quality = Number(BigInt.asUintN(32, value));
  else if (field === 5) update.seq = exact(value);
  else if (field in VARINTS) update.value = varintValue(VARINTS[field]!, value);
  else return false;
  return true;
}

/** Numbers where they are exact, which µs since 1970 are until the year 2255. */
const exact = (value: bigint): number | bigint => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value);

function varintValue(kind: VarintKind, value: bigint): TagValue {
  switch (kind) {
    case 'bool':
      return { kind, value: value !== 0n };
    case 'int32':
      return { kind, value: Number(BigInt.asIntN(32, value)) };
    case 'uint32':
      return { kind, value: Number(BigInt.asUintN(32, value)) };
    case 'int64':
      return { kind, value: BigInt.asIntN(64, value) };
    case 'uint64':
      return { kind, value };
  }
}

function takeBytes(
  update: Draft,
  field: number,
  wire: number,
  { start, end }: { start: number; end: number },
  bytes: Uint8Array,
): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (wire === 1 && field === 14 && end > start) update.value = { kind: 'double', value: view.getFloat64(start, true) };
  else if (wire === 5 && field === 13 && end > start)
    update.value = { kind: 'float', value: view.getFloat32(start, true) };
  else if (wire !== 2) return false;
  else if (field === 1) update.tag = text.decode(bytes.subarray(start, end));
  else if (field === 4) update.unit = text.decode(bytes.subarray(start, end));
  else if (field === 15) update.value = { kind: 'string', value: text.decode(bytes.subarray(start, end)) };
  else if (field === 16) update.value = { kind: 'bytes', value: bytes.slice(start, end) };
  else return false;
  return true;
}
