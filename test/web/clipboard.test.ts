import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowDocument } from '../../web/src/lib/contract.ts';
import { clipText, copied, pasted, readClip } from '../../web/src/lib/model/clipboard.ts';
import { layoutOf } from '../../web/src/lib/model/layout.ts';
import { checkFlow } from '../../web/src/lib/rules.ts';
import { flow, library, wire } from './support/library.ts';

const document = flow({ a: 'tag_input', cell01: 'scale', c: 'file_sink' }, ['a.out→cell01.in', 'cell01.out→c.in'], {
  nodes: { a: { x: 0, y: 100 }, cell01: { x: 300, y: 100 }, c: { x: 600, y: 100 } },
  groups: [{ id: 'g', x: -20, y: 60, width: 600, height: 200, text: 'Both', colour: 'red' }],
  comments: [{ id: '1', x: 0, y: 0, width: 80, height: 40, text: 'why', colour: 'blue' }],
});
const through = async (clip: FlowDocument): Promise<FlowDocument> => {
  const read = await readClip(clipText(clip));
  assert.ok(read && 'document' in read);
  return read.document;
};

test('what is copied is a flow: the chosen, the wires among them, their places, and nothing else', async () => {
  const clip = await through(copied(document, new Set(['a', 'cell01', 'groups:g']))!);
  assert.deepEqual(
    clip.nodes.map(node => node.id),
    ['a', 'cell01'],
  );
  assert.deepEqual(clip.wires, [wire('a.out→cell01.in')]);
  const { nodes, groups, comments } = layoutOf(clip);
  assert.deepEqual([Object.keys(nodes), groups.length, comments.length], [['a', 'cell01'], 1, 0]);
  assert.equal(copied(document, new Set(['nobody'])), null);
});

test('what is pasted has ids of its own, keeps its wires, and lies where it is put', async () => {
  const clip = await through(copied(document, new Set(['a', 'cell01', 'groups:g', 'comments:1']))!);
  const next = pasted(document, clip, { x: 1_000, y: 1_000 });
  assert.deepEqual(next.keys, ['a2', 'cell02', 'groups:1', 'comments:2']);
  assert.deepEqual(next.document.wires.at(-1), wire('a2.out→cell02.in'));
  const layout = layoutOf(next.document);
  // The upper left corner of all: x of the group, y of the comment.
  assert.deepEqual(layout.nodes['a2'], { x: 1_020, y: 1_100 });
  assert.deepEqual([layout.groups[1]!.x, layout.comments[1]!.y, layout.groups[1]!.text], [1_000, 1_000, 'Both']);
  assert.deepEqual(layout.nodes['a'], { x: 0, y: 100 });
  assert.equal(checkFlow(next.document, library).diagnostics.filter(one => one.code === 'duplicate-id').length, 0);
});

test('a whole flow from elsewhere is pasted, without a layout and into nothing', async () => {
  const text = JSON.stringify({ ...document, layout: undefined, tick_ms: 500, limits: { fuel: 5 } });
  const read = await readClip(`\n ${text}`);
  assert.ok(read && 'document' in read);
  const next = pasted(flow({}), read.document, null);
  assert.deepEqual(
    next.document.nodes.map(node => node.id),
    ['a', 'cell01', 'c'],
  );
  assert.equal(next.document.wires.length, 2);
  assert.equal(next.document.tick_ms, undefined, 'settings of the other flow stay there');
});

test('other text is none of our business', async () => {
  for (const text of ['', 'hello', '{"a":1}', '[1]', '<b>fusewire.flow/1</b>', '  '])
    assert.equal(await readClip(text), null);
});

test('what claims to be a flow and is none is refused with the reason', async () => {
  const wrong = [
    '{"format":"fusewire.flow/1"',
    '{"format":"fusewire.flow/1"}',
    '{"format":"fusewire.flow/1","name":"x","nodes":[{"id":"no space","node_type":"x"}],"wires":[]}',
    '{"format":"fusewire.flow/1","name":"x","nodes":[],"wires":[],"evil":1}',
    `{"format":"fusewire.flow/1","name":"x","nodes":[],"wires":[],"layout":${'['.repeat(100)}${']'.repeat(100)}}`,
    `{"format":"fusewire.flow/1","name":"${'x'.repeat(5_000_000)}","nodes":[],"wires":[]}`,
  ];
  for (const text of wrong) {
    const read = await readClip(text);
    assert.ok(read && 'diagnostics' in read && read.diagnostics.length > 0, text.slice(0, 60));
  }
});

test('wires to nobody are left out, an id that stands twice becomes two nodes', () => {
  const clip: FlowDocument = {
    ...flow({}, ['x.out→nobody.in', 'x.out→y.in']),
    nodes: [
      { id: 'x', node_type: 'scale' },
      { id: 'x', node_type: 'filter' },
      { id: 'y', node_type: 'scale' },
    ],
  };
  const next = pasted(flow({}), clip, null).document;
  assert.deepEqual(
    next.nodes.map(node => node.id),
    ['x', 'x2', 'y'],
  );
  assert.deepEqual(next.wires, [wire('x.out→y.in')]);
});
