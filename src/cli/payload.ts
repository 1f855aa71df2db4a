import { readMessage, type TagUpdate } from '#abi';
import { printable, shorten } from '#diagnostic';

const TEXT_MAX = 400;
const HEX_BYTES = 48;

/** One line of limited length. */
export const brief = (text: string, most: number = TEXT_MAX): string => shorten(printable(text), most);

/**
 * What a message is, for people: an update, a batch, text, or bytes.
 * @param bytes of the whole message, where `message` is its beginning
 */
export function describeMessage(message: Uint8Array, bytes: number = message.length): string {
  if (bytes > message.length) return `${bytes} bytes, which begin: ${describeMessage(message)}`;
  const read = readMessage(message);
  if ('update' in read) return brief(describeUpdate(read.update));
  if ('updates' in read)
    return `batch of ${read.updates.length}: ${brief(read.updates.slice(0, 3).map(describeUpdate).join('; '))}`;
  const text = Buffer.from(message).toString('utf8');
  if (message.length > 0 && !text.includes('\ufffd') && !text.includes('\0'))
    return `${message.length} bytes of text: ${brief(text)}`;
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
