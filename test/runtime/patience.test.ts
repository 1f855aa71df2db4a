/** Waiting that counts only what this process lived through. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Patience } from '../../src/runtime/patience.ts';
import { until } from '../support/until.ts';

const standStill = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

test('it is over once, when nothing happens', async () => {
  let over = 0;
  new Patience(80, () => over++);
  await until(() => over > 0);
  standStill(200);
  await turn();
  assert.equal(over, 1);
});

test('while this process stands still, it hardly waits', async () => {
  let over = false;
  const patience = new Patience(1_000, () => (over = true));
  standStill(2_000);
  for (let i = 0; i < 3; i++) await turn();
  assert.ok(!over);
  await until(() => over);
  patience.end();
});

test('progress lets it wait anew; ended, it never is over', async () => {
  let over = false;
  let looks = 0;
  const patience = new Patience(
    80,
    () => (over = true),
    () => ++looks > 0,
  );
  await until(() => looks > 40);
  assert.ok(!over);
  patience.end();
  const last = looks;
  standStill(200);
  await turn();
  assert.deepEqual([over, looks], [false, last]);
});
