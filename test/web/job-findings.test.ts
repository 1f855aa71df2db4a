/** What a deploy that failed points at. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowDocument } from '#flow';
import { type FailedJob, jobFindings } from '../../web/src/lib/model/job-findings.ts';

const document: FlowDocument = {
  format: 'fusewire.flow/1',
  name: 'line',
  nodes: [
    { id: 'in', node_type: 'tag_input' },
    { id: 'hot', node_type: 'filter' },
    { id: 'broker-1', node_type: 'mqtt_sink' },
  ],
  wires: [
    { source_node: 'in', source_port: 'out', target_node: 'hot', target_port: 'in' },
    { source_node: 'hot', source_port: 'true', target_node: 'broker-1', target_port: 'in' },
  ],
};
const finding = (where: string, message = 'it is wrong'): FailedJob['diagnostics'][number] => ({
  code: 'invalid-props',
  severity: 'error',
  message,
  where,
  hint: 'Mend it.',
});
const found = (diagnostics: FailedJob['diagnostics'], error: FailedJob['error'] = null) =>
  jobFindings({ diagnostics, error }, document);

test('findings name nodes and wires by their place', () => {
  const { nodes, wires, findings } = found([
    finding('$.nodes[1].props.op'),
    finding('$.wires[1]'),
    finding('$.tick_ms'),
  ]);
  assert.deepEqual([nodes, wires], [['hot'], ['hot.true→broker-1.in']]);
  assert.deepEqual(
    findings.map(one => one.where),
    ['$.nodes[1].props.op', '$.wires[1]', '$.tick_ms'],
  );
});

test('a golden test that failed names the node whose output was another', () => {
  const { nodes, findings } = found([finding('doubles: hot.true[0].value'), finding('doubles: gone.out[0]')]);
  assert.deepEqual(nodes, ['hot']);
  assert.deepEqual(
    findings.map(one => one.where),
    ['$.nodes[1]', 'doubles: gone.out[0]'],
  );
});

test('an error without findings becomes one, at the node that it names', () => {
  const refused = found([], { code: 'configure-failed', message: 'node "hot" refuses its props: no op' });
  assert.deepEqual(refused.nodes, ['hot']);
  assert.deepEqual([refused.findings[0]!.where, refused.findings[0]!.severity], ['$.nodes[1]', 'error']);
  const message = 'A node refused its configuration. broker-1: no topic';
  assert.deepEqual(found([], { code: 'configure-failed', message }).nodes, ['broker-1']);
  assert.deepEqual(found([], { code: 'storage-full', message: 'there is no room' }).findings[0]!.where, '$');
  assert.deepEqual(found([]).findings, []);
});

test('places that the document does not have mark nothing', () => {
  const { nodes, wires } = found([finding('$.nodes[9]'), finding('$.wires[9]')]);
  assert.deepEqual([nodes, wires], [[], []]);
});
