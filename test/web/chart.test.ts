/** How points become lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ceiling, columnsOf, increase, spanOf } from '../../web/src/lib/model/chart.ts';

const at = (seconds: readonly number[]): { at_ms: number; n: number }[] =>
  seconds.map((second, n) => ({ at_ms: second * 1_000, n }));

test('points become columns, in their order', () => {
  const columns = columnsOf(at([10, 11, 12]), [point => point.n, point => point.n * 2]);
  assert.deepEqual(columns, [
    [10, 11, 12],
    [0, 1, 2],
    [0, 2, 4],
  ]);
});

test('where the gateway was away there is a gap, and nothing is counted over it', () => {
  const columns = columnsOf(at([10, 11, 31, 32]), [
    point => point.n,
    (point, before) => (before ? point.n - before.n : null),
  ]);
  assert.deepEqual(columns, [
    [10, 11, 21, 31, 32],
    [0, 1, null, 2, 3],
    [null, 1, null, null, 1],
  ]);
});

test('no points make empty columns', () => {
  assert.deepEqual(columnsOf([], [() => 1]), [[], []]);
});

test('a counter that begins anew has not grown', () => {
  assert.deepEqual([increase(undefined, 5), increase(5, 9), increase(9, 2)], [0, 4, 0]);
});

test('the span grows with what is known, to ten minutes', () => {
  const spans = [1, 60, 61, 200, 400, 5_000].map(seconds => spanOf([[0, seconds]]));
  assert.deepEqual(spans, [60, 60, 120, 300, 600, 600]);
});

test('the axis ends at a round number above the highest value', () => {
  assert.deepEqual([0, 0.9, 1, 4_990, 5_000, 98].map(ceiling), [1, 1, 1.5, 6_000, 6_000, 150]);
  assert.equal(ceiling(Number.NaN), 1);
});
