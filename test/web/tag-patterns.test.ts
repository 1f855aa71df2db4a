import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layoutOf } from '../../web/src/lib/model/layout.ts';
import { freePlace } from '../../web/src/lib/model/place.ts';
import { patternProblem, suggestPatterns } from '../../web/src/lib/model/tag-patterns.ts';

const tags = ['line1/cell01/temp', 'line1/cell02/temp', 'line1/cell02/motor', 'line2/oven'];

test('patterns that mean nothing are told from those that do', () => {
  for (const good of ['#', 'a/#', '+', 'a/+/b', '+/+/#', 'line1']) assert.equal(patternProblem(good), null, good);
  for (const bad of ['#/a', 'a#', 'a/#/b']) assert.equal(patternProblem(bad), 'hash', bad);
  assert.equal(patternProblem('line+/a'), 'plus');
});

test('what is seen now is suggested level by level', () => {
  assert.deepEqual(suggestPatterns(tags, '').slice(0, 3), ['#', 'line1/#', 'line2/#']);
  assert.deepEqual(suggestPatterns(tags, 'line1/').slice(0, 4), [
    'line1/cell01/#',
    'line1/cell02/#',
    'line1/+/temp',
    'line1/+/motor',
  ]);
  assert.ok(suggestPatterns(tags, 'line1/+/').includes('line1/+/temp'));
  assert.deepEqual(suggestPatterns(tags, 'oven'), ['line2/oven']);
  assert.deepEqual(suggestPatterns([], 'x'), []);
});

test('a new node gets a place where none stands', () => {
  let document = {
    format: 'fusewire.flow/1' as const,
    name: 'f',
    nodes: [] as { id: string; node_type: string }[],
    wires: [],
    layout: {},
  };
  for (let n = 0; n < 20; n += 1) {
    const place = freePlace(document, { x: 400, y: 300 });
    for (const other of Object.values(layoutOf(document).nodes))
      assert.ok(Math.abs(other.x - place.x) >= 200 || Math.abs(other.y - place.y) >= 100, `${n}`);
    const nodes = { ...layoutOf(document).nodes, [`n${n}`]: place };
    document = { ...document, nodes: [...document.nodes, { id: `n${n}`, node_type: 'filter' }], layout: { nodes } };
  }
});
