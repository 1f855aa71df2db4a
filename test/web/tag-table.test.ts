/** What the page of tags knows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PatternTrie } from '../../src/ingest/index.ts';
import { type Order, sorted } from '../../web/src/lib/model/sorting.ts';
import {
  HISTORY,
  isOfKind,
  searching,
  sparkline,
  TAG_KEYS,
  type Tag,
  type TagColumn,
  TagTable,
} from '../../web/src/lib/model/tag-table.ts';

const tagOf = (tag: string, value: number | string, more: Partial<Tag> = {}): Tag => ({
  tag,
  count: 1,
  rate: 0,
  last_seen: '2026-03-01T08:30:00.000Z',
  driver: '127.0.0.1:40001',
  gaps: 0,
  flows: ['boiler'],
  update: {
    bytes: 1,
    text: '',
    base64: '',
    update: { tag, kind: 'double', value, quality: 0, timestamp: 0, unit: '', seq: 0 },
  },
  ...more,
});

test('a search is a part of the name or a pattern, as sources have it', () => {
  const names = ['line1/cell1/temp', 'line1/cell2/temp', 'line1/temp', 'line1', 'Line2/Temp', '$sys/temp', 'a//b'];
  const found = (text: string): string[] => names.filter(searching(text));
  assert.deepEqual(found(''), names);
  assert.deepEqual(found('cell'), ['line1/cell1/temp', 'line1/cell2/temp']);
  assert.deepEqual(found(' temp '), ['line1/cell1/temp', 'line1/cell2/temp', 'line1/temp', 'Line2/Temp', '$sys/temp']);
  for (const pattern of ['line1/+/temp', 'line1/#', '#', '+', '+/#', '+/temp', '$sys/+', 'a/+/b', 'line1/+', '+/+/+']) {
    const trie = new PatternTrie();
    trie.add(0, [pattern]);
    assert.deepEqual(
      found(pattern),
      names.filter(name => trie.match(name).length > 0),
      pattern,
    );
  }
});

test('a rate is what was counted between two looks that are far enough from each other', () => {
  const table = new TagTable();
  const look = (count: number, at_ms: number): number | null => {
    table.take([tagOf('a', 1, { count })], at_ms);
    return table.get('a')!.rate;
  };
  assert.equal(look(100, 0), null);
  assert.equal(look(110, 100), null);
  assert.equal(look(150, 1_000), 50);
  assert.equal(look(400, 1_200), 50);
  assert.equal(look(400, 2_000), 250);
  // The gateway has begun anew.
  assert.equal(look(3, 3_000), null);
});

test('of tags that are watched the last values are kept', () => {
  const table = new TagTable();
  table.take([tagOf('a', 1)], 0);
  for (let second = 1; second <= HISTORY + 5; second += 1) table.take([tagOf('a', second)], second * 1_000, true);
  table.take([tagOf('b', 'open')], 0, true);
  assert.equal(table.get('a')!.history.length, HISTORY);
  assert.equal(table.get('a')!.history.at(-1), HISTORY + 5);
  assert.deepEqual(table.get('b')!.history, []);
});

test('a tag that the gateway has forgotten goes, after it was missing twice', () => {
  const table = new TagTable();
  assert.equal(table.take([tagOf('a', 1), tagOf('b', 1)], 0), true);
  table.endRound();
  assert.equal(table.take([tagOf('a', 1)], 1_000), false);
  assert.equal(table.endRound(), false);
  table.take([tagOf('a', 1)], 2_000);
  assert.equal(table.endRound(), true);
  assert.deepEqual(
    [...table.rows()].map(row => row.name),
    ['a'],
  );
});

test('rows are sorted by any column', () => {
  const table = new TagTable();
  table.take(
    [
      tagOf('cell10', 5, { gaps: 1, last_seen: '2026-03-01T08:30:09.000Z' }),
      tagOf('cell2', 70, { flows: [] }),
      tagOf('cell3', 'off', { driver: '127.0.0.1:9' }),
    ],
    0,
  );
  const names = (by: TagColumn, way: Order<TagColumn>['way']): string[] =>
    sorted([...table.rows()], { by, way }, TAG_KEYS).map(row => row.name);
  assert.deepEqual(names('tag', 'up'), ['cell2', 'cell3', 'cell10']);
  assert.deepEqual(names('value', 'up'), ['cell10', 'cell2', 'cell3']);
  assert.deepEqual(names('gaps', 'down'), ['cell10', 'cell2', 'cell3']);
  assert.deepEqual(names('seen', 'down')[0], 'cell10');
  assert.deepEqual(names('driver', 'up')[0], 'cell3');
  assert.deepEqual(names('flows', 'up')[0], 'cell2');
  assert.deepEqual(
    [...table.rows()].filter(row => isOfKind(row, 'unused')).map(row => row.name),
    ['cell2'],
  );
});

test('a line ends at the right and keeps within its box', () => {
  assert.equal(sparkline([1], 59, 10), '');
  assert.equal(sparkline([1, 2], 59, 10), 'M58 10L59 0');
  assert.equal(sparkline([3, 3, 3], 59, 10), 'M57 5L58 5L59 5');
});
