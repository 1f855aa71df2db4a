/** How many requests are answered in a second, and what becomes of the others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fair } from '../../src/server/fair.ts';
import { until } from '../support/until.ts';
import { fakeServer } from './fakes.ts';

const NEVER = 1e-9;
const there = (): boolean => false;
const WAITING = { requests_waiting_each: 100, requests_waiting: 1_000 };

test('a few at once, then a few in each turn, then as many as a second brings; too many are refused', async () => {
  const answered: number[] = [];
  const fair = new Fair({ requests_per_s: NEVER, request_burst: 6, ...WAITING, requests_waiting: 3 });
  const isTaken = (i: number): boolean => fair.take('a', () => answered.push(i), there);
  const taken = Array.from({ length: 9 }, (_, i) => isTaken(i));
  assert.deepEqual(answered, [0, 1, 2, 3]);
  assert.deepEqual(taken, [true, true, true, true, true, true, true, false, false]);
  await until(() => answered.length === 6);
  // The burst is over: one waits, and there is room for two.
  assert.deepEqual([10, 11, 12].map(isTaken), [true, true, false]);
  await new Promise(resolve => setTimeout(resolve, 50));
  assert.deepEqual(answered, [0, 1, 2, 3, 4, 5]);
});

test('those that wait are answered in order, and whoever has gone is left out', async () => {
  const answered: number[] = [];
  const fair = new Fair({ requests_per_s: 500, request_burst: 1, ...WAITING });
  const order = Array.from({ length: 50 }, (_, i) => i);
  for (const i of order) {
    fair.take(
      'a',
      () => answered.push(i),
      () => i === 7 || i > 45,
    );
  }
  await until(() => answered.includes(45));
  assert.deepEqual(
    answered,
    order.filter(i => i !== 7 && i <= 45),
  );
});

test('who asks little is not behind who asks a lot, and is not refused for them', async () => {
  const answered: string[] = [];
  const fair = new Fair({ requests_per_s: 500, request_burst: 1, requests_waiting_each: 20, requests_waiting: 30 });
  const ask = (sender: string): boolean => fair.take(sender, () => answered.push(sender), there);
  const many = Array.from({ length: 40 }, () => ask('loud'));
  // One at once, twenty that wait.
  assert.equal(many.filter(Boolean).length, 21);
  assert.deepEqual(['quiet', 'quiet', 'other'].map(ask), [true, true, true]);
  await until(() => answered.length === 24);
  assert.deepEqual(answered.slice(1, 6), ['loud', 'quiet', 'other', 'loud', 'quiet']);
  assert.ok(answered.slice(6).every(sender => sender === 'loud'));
});

test('who is refused is told so, and when to come back', async () => {
  const limits = { requests_per_s: NEVER, request_burst: 1, requests_waiting: 0 };
  const { server } = await fakeServer({}, {}, limits);
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  const refused = await fetch(`${server.url}/healthz`);
  assert.deepEqual(
    [refused.status, refused.headers.get('retry-after'), refused.headers.get('content-type')],
    [503, '5', 'application/problem+json'],
  );
  const { code, where } = (await refused.json()) as { code: string; where: string };
  assert.deepEqual([code, where, refused.headers.get('connection')], ['server-busy', 'requests', 'close']);
  await server.close(1_000);
});
