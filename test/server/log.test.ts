import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog, LogRing, SERVER_LIMITS } from '#server';
import { ask, fakeApp } from './fakes.ts';

const logTo = (format: 'json' | 'pretty', ring = new LogRing()) => {
  const lines: string[] = [];
  return { lines, ring, log: createLog({ level: 'debug', format, ring, onLine: line => lines.push(line) }) };
};

test('one line each, as JSON, with what it is about', () => {
  const { lines, ring, log } = logTo('json');
  log.warn('too hot', { flow: 'boiler', node: 'hot', degrees: 81 });
  const { time, ...rest } = JSON.parse(lines[0]!) as Record<string, unknown>;
  assert.deepEqual(rest, { level: 'warn', flow: 'boiler', node: 'hot', degrees: 81, text: 'too hot' });
  assert.ok(!Number.isNaN(Date.parse(String(time))));
  assert.deepEqual(
    { ...ring.list()[0], time: '' },
    { seq: 1, time: '', level: 'warn', flow: 'boiler', node: 'hot', text: 'too hot' },
  );
});

test('text of strangers begins no line of its own and moves no cursor', () => {
  for (const format of ['json', 'pretty'] as const) {
    const { lines, log } = logTo(format);
    log.info('one\n12:00:00 error forged\u001b[2J\u202e', {
      flow: 'a\nb',
      key: 'x\r\ny',
      level: 'fatal',
      text: 'other',
    });
    assert.equal(lines.length, 1);
    assert.doesNotMatch(lines[0]!, /\p{Cc}/u);
  }
  const { lines, log } = logTo('json');
  log.info('mine', { text: 'forged', level: 'error', time: 'never' });
  const line = JSON.parse(lines[0]!) as Record<string, unknown>;
  assert.deepEqual([line['text'], line['level']], ['mine', 'info']);
});

test('secrets do not get into the log, nor into what is kept of it', () => {
  for (const format of ['json', 'pretty'] as const) {
    const { lines, ring, log } = logTo(format);
    log.info('dialing mqtt://ada:hunter2@broker:1883, Authorization: Bearer hunter2hunter2, password=hunter2', {
      password: 'hunter2',
      headers: { Authorization: 'hunter2', cookie: 'hunter2', 'X-Api-Key': 'hunter2' },
      list: [{ token: 'hunter2' }],
      error: new Error('https://ada:hunter2@host/ failed'),
      tokens: 7,
    });
    assert.doesNotMatch(lines.join() + JSON.stringify(ring.list()), /hunter2/);
    assert.match(lines[0]!, /mqtt:\/\/\[redacted\]@broker:1883/);
    assert.match(lines[0]!, /"?tokens"?[:=]7/);
  }
});

test('levels: what is below is neither written nor kept; it can be changed', () => {
  const lines: string[] = [];
  const ring = new LogRing();
  const log = createLog({ level: 'warn', format: 'json', ring, onLine: line => lines.push(line) });
  log.info('quiet');
  log.error('loud');
  assert.deepEqual([lines.length, ring.list().length, log.has('info')], [1, 1, false]);
  log.setLevel('debug');
  log.debug('all');
  assert.equal(lines.length, 2);
});

test('fields that would be endless are cut', () => {
  const { lines, log } = logTo('json');
  const round: Record<string, unknown> = { name: 'a' };
  round['self'] = round;
  log.info('x'.repeat(100_000), {
    round,
    many: Array.from({ length: 10_000 }, () => 1),
    bytes: new Uint8Array(5),
    big: 1n,
  });
  assert.ok(lines[0]!.length < SERVER_LIMITS.log_line_chars + 2_000);
  const { bytes, big } = JSON.parse(lines[0]!) as Record<string, unknown>;
  assert.deepEqual([bytes, big], ['5 bytes', '1']);
});

test('the ring keeps the last lines, and finds them by number, flow and level', () => {
  const ring = new LogRing(4);
  const push = (text: string, flow: string | null, level: 'info' | 'error') =>
    ring.push({ time: '', level, flow, node: null, text });
  for (let i = 1; i <= 6; i += 1) push(`line ${i}`, i % 2 ? 'odd' : null, i > 4 ? 'error' : 'info');
  const texts = (query = {}): string[] => ring.list(query).map(({ text }) => text.slice(5));
  assert.deepEqual(texts(), ['3', '4', '5', '6']);
  assert.deepEqual(texts({ limit: 2 }), ['5', '6']);
  assert.deepEqual(texts({ after: 4 }), ['5', '6']);
  assert.deepEqual(texts({ after: 0, limit: 1 }), ['3']);
  assert.deepEqual(texts({ flow: 'odd' }), ['3', '5']);
  assert.deepEqual(texts({ level: 'error', flow: 'odd' }), ['5']);
  assert.deepEqual(texts({ after: 99 }), []);
});

test('who follows the log and does not read costs a bounded number of lines, and learns how many it missed', async () => {
  const ring = new LogRing();
  const news = ring.subscribe({ flow: 'boiler' }, 0);
  const line = { time: '', level: 'info' as const, node: null, text: 'x' };
  for (let i = 0; i < SERVER_LIMITS.log_follower_lines + 5; i += 1) ring.push({ ...line, flow: 'boiler' });
  ring.push({ ...line, flow: 'other' });
  const { value } = await news.next();
  assert.deepEqual([value!.lines.length, value!.dropped], [SERVER_LIMITS.log_follower_lines, 5]);
  ring.push({ ...line, flow: 'boiler' });
  assert.equal((await news.next()).value!.lines.length, 1);
  assert.equal(ring.followers, 1);
  await news.return();
  assert.equal(ring.followers, 0);
});

test('requests are logged at debug, without what they carry', async () => {
  const { lines, log } = logTo('json');
  const app = await fakeApp({}, { log });
  await ask(app, 'GET', '/api/v1/flows?after=secret', { headers: { authorization: 'Bearer viewer' } });
  const { text, level, address } = JSON.parse(lines[0]!) as Record<string, unknown>;
  assert.deepEqual([text, level, address], ['GET /api/v1/flows 200', 'debug', '192.0.2.1']);
  assert.doesNotMatch(lines.join(), /secret|viewer/);
});
