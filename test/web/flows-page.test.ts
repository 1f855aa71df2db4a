/** The table of flows, what may be done to a flow, and files that hold one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindOf } from '../../web/src/features/flows/imports.ts';
import { type Column, type FlowRow, inOrder, matching, rowsOf } from '../../web/src/features/flows/rows.ts';
import { lasting } from '../../web/src/features/settings/lasting.ts';
import { actsOf } from '../../web/src/lib/model/flow-acts.ts';

type Flow = FlowRow['flow'];
type Status = NonNullable<FlowRow['now']>;
const flow = (id: string, more: Partial<Flow> = {}): Flow => ({
  id,
  name: id,
  state: 'stopped',
  problem: null,
  desired: 'stopped',
  deployed_version: null,
  latest_version: null,
  draft_differs: true,
  settings: { overload: 'hold', test_before_deploy: false, probation_ms: 10_000 },
  created_by: 'anna',
  created_at: '2026-01-01T00:00:00Z',
  ...more,
});
const status = (id: string, more: Partial<Status> = {}): Status => ({
  id,
  name: id,
  state: 'running',
  version: 1,
  records: 0,
  rate: 0,
  errors: 0,
  faults: 0,
  malformed: 0,
  dropped: 0,
  dead_letters: 0,
  latency_us: { p50: 0, p99: 0, p999: 0 },
  ingress_fill: 0,
  egress_fill: 0,
  memory_bytes: 0,
  problem: null,
  failing_node: null,
  ...more,
});
const rows = rowsOf(
  [
    flow('line10', { deployed_version: 3 }),
    flow('line2', { problem: 'no broker' }),
    flow('boiler', { name: 'Kessel 1' }),
  ],
  [
    status('line10', { rate: 50, faults: 2 }),
    status('boiler', { rate: 50, state: 'down', problem: 'the disk is full' }),
  ],
);
const ids = (found: readonly FlowRow[]): string[] => found.map(row => row.flow.id);
const by = (column: Column, way: 'up' | 'down'): string[] => ids(inOrder(rows, { by: column, way }));

test('what the gateway says now holds; what it has not said yet is what the list says', () => {
  assert.deepEqual(
    rows.map(({ state, problem, now }) => [state, problem, now?.rate]),
    [
      ['running', null, 50],
      ['stopped', 'no broker', undefined],
      ['down', 'the disk is full', 50],
    ],
  );
});

test('search: every word, in name, id, state or problem', () => {
  assert.deepEqual(ids(matching(rows, 'LINE')), ['line10', 'line2']);
  assert.deepEqual(ids(matching(rows, 'kessel disk')), ['boiler']);
  assert.deepEqual(ids(matching(rows, 'line broker running')), []);
  assert.equal(matching(rows, '  ').length, 3);
});

test('order: names as people count, states by how bad they are, equal ones by name', () => {
  assert.deepEqual(by('name', 'up'), ['boiler', 'line2', 'line10']);
  assert.deepEqual(by('rate', 'down'), ['boiler', 'line10', 'line2']);
  assert.deepEqual(by('state', 'up'), ['boiler', 'line10', 'line2']);
  assert.deepEqual(by('errors', 'down')[0], 'line10');
  assert.deepEqual(by('version', 'down')[0], 'line10');
});

test('what may be done to a flow follows from its state', () => {
  const acts = (state: Flow['state'], desired: Flow['desired'] = 'running', deployed_version: number | null = 1) =>
    actsOf({ state, desired, deployed_version });
  assert.deepEqual(acts('stopped', 'stopped', null), [], 'there is nothing to start');
  assert.deepEqual(acts('stopped', 'stopped'), ['start']);
  assert.deepEqual(acts('running'), ['pause', 'stop']);
  assert.deepEqual(acts('paused', 'paused'), ['resume', 'stop']);
  assert.deepEqual(acts('quarantined'), ['resume', 'stop']);
  assert.deepEqual(acts('down'), ['start', 'stop'], 'it is tried again until it is stopped');
  assert.deepEqual(acts('down', 'stopped'), ['start']);
});

test('a file is what is in it, whatever it is called', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  assert.equal(kindOf(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)), 'wasm');
  assert.equal(kindOf(bytes('{"format":"fusewire.bundle/1"}')), 'bundle');
  assert.equal(kindOf(bytes('{"format":"fusewire.flow/1"}')), 'document');
  for (const other of ['', '[]', 'null', '{"format":"x"}', 'id,name', '[{"type":"inject"}]'])
    assert.equal(kindOf(bytes(other)), null, other);
  assert.equal(kindOf(Uint8Array.of(0xff, 0xfe)), null);
});

test('how long something has lasted', () => {
  assert.deepEqual([0, 59.9, 60, 3_599, 3_600, 90_061].map(lasting), [
    '0 s',
    '59 s',
    '1 min',
    '59 min',
    '1 h 0 min',
    '1 d 1 h',
  ]);
});
