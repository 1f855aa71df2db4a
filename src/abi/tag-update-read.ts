/** TagUpdate and TagBatch read for people: traces, dead letters, tests. Never on the way of a record through the gateway. */
import { FieldReader, MESSAGE_PROBLEMS, type MessageProblemCode } from './field-reader.ts';
import { FieldWriter } from './field-writer.ts';
import { RING_LIMITS } from './limits.ts';
import type { TagUpdate, TagValue } from './tag-update.ts';
import { decodeUtf8 } from './utf8.ts';

/** Why bytes are no TagUpdate, and at which of them. */
export interface MessageProblem {
  readonly code: MessageProblemCode;
  readonly problem: string;
  /** Byte of the message. */
  readonly at: number;
}
export type ReadMessage =
  | { readonly kind: 'update'; readonly update: TagUpdate }
  | { readonly kind: 'batch'; readonly updates: readonly TagUpdate[]; readonly unknown?: Uint8Array };

/**
 * `replace`: text that is not UTF-8 has U+FFFD where it is wrong, as nodes show it; the flow takes such messages.
 * `refuse`: it is a problem, as it is for every Protobuf library.
 */
export type TextRule = 'replace' | 'refuse';

type VarintKind = 'bool' | 'int32' | 'uint32' | 'int64' | 'uint64';
const VARINTS: Record<number, VarintKind> = { 10: 'bool', 11: 'int32', 12: 'uint32', 17: 'int64', 18: 'uint64' };
const BATCH_FIELD = 31;

const problemAt = (code: MessageProblemCode, at: number): MessageProblem => ({
  code,
  problem: MESSAGE_PROBLEMS[code],
  at,
});

/** Whether the first key is that of a TagBatch. */
export const isTagBatch = (message: Uint8Array): boolean =>
  message.length >= 2 && message[0] === 0xfa && message[1] === 0x01;

/** A message of a driver: a TagBatch when its first key is field 31, else a TagUpdate. */
export function readMessage(message: Uint8Array, text: TextRule = 'replace'): ReadMessage | MessageProblem {
  if (message.length > RING_LIMITS.message_bytes) return problemAt('message-too-long', RING_LIMITS.message_bytes);
  if (isTagBatch(message)) return readBatch(message, text);
  const read = readTagUpdate(message, text);
  return 'problem' in read ? read : { kind: 'update', update: read.update };
}

function readBatch(message: Uint8Array, text: TextRule): ReadMessage | MessageProblem {
  const reader = new FieldReader(message, 0, message.length);
  const updates: TagUpdate[] = [];
  const unknown = new FieldWriter();
  let from = 0;
  for (let key = reader.key(); key; key = reader.key()) {
    const { start, end } = skip(reader, key.wire);
    if (!reader.ok) break;
    if (key.field === BATCH_FIELD && key.wire === 2) {
      const inner = message.subarray(start, end);
      if (isTagBatch(inner)) return problemAt('batch-in-batch', start);
      const read = readTagUpdate(inner, text);
      if ('problem' in read) return { ...read, at: start + read.at };
      updates.push(read.update);
    } else unknown.raw(message.subarray(from, reader.at));
    from = reader.at;
  }
  if (reader.problem !== null) return problemAt(reader.problem, reader.at);
  const rest = unknown.finish();
  return { kind: 'batch', updates, ...(rest.length > 0 && { unknown: rest }) };
}

/** Moves behind a value of any wire type. */
function skip(reader: FieldReader, wire: number): { start: number; end: number } {
  if (wire !== 0) return reader.span(wire);
  const start = reader.at;
  reader.varint();
  return { start, end: reader.at };
}

/** One TagUpdate. Later fields win, as in Protobuf; a known field with another wire type is unknown. */
export function readTagUpdate(
  bytes: Uint8Array,
  text: TextRule = 'replace',
): { readonly update: TagUpdate } | MessageProblem {
  const draft = new Draft(bytes);
  const reader = new FieldReader(bytes, 0, bytes.length);
  const unknown = new FieldWriter();
  let from = 0;
  for (let key = reader.key(); key; key = reader.key()) {
    const { field, wire } = key;
    const known =
      wire === 0 ? draft.takeVarint(field, reader.varint()) : draft.takeSpan(field, wire, reader.span(wire));
    if (!reader.ok) break;
    if (!known) unknown.raw(bytes.subarray(from, reader.at));
    from = reader.at;
  }
  if (reader.problem !== null) return problemAt(reader.problem, reader.at);
  const problem = draft.tagProblem() ?? (text === 'refuse' ? draft.textProblem() : null);
  if (problem) return problem;
  const rest = unknown.finish();
  return { update: { ...draft.update(), ...(rest.length > 0 && { unknown: rest }) } };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is known of an update so far. Text stays bytes until the end: only what wins is decoded. */
class Draft {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #timestamp: bigint = 0n;
  #quality: bigint = 0n;
  #seq: bigint = 0n;
  #value: TagValue | undefined;
  #tag: Span = { start: 0, end: 0 };
  #unit: Span | undefined;
  #string: Span | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @returns whether the field is known. */
  takeVarint(field: number, value: bigint): boolean {
    const kind = VARINTS[field];
    if (field === 2) this.#timestamp = value;
    else if (field === 3) this.#quality = BigInt.asUintN(32, value);
    else if (field === 5) this.#seq = value;
    else if (kind !== undefined) this.#setValue(varintValue(kind, value));
    else return false;
    return true;
  }

  /** @returns whether the field is known. An empty span of a fixed width: the reader has a problem. */
  takeSpan(field: number, wire: number, span: Span): boolean {
    const { start, end } = span;
    if (wire === 1 && field === 14 && end > start)
      this.#setValue({ kind: 'double', value: this.#view.getFloat64(start, true) });
    else if (wire === 5 && field === 13 && end > start)
      this.#setValue({ kind: 'float', value: this.#view.getFloat32(start, true) });
    else if (wire !== 2) return false;
    else if (field === 1) this.#tag = span;
    else if (field === 4) this.#unit = span;
    else if (field === 15) this.#setValue({ kind: 'string', value: '' }, span);
    else if (field === 16) this.#setValue({ kind: 'bytes', value: this.#bytes.slice(start, end) });
    else return false;
    return true;
  }

  #setValue(value: TagValue, text?: Span): void {
    this.#value = value;
    this.#string = text;
  }

  #text(span: Span): string {
    return decodeUtf8(this.#bytes.subarray(span.start, span.end)).text;
  }

  tagProblem(): MessageProblem | null {
    const { start, end } = this.#tag;
    if (start === end) return problemAt('tag-missing', 0);
    const place = this.#bytes.subarray(start, end).findIndex(byte => byte === 0x2b || byte === 0x23);
    return place < 0 ? null : problemAt('tag-pattern', start + place);
  }

  textProblem(): MessageProblem | null {
    const texts = [this.#tag, this.#unit, this.#string].filter(span => span !== undefined);
    for (const { start, end } of texts.sort((a, b) => a.start - b.start)) {
      const { wrongAt } = decodeUtf8(this.#bytes.subarray(start, end));
      if (wrongAt !== null) return problemAt('not-utf8', start + wrongAt);
    }
    return null;
  }

  /** proto3: a default that is written out says as much as nothing. */
  update(): TagUpdate {
    const unit = this.#unit === undefined ? '' : this.#text(this.#unit);
    const value: TagValue | undefined =
      this.#string === undefined ? this.#value : { kind: 'string', value: this.#text(this.#string) };
    return {
      tag: this.#text(this.#tag),
      timestamp: exact(this.#timestamp),
      ...(this.#quality !== 0n && { quality: Number(this.#quality) }),
      ...(unit !== '' && { unit }),
      ...(this.#seq !== 0n && { seq: exact(this.#seq) }),
      ...(value !== undefined && { value }),
    };
  }
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
