/** How tables are ordered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareKeys, naturalKey, type Order, sorted, turned } from '../../web/src/lib/model/sorting.ts';

const rows = [
  { tag: 'cell10/temp', rate: 5 },
  { tag: 'cell2/temp', rate: 50 },
  { tag: 'cell2/pressure', rate: 5 },
];
const keys = {
  tag: (row: (typeof rows)[number]) => naturalKey(row.tag),
  rate: (row: (typeof rows)[number]) => row.rate,
};
const tags = (order: Order<'tag' | 'rate'>): string[] => sorted(rows, order, keys).map(row => row.tag);

test('names are ordered as people count', () => {
  assert.deepEqual(tags({ by: 'tag', way: 'up' }), ['cell2/pressure', 'cell2/temp', 'cell10/temp']);
});

test('numbers come before text', () => {
  assert.deepEqual(['b', 2, 'a', 10].sort(compareKeys), [2, 10, 'a', 'b']);
});

test('rows with the same number keep their order, whichever way', () => {
  assert.deepEqual(tags({ by: 'rate', way: 'up' }), ['cell10/temp', 'cell2/pressure', 'cell2/temp']);
  assert.deepEqual(tags({ by: 'rate', way: 'down' }), ['cell2/temp', 'cell10/temp', 'cell2/pressure']);
});

test('a column that is chosen again is turned round, another begins its own way', () => {
  const byRate: Order<'tag' | 'rate'> = { by: 'rate', way: 'down' };
  assert.deepEqual(turned(byRate, 'rate', 'down'), { by: 'rate', way: 'up' });
  assert.deepEqual(turned(byRate, 'tag', 'up'), { by: 'tag', way: 'up' });
});
