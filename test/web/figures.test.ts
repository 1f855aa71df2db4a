/** Figures on wires: on the wire, and not one over the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alongWire, figureSpots } from '../../web/src/features/canvas/figures.ts';
import { boxesOf } from '../../web/src/features/canvas/graph.ts';
import type { FlowDocument } from '../../web/src/lib/contract.ts';
import { layoutOf } from '../../web/src/lib/model/layout.ts';
import { flow, library } from './support/library.ts';

const spotsOf = (document: FlowDocument): number[] => [
  ...figureSpots(document, boxesOf(document, layoutOf(document), library), library).values(),
];

test('figures of wires that meet stand where each is by itself', () => {
  const document = flow(
    { a: 'tag_input', b: 'filter', c: 'file_sink' },
    ['a.out→b.in', 'b.true→c.in', 'b.false→c.in'],
    { nodes: { a: { x: 0, y: 0 }, b: { x: 300, y: 0 }, c: { x: 600, y: 0 } } },
  );
  assert.deepEqual(spotsOf(document), [0.5, 0.28, 0.28]);
});

test('where wires cross in their middles, the figure of one gives way', () => {
  const crossing = flow({ a: 'tag_input', b: 'tag_input', c: 'scale', d: 'scale' }, ['a.out→d.in', 'b.out→c.in'], {
    nodes: { a: { x: 0, y: 0 }, b: { x: 0, y: 200 }, c: { x: 400, y: 0 }, d: { x: 400, y: 200 } },
  });
  assert.deepEqual(spotsOf(crossing), [0.5, 0.28]);
});

test('wires of nodes that are not in the library have figures too', () => {
  const strange = flow({ a: 'nobody', b: 'nobody' }, ['a.out→b.in'], { nodes: {} });
  assert.deepEqual(spotsOf(strange), [0.5]);
});

test('a figure stands on its wire', () => {
  const [from, to] = [
    { x: 0, y: 0 },
    { x: 100, y: 50 },
  ];
  assert.deepEqual(alongWire(from, to, 0), from);
  assert.deepEqual(alongWire(from, to, 1), to);
  assert.deepEqual(alongWire(from, to, 0.5), { x: 50, y: 25 });
  assert.ok(alongWire({ x: 100, y: 0 }, { x: 0, y: 0 }, 0.2).x > 100, 'back to the left it swings out first');
});
