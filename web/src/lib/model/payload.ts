/** Messages made readable: what the gateway says of a payload, and what its bytes say beyond that. */
import type { Shapes } from '../api/client.ts';
import { readMessage, type TagUpdate } from '../contract.ts';

export type Payload = Shapes['Payload'];
export type Update = NonNullable<Payload['update']>;
export type UpdateField = keyof Update;

export type Readable =
  | { readonly kind: 'update'; readonly update: Update }
  /** Of one that was cut the updates that are whole. */
  | { readonly kind: 'batch'; readonly updates: readonly Update[] }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary' }
  | { readonly kind: 'empty' };

/** What a payload is. Of one that was cut only its beginning is known: it is shown as text or as bytes. */
export function readable(payload: Payload): Readable {
  if (payload.update) return { kind: 'update', update: payload.update };
  if (payload.bytes === 0) return { kind: 'empty' };
  const bytes = bytesOf(payload);
  const cut = bytes.length < payload.bytes;
  const text = textOf(bytes, cut);
  if (text !== null && !cut && /^\s*[[{"]/.test(text)) {
    try {
      return { kind: 'json', value: JSON.parse(text) as unknown };
    } catch {
      return { kind: 'text', text };
    }
  }
  const read = readMessage(cut ? wholeEntries(bytes) : bytes);
  if (read && 'updates' in read) return { kind: 'batch', updates: read.updates.map(updateOf) };
  return text === null ? { kind: 'binary' } : { kind: 'text', text };
}

/** The bytes that came along: all of the message, or its beginning. */
export const bytesOf = ({ base64 }: Payload): Uint8Array =>
  Uint8Array.from(atob(base64), character => character.charCodeAt(0));

/** How many bytes of the message did not come along. */
export const bytesLeftOut = (payload: Payload): number => payload.bytes - bytesOf(payload).length;

const BATCH_KEY = [0xfa, 0x01];

/** The updates at the beginning of a batch that was cut. */
function wholeEntries(bytes: Uint8Array): Uint8Array {
  let end = 0;
  for (let at = 0; bytes[at] === BATCH_KEY[0] && bytes[at + 1] === BATCH_KEY[1]; at = end) {
    let length = 0;
    at += BATCH_KEY.length;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at] ?? 0;
      at += 1;
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    if (at + length > bytes.length) break;
    end = at + length;
  }
  return bytes.subarray(0, end);
}

/** Text, as far as it is UTF-8; null: it is something else. @param cut the last character may not be whole */
function textOf(bytes: Uint8Array, cut: boolean): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cut });
    // Tab, line feed and carriage return stand in text; other control characters do not.
    return [...text].some(character => character < ' ' && !'\t\n\r'.includes(character)) ? null : text;
  } catch {
    return null;
  }
}

const whole = (value: number | bigint): number | string =>
  Number.isSafeInteger(Number(value)) ? Number(value) : String(value);

function updateOf({ tag, value, quality, timestamp, unit, seq }: TagUpdate): Update {
  return {
    tag,
    kind: value?.kind ?? 'none',
    value: value ? plainOf(value.value) : '',
    quality: quality ?? 0,
    timestamp: Number(timestamp),
    unit: unit ?? '',
    seq: whole(seq ?? 0),
  };
}

function plainOf(value: NonNullable<TagUpdate['value']>['value']): Update['value'] {
  if (value instanceof Uint8Array) return btoa(String.fromCharCode(...value));
  if (typeof value === 'bigint') return whole(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** A value for a small place: a number with at most so many digits, but all of those before the point and two behind it. */
const DIGITS = 6;
export function valueText({ value, kind }: Pick<Update, 'value' | 'kind'>): string {
  if (kind === 'none') return '–';
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value);
  const before = Math.trunc(Math.abs(value)).toString().length;
  return String(Number(value.toPrecision(Math.min(Math.max(DIGITS, before + 2), 21))));
}

/** Fields in which two updates differ. */
export function changedFields(before: Update, after: Update): ReadonlySet<UpdateField> {
  const fields = Object.keys(after) as UpdateField[];
  return new Set(fields.filter(field => before[field] !== after[field]));
}

export interface HexRow {
  readonly at: string;
  /** Two digits a byte, a space between, two in the middle. */
  readonly hex: string;
  readonly text: string;
}

const ROW = 16;
const twoDigits = (byte: number): string => byte.toString(16).padStart(2, '0');

/** Bytes as people who debug protocols read them. */
export function hexRows(bytes: Uint8Array): HexRow[] {
  return Array.from({ length: Math.ceil(bytes.length / ROW) }, (_, row) => {
    const part = [...bytes.subarray(row * ROW, (row + 1) * ROW)];
    const half = (from: number): string =>
      part
        .slice(from, from + ROW / 2)
        .map(twoDigits)
        .join(' ');
    return {
      at: (row * ROW).toString(16).padStart(4, '0'),
      hex: `${half(0)}  ${half(ROW / 2)}`.trimEnd(),
      text: part.map(byte => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
    };
  });
}

/** As JSON, for those who want it: an update, several, or what the message is itself. null: it is no JSON. */
export function jsonOf(shown: Readable): string | null {
  if (shown.kind === 'update') return JSON.stringify(shown.update, null, 2);
  if (shown.kind === 'batch') return JSON.stringify(shown.updates, null, 2);
  return shown.kind === 'json' ? JSON.stringify(shown.value, null, 2) : null;
}

/** One line for a list: value and unit, or the beginning of the text. */
export function brief(payload: Payload): string {
  const shown = readable(payload);
  if (shown.kind === 'update')
    return shown.update.unit ? `${valueText(shown.update)} ${shown.update.unit}` : valueText(shown.update);
  if (shown.kind === 'batch') return `${shown.updates.length}${bytesLeftOut(payload) > 0 ? '+' : ''} × TagUpdate`;
  return shown.kind === 'empty' ? '–' : payload.text.slice(0, 200);
}
