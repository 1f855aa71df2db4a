import { GatewayError, quoted } from '#diagnostic';
import type { Database } from './database.ts';
import { REPOSITORY_LIMITS } from './limits.ts';
import type { Listing, Page } from './types.ts';

/** A condition with its value, or values; without one it does not count. */
export type Condition = readonly [sql: string, value: Value | readonly Value[] | undefined];
type Value = string | number;

export interface Query<Row, Item> {
  /** `SELECT … FROM …` */
  readonly select: string;
  readonly conditions?: readonly Condition[];
  /** `key DESC`, …: what pages are cut by. */
  readonly order: string;
  readonly item: (row: Row) => Item;
  readonly cursor: (item: Item) => string;
}

/** One page: what comes behind a cursor is found by the index, not counted off. */
export function page<Row, Item>(database: Database, { limit }: Page, query: Query<Row, Item>): Listing<Item> {
  const most = Math.min(Math.max(limit ?? REPOSITORY_LIMITS.page_rows, 1), REPOSITORY_LIMITS.page_rows_max);
  const conditions = (query.conditions ?? []).filter(([, value]) => value !== undefined);
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`;
  const rows = database.all<Row>(
    `${query.select}${where} ORDER BY ${query.order} LIMIT ?`,
    ...conditions.flatMap(([, value]) => value as Value | Value[]),
    most + 1,
  );
  const items = rows.slice(0, most).map(query.item);
  return { items, next: rows.length > most ? query.cursor(items.at(-1)!) : null };
}

/** A cursor that is a number. @throws GatewayError cursor-invalid */
export function numberCursor(after: string | undefined): number | undefined {
  if (after === undefined) return undefined;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw invalidCursor(after);
}

export const invalidCursor = (after: string): GatewayError => new GatewayError('cursor-invalid', quoted(after));

export const flag = (value: boolean | undefined): number | undefined =>
  value === undefined ? undefined : Number(value);
