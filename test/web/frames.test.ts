import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as frames from '../../web/src/lib/model/frames.ts';
import { type Box, layoutOf } from '../../web/src/lib/model/layout.ts';
import { flow } from './support/library.ts';

const box = (x: number, y: number, width = 100, height = 50): Box => ({ x, y, width, height });
const document = flow({ a: 'scale', b: 'scale' }, [], {
  nodes: { a: { x: 0, y: 0 }, b: { x: 500, y: 0 } },
  groups: [{ id: '1', x: -20, y: -40, width: 300, height: 200, text: 'One', colour: 'teal' }],
});

test('a group is drawn around what is chosen, with room for its title, under an id of its own', () => {
  const added = frames.addGroup(document, [box(100, 100), box(300, 200)], 'Two')!;
  assert.deepEqual(added.keys, ['groups:2']);
  assert.deepEqual(layoutOf(added.document).groups[1], {
    id: '2',
    ...frames.groupBox({ x: 100, y: 100, width: 300, height: 150 }),
    text: 'Two',
    colour: 'teal',
  });
  assert.equal(frames.addGroup(document, [], 'None'), null);
});

test('in a group is what has its middle there; frames only as a whole', () => {
  const boxes = new Map<string, Box>([
    ['groups:1', box(0, 0, 400, 400)],
    ['in', box(350, 10)],
    ['half', box(351, 10, 100, 50)],
    ['groups:2', box(10, 10, 50, 50)],
    ['groups:3', box(380, 10, 50, 50)],
    ['comments:1', box(20, 20, 30, 30)],
  ]);
  assert.deepEqual(frames.inside('groups:1', boxes), ['in', 'groups:2', 'comments:1']);
  assert.deepEqual(frames.inside('nobody', boxes), []);
});

test('what is chosen goes with what is in it, and in what is in it', () => {
  const boxes = new Map<string, Box>([
    ['groups:1', box(0, 0, 400, 400)],
    ['groups:2', box(10, 10, 200, 200)],
    ['deep', box(20, 20)],
    ['other', box(900, 0)],
  ]);
  assert.deepEqual([...frames.withInsides(['groups:1'], boxes)].sort(), ['deep', 'groups:1', 'groups:2']);
  assert.deepEqual([...frames.withInsides(['other'], boxes)], ['other']);
});

test('nodes and frames move together; nothing that moves nowhere is a change', () => {
  const next = frames.shift(document, ['a', 'groups:1'], { x: 10, y: -10 });
  const { nodes, groups } = layoutOf(next);
  assert.deepEqual(
    [nodes['a'], nodes['b']],
    [
      { x: 10, y: -10 },
      { x: 500, y: 0 },
    ],
  );
  assert.deepEqual([groups[0]!.x, groups[0]!.y, groups[0]!.width], [-10, -50, 300]);
  assert.equal(frames.shift(document, ['a'], { x: 0, y: 0 }), document);
  assert.equal(frames.shift(document, ['nobody'], { x: 5, y: 0 }), document);
});

test('a frame is changed and removed by its name on the canvas, nodes stay', () => {
  const changed = frames.changeFrame(document, 'groups:1', { text: 'New', colour: 'red' });
  assert.deepEqual(
    layoutOf(changed).groups.map(({ text, colour, x }) => ({ text, colour, x })),
    [{ text: 'New', colour: 'red', x: -20 }],
  );
  const removed = frames.removeFrames(changed, new Set(['groups:1', 'a']));
  assert.deepEqual([layoutOf(removed).groups, removed.nodes.length], [[], 2]);
  assert.equal(frames.removeFrames(document, new Set(['a'])), document);
});

test('positions are no part of what runs: nodes and wires stay the same objects', () => {
  const next = frames.addComment(document, { x: 1, y: 2 }).document;
  assert.equal(next.nodes, document.nodes);
  assert.equal(next.wires, document.wires);
});
