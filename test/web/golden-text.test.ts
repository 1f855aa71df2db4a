/** A golden test made of a try passes as it stands: the gateway runs it, unfused and fused. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readGolden } from '#gateway';
import { goldenText } from '../../web/src/lib/model/golden-text.ts';
import { messagesOf, newRow, START_US, type TryMessage } from '../../web/src/lib/model/try-rows.ts';
import { lineTo, Plant } from '../support/plant.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-golden-text-'));
const params = { flow: 'tried' };
const wire = (text: string) => {
  const [source_node, source_port, target_node, target_port] = text.split(/[. ]/);
  return { source_node, source_port, target_node, target_port };
};
const document = {
  format: 'fusewire.flow/1',
  name: 'tried',
  nodes: [
    { id: 'in', node_type: 'tag_input', props: { tags: ['a/#'] } },
    { id: 'good', node_type: 'filter', props: { field: 'quality', op: '==', value: 0 } },
    { id: 'scale', node_type: 'scale', props: { factor: 0.1, unit: '°F' } },
    { id: 'second', node_type: 'window', props: { kind: 'tumbling', size_ms: 1_000 } },
    { id: 'mean', node_type: 'agg', props: { function: 'mean' } },
    { id: 'json', node_type: 'file_sink', props: { path: 'a.jsonl' } },
    { id: 'csv', node_type: 'file_sink', props: { path: 'a.csv', format: 'csv' } },
    { id: 'raw', node_type: 'file_sink', props: { path: 'a.bin', format: 'protobuf' } },
    { id: 'silent', node_type: 'file_sink', props: { path: 'b.jsonl' } },
  ],
  wires: [
    'in.out good.in',
    'good.true scale.in',
    'good.false silent.in',
    'scale.out json.in',
    'scale.out raw.in',
    'scale.out second.in',
    'second.out mean.in',
    'mean.out csv.in',
  ].map(wire),
};
const sinks = ['json', 'csv', 'raw', 'silent'];
let plant: Plant;
before(async () => {
  plant = await Plant.start(root);
  await plant.create('tried', lineTo('tried.jsonl'));
});
after(async () => {
  await plant.stop();
  rmSync(root, { recursive: true, force: true });
});

const rows = [
  newRow({ tag: 'a/x', value: '85.3', at: '0', unit: '°C' }),
  newRow({ tag: 'a/x', value: '1', at: '300' }),
  newRow({ tag: 'a/«é"', value: '-2.5', at: '900', kind: 'double' }),
];
/** What the studio would save of this try. */
async function made(messages: readonly TryMessage[], extent: 'all' | 'sinks'): Promise<string> {
  const advance_ms = 2_000;
  const body = { document, messages: [...messages] as never, advance_ms };
  const report = await plant.client.call('tryFlow', { params, body });
  assert.equal(report.ok, true);
  return goldenText({ start_us: START_US, messages, advance_ms, report: report as never, sinks, extent });
}
async function run(text: string) {
  const tests = [{ name: 'made of a try', text }];
  await plant.client.call('saveDraft', { params, body: { document, tests }, ifMatch: '*' });
  return plant.client.call('testFlow', { params });
}

for (const extent of ['all', 'sinks'] as const)
  test(`of ${extent}: it passes, and fails when something else comes out`, async () => {
    const text = await made(messagesOf(rows, START_US).messages, extent);
    const read = readGolden(text);
    assert.ok('golden' in read, JSON.stringify(read));
    assert.equal('mean.out' in read.golden.expect, extent === 'all');
    assert.deepEqual(
      Object.keys(read.golden.expect)
        .filter(place => sinks.includes(place))
        .sort(),
      [...sinks].sort(),
    );
    const report = await run(text);
    assert.deepEqual([report.passed, report.tests[0]!.failures, report.tests[0]!.diagnostics], [1, [], []]);
    assert.equal((await run(text.replace('85.3', '85.4'))).failed, 1);
  });

test('what nodes refused and what is no update is part of it', async () => {
  const odd: TryMessage[] = [
    ...messagesOf(rows, START_US).messages,
    { base64: 'AAAA' },
    ...messagesOf([newRow({ tag: 'a/y', value: 'text', at: '950' })], START_US).messages,
  ];
  const text = await made(odd, 'all');
  assert.match(text, /^malformed: true$/m);
  assert.match(text, /^errors:\n {2}- \{"node":"scale"/m);
  const report = await run(text);
  assert.deepEqual([report.passed, report.tests[0]!.failures], [1, []]);
});
