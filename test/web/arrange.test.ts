import assert from 'node:assert/strict';
import { test } from 'node:test';
import elk from 'elkjs/lib/elk.bundled.js';
import type { ElkNode } from 'elkjs/lib/elk-api.js';
import { ALIGNMENTS, align, arranged, distribute, elkGraph, type PortsOf } from '../../web/src/lib/model/arrange.ts';
import { cardBox } from '../../web/src/lib/model/card.ts';
import { inside } from '../../web/src/lib/model/frames.ts';
import type { Box } from '../../web/src/lib/model/layout.ts';
import { flow, manifestOf } from './support/library.ts';

/** ELK in this thread; its types do not know that it is loaded as CommonJS here. */
const ELK = elk as unknown as new () => { layout(graph: ElkNode): Promise<ElkNode> };
const boxes = new Map<string, Box>([
  ['a', { x: 0, y: 0, width: 200, height: 90 }],
  ['b', { x: 330, y: 45, width: 200, height: 150 }],
  ['c', { x: 900, y: 20, width: 100, height: 50 }],
]);

test('aligned, all share the edge or the middle that was asked for; the other direction stays', () => {
  const edge = {
    left: ({ x }: Box) => x,
    right: ({ x, width }: Box) => x + width,
    centre: ({ x, width }: Box) => x + width / 2,
    top: ({ y }: Box) => y,
    bottom: ({ y, height }: Box) => y + height,
    middle: ({ y, height }: Box) => y + height / 2,
  };
  for (const how of ALIGNMENTS) {
    const places = align(boxes, how);
    const after = [...places].map(([key, at]) => ({ ...boxes.get(key)!, ...at }));
    const edges = after.map(edge[how]);
    assert.ok(Math.max(...edges) - Math.min(...edges) <= 1, how);
    const isAcross = ['left', 'right', 'centre'].includes(how);
    assert.deepEqual(
      after.map(one => (isAcross ? one.y : one.x)),
      [...boxes.values()].map(one => (isAcross ? one.y : one.x)),
      how,
    );
  }
});

test('distributed, the outermost stay and the gaps are the same', () => {
  const after = new Map([...distribute(boxes, 'horizontal')].map(([key, at]) => [key, { ...boxes.get(key)!, ...at }]));
  const [a, b, c] = ['a', 'b', 'c'].map(key => after.get(key)!);
  assert.deepEqual([a!.x, c!.x], [0, 900]);
  assert.equal(b!.x - (a!.x + a!.width), c!.x - (b!.x + b!.width));
  assert.deepEqual([a!.y, b!.y, c!.y], [0, 45, 20]);
});

test('two have nothing between them to distribute, and nothing aligns to nothing', () => {
  assert.equal(distribute(new Map([...boxes].slice(0, 2)), 'vertical').size, 0);
  assert.equal(align(new Map(), 'left').size, 0);
});

const document = flow(
  { in1: 'tag_input', hot: 'filter', deg: 'scale', out: 'file_sink', lone: 'tag_input', ghost: 'nobody' },
  ['in1.out→hot.in', 'hot.true→deg.in', 'deg.out→out.in', 'hot.false→out.in', 'in1.nothing→out.in'],
);
const ports: PortsOf = id => {
  const node = document.nodes.find(one => one.id === id)!;
  const manifest = node.node_type === 'nobody' ? { inputs: [], outputs: [] } : manifestOf(node.node_type);
  return { inputs: manifest.inputs.map(port => port.name), outputs: manifest.outputs.map(port => port.name) };
};
const scattered = (): Map<string, Box> => {
  const all = new Map<string, Box>();
  document.nodes.forEach(({ id, node_type }, index) =>
    all.set(id, cardBox({ x: 500 - index * 30, y: index * 17 }, node_type === 'nobody' ? null : manifestOf(node_type))),
  );
  return all;
};
const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

test('arranged, records go from left to right and no card lies on another', async () => {
  const before = scattered();
  const found = arranged(await new ELK().layout(elkGraph(document, before, ports)), before);
  for (const { source_node, target_node } of document.wires)
    assert.ok(found.get(source_node)!.x + 200 < found.get(target_node)!.x, `${source_node} → ${target_node}`);
  const all = [...found.values()];
  for (const [index, one] of all.entries())
    for (const other of all.slice(index + 1)) assert.equal(overlap(one, other), false);
  assert.ok(all.every(({ x, y }) => x % 10 === 0 && y % 10 === 0));
});

test('what is in a group is in it afterwards, what is not is not, and comments go with it', async () => {
  const before = scattered();
  before.set('hot', { ...before.get('hot')!, x: 2_000, y: 2_000 });
  before.set('deg', { ...before.get('deg')!, x: 2_300, y: 2_000 });
  before.set('groups:1', { x: 1_950, y: 1_950, width: 700, height: 400 });
  before.set('groups:2', { x: 1_950, y: 1_950, width: 700, height: 400 });
  before.set('groups:empty', { x: 5_000, y: 0, width: 300, height: 120 });
  before.set('comments:1', { x: 1_960, y: 2_200, width: 100, height: 50 });
  before.set('comments:2', { x: -900, y: 0, width: 100, height: 50 });
  const found = arranged(await new ELK().layout(elkGraph(document, before, ports)), before);
  const own = new Set(inside('groups:2', found));
  assert.ok(own.has('hot') && own.has('deg'));
  assert.deepEqual(inside('groups:empty', found), []);
  for (const id of ['in1', 'out', 'lone']) assert.equal(overlap(found.get(id)!, found.get('groups:1')!), false, id);
  const [group, was, note] = [found.get('groups:2')!, before.get('groups:2')!, found.get('comments:1')!];
  assert.deepEqual([note.x - group.x, note.y - group.y], [1_960 - was.x, 2_200 - was.y]);
  assert.equal(found.has('comments:2'), false);
  assert.deepEqual([found.get('groups:empty')!.width, found.get('groups:empty')!.height], [300, 120]);
});
