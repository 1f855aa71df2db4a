/** Messages as JSON that people can read and write: in test cases of nodes and in the vectors of the wire formats. */
import {
  encodeTagBatch,
  encodeTagUpdate,
  type MessageProblem,
  type ReadMessage,
  readMessage,
  type TagUpdate,
  type TagValue,
} from '#abi';

type ReadableValue = number | string | { readonly [K in TagValue['kind']]?: number | string | boolean };
export interface ReadableUpdate {
  readonly tag: string;
  readonly timestamp?: number | string;
  readonly quality?: number;
  readonly unit?: string;
  readonly seq?: number | string;
  /** A number is a double, a string a string; else `{kind: value}`: wide integers and NaN as text, bytes in hex. */
  readonly value?: ReadableValue;
  /** Further fields as they stand, in hex. */
  readonly unknown?: string;
}
export type Readable =
  | ReadableUpdate
  | { readonly batch: readonly ReadableUpdate[]; readonly unknown?: string }
  | { readonly hex: string }
  | MessageProblem;

const wide = (value: number | bigint): number | string => (typeof value === 'bigint' ? String(value) : value);
const float = (value: number): number | string =>
  Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value);

function showValue(value: TagValue): ReadableValue {
  if (value.kind === 'double' && Number.isFinite(value.value) && !Object.is(value.value, -0)) return value.value;
  if (value.kind === 'string') return value.value;
  if (value.kind === 'bytes') return { bytes: Buffer.from(value.value).toString('hex') };
  if (typeof value.value === 'bigint') return { [value.kind]: String(value.value) };
  return { [value.kind]: typeof value.value === 'number' ? float(value.value) : value.value };
}

function showUpdate(update: TagUpdate): ReadableUpdate {
  return {
    tag: update.tag,
    ...(update.timestamp !== 0 && { timestamp: wide(update.timestamp) }),
    ...(update.quality !== undefined && { quality: update.quality }),
    ...(update.unit !== undefined && { unit: update.unit }),
    ...(update.seq !== undefined && { seq: wide(update.seq) }),
    ...(update.value !== undefined && { value: showValue(update.value) }),
    ...(update.unknown !== undefined && { unknown: Buffer.from(update.unknown).toString('hex') }),
  };
}

/** What a message says, or why it says nothing. */
export function showMessage(bytes: Uint8Array): Readable {
  const read = readMessage(bytes);
  if ('problem' in read) return read;
  if (read.kind === 'update') return showUpdate(read.update);
  const unknown = read.unknown && { unknown: Buffer.from(read.unknown).toString('hex') };
  return { batch: read.updates.map(showUpdate), ...unknown };
}

/** The bytes of a message that was read. */
export const encodeMessage = (message: ReadMessage): Uint8Array =>
  message.kind === 'update'
    ? encodeTagUpdate(message.update)
    : encodeTagBatch(message.updates.map(encodeTagUpdate), message.unknown);

function parseValue(value: ReadableValue): TagValue {
  if (typeof value === 'number') return { kind: 'double', value };
  if (typeof value === 'string') return { kind: 'string', value };
  const [kind, content] = Object.entries(value)[0] as [TagValue['kind'], number | string | boolean];
  switch (kind) {
    case 'bytes':
      return { kind, value: Buffer.from(String(content), 'hex') };
    case 'string':
      return { kind, value: String(content) };
    case 'int64':
    case 'uint64':
      return { kind, value: BigInt(content as string) };
    case 'bool':
      return { kind, value: content === true };
    default:
      return { kind, value: Number(content) };
  }
}

const parseWide = (value: number | string): number | bigint => (typeof value === 'string' ? BigInt(value) : value);

function parseUpdate(update: ReadableUpdate): Uint8Array {
  return encodeTagUpdate({
    tag: update.tag,
    timestamp: parseWide(update.timestamp ?? 0),
    ...(update.quality !== undefined && { quality: update.quality }),
    ...(update.unit !== undefined && { unit: update.unit }),
    ...(update.seq !== undefined && { seq: parseWide(update.seq) }),
    ...(update.value !== undefined && { value: parseValue(update.value) }),
    ...(update.unknown !== undefined && { unknown: Buffer.from(update.unknown, 'hex') }),
  });
}

/** The bytes of a readable message. */
export function parseMessage(message: Readable): Uint8Array {
  if ('hex' in message) return Buffer.from(message.hex, 'hex');
  if ('problem' in message) throw new Error('a problem has no bytes');
  if (!('batch' in message)) return parseUpdate(message);
  const unknown = message.unknown === undefined ? undefined : Buffer.from(message.unknown, 'hex');
  return encodeTagBatch(message.batch.map(parseUpdate), unknown);
}
