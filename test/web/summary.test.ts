import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FlowDocument } from '../../web/src/lib/contract.ts';
import { duration, summary } from '../../web/src/lib/model/summary.ts';
import { library } from './support/library.ts';

const of = (node_type: string, props?: Record<string, unknown>): string =>
  summary({ node_type, ...(props && { props }) });

test('each node of the example says what it does', () => {
  const path = join(import.meta.dirname, '../../examples/boiler-line/flow.json');
  const { nodes } = JSON.parse(readFileSync(path, 'utf8')) as FlowDocument;
  assert.deepEqual(Object.fromEntries(nodes.map(node => [node.id, summary(node)])), {
    temps: 'line1/+/temp',
    pressures: 'line1/cell01/pressure',
    motors: 'line1/+/motor',
    good: 'quality == 0',
    split: '',
    range: '> 90 · < 47',
    fahrenheit: '× 1.8 + 32 °F',
    cell01: 'tag == line1/cell01/temp',
    load: 'a × b',
    stopped: 'value == false',
    second: 'tumbling 1 s',
    mean: 'mean',
    alarms: 'output/alarms.jsonl',
    loads: 'output/loads.csv',
    stops: 'output/stops.jsonl',
    means: 'output/means.jsonl',
  });
});

test('all kinds of windows, combinations and scales', () => {
  assert.equal(of('window', { kind: 'hopping', size_ms: 60_000, hop_ms: 500 }), 'hopping 1 min / 500 ms');
  assert.equal(of('window', { kind: 'session', gap_ms: 1_500 }), 'session 1.5 s');
  assert.equal(of('window', { kind: 'count', count: 100 }), 'count 100');
  assert.equal(of('binary_combine', { op: 'max' }), 'max(a, b)');
  assert.equal(of('binary_combine', { op: '>=' }), 'a >= b');
  assert.equal(of('scale', { offset: -4, min: 0, max: 100, tag: 't' }), '− 4 ≥ 0 ≤ 100 → t');
  assert.equal(of('agg', { function: 'p95', mode: 'running' }), 'running p95');
  assert.equal(of('tag_input'), '#');
  assert.equal(duration(7_200_000), '2 h');
});

test('a name and a password in an address are not shown', () => {
  assert.equal(of('http_sink', { url: 'https://me:secret@plant.example/in' }), 'POST plant.example/in');
  assert.equal(of('mqtt_sink', { url: 'mqtt://me:secret@broker:1883', topic: 'line1' }), 'line1 → broker:1883');
});

test('a node that is not one of ours shows its first values', () => {
  assert.equal(of('pid', { kp: 2, mode: 'auto', deep: { a: 1 }, on: true, more: 5 }), 'kp 2 · mode auto · on true');
});

test('props of any shape are survived, on one line and not for ever', () => {
  const odd: unknown[] = [null, [], {}, 'x\n\ny', 7, true, ['x', null, {}], 'z'.repeat(5_000), Number.NaN];
  for (const node_type of [...library.types, 'custom', 'constructor', '__proto__'])
    for (const value of odd) {
      const names = ['tags', 'cases', 'op', 'value', 'field', 'factor', 'offset', 'kind', 'size_ms', 'function', 'url'];
      const text = of(node_type, Object.fromEntries([...names, 'path', 'topic', 'min'].map(name => [name, value])));
      assert.ok(text.length <= 121 && !text.includes('\n'), `${node_type} ${text}`);
    }
});
