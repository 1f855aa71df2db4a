import { readMessage, type TagUpdate } from '#abi';

const TEXT_MAX = 400;
const HEX_BYTES = 48;

/** One line of limited length, control characters shown as such. */
export function printable(text: string, most: number = TEXT_MAX): string {
  // Control characters must not reach a terminal.
  const safe = text.replace(/\p{Cc}/gu, char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return safe.length > most ? `${safe.slice(0, most - 1)}…` : safe;
}

/**
 * What a message is, for people: an update, a batch, text, or bytes.
 * @param bytes of the whole message, where `message` is its beginning
 */
export function describeMessage(message: Uint8Array, bytes: number = message.length): string {
  if (bytes > message.length) return `${bytes} bytes, which begin: ${describeMessage(message)}`;
  const read = readMessage(message);
  if ('update' in read) return printable(describeUpdate(read.update));
  if ('updates' in read)
    return `batch of ${read.updates.length}: ${printable(read.updates.slice(0, 3).map(describeUpdate).join('; '))}`;
  const text = Buffer.from(message).toString('utf8');
  if (message.length > 0 && !text.includes('\ufffd') && !text.includes('\0'))
    return `${message.length} bytes of text: ${printable(text)}`;
  const hex = Buffer.from(message.subarray(0, HEX_BYTES)).toString('hex');
  return `${message.length} bytes: ${hex}${message.length > HEX_BYTES ? '…' : ''}`;
}

function describeUpdate({ tag, value, quality, unit, timestamp, seq }: TagUpdate): string {
  const shown =
    value === undefined ? '(no value)' : value.kind === 'bytes' ? `${value.value.length} bytes` : String(value.value);
  const details = [
    quality ? `quality ${quality}` : '',
    timestamp ? new Date(Number(timestamp) / 1_000).toISOString() : '',
    seq ? `seq ${seq}` : '',
  ].filter(Boolean);
  return `${tag} = ${shown}${unit ? ` ${unit}` : ''}${details.length > 0 ? ` (${details.join(', ')})` : ''}`;
}
