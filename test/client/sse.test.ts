/** Server-sent events, however their bytes are cut. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventParser, type ServerEvent } from '#client';
import { seeded } from '../support/random.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 7);

function read(pieces: readonly string[]): { events: ServerEvent[]; retry_ms: number | null } {
  const parser = new EventParser('here');
  return { events: pieces.flatMap(piece => parser.push(piece)), retry_ms: parser.retry_ms };
}

const STREAM = [
  ': a comment\n\n',
  'data: one\n\n',
  'id: 7\r\ndata: two\r\ndata:lines\r\n\r\n',
  'retry: 250\rdata: three\r\r',
  'event: x\ndata\n\n',
  'data:  two spaces\nunknown: field\n\n',
  'data: never finished\n',
].join('');
const EXPECTED: ServerEvent[] = [
  { data: 'one', id: '' },
  { data: 'two\nlines', id: '7' },
  { data: 'three', id: '7' },
  { data: '', id: '7' },
  { data: ' two spaces', id: '7' },
];

test('every cut gives the same events', () => {
  assert.deepEqual(read([STREAM]), { events: EXPECTED, retry_ms: 250 });
  assert.deepEqual(read([...STREAM]), { events: EXPECTED, retry_ms: 250 });
  for (let at = 0; at <= STREAM.length; at += 1)
    assert.deepEqual(read([STREAM.slice(0, at), STREAM.slice(at)]).events, EXPECTED, `cut at ${at}`);
});

test(`many cuts, seed ${SEED}`, () => {
  const random = seeded(SEED);
  for (let round = 0; round < 300; round += 1) {
    const pieces: string[] = [];
    for (let at = 0; at < STREAM.length; ) {
      const length = random.int(12);
      pieces.push(STREAM.slice(at, at + length));
      at += length;
    }
    assert.deepEqual(read(pieces).events, EXPECTED, JSON.stringify(pieces));
  }
});

test('an event without end is refused at the limit, in one line or in many', () => {
  const refused = { code: 'answer-invalid' };
  const line = new EventParser('here', 100);
  assert.throws(() => line.push(`data: ${'x'.repeat(101)}`), refused);
  const lines = new EventParser('here', 100);
  assert.throws(() => {
    for (;;) lines.push('data: xxxxxxxxxx\n');
  }, refused);
});
