import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wireKey } from '../../web/src/lib/model/edit.ts';
import { endKey, firstFit, kindsOf, openEnds, reached, refusal, wireOf } from '../../web/src/lib/model/wiring.ts';
import { flow, library, manifestOf, wire } from './support/library.ts';

const document = flow({ tags: 'tag_input', good: 'filter', each: 'window', mean: 'agg', out: 'file_sink' }, [
  'tags.out→good.in',
  'good.true→each.in',
  'each.out→mean.in',
]);
const why = (text: string): string | null => refusal(document, library, wire(text));

test('ports that fit make a wire; several may leave one port and enter one', () => {
  assert.equal(why('mean.out→out.in'), null);
  assert.equal(why('good.true→out.in'), null);
  assert.equal(why('each.out→out.in'), null);
});

test('what makes no wire says why', () => {
  assert.equal(why('good.true→good.in'), 'same');
  assert.equal(why('each.out→good.in'), 'types');
  assert.equal(why('mean.out→good.in'), 'cycle');
  assert.equal(why('tags.out→good.in'), 'twice');
  assert.equal(why('tags.nothing→out.in'), 'unknown');
  assert.equal(why('nobody.out→out.in'), 'unknown');
});

test('the ends that are open to a port are those that would not be refused', () => {
  const from = { node: 'good', port: 'false', side: 'outputs' } as const;
  const open = openEnds(document, library, from).map(endKey);
  const all = document.nodes.flatMap(node =>
    manifestOf(node.node_type).inputs.map(port => ({ node: node.id, port: port.name, side: 'inputs' as const })),
  );
  const allowed = all.filter(to => refusal(document, library, wireOf(from, to)) === null).map(endKey);
  assert.deepEqual(open, allowed);
  assert.deepEqual(open, ['each.in.inputs', 'mean.in.inputs', 'out.in.inputs']);
});

test('from an input, the same is asked backwards', () => {
  const open = openEnds(document, library, { node: 'good', port: 'in', side: 'inputs' });
  assert.deepEqual(open, [], 'its source is wired already, all others come after it');
  const more = openEnds(document, library, { node: 'out', port: 'in', side: 'inputs' });
  assert.deepEqual(
    more.map(end => `${end.node}.${end.port}`),
    ['tags.out', 'good.true', 'good.false', 'each.out', 'each.late', 'mean.out'],
  );
});

test('the port of the very type is taken before one that takes any', () => {
  const ports = [
    { name: 'first', type: 'any' },
    { name: 'second', type: 'tag' },
  ] as const;
  assert.equal(firstFit(ports, 'tag'), 'second');
  assert.equal(firstFit(ports, 'message'), 'first');
  assert.equal(firstFit(ports.slice(1), 'message'), null);
});

test('a wire carries what its port gives', () => {
  const kinds = kindsOf(document, library);
  assert.equal(kinds.get(wireKey(wire('each.out→mean.in'))), 'message');
  assert.equal(kinds.get(wireKey(wire('tags.out→good.in'))), 'tag');
});

test('what a node reaches and what reaches it, also where the drawing has a cycle', () => {
  assert.deepEqual([...reached(document, 'good', 'outputs')], ['good', 'each', 'mean']);
  assert.deepEqual([...reached(document, 'each', 'inputs')], ['each', 'good', 'tags']);
  const round = flow({ a: 'scale', b: 'scale' }, ['a.out→b.in', 'b.out→a.in']);
  assert.deepEqual([...reached(round, 'a', 'outputs')], ['a', 'b']);
});
