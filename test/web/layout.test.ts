/** What the key `layout` may hold comes from anywhere: whatever it is, something can be drawn. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LAYOUT_LIMITS, layoutOf } from '../../web/src/lib/model/layout.ts';
import { flow } from './support/library.ts';

const CHAIN = { a: 'tag_input', b: 'scale', c: 'file_sink' };
const WIRES = ['a.out→b.in', 'b.out→c.in'];

test('places that stand there are kept', () => {
  const { nodes } = layoutOf(
    flow(CHAIN, WIRES, { nodes: { a: { x: 10, y: 20 }, b: { x: -3.5, y: 0 }, c: { x: 7, y: 7 } } }),
  );
  assert.deepEqual(nodes, { a: { x: 10, y: 20 }, b: { x: -3.5, y: 0 }, c: { x: 7, y: 7 } });
});

test('nodes without a place stand in columns by the way of the records', () => {
  const { nodes } = layoutOf(flow(CHAIN, WIRES));
  assert.ok(nodes['a']!.x < nodes['b']!.x && nodes['b']!.x < nodes['c']!.x);
  assert.deepEqual([nodes['a']!.y, nodes['b']!.y, nodes['c']!.y], [0, 0, 0]);
});

test('no two nodes get the same place, however they are wired', () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`n${n}`, 'fan_out']));
  const wires = Array.from({ length: 39 }, (_, n) => `n${(n * 7) % 20}.out1→n${n + 1}.in`);
  const places = Object.values(layoutOf(flow(many, wires)).nodes).map(({ x, y }) => `${x},${y}`);
  assert.equal(new Set(places).size, 40);
});

test('a source stands right before what it leads to, parts that no wire connects beneath each other', () => {
  const { nodes } = layoutOf(flow({ ...CHAIN, late: 'tag_input', lone: 'tag_input' }, [...WIRES, 'late.out→c.in']));
  assert.equal(nodes['late']!.x, nodes['b']!.x);
  assert.ok(nodes['lone']!.y > Math.max(nodes['b']!.y, nodes['late']!.y));
});

test('a node that is new stands beneath those that have a place', () => {
  const { nodes } = layoutOf(flow(CHAIN, WIRES, { nodes: { a: { x: 0, y: 0 }, b: { x: 300, y: 900 } } }));
  assert.ok(nodes['c']!.y > 900);
});

test('a cycle that is drawn still has places', () => {
  const { nodes } = layoutOf(flow({ a: 'scale', b: 'scale' }, ['a.out→b.in', 'b.out→a.in', 'a.out→a.in']));
  assert.ok(Object.values(nodes).every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)));
});

test('names of a node that mean something to JavaScript are names like others', () => {
  const names = { ['__proto__']: 'scale', constructor: 'scale', toString: 'scale' };
  const { nodes } = layoutOf(flow(names, [], { nodes: { constructor: { x: 5, y: 6 } } }));
  assert.deepEqual(Object.keys(nodes).sort(), ['__proto__', 'constructor', 'toString']);
  assert.deepEqual(nodes['constructor'], { x: 5, y: 6 });
  assert.equal(Object.getPrototypeOf(nodes), Object.prototype);
});

test('whatever is no layout is none', () => {
  for (const layout of [null, 7, 'x', [], { nodes: [] }, { nodes: { a: 4 } }, { groups: {}, comments: 'no' }]) {
    const found = layoutOf(flow(CHAIN, WIRES, layout));
    assert.deepEqual([Object.keys(found.nodes).length, found.groups, found.comments], [3, [], []]);
  }
});

test('numbers beyond all measure are brought back into reach, what is no number is none', () => {
  const { nodes, groups } = layoutOf(
    flow(CHAIN, WIRES, {
      nodes: { a: { x: 1e300, y: -1e300 }, b: { x: '1', y: 2 }, c: { x: Number.NaN, y: 2 } },
      groups: [{ id: 'g', x: 0, y: 0, width: -5, height: 1e99 }],
    }),
  );
  assert.deepEqual(nodes['a'], { x: LAYOUT_LIMITS.reach, y: -LAYOUT_LIMITS.reach });
  assert.notEqual(nodes['b']!.y, 2);
  assert.notEqual(nodes['c']!.y, 2);
  assert.deepEqual([groups[0]!.width, groups[0]!.height], [LAYOUT_LIMITS.frame_px_min, LAYOUT_LIMITS.frame_px_max]);
});

test('of frames only what is one is kept: each id once, no more than one can see, in colours that exist', () => {
  const frame = { x: 1, y: 2, width: 100, height: 100 };
  const { comments } = layoutOf(
    flow({}, [], {
      comments: [
        { ...frame, id: 'a', text: 'x'.repeat(9_999), colour: 'url(evil)' },
        { ...frame, id: 'a', text: 'again' },
        { ...frame, id: 5 },
        { ...frame, id: 'y'.repeat(200) },
        { id: 'b', x: 1 },
        null,
        ...Array.from({ length: 2_000 }, (_, n) => ({ ...frame, id: `n${n}` })),
      ],
    }),
  );
  assert.equal(comments.length, LAYOUT_LIMITS.frames);
  assert.equal(comments[0]!.text.length, LAYOUT_LIMITS.frame_chars);
  assert.equal(comments[0]!.colour, 'grey');
  assert.equal(comments[1]!.id, 'n0');
});
