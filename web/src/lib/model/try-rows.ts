/** Messages of a try as rows that people write in, and back. */

export const KINDS = ['bool', 'int32', 'uint32', 'int64', 'uint64', 'float', 'double', 'string', 'bytes'] as const;
export type Kind = (typeof KINDS)[number];
/** As the API takes it. */
export interface UpdateMessage {
  readonly tag: string;
  readonly value: string | number | boolean;
  readonly kind?: Kind | undefined;
  /** µs since the epoch. */
  readonly timestamp?: number | undefined;
  readonly quality?: number | undefined;
  readonly unit?: string | undefined;
  readonly seq?: number | undefined;
}
export type TryMessage = UpdateMessage | { readonly base64: string };

/** A message as it is written. */
export interface TryRow {
  readonly id: number;
  readonly tag: string;
  readonly value: string;
  /** '': what the value looks like. */
  readonly kind: Kind | '';
  readonly quality: string;
  readonly unit: string;
  /** ms from the start; '': with the one before. */
  readonly at: string;
  /** Bytes that are no update; the rest is empty then. */
  readonly base64?: string;
  readonly seq?: number;
}
/** Anything at all: a row that is left empty is no message. */
export const isWritten = (row: TryRow): boolean =>
  row.base64 !== undefined || row.tag.trim() !== '' || row.value !== '';
export type RowField = 'tag' | 'value' | 'quality' | 'at';

/** As golden tests have it: 2026-01-01. */
export const START_US = Date.UTC(2026, 0, 1) * 1_000;
export const MESSAGES_MAX = 1_000;
const TAG_CHARS_MAX = 1_024;
const NOT_FINITE = /^(NaN|-?Infinity)$/;
const WHOLE = /^-?\d{1,20}$/;

let last = 0;
export const newRow = (row: Partial<Omit<TryRow, 'id'>> = {}): TryRow => {
  last += 1;
  return { id: last, tag: '', value: '', kind: '', quality: '', unit: '', at: '', ...row };
};

/** Where times begin: at the first of the messages that have one. */
export function startOf(messages: readonly TryMessage[]): number {
  const times = messages.flatMap(one => ('tag' in one && one.timestamp ? [one.timestamp] : []));
  return times.length === 0 ? START_US : Math.floor(Math.min(...times) / 1_000) * 1_000;
}

export function rowsOf(messages: readonly TryMessage[], start_us: number): TryRow[] {
  return messages.map(one =>
    'base64' in one
      ? newRow({ base64: one.base64 })
      : newRow({
          tag: one.tag,
          value: String(one.value),
          kind: one.kind ?? kindFor(one.value),
          quality: one.quality ? String(one.quality) : '',
          unit: one.unit ?? '',
          at: one.timestamp ? String((one.timestamp - start_us) / 1_000) : '',
          ...(one.seq && { seq: one.seq }),
        }),
  );
}

/** A text that would be read as something else must say that it is a text. */
const kindFor = (value: string | number | boolean): Kind | '' =>
  typeof value === 'string' && typeof writtenValue(value, '') !== 'string' ? 'string' : '';

/** What cannot be sent as it is written, by the row's id. */
export type RowProblems = ReadonlyMap<number, ReadonlySet<RowField>>;

export function messagesOf(
  rows: readonly TryRow[],
  start_us: number,
): { readonly messages: TryMessage[]; readonly problems: RowProblems } {
  const problems = new Map<number, Set<RowField>>();
  let now = start_us;
  const messages = rows.map((row): TryMessage => {
    if (row.base64 !== undefined) return { base64: row.base64 };
    const wrong = new Set<RowField>();
    const value = writtenValue(row.value, row.kind);
    const quality = row.quality.trim() === '' ? 0 : Number(row.quality);
    const at = row.at.trim() === '' ? null : Number(row.at);
    if (row.tag.trim() === '' || row.tag.length > TAG_CHARS_MAX) wrong.add('tag');
    if (value === null) wrong.add('value');
    if (!Number.isInteger(quality) || quality < 0 || quality > 0xffff_ffff) wrong.add('quality');
    if (at !== null && !(at >= 0 && Number.isFinite(at))) wrong.add('at');
    if (wrong.size > 0) problems.set(row.id, wrong);
    const timestamp = at === null ? now : start_us + Math.round(at * 1_000);
    now = Math.max(now, timestamp || 0);
    return {
      tag: row.tag.trim(),
      value: value ?? '',
      ...(row.kind !== '' && { kind: row.kind }),
      timestamp,
      ...(quality > 0 && { quality }),
      ...(row.unit !== '' && { unit: row.unit }),
      ...(row.seq !== undefined && { seq: row.seq }),
    };
  });
  return { messages, problems };
}

/** A written value as the API takes it; null: it is none of its kind. */
export function writtenValue(written: string, kind: Kind | ''): string | number | boolean | null {
  const text = written.trim();
  if (kind === 'string') return written;
  if (kind === 'bytes') return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? text : null;
  if (kind === 'bool') return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : null;
  if (kind === 'float' || kind === 'double') return NOT_FINITE.test(text) ? text : numberOf(text);
  if (kind !== '') {
    if (!WHOLE.test(text)) return null;
    return Number.isSafeInteger(Number(text)) ? Number(text) : text;
  }
  if (text === '') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return numberOf(text) ?? written;
}

const numberOf = (text: string): number | null => (text !== '' && Number.isFinite(Number(text)) ? Number(text) : null);

/** Pasted JSON: a list, one message a line, or one message; or a table with a header. @returns null: it is none of these */
export function parsePasted(text: string): TryMessage[] | null {
  try {
    const whole = JSON.parse(text) as unknown;
    return allMessages(Array.isArray(whole) ? whole : [whole]);
  } catch {
    const lines = text.split('\n').filter(line => line.trim() !== '');
    try {
      return allMessages(lines.map(line => JSON.parse(line) as unknown));
    } catch {
      return allMessages(tableRows(lines));
    }
  }
}

/** CSV as spreadsheets give it: with tabs, semicolons or commas between. Times are ISO 8601, or µs since the epoch. */
function tableRows([head = '', ...lines]: readonly string[]): unknown[] {
  const between = ['\t', ';'].find(one => head.includes(one)) ?? ',';
  const names = cellsOf(head, between).map(name => name.toLowerCase());
  return lines.map(line => {
    const row = Object.fromEntries(cellsOf(line, between).map((cell, i) => [names[i] ?? '', cell]));
    const kind = KINDS.find(one => one === row['kind']) ?? '';
    const time = row['timestamp'] ?? '';
    return {
      ...row,
      value: writtenValue(row['value'] ?? '', kind),
      timestamp: numberOf(time) ?? Date.parse(time) * 1_000,
      quality: Number(row['quality']),
      seq: Number(row['seq']),
      // Of these nothing stands for one that is not there.
      base64: row['base64'] || undefined,
    };
  });
}
function cellsOf(line: string, between: string): string[] {
  const cells = `${between}${line}`.matchAll(new RegExp(`${between} *(?:"((?:[^"]|"")*)"|([^${between}]*))`, 'g'));
  return [...cells].map(([, quoted, bare = '']) => quoted?.replaceAll('""', '"') ?? bare.trim());
}

function allMessages(list: readonly unknown[]): TryMessage[] | null {
  const messages = list.map(messageOf);
  return messages.length > 0 && messages.every(one => one !== null) ? messages : null;
}

/** What stands there beside the keys of a message is left out: exports of other systems have more. */
function messageOf(one: unknown): TryMessage | null {
  if (typeof one !== 'object' || one === null) return null;
  const { tag, value, kind, timestamp, quality, unit, seq, base64 } = one as Record<string, unknown>;
  if (typeof base64 === 'string') return { base64 };
  if (typeof tag !== 'string' || tag === '' || !['string', 'number', 'boolean'].includes(typeof value)) return null;
  return {
    tag,
    value: value as UpdateMessage['value'],
    ...(KINDS.includes(kind as Kind) && { kind: kind as Kind }),
    ...(typeof timestamp === 'number' && timestamp > 0 && { timestamp }),
    ...(typeof quality === 'number' && quality > 0 && { quality }),
    ...(typeof unit === 'string' && unit !== '' && { unit }),
    ...(typeof seq === 'number' && seq > 0 && { seq }),
  };
}
