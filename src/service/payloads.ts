import { readTagUpdate, type TagValue } from '#abi';
import type { Payload } from '#api';

/** Bytes of a message that go over HTTP; the rest is cut, and `bytes` says so. */
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
    base64: Buffer.from(kept).toString('base64'),
    update,
  };
}

type Update = Extract<ReturnType<typeof readTagUpdate>, { update: unknown }>['update'];

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
  if (value.kind === 'bytes') return Buffer.from(value.value).toString('base64');
  if (typeof value.value === 'bigint') return whole(value.value);
  if (typeof value.value === 'number' && !Number.isFinite(value.value)) return String(value.value);
  return value.value;
}

function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8');
  // The last character may be cut; others that are not UTF-8 make it binary.
  if (!text.slice(0, -1).includes('\ufffd') && !text.includes('\0')) return text.slice(0, TEXT_CHARS_MAX);
  return Buffer.from(bytes.subarray(0, TEXT_CHARS_MAX / 2)).toString('hex');
}
