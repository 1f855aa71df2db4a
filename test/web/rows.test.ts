/** Which rows of a long table are made. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsSeen } from '../../web/src/lib/model/rows.ts';

test('all of the rows that are seen are made, and few others', () => {
  for (const top of [0, 7, 2_000, 1_999_790, 1_999_800, 5_000_000]) {
    const { from, to, before, behind } = rowsSeen(100_000, 20, top, 200);
    const first = Math.min(Math.floor(top / 20), 100_000 - 10);
    assert.ok(from <= first && to >= Math.min(first + 10, 100_000), `${top}: ${from} … ${to}`);
    assert.ok(to - from <= 30);
    assert.equal(before + (to - from) * 20 + behind, 100_000 * 20);
  }
});

test('few rows are all made, none is none', () => {
  assert.deepEqual(rowsSeen(3, 20, 0, 200), { from: 0, to: 3, before: 0, behind: 0 });
  // What was scrolled far down and is short now.
  assert.deepEqual(rowsSeen(3, 20, 4_000, 200), { from: 0, to: 3, before: 0, behind: 0 });
  assert.deepEqual(rowsSeen(0, 20, 0, 200), { from: 0, to: 0, before: 0, behind: 0 });
});
