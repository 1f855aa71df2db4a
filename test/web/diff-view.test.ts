/** Two documents as one picture. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowDocument } from '#flow';
import { cardBox } from '../../web/src/lib/model/card.ts';
import { diffView } from '../../web/src/lib/model/diff-view.ts';
import { layoutOf } from '../../web/src/lib/model/layout.ts';
import { thumbOf } from '../../web/src/lib/model/thumb.ts';

type Node = FlowDocument['nodes'][number];
const wire = (text: string): FlowDocument['wires'][number] => {
  const [source_node, source_port, target_node, target_port] = text.split(/[. ]/) as [string, string, string, string];
  return { source_node, source_port, target_node, target_port };
};
const flow = (nodes: Node[], wires: string[], more: Partial<FlowDocument> = {}): FlowDocument => ({
  format: 'fusewire.flow/1',
  name: 'line',
  nodes,
  wires: wires.map(wire),
  ...more,
});
const source: Node = { id: 'in', node_type: 'tag_input', props: { tags: ['a'] } };
const scale = (factor: number): Node => ({ id: 'scale', node_type: 'scale', props: { factor, round: 1 } });
const sink: Node = { id: 'out', node_type: 'file_sink', props: { path: 'a' } };
const tones = (marks: ReadonlyMap<string, { tone: string }>): Record<string, string> =>
  Object.fromEntries([...marks].map(([key, { tone }]) => [key, tone]));

const older = flow([source, scale(2), sink], ['in.out scale.in', 'scale.out out.in'], {
  layout: { nodes: { in: { x: 0, y: 0 }, scale: { x: 240, y: 50 }, out: { x: 480, y: 0 } } },
});
const newer = flow([{ ...source, props: { tags: ['a', 'b'] } }, sink], ['in.out out.in'], {
  tick_ms: 200,
  layout: { nodes: { in: { x: 10, y: 20 }, out: { x: 240, y: 50 } } },
});

test('added, removed and changed, of nodes, wires and settings; all of it is in the picture', () => {
  const view = diffView(older, newer);
  assert.deepEqual(tones(view.nodes), { scale: 'removed', in: 'changed' });
  assert.deepEqual(tones(view.wires), {
    'in.out→out.in': 'added',
    'in.out→scale.in': 'removed',
    'scale.out→out.in': 'removed',
  });
  assert.deepEqual(view.changed, [{ node: 'in', values: [{ name: 'tags[1]', from: undefined, to: 'b' }] }]);
  assert.deepEqual(view.settings, [{ name: 'tick_ms', from: undefined, to: 200 }]);
  assert.deepEqual(
    view.document.nodes.map(node => node.id),
    ['in', 'out', 'scale'],
  );
  assert.equal(view.document.wires.length, 3);
  assert.equal(view.same, false);
});

test('places are those of the newer one; what is gone stands where it stood, or beneath', () => {
  const { nodes } = layoutOf(diffView(older, newer).document);
  assert.deepEqual(
    [nodes['in'], nodes['out']],
    [
      { x: 10, y: 20 },
      { x: 240, y: 50 },
    ],
  );
  assert.deepEqual(nodes['scale'], { x: 240, y: 160 }, '`out` stands where it stood');
});

test('what is gone covers nothing, however large it is and wherever there is no layout', () => {
  const ports = Array.from({ length: 4 }, (_, i) => ({ name: `out${i + 1}`, type: 'tag' as const }));
  const portsOf = ({ node_type }: Node) => ({ inputs: [], outputs: node_type === 'fan_out' ? ports : ports.slice(3) });
  const split = (id: string): Node => ({ id, node_type: 'fan_out' });
  const many = ['a', 'b', 'c', 'd'];
  const before = flow(
    [source, ...many.map(split), sink],
    many.flatMap(id => [`in.out ${id}.in`, `${id}.out1 out.in`]),
  );
  for (const kept of [['a'], ['c'], ['b', 'd'], []]) {
    const rest = flow(
      [source, ...kept.map(split), { id: 'new', node_type: 'fan_out' }, sink],
      kept.flatMap(id => [`in.out ${id}.in`, `${id}.out1 new.in`]),
    );
    for (const [from, to] of [
      [before, rest],
      [rest, before],
    ] as const) {
      const { document } = diffView(from, to, () => null, portsOf);
      const places = layoutOf(document).nodes;
      const boxes = document.nodes.map(node => cardBox(places[node.id]!, portsOf(node)));
      for (const [i, a] of boxes.entries())
        for (const b of boxes.slice(i + 1))
          assert.ok(
            a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
            JSON.stringify([kept, a, b]),
          );
    }
  }
  const low = { layout: { nodes: { in: { x: 0, y: 0 }, scale: { x: 0, y: 90 } } } };
  const near = diffView(flow([source, scale(1)], [], low), flow([source], [], low));
  assert.deepEqual(layoutOf(near.document).nodes['scale'], { x: 0, y: 90 }, 'near is not over');
});

test('the other way round everything is its opposite', () => {
  const view = diffView(newer, older);
  assert.deepEqual(tones(view.nodes), { scale: 'added', in: 'changed' });
  assert.deepEqual(tones(view.wires), {
    'in.out→out.in': 'removed',
    'in.out→scale.in': 'added',
    'scale.out→out.in': 'added',
  });
  assert.deepEqual(view.changed[0]!.values, [{ name: 'tags[1]', from: 'b', to: undefined }]);
  assert.deepEqual(view.settings, [{ name: 'tick_ms', from: 200, to: undefined }]);
});

test('the same, however it is drawn and whatever a draft leaves to the library', () => {
  const pinned = {
    ...older,
    nodes: older.nodes.map(node => ({ ...node, wasm_hash: `hash of ${node.node_type}` })),
    layout: {},
  };
  const hashOf = (node_type: string): string => `hash of ${node_type}`;
  assert.equal(diffView(pinned, older, hashOf).same, true);
  assert.equal(diffView(older, pinned, hashOf).same, true);
  const view = diffView(pinned, older, node_type => `new ${hashOf(node_type)}`);
  assert.deepEqual(view.changed[1], {
    node: 'scale',
    values: [{ name: 'wasm_hash', from: 'hash of scale', to: 'new hash of scale' }],
  });
});

test('wires of one output in another order are changed; of different outputs they are not', () => {
  const other: Node = { ...sink, id: 'other' };
  const a = flow([source, sink, other], ['in.out out.in', 'in.out other.in']);
  const b = flow([source, sink, other], ['in.out other.in', 'in.out out.in']);
  assert.deepEqual(tones(diffView(a, b).wires), { 'in.out→out.in': 'changed', 'in.out→other.in': 'changed' });
  const two: Node = { ...source, id: 'in2' };
  const c = flow([source, two, sink], ['in.out out.in', 'in2.out out.in']);
  const d = flow([source, two, sink], ['in2.out out.in', 'in.out out.in']);
  assert.equal(diffView(c, d).wires.size, 0);
});

test('another module for the same node is a change of it; another type too', () => {
  const a = flow([source, scale(1)], []);
  const b = flow([source, { ...scale(1), node_type: 'filter' }], []);
  assert.deepEqual(diffView(a, b).changed, [
    { node: 'scale', values: [{ name: 'node_type', from: 'scale', to: 'filter' }] },
  ]);
});

test('a picture of a flow holds every node and wire, and of an empty one nothing', () => {
  const thumb = thumbOf(older);
  assert.deepEqual([thumb.nodes.length, thumb.wires.length], [3, 2]);
  assert.equal(thumb.viewBox, '-12 -12 688 166');
  assert.deepEqual(thumbOf(flow([], [])).nodes, []);
  assert.ok(!thumbOf(flow([], [])).viewBox.includes('Infinity'));
});
