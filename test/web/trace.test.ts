/** How hops become a way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowWire } from '../../web/src/lib/contract.ts';
import { givenTo, type Hop, stepsOf, tagOf, wayTo } from '../../web/src/lib/model/trace.ts';

const wire = (text: string): FlowWire => {
  const [source_node, source_port, target_node, target_port] = text.split(/[.>]/) as [string, string, string, string];
  return { source_node, source_port, target_node, target_port };
};
const hop = (text: string, value = text): Hop => {
  const [node, port] = text.split('.') as [string, string];
  const refused = port.startsWith('!');
  const payload = { bytes: 1, text: value, base64: '', update: null };
  return { node: node === '' ? null : node, port: port.replace('!', ''), refused, payload };
};
const names = ({ source_node, source_port, target_node, target_port }: FlowWire): string =>
  `${source_node}.${source_port}>${target_node}.${target_port}`;
/** Each hop with the one that its node was given. */
const parents = (wires: string[], hops: string[]): string[] => {
  const steps = stepsOf(wires.map(wire), { hops: hops.map(one => hop(one)) });
  return steps.map((_, index) => givenTo(steps, index)?.text ?? '–');
};

test('a chain: each is given what the one before it put out', () => {
  const wires = ['in.out>hot.in', 'hot.true>file.in', 'hot.false>log.in'];
  assert.deepEqual(parents(wires, ['.in', 'in.out', 'hot.true', 'file.sink']), ['–', '.in', 'in.out', 'hot.true']);
});

test('a fan out goes depth first, in the order of the wires', () => {
  const wires = ['in.out>a.in', 'in.out>b.in', 'a.out>x.in', 'b.out>x.in'];
  const hops = ['.in', 'in.out', 'a.out', 'x.sink', 'b.out', 'x.sink'];
  assert.deepEqual(parents(wires, hops), ['–', '.in', 'in.out', 'a.out', 'in.out', 'b.out']);
});

test('a node that puts out several messages is given one', () => {
  const wires = ['in.out>split.in', 'split.out1>a.in', 'split.out2>b.in', 'a.out>c.in'];
  const hops = ['.in', 'in.out', 'split.out1', 'a.out', 'c.sink', 'split.out2', 'b.out'];
  assert.deepEqual(parents(wires, hops), ['–', '.in', 'in.out', 'split.out1', 'a.out', 'in.out', 'split.out2']);
});

test('two wires to one node are two deliveries', () => {
  const wires = ['in.out>sum.a', 'in.out>sum.b', 'sum.out>file.in'];
  const steps = stepsOf(wires.map(wire), { hops: ['.in', 'in.out', 'sum.out', 'sum.out'].map(one => hop(one)) });
  assert.deepEqual(
    steps.map(step => step.by && names(step.by)),
    [null, null, 'in.out>sum.a', 'in.out>sum.b'],
  );
});

test('a node that is reached twice: what it says again belongs to the later delivery', () => {
  const wires = ['in.out>a.in', 'in.out>c.in', 'a.out>c.in'];
  assert.deepEqual(parents(wires, ['.in', 'in.out', 'a.out', 'c.sink', 'c.sink']), [
    '–',
    '.in',
    'in.out',
    'a.out',
    'in.out',
  ]);
});

test('a window may put out many messages for one', () => {
  const wires = ['in.out>window.in', 'window.out>mean.in', 'mean.out>file.in'];
  const hops = ['.in', 'in.out', 'window.out', 'mean.out', 'file.sink', 'window.out', 'mean.out', 'file.sink'];
  const steps = stepsOf(wires.map(wire), { hops: hops.map(one => hop(one)) });
  assert.deepEqual(
    steps.map(step => step.from),
    [null, 0, 1, 2, 3, 1, 5, 6],
  );
});

test('several sources take in the same record', () => {
  const wires = ['one.out>a.in', 'two.out>b.in'];
  const hops = ['.in', 'one.out', 'a.sink', 'two.out', 'b.sink'];
  assert.deepEqual(parents(wires, hops), ['–', '.in', 'one.out', '.in', 'two.out']);
});

test('a refusal names the input, and goes nowhere', () => {
  const wires = ['in.out>sum.a', 'in.out>sum.b', 'sum.b>file.in'];
  const steps = stepsOf(wires.map(wire), { hops: ['.in', 'in.out', 'sum.!b'].map(one => hop(one)) });
  assert.deepEqual(steps[2]!.by && names(steps[2]!.by), 'in.out>sum.b');
  assert.deepEqual(steps[2]!.to, []);
  assert.deepEqual([...wayTo(steps, 2).refused], ['sum']);
});

test('a hop whose origin is not among the hops has none', () => {
  assert.deepEqual(parents(['a.out>b.in'], ['b.out']), ['–']);
});

test('the way grows step by step', () => {
  const wires = ['in.out>hot.in', 'in.out>all.in', 'hot.true>file.in'].map(wire);
  const steps = stepsOf(wires, { hops: ['.in', 'in.out', 'hot.true', 'file.sink', 'all.sink'].map(one => hop(one)) });
  const shown = (last: number): [string[], string[], string[]] => {
    const way = wayTo(steps, last);
    return [[...way.nodes], [...way.wires].map(names), [...way.along].map(names)];
  };
  assert.deepEqual(shown(0), [[], [], []]);
  assert.deepEqual(shown(1), [['in'], [], ['in.out>hot.in', 'in.out>all.in']]);
  assert.deepEqual(shown(2), [['in', 'hot'], ['in.out>hot.in', 'in.out>all.in'], ['hot.true>file.in']]);
  assert.deepEqual(shown(4)[0], ['in', 'hot', 'file', 'all']);
  assert.deepEqual(
    steps.map(step => step.depth),
    [0, 1, 2, 3, 2],
  );
});

test('the tag is that of what came in', () => {
  assert.equal(tagOf({ hops: [] }), null);
  assert.equal(tagOf({ hops: [hop('.in')] }), null);
});
