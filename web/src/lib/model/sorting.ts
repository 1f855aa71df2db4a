/** Rows in the order that a column says. */
export interface Order<K extends string> {
  readonly by: K;
  readonly way: 'up' | 'down';
}
export type Key = string | number;

/** What a click on a column's head makes of an order. @param first the way of a column that was not chosen */
export const turned = <K extends string>(order: Order<K>, by: K, first: 'up' | 'down'): Order<K> => {
  if (order.by !== by) return { by, way: first };
  return { by, way: order.way === 'up' ? 'down' : 'up' };
};

/** Text as people count: cell2 before cell10. */
const texts = new Intl.Collator('en', { numeric: true });
export const compareKeys = (a: Key, b: Key): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : texts.compare(String(a), String(b));

/** A new array; rows with the same key keep their order, whichever way. */
export function sorted<T, K extends string>(
  rows: readonly T[],
  { by, way }: Order<K>,
  keys: Readonly<Record<K, (row: T) => Key>>,
): T[] {
  const key = keys[by];
  const sign = way === 'up' ? 1 : -1;
  return rows
    .map(row => ({ row, key: key(row) }))
    .sort((a, b) => sign * compareKeys(a.key, b.key))
    .map(({ row }) => row);
}
