/** How a step of a replay is shown: its way, the fault, the rows of a long list. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowDocument, FlowWire } from '../../web/src/lib/contract.ts';
import {
  drawnLike,
  type FaultRecord,
  faultedIn,
  faultWire,
  replayMarks,
  rowsShown,
} from '../../web/src/lib/model/replay.ts';
import { stepsOf } from '../../web/src/lib/model/trace.ts';

const wire = (source_node: string, target_node: string): FlowWire => ({
  source_node,
  source_port: 'out',
  target_node,
  target_port: 'in',
});
const WIRES = [wire('a', 'b'), wire('b', 'c'), wire('b', 'd'), wire('a', 'd')];
const payload = (text: string) => ({ bytes: text.length, text, base64: btoa(text), update: null });
const hop = (node: string | null, refused = false) => ({
  node,
  port: node === null || refused ? 'in' : 'out',
  payload: payload('x'),
  refused,
});
const fault = (node: string | null): FaultRecord => ({
  node,
  node_type: 'moody',
  node_index: 0,
  call: 'handle',
  reason: 'unreachable',
  message: 'unreachable',
  record: '3',
  entry: 1,
});
const key = (from: string, to: string): string => `${from}.out→${to}.in`;

test('the name of a recording says which node has failed', () => {
  assert.equal(faultedIn('2026-11-21T17-00-45.410Z-1-inspector.rec'), 'inspector');
  assert.equal(faultedIn('2026-11-21T17-00-45.410Z-12-two-parts.rec'), 'two-parts');
  assert.equal(faultedIn('2026-11-21T17-00-45.410Z-1-request.rec'), null);
  assert.equal(faultedIn('mine.rec'), null);
});

test('nodes passed are done, the one that has just answered is active, with what it said', () => {
  const steps = stepsOf(WIRES, { hops: [hop(null), hop('a'), hop('b')] });
  const { nodes, wires } = replayMarks(steps, 1, null, '');
  assert.deepEqual([...nodes], [['a', { tone: 'active', text: 'x' }]]);
  assert.deepEqual(
    [...wires].map(([name, mark]) => [name, mark.tone]),
    [
      [key('a', 'b'), 'active'],
      [key('a', 'd'), 'active'],
    ],
  );
  assert.equal(replayMarks(steps, 2, null, '').nodes.get('a')?.tone, 'done');
});

test('the node that failed is red with the reason, and the wire by which it was given its message; only at the end', () => {
  const steps = stepsOf(WIRES, { hops: [hop(null), hop('a'), hop('b')] });
  assert.deepEqual(faultWire(steps, 'd'), wire('b', 'd'));
  const end = replayMarks(steps, 2, fault('d'), 'trap');
  assert.deepEqual(end.nodes.get('d'), { tone: 'fault', text: 'trap' });
  assert.equal(end.wires.get(key('b', 'd'))?.tone, 'fault');
  assert.equal(end.wires.get(key('a', 'd'))?.tone, 'done');
  assert.equal(replayMarks(steps, 1, fault('d'), 'trap').nodes.get('d'), undefined);
  // A tick that failed before any node said anything.
  assert.deepEqual([...replayMarks([], 0, fault('c'), 'trap').nodes.keys()], ['c']);
  assert.deepEqual([...replayMarks([], 0, fault(null), 'trap').nodes], []);
});

test('a node that refused is red, and so is the wire', () => {
  const steps = stepsOf(WIRES, { hops: [hop(null), hop('a'), hop('b', true)] });
  const { nodes, wires } = replayMarks(steps, 2, null, '');
  assert.equal(nodes.get('b')?.tone, 'fault');
  assert.equal(wires.get(key('a', 'b'))?.tone, 'fault');
});

test('what was recorded is drawn where the draft has its nodes', () => {
  const recorded = { format: 'fusewire.flow/1', name: 'x', nodes: [], wires: [] } as unknown as FlowDocument;
  assert.equal(drawnLike(recorded, recorded), recorded);
  const layout = { nodes: { a: { x: 1, y: 2 } } };
  assert.deepEqual(drawnLike(recorded, { ...recorded, name: 'y', layout }), { ...recorded, layout });
});

test('of a long list the rows in sight are drawn, and a few beside', () => {
  assert.deepEqual(rowsShown(1_000_000, 0, 100, 20), { first: 0, end: 9 });
  assert.deepEqual(rowsShown(1_000_000, 2_000, 100, 20), { first: 96, end: 109 });
  assert.deepEqual(rowsShown(3, 0, 100, 20), { first: 0, end: 3 });
  assert.deepEqual(rowsShown(0, 0, 100, 20), { first: 0, end: 0 });
});
