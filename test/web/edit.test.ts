import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as edit from '../../web/src/lib/model/edit.ts';
import { layoutOf } from '../../web/src/lib/model/layout.ts';
import { flow, wire } from './support/library.ts';

const chain = flow({ a: 'tag_input', b: 'scale', c: 'file_sink' }, ['a.out→b.in', 'b.out→c.in'], {
  nodes: { a: { x: 0, y: 0 }, b: { x: 300, y: 0 }, c: { x: 600, y: 0 } },
  comments: [{ id: '1', x: 5, y: 5, width: 80, height: 40, text: 'why', colour: 'blue' }],
});

test('an id that is free goes on counting where another has begun', () => {
  const document = flow({ filter: 'filter', filter2: 'filter', cell01: 'filter', cell09: 'filter' });
  assert.equal(edit.freeId(document, 'scale'), 'scale');
  assert.equal(edit.freeId(document, 'filter'), 'filter3');
  assert.equal(edit.freeId(document, 'cell01'), 'cell02');
  assert.equal(edit.freeId(document, 'cell09'), 'cell10');
});

test('an id is one that a document allows, whatever it is made from', () => {
  const allowed = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
  for (const base of ['4-20 mA', 'a/b:c', '', '溫度', 'x'.repeat(300), '9'.repeat(300), '-'])
    assert.match(edit.freeId(flow({ [edit.freeId(flow({}), base)]: 'scale' }), base), allowed);
});

test('what is removed takes its wires and its place along, and leaves the rest as it was', () => {
  const next = edit.remove(chain, new Set(['b']));
  assert.deepEqual(
    next.nodes.map(node => node.id),
    ['a', 'c'],
  );
  assert.deepEqual(next.wires, []);
  assert.deepEqual(Object.keys(layoutOf(next).nodes), ['a', 'c']);
  assert.equal(layoutOf(next).comments.length, 1);
  assert.equal(next.nodes[0], chain.nodes[0]);
});

test('a wire that is removed leaves its nodes', () => {
  const next = edit.remove(chain, new Set(), new Set([edit.wireKey(chain.wires[0]!)]));
  assert.deepEqual([next.nodes.length, next.wires], [3, [chain.wires[1]]]);
});

test('two ports are wired once', () => {
  assert.equal(edit.connect(chain, wire('a.out→b.in')), chain);
  assert.equal(edit.connect(chain, wire('a.out→c.in')).wires.length, 3);
});

test('a node that is renamed keeps wires and place', () => {
  const next = edit.rename(chain, 'b', 'scaled');
  assert.deepEqual(next.wires, [wire('a.out→scaled.in'), wire('scaled.out→c.in')]);
  assert.deepEqual(layoutOf(next).nodes['scaled'], { x: 300, y: 0 });
});

test('no props are none, and a version that is let go leaves no trace', () => {
  const pinned = edit.pin(edit.setProps(chain, 'b', { factor: 2 }), 'b', 'f'.repeat(64));
  assert.deepEqual(pinned.nodes[1], { id: 'b', node_type: 'scale', props: { factor: 2 }, wasm_hash: 'f'.repeat(64) });
  assert.deepEqual(edit.pin(edit.setProps(pinned, 'b', {}), 'b', null).nodes[1], { id: 'b', node_type: 'scale' });
});
