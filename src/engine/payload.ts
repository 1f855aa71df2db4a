import { decodeUtf8, readTagUpdate, type TagValue } from '#abi';

/** A message for people; over HTTP it is the same. */
export interface Payload {
  /** Of the whole message. */
  readonly bytes: number;
  readonly text: string;
  /** Its first bytes. */
  readonly base64: string;
  /** What it says as a tag update; null: it is none, or not whole. */
  readonly update: {
    readonly tag: string;
    readonly kind: string;
    readonly value: string | number | boolean;
    readonly quality: number;
    readonly timestamp: number;
    readonly unit: string;
    readonly seq: string | number;
  } | null;
}

/** Bytes of a message that are shown; the rest is cut, and `bytes` says so. */
const PAYLOAD_BYTES_MAX = 4_096;
const TEXT_CHARS_MAX = 2_000;

/** Bytes made readable. @param total bytes of the whole message, when `message` is only its beginning. */
export function payloadOf(message: Uint8Array, total = message.length): Payload {
  const kept = message.subarray(0, PAYLOAD_BYTES_MAX);
  const read = total === message.length ? readTagUpdate(message) : null;
  const update = read && 'update' in read ? updateOf(read.update) : null;
  return {
    bytes: total,
    text: update ? `${update.tag} = ${update.value}${update.unit ? ` ${update.unit}` : ''}` : textOf(kept),
    base64: base64Of(kept),
    update,
  };
}

type Update = Extract<ReturnType<typeof readTagUpdate>, { update: unknown }>['update'];

const base64Of = (bytes: Uint8Array): string => btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));

const updateOf = ({ tag, value, quality, timestamp, unit, seq }: Update): Payload['update'] => ({
  tag,
  kind: value?.kind ?? 'none',
  value: value ? plain(value) : '',
  quality: quality ?? 0,
  timestamp: Number(timestamp ?? 0n),
  unit: unit ?? '',
  seq: whole(seq ?? 0n),
});

const whole = (value: bigint | number): number | string =>
  Number.isSafeInteger(Number(value)) ? Number(value) : String(value);

function plain(value: TagValue): string | number | boolean {
  if (value.kind === 'bytes') return base64Of(value.value);
  if (typeof value.value === 'bigint') return whole(value.value);
  if (typeof value.value === 'number' && !Number.isFinite(value.value)) return String(value.value);
  return value.value;
}

function textOf(bytes: Uint8Array): string {
  const { text } = decodeUtf8(bytes);
  // The last character may be cut; others that are not UTF-8 make it binary.
  if (!text.slice(0, -1).includes('\ufffd') && !text.includes('\0')) return text.slice(0, TEXT_CHARS_MAX);
  return Array.from(bytes.subarray(0, TEXT_CHARS_MAX / 2), byte => byte.toString(16).padStart(2, '0')).join('');
}
