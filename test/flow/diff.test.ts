import assert from 'node:assert/strict';
import { test } from 'node:test';
import canonicalize from 'canonicalize';
import { diffFlows, type FlowDiff, type FlowDocument, isEmptyDiff, type ValueChange } from '#flow';
import { type Random, seeded } from '../support/random.ts';

const SEED = Number(process.env['DIFF_SEED'] ?? 3);

const wire = (from: string, to: string, port = 'out') => ({
  source_node: from,
  source_port: port,
  target_node: to,
  target_port: 'in',
});
const BASE: FlowDocument = {
  format: 'fusewire.flow/1',
  name: 'line',
  nodes: [
    { id: 'in', node_type: 'tag_input' },
    { id: 'hot', node_type: 'filter', wasm_hash: 'a'.repeat(64), props: { op: '>', list: [1, { deep: true }] } },
    { id: 'out', node_type: 'file_sink', props: { path: 'x' } },
  ],
  wires: [wire('in', 'hot'), wire('hot', 'out', 'true')],
  layout: { in: [0, 0] },
};

/** RFC 8785 without layout; no props are the same as empty ones. */
function meaning({ layout: _, ...rest }: FlowDocument): string | undefined {
  const nodes = rest.nodes.map(({ props, ...node }) => ({
    ...node,
    ...(Object.keys(props ?? {}).length > 0 && { props }),
  }));
  return canonicalize({ ...rest, nodes });
}

test('what changed is told by node, wire and JSON path', () => {
  const other: FlowDocument = {
    ...BASE,
    name: 'line 2',
    limits: { fuel: 10 },
    nodes: [
      { id: 'in', node_type: 'tag_input', props: {} },
      { id: 'hot', node_type: 'switch', props: { op: '<', list: [1, { deep: false }, 'more'], 'a b': null } },
      { id: 'new', node_type: 'mqtt_sink' },
    ],
    wires: [wire('hot', 'new', 'true'), wire('in', 'hot')],
    layout: { in: [1, 0] },
  };
  assert.deepEqual(diffFlows(BASE, other), {
    nodes: {
      added: [other.nodes[2]],
      removed: [BASE.nodes[2]],
      changed: [
        {
          id: 'hot',
          changes: [
            { path: '$.node_type', old: 'filter', new: 'switch' },
            { path: '$.props["a b"]', new: null },
            { path: '$.props.list[1].deep', old: true, new: false },
            { path: '$.props.list[2]', new: 'more' },
            { path: '$.props.op', old: '>', new: '<' },
            { path: '$.wasm_hash', old: 'a'.repeat(64) },
          ],
        },
      ],
      reordered: false,
    },
    wires: { added: [other.wires[0]], removed: [BASE.wires[1]], reordered: false },
    settings: [
      { path: '$.limits', new: { fuel: 10 } },
      { path: '$.name', old: 'line', new: 'line 2' },
    ],
    layout_changed: true,
  });
});

test('order counts, positions and empty props do not', () => {
  const moved = { ...BASE, layout: { in: [5, 5] }, nodes: BASE.nodes.map(node => ({ props: {}, ...node })) };
  assert.ok(isEmptyDiff(diffFlows(BASE, moved)));
  assert.ok(diffFlows(BASE, moved).layout_changed);
  const wires = diffFlows(BASE, { ...BASE, wires: BASE.wires.toReversed() });
  assert.ok(wires.wires.reordered && !isEmptyDiff(wires));
  const nodes = diffFlows(BASE, { ...BASE, nodes: BASE.nodes.toReversed() });
  assert.ok(nodes.nodes.reordered && !isEmptyDiff(nodes));
});

test('names of the language are names like others', () => {
  const node = (props: string): FlowDocument => ({
    ...BASE,
    nodes: [{ id: 'constructor', node_type: 'x', props: JSON.parse(props) as Record<string, unknown> }],
  });
  const { changed } = diffFlows(node('{}'), node('{"toString":1}')).nodes;
  assert.deepEqual(changed[0]?.changes, [{ path: '$.props.toString', new: 1 }]);
});

const value = (random: Random): unknown =>
  random.pick<() => unknown>([
    () => random.int(3),
    () => random.pick(['a', '', '1']),
    () => random.pick([true, false, null]),
    () => Array.from({ length: random.int(3) }, () => random.int(2)),
    () => Object.fromEntries(Array.from({ length: random.int(3) }, () => [random.pick(['x', 'y']), value(random)])),
  ])();

/** A few random changes. */
function changed(document: FlowDocument, random: Random): FlowDocument {
  const copy = structuredClone(document);
  const steps = [
    () =>
      void copy.nodes.splice(random.int(copy.nodes.length + 1), 0, {
        id: random.pick(['a', 'b', 'c']),
        node_type: 't',
      }),
    () => void copy.nodes.splice(random.int(copy.nodes.length), 1),
    () => void copy.nodes.reverse(),
    () => void copy.wires.splice(0, 0, wire(random.pick(['a', 'b']), random.pick(['b', 'c']))),
    () => void copy.wires.pop(),
    () => void copy.wires.reverse(),
    () => void Object.assign(copy, { durable: random.chance(0.5) }),
    () => void Object.assign(copy, { layout: value(random) }),
    () => {
      const node = copy.nodes[random.int(copy.nodes.length)];
      if (node) node.props = { ...node.props, [random.pick(['x', 'y'])]: value(random) };
    },
    () => {
      const node = copy.nodes[random.int(copy.nodes.length)];
      if (node?.props) delete node.props[random.pick(['x', 'y'])];
    },
  ];
  for (let i = random.int(4); i > 0; i -= 1) random.pick(steps)();
  return copy;
}

const turned = (changes: readonly ValueChange[]): ValueChange[] =>
  changes.map(change => ({
    path: change.path,
    ...('new' in change && { old: change.new }),
    ...('old' in change && { new: change.old }),
  }));

test(`a diff is empty exactly when both mean the same, and turns around with them (seed ${SEED})`, () => {
  const random = seeded(SEED);
  let same = 0;
  for (let round = 0; round < 3_000; round += 1) {
    const a = changed(changed(BASE, random), random);
    const b = changed(a, random);
    const [there, back]: FlowDiff[] = [diffFlows(a, b), diffFlows(b, a)];
    const equal = meaning(a) === meaning(b);
    if (equal) same += 1;
    assert.equal(isEmptyDiff(there!), equal, JSON.stringify([a, b]));
    assert.deepEqual(there!.nodes.added, back!.nodes.removed);
    assert.deepEqual(there!.wires.added, back!.wires.removed);
    assert.equal(there!.nodes.reordered, back!.nodes.reordered);
    assert.equal(there!.wires.reordered, back!.wires.reordered);
    assert.deepEqual(turned(there!.settings), back!.settings);
    const byId = (list: FlowDiff['nodes']['changed']) => list.map(one => one.id).sort();
    assert.deepEqual(byId(there!.nodes.changed), byId(back!.nodes.changed));
    assert.equal(there!.layout_changed, back!.layout_changed);
  }
  assert.ok(same > 300, `${same} were the same`);
});
