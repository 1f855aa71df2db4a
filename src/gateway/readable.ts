/** Messages as JSON that people write and read: tries, golden tests. */
import { encodeTagUpdate, readMessage, type TagUpdate, type TagValue } from '#abi';

/** A TagUpdate in plain JSON. */
export interface UpdateJson {
  readonly tag: string;
  /** 64-bit integers beyond 2^53, NaN and ±Infinity as strings, bytes as base64. */
  readonly value?: number | string | boolean | undefined;
  /** Default: what the value is, a number is a double. */
  readonly kind?: TagValue['kind'] | undefined;
  /** µs since the epoch. */
  readonly timestamp?: number | undefined;
  readonly quality?: number | undefined;
  readonly unit?: string | undefined;
  readonly seq?: number | string | undefined;
}

export const VALUE_KINDS = [
  'bool',
  'int32',
  'uint32',
  'float',
  'double',
  'string',
  'bytes',
  'int64',
  'uint64',
] as const satisfies readonly TagValue['kind'][];

/** The bytes of an update, or what is wrong with its value. */
export function encodeUpdate(json: UpdateJson): Uint8Array | { readonly problem: string } {
  const value = json.value === undefined ? undefined : asValue(json.value, json.kind);
  if (value && 'problem' in value) return value;
  if (json.seq !== undefined && !/^\d{1,20}$/.test(String(json.seq))) return { problem: 'seq is no whole number' };
  return encodeTagUpdate({
    tag: json.tag,
    timestamp: json.timestamp ?? 0,
    ...(json.quality !== undefined && { quality: json.quality }),
    ...(json.unit !== undefined && { unit: json.unit }),
    ...(json.seq !== undefined && { seq: BigInt(json.seq) }),
    ...(value && { value }),
  });
}

const RANGES = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const;

function asValue(value: number | string | boolean, asked?: TagValue['kind']): TagValue | { readonly problem: string } {
  const kind = asked ?? (typeof value === 'number' ? 'double' : typeof value === 'string' ? 'string' : 'bool');
  const wrong = { problem: `${JSON.stringify(value)} is no ${kind}` };
  switch (kind) {
    case 'bool':
      return typeof value === 'boolean' ? { kind, value } : wrong;
    case 'string':
      return typeof value === 'string' ? { kind, value } : wrong;
    case 'bytes':
      return typeof value === 'string' ? { kind, value: new Uint8Array(Buffer.from(value, 'base64')) } : wrong;
    case 'float':
    case 'double': {
      const number = typeof value === 'string' && /^(NaN|-?Infinity)$/.test(value) ? Number(value) : value;
      return typeof number === 'number' ? { kind, value: number } : wrong;
    }
    default: {
      if (typeof value === 'boolean' || !/^-?\d{1,20}$/.test(String(value))) return wrong;
      const whole = BigInt(value);
      const [least, most] = RANGES[kind];
      if (whole < least || whole > most) return wrong;
      return kind === 'int64' || kind === 'uint64' ? { kind, value: whole } : { kind, value: Number(whole) };
    }
  }
}

const whole = (value: number | bigint): number | string =>
  Number.isSafeInteger(Number(value)) ? Number(value) : String(value);

function plain({ kind, value }: TagValue): number | string | boolean {
  if (kind === 'bytes') return Buffer.from(value).toString('base64');
  if (typeof value === 'bigint') return whole(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}

/** An update as JSON; what it does not have is left out. */
export const updateJson = ({ tag, value, timestamp, quality, unit, seq }: TagUpdate): UpdateJson => ({
  tag,
  ...(value && { value: plain(value), kind: value.kind }),
  timestamp: Number(timestamp),
  quality: quality ?? 0,
  ...(unit !== undefined && { unit }),
  ...(seq !== undefined && { seq: whole(seq) }),
});

/** What a message is, as far as it can be read. */
export type ReadablePayload =
  | { readonly update: UpdateJson }
  | { readonly batch: readonly UpdateJson[] }
  | { readonly json: unknown }
  | { readonly text: string }
  | { readonly base64: string }
  /** Only its beginning is there. */
  | { readonly bytes: number; readonly begins: string };

/** @param bytes of the whole message, where `body` is its beginning */
export function readPayload(body: Uint8Array, bytes = body.length): ReadablePayload {
  const buffer = Buffer.from(body);
  if (bytes > body.length) return { bytes, begins: buffer.toString('base64') };
  const text = buffer.toString('utf8');
  const isText = body.length > 0 && !text.includes('\ufffd') && !text.includes('\0');
  if (isText && /^\s*[[{"]/.test(text)) {
    try {
      return { json: JSON.parse(text) };
    } catch {
      return { text };
    }
  }
  const read = readMessage(body);
  if ('update' in read) return { update: updateJson(read.update) };
  if ('updates' in read) return { batch: read.updates.map(updateJson) };
  return isText ? { text } : { base64: buffer.toString('base64') };
}
