/** Messages of a try: rows as they are written, messages as they are sent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  messagesOf,
  newRow,
  parsePasted,
  rowsOf,
  START_US,
  startOf,
  type TryMessage,
  writtenValue,
} from '../../web/src/lib/model/try-rows.ts';

test('what a value is: by its kind, or by what it looks like', () => {
  const cases: [string, Parameters<typeof writtenValue>[1], unknown][] = [
    ['85.5', '', 85.5],
    [' true ', '', true],
    ['on', '', 'on'],
    ['', '', null],
    ['85', 'string', '85'],
    ['', 'string', ''],
    ['1', 'bool', true],
    ['yes', 'bool', null],
    ['NaN', 'double', 'NaN'],
    ['-Infinity', 'float', '-Infinity'],
    ['x', 'double', null],
    ['7', 'int64', 7],
    ['9223372036854775807', 'int64', '9223372036854775807'],
    ['7.5', 'int32', null],
    ['AAE=', 'bytes', 'AAE='],
    ['?', 'bytes', null],
  ];
  for (const [written, kind, value] of cases) assert.equal(writtenValue(written, kind), value, `${written} as ${kind}`);
});

test('rows become messages: time goes on from row to row', () => {
  const rows = [
    newRow({ tag: ' a ', value: '1', at: '5' }),
    newRow({ tag: 'a', value: '2', quality: '3', unit: 'bar' }),
    newRow({ tag: 'b', value: 'x', at: '0.25', kind: 'string' }),
    newRow({ tag: 'b', value: '4' }),
    newRow({ base64: 'AAAA' }),
  ];
  const { messages, problems } = messagesOf(rows, START_US);
  assert.equal(problems.size, 0);
  assert.deepEqual(messages, [
    { tag: 'a', value: 1, timestamp: START_US + 5_000 },
    { tag: 'a', value: 2, timestamp: START_US + 5_000, quality: 3, unit: 'bar' },
    { tag: 'b', value: 'x', kind: 'string', timestamp: START_US + 250 },
    { tag: 'b', value: 4, timestamp: START_US + 5_000 },
    { base64: 'AAAA' },
  ]);
});

test('what cannot be sent is told by row and field', () => {
  const rows = [newRow(), newRow({ tag: 'a', value: 'x', kind: 'bool', quality: '-1', at: 'soon' })];
  const { problems } = messagesOf(rows, START_US);
  assert.deepEqual([...problems.get(rows[0]!.id)!], ['tag', 'value']);
  assert.deepEqual([...problems.get(rows[1]!.id)!], ['value', 'quality', 'at']);
});

test('messages become rows and are the same messages again', () => {
  const messages: TryMessage[] = [
    { tag: 'a', value: 1.5, kind: 'double', timestamp: 1_770_000_000_000_250, unit: '°C', seq: 4 },
    { tag: 'a', value: '85', kind: 'string', timestamp: 1_770_000_000_100_000, quality: 1 },
    { tag: 'c', value: '9223372036854775807', kind: 'int64', timestamp: 1_770_000_000_200_000 },
    { base64: 'AAAA' },
  ];
  const start_us = startOf(messages);
  assert.equal(start_us, 1_770_000_000_000_000);
  assert.deepEqual(messagesOf(rowsOf(messages, start_us), start_us).messages, messages);
  const [text] = rowsOf([{ tag: 'a', value: '85' }], START_US);
  assert.equal(text!.kind, 'string', 'a text that looks like a number');
  assert.equal(startOf([{ tag: 'a', value: 1 }]), START_US);
});

test('pasted: a list, one a line, one alone; other keys are left out, other things refused', () => {
  const two = [
    { tag: 'a', value: 1 },
    { tag: 'b', value: true },
  ];
  assert.deepEqual(parsePasted(JSON.stringify(two)), two);
  assert.deepEqual(parsePasted(`${JSON.stringify(two[0])}\n\n${JSON.stringify(two[1])}\n`), two);
  assert.deepEqual(parsePasted('{"tag":"a","value":1,"topic":"x","quality":0,"kind":"odd"}'), [two[0]]);
  assert.deepEqual(parsePasted('{"base64":"AAAA"}'), [{ base64: 'AAAA' }]);
  for (const wrong of ['', '[]', 'tag=1', '[1]', '{"tag":"a"}', '{"tag":"a","value":{}}', 'null'])
    assert.equal(parsePasted(wrong), null, wrong);
});

test('a table with a header: with commas, semicolons or tabs, cells in quotes where they need it', () => {
  assert.deepEqual(parsePasted('tag,value,unit\na,1.5,°C\nb,true,\n'), [
    { tag: 'a', value: 1.5, unit: '°C' },
    { tag: 'b', value: true },
  ]);
  assert.deepEqual(parsePasted('Tag;Value;Kind\r\na;"x;""y""";\r\nb; 85;string\r\n'), [
    { tag: 'a', value: 'x;"y"' },
    { tag: 'b', value: '85', kind: 'string' },
  ]);
  assert.deepEqual(parsePasted('timestamp\tquality\ttag\tvalue\tseq\n2026-01-01T00:00:00Z\t3\ta\t-7\t2\n\t\ta\t8'), [
    { tag: 'a', value: -7, timestamp: START_US, quality: 3, seq: 2 },
    { tag: 'a', value: 8 },
  ]);
  assert.deepEqual(parsePasted('timestamp,tag,value\n1767225600000001,a,0'), [
    { tag: 'a', value: 0, timestamp: START_US + 1 },
  ]);
  assert.deepEqual(parsePasted('base64\nAAAA'), [{ base64: 'AAAA' }]);
  for (const wrong of ['tag,value', 'tag,value\na', 'tag,value\n,1', 'tag,value\na,', 'name,value\na,1'])
    assert.equal(parsePasted(wrong), null, wrong);
});
