/** What a page holds of a log. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asText, filtered, LINES_MOST, LogBuffer, type LogLine } from '../../web/src/lib/model/log-buffer.ts';

const line = (seq: number, more: Partial<LogLine> = {}): LogLine => ({
  seq,
  time: new Date(1_772_353_800_000 + seq * 1_000).toISOString(),
  level: 'info',
  flow: null,
  node: null,
  text: `line ${seq}`,
  ...more,
});
const lines = (from: number, to: number): LogLine[] =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
const shown = (buffer: LogBuffer): (number | string)[] =>
  buffer.entries.map(entry => (entry.kind === 'gap' ? `gap of ${entry.lost}` : entry.line.seq));

test('lines stand once each, in order, whichever way they came', () => {
  const live = new LogBuffer().with([line(7), line(8)]).with([line(9)]);
  assert.deepEqual(shown(live.with(lines(4, 8))), [4, 5, 6, 7, 8, 9]);
});

test('nothing new is the same buffer', () => {
  const buffer = new LogBuffer().with(lines(1, 3));
  assert.equal(buffer.with(lines(2, 3)), buffer);
});

test('lines that are missing are said where they are missing', () => {
  const buffer = new LogBuffer().with([line(1), line(2)]).with([line(10), line(11)], 7);
  assert.deepEqual(shown(buffer), [1, 2, 'gap of 7', 10, 11]);
  assert.deepEqual(shown(buffer.with([line(0)])), [0, 1, 2, 'gap of 7', 10, 11]);
});

test('after a start of the gateway numbers begin anew: lines are not taken for those before', () => {
  const late = '2027-01-01T00:00:00.000Z';
  const buffer = new LogBuffer().with(lines(1, 3)).with([line(1, { time: late }), line(2, { time: late })]);
  assert.deepEqual(shown(buffer), [1, 2, 3, 1, 2]);
});

test('a flood costs the oldest lines, and they are counted', () => {
  let buffer = new LogBuffer();
  for (let from = 1; from <= LINES_MOST + 1_000; from += 500) buffer = buffer.with(lines(from, from + 499));
  assert.equal(buffer.entries.length, LINES_MOST);
  assert.equal(buffer.left, 1_000);
  assert.equal(shown(buffer)[0], 1_001);
});

test('a filter asks for level, flow and text; gaps stay', () => {
  const { entries } = new LogBuffer()
    .with([
      line(1, { level: 'debug' }),
      line(2, { level: 'error', flow: 'boiler', node: 'Scale' }),
      line(3, { flow: 'pump' }),
    ])
    .with([line(9, { level: 'warn', text: 'scale takes numbers only' })], 5);
  const seqs = (level: LogLine['level'], flow: string | null, text: string): (number | string)[] =>
    shown(new LogBuffer(filtered(entries, { level, flow, text })));
  assert.deepEqual(seqs('debug', null, ''), [1, 2, 3, 'gap of 5', 9]);
  assert.deepEqual(seqs('warn', null, ''), [2, 'gap of 5', 9]);
  assert.deepEqual(seqs('debug', 'pump', ''), [3, 'gap of 5']);
  assert.deepEqual(seqs('debug', null, ' SCALE '), [2, 'gap of 5', 9]);
});

test('as text it is one line each', () => {
  const { entries } = new LogBuffer().with([line(1, { flow: 'boiler', level: 'warn' })]).with([line(5)], 3);
  assert.equal(
    asText(entries),
    '2026-03-01T08:30:01.000Z WARN  boiler line 1\n… 3\n2026-03-01T08:30:05.000Z INFO  line 5',
  );
});
