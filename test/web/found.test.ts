import assert from 'node:assert/strict';
import { test } from 'node:test';
import { found } from '../../web/src/lib/components/ui/picklist/found.ts';

const items = [
  { title: 'HTTP sink', detail: 'http_sink', words: 'sinks posts batches' },
  { title: 'Filter', detail: 'filter', words: 'routing compares' },
  { title: 'File sink', detail: 'file_sink', words: 'sinks writes updates' },
  { title: 'Window', detail: 'window', words: 'time filters nothing' },
];
const titles = (wanted: string): string[] => found(items, wanted).map(one => one.title);

test('without words everything is there, in its order', () => {
  assert.equal(found(items, '  '), items);
});

test('what begins with the word comes first, then where a word begins with it, then the rest', () => {
  assert.deepEqual(titles('fil'), ['Filter', 'File sink', 'Window']);
  assert.deepEqual(titles('SINK'), ['HTTP sink', 'File sink']);
});

test('all words must be there, in any order', () => {
  assert.deepEqual(titles('updates file'), ['File sink']);
  assert.deepEqual(titles('filter sink'), []);
});
