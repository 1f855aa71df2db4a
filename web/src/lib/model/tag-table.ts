/** Tags that a page holds: all that are known, those that are looked for, and their last values. */
import type { Shapes } from '../api/client.ts';
import { type Key, naturalKey } from './sorting.ts';

export type Tag = Shapes['Tag'];
export interface TagRow {
  readonly tag: Tag;
  /** Updates a second between the last two looks; null: looked at once only. */
  readonly rate: number | null;
  /** Last values, oldest first, one for each look; only of tags that are watched and whose values are numbers. */
  readonly history: readonly number[];
  readonly name: string;
  /** By which its name is sorted. */
  readonly key: string;
}
/** Looks that are nearer to each other say nothing about a rate. */
const RATE_AFTER_MS = 500;
export const HISTORY = 60;

/** Rows by name; a row that changes is a new object. */
export class TagTable {
  readonly #rows = new Map<string, { row: TagRow; count: number; at_ms: number; round: number }>();
  #round = 0;

  get size(): number {
    return this.#rows.size;
  }
  get(name: string): TagRow | null {
    return this.#rows.get(name)?.row ?? null;
  }
  *rows(): Generator<TagRow> {
    for (const { row } of this.#rows.values()) yield row;
  }

  /** @param watched their values are kept for a line; @returns whether there are tags that were not known */
  take(tags: readonly Tag[], at_ms: number, watched = false): boolean {
    const before = this.#rows.size;
    for (const tag of tags) {
      const known = this.#rows.get(tag.tag);
      const isSoon = known !== undefined && at_ms - known.at_ms < RATE_AFTER_MS;
      const rate = isSoon ? known.row.rate : rateOf(known, tag, at_ms);
      const history = known?.row.history ?? [];
      const row = {
        tag,
        name: tag.tag,
        key: known?.row.key ?? naturalKey(tag.tag),
        rate,
        history: watched ? longer(history, tag) : history,
      };
      const mark = isSoon ? { count: known.count, at_ms: known.at_ms } : { count: tag.count, at_ms };
      this.#rows.set(tag.tag, { row, ...mark, round: this.#round });
    }
    return this.#rows.size > before;
  }

  /** All that the gateway knows was asked for once: what did not come for two such rounds is gone. @returns whether some are */
  endRound(): boolean {
    const before = this.#rows.size;
    for (const [name, { round }] of this.#rows) if (round < this.#round - 1) this.#rows.delete(name);
    this.#round += 1;
    return this.#rows.size < before;
  }
}

function rateOf(known: { count: number; at_ms: number } | undefined, { count, rate }: Tag, at_ms: number) {
  if (!known || count < known.count) return rate > 0 ? rate : null;
  return ((count - known.count) * 1_000) / (at_ms - known.at_ms);
}

function longer(history: readonly number[], tag: Tag): readonly number[] {
  const value = numberOf(tag);
  return value === null ? history : [...history.slice(1 - HISTORY), value];
}

/** null: the value is no number. */
export function numberOf({ update }: Tag): number | null {
  const value = update?.update?.value;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'number' ? value : null;
}
export const qualityOf = ({ update }: Tag): number => update?.update?.quality ?? 0;

/** What an order asks of each row. */
export const TAG_KEYS = {
  tag: (row: TagRow): Key => row.key,
  value: ({ tag }: TagRow): Key => numberOf(tag) ?? String(tag.update?.update?.value ?? tag.update?.text ?? ''),
  quality: ({ tag }: TagRow): Key => qualityOf(tag),
  rate: (row: TagRow): Key => row.rate ?? -1,
  seen: ({ tag }: TagRow): Key => tag.last_seen,
  gaps: ({ tag }: TagRow): Key => tag.gaps,
  driver: ({ tag }: TagRow): Key => naturalKey(tag.driver),
  flows: ({ tag }: TagRow): Key => tag.flows.length,
} as const;
export type TagColumn = keyof typeof TAG_KEYS;

/** Which of all tags: all, those with bad quality, those that no flow gets. */
export const TAG_KINDS = ['all', 'bad', 'unused'] as const;
export type TagKind = (typeof TAG_KINDS)[number];

export const isOfKind = ({ tag }: TagRow, kind: TagKind): boolean =>
  kind === 'all' || (kind === 'bad' ? qualityOf(tag) > 0 : tag.flows.length === 0);

/** Tags have no + and #: a text that has is meant as a pattern, well made or not. */
export const hasWildcards = (text: string): boolean => /[+#]/.test(text);

/** Whether a name is looked for: a pattern as sources have it, or a part of the name. */
export function searching(text: string): (name: string) => boolean {
  const wanted = text.trim();
  if (wanted === '') return () => true;
  if (!hasWildcards(wanted)) {
    const part = wanted.toLowerCase();
    return name => name.toLowerCase().includes(part);
  }
  return name => takes(wanted, name);
}

/** Whether a pattern lets a tag in, as the ingest says it. */
export const takes = (pattern: string, tag: string): boolean => matches(pattern.split('/'), tag);

function matches(pattern: readonly string[], name: string): boolean {
  // Wildcards that come first leave out what begins with $.
  if (name.startsWith('$') && /^[+#]$/.test(pattern[0]!)) return false;
  const levels = name.split('/');
  const tail = pattern.at(-1) === '#' ? pattern.length - 1 : null;
  if (tail === null ? levels.length !== pattern.length : levels.length < tail) return false;
  return pattern.slice(0, tail ?? pattern.length).every((level, at) => level === '+' || level === levels[at]);
}

/** A line through values, in a box of the given size; empty for fewer than two. */
export function sparkline(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return '';
  const least = Math.min(...values);
  const range = Math.max(...values) - least;
  const step = width / (HISTORY - 1);
  const left = width - (values.length - 1) * step;
  const round = (value: number): number => Math.round(value * 10) / 10;
  return values
    .map((value, at) => {
      const y = range === 0 ? height / 2 : height - ((value - least) / range) * height;
      return `${at === 0 ? 'M' : 'L'}${round(left + at * step)} ${round(y)}`;
    })
    .join('');
}
