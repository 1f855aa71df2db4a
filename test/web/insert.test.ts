import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CARD, portTop } from '../../web/src/lib/model/card.ts';
import { wireKey } from '../../web/src/lib/model/edit.ts';
import { continues, insertAtEnd, insertIntoWire, through } from '../../web/src/lib/model/insert.ts';
import { layoutOf } from '../../web/src/lib/model/layout.ts';
import { flow, library, manifestOf, wire } from './support/library.ts';

const far = { nodes: { a: { x: 0, y: 0 }, b: { x: 1_000, y: 200 }, c: { x: 1_300, y: 200 }, d: { x: 1_000, y: 600 } } };
const document = flow(
  { a: 'tag_input', b: 'scale', c: 'file_sink', d: 'file_sink' },
  ['a.out→b.in', 'b.out→c.in', 'a.out→d.in'],
  far,
);
const key = wireKey(document.wires[0]!);
const node = { id: 'new', node_type: 'filter' };

test('a node in a wire: in its place among the others, by the first ports that fit, in the middle', () => {
  const next = insertIntoWire(document, library, key, node);
  assert.deepEqual(next.wires, [wire('a.out→new.in'), wire('new.true→b.in'), wire('b.out→c.in'), wire('a.out→d.in')]);
  const { nodes } = layoutOf(next);
  assert.deepEqual(nodes['new'], { x: 500, y: 100 });
  assert.deepEqual(nodes['b'], far.nodes.b);
});

test('where there is no room, what is behind moves aside, and only that', () => {
  const near = { nodes: { ...far.nodes, b: { x: 300, y: 0 }, c: { x: 600, y: 0 } } };
  const before = { ...document, layout: near };
  const { nodes } = layoutOf(insertIntoWire(before, library, key, node));
  assert.ok(nodes['new']!.x >= CARD.width && nodes['b']!.x >= nodes['new']!.x + CARD.width);
  assert.equal(nodes['c']!.x - nodes['b']!.x, 300);
  assert.deepEqual([nodes['a'], nodes['d']], [far.nodes.a, far.nodes.d]);
});

test('what does not fit changes nothing', () => {
  assert.equal(through(document, library, document.wires[0]!, manifestOf('file_sink')), null);
  assert.equal(insertIntoWire(document, library, key, { id: 'new', node_type: 'file_sink' }), document);
  assert.equal(insertIntoWire(document, library, key, { id: 'new', node_type: 'nobody' }), document);
  assert.equal(insertIntoWire(document, library, 'no such wire', node), document);
  assert.equal(insertIntoWire(document, library, key, { id: 'a', node_type: 'tag_input' }), document);
});

test('a node that is there already goes into the wire as it is', () => {
  const lone = flow({ a: 'tag_input', b: 'scale', lone: 'filter' }, ['a.out→b.in'], far);
  const next = insertIntoWire(lone, library, key, lone.nodes[2]!);
  assert.equal(next.nodes.length, 3);
  assert.deepEqual(next.wires, [wire('a.out→lone.in'), wire('lone.true→b.in')]);
});

test('a node at the end of a wire has its port there', () => {
  const end = { node: 'b', port: 'out', side: 'outputs' } as const;
  const next = insertAtEnd(document, library, end, node, { x: 800, y: 400 });
  assert.deepEqual(next.wires.at(-1), wire('b.out→new.in'));
  assert.deepEqual(layoutOf(next).nodes['new'], { x: 800, y: 400 - portTop(0) });
  const back = insertAtEnd(
    document,
    library,
    { node: 'd', port: 'in', side: 'inputs' },
    { id: 'new', node_type: 'window' },
    { x: 800, y: 400 },
  );
  assert.deepEqual(back.wires.at(-1), wire('new.out→d.in'));
  assert.deepEqual(layoutOf(back).nodes['new'], { x: 800 - CARD.width, y: 400 - portTop(0) });
});

test('only nodes that fit go on from an end', () => {
  const after = { node: 'b', port: 'out', side: 'outputs' } as const;
  assert.equal(continues(document, library, after, manifestOf('filter')), true);
  assert.equal(continues(document, library, after, manifestOf('tag_input')), false);
  const batches = flow({ w: 'window' });
  const message = { node: 'w', port: 'out', side: 'outputs' } as const;
  assert.equal(continues(batches, library, message, manifestOf('scale')), false);
  assert.equal(continues(batches, library, message, manifestOf('agg')), true);
});
