import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  boxesOf,
  canvasEdges,
  canvasNodes,
  findingsBy,
  type Labels,
  walk,
} from '../../web/src/features/canvas/graph.ts';
import * as edit from '../../web/src/lib/model/edit.ts';
import { layoutOf } from '../../web/src/lib/model/layout.ts';
import { checkFlow } from '../../web/src/lib/rules.ts';
import { flow, library } from './support/library.ts';

const labels: Labels = {
  kinds: { node: 'node', groups: 'group', comments: 'comment', wire: 'wire' },
  node: node => node.id,
  frame: (_, frame) => frame.text,
  wire: edit.wireKey,
};
const document = flow({ a: 'tag_input', b: 'filter', c: 'file_sink' }, ['a.out→b.in', 'b.true→c.in', 'b.false→c.in'], {
  nodes: { a: { x: 0, y: 0 }, b: { x: 300, y: 0 }, c: { x: 600, y: 0 } },
  groups: [{ id: 'g', x: -20, y: -40, width: 300, height: 200, text: 'G', colour: 'teal' }],
});
const NONE = new Set<string>();
const drawn = (of: typeof document, selected: ReadonlySet<string>, before: ReturnType<typeof canvasNodes> = []) =>
  canvasNodes(of, layoutOf(of), selected, labels, before);

test('what has not changed stays the same object, so that it is not drawn again', () => {
  const before = drawn(document, NONE);
  const moved = edit.move(document, { b: { x: 310, y: 0 } });
  const after = drawn(moved, new Set(['a']), before);
  assert.deepEqual(
    after.map(({ id }, index) => [id, after[index] === before[index]]),
    [
      ['groups:g', false],
      ['a', false],
      ['b', false],
      ['c', true],
    ],
  );
  assert.deepEqual(after[2]!.position, { x: 310, y: 0 });
  const edges = canvasEdges(document, NONE, labels, []);
  assert.deepEqual(canvasEdges(moved, NONE, labels, edges), edges);
  assert.ok(canvasEdges(moved, NONE, labels, edges).every((edge, index) => edge === edges[index]));
});

test('what stands twice in a document is drawn once', () => {
  const twice = {
    ...document,
    nodes: [...document.nodes, document.nodes[0]!],
    wires: [...document.wires, document.wires[0]!],
  };
  assert.deepEqual(
    drawn(twice, NONE).map(node => node.id),
    ['groups:g', 'a', 'b', 'c'],
  );
  assert.equal(canvasEdges(twice, NONE, labels, []).length, 3);
});

test('findings stand at what they are about', () => {
  const wrong = { ...document, nodes: document.nodes.slice(0, 2) };
  const found = findingsBy(wrong, checkFlow(wrong, library).diagnostics);
  assert.deepEqual(
    [...found.keys()],
    ['node:b', `wire:${edit.wireKey(document.wires[1]!)}`, `wire:${edit.wireKey(document.wires[2]!)}`],
  );
});

test('one walks from node to wire to node, as records do', () => {
  const path = walk(document, boxesOf(document, layoutOf(document), library));
  assert.deepEqual(path, ['groups:g', 'a', 'a.out→b.in', 'b', 'b.true→c.in', 'b.false→c.in', 'c']);
});
