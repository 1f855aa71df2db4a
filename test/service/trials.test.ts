/** Tries and golden tests over HTTP, and what they have to say about a deploy. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fails, lineTo, Plant, SUM, scale } from '../support/plant.ts';
import { update } from '../support/process.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-trials-'));
const params = { flow: 'tried' };
let plant: Plant;
before(async () => {
  plant = await Plant.start(root);
  await plant.create('tried', lineTo('tried.jsonl', { name: 'tried', tags: ['a/#'], nodes: [SUM, scale(2)] }));
});
after(async () => {
  await plant.stop();
  rmSync(root, { recursive: true, force: true });
});
const call: typeof plant.client.call = (...args) => plant.client.call(...args);

test('a draft is tried on messages of the request; nothing reaches its sink', async () => {
  const messages = [{ tag: 'a/x', value: 1 }, { tag: 'other', value: 5 }, { tag: 'a/x', value: 2 }, { base64: 'AAAA' }];
  const report = await call('tryFlow', { params, body: { messages } });
  assert.deepEqual([report.ok, report.fused, report.diagnostics], [true, false, []]);
  assert.deepEqual(
    report.outputs['scale.out']!.map(one => one.update!.value),
    [2, 6],
  );
  assert.equal(report.outputs['out']!.length, 2);
  const broken = await call('tryFlow', {
    params,
    body: { document: lineTo('x', { nodes: [scale('much' as never)] }), messages },
  });
  assert.equal(broken.ok, false);
  assert.ok(broken.diagnostics[0]!.where.startsWith('$.nodes[1]'));
  assert.equal(existsSync(join(plant.data, 'files/tried.jsonl')), false);
});

test('time passes after the messages of a try', async () => {
  const second = { id: 'second', node_type: 'window', props: { kind: 'tumbling', size_ms: 1_000 } };
  const mean = { id: 'mean', node_type: 'agg', props: { function: 'mean' } };
  const document = lineTo('tried.jsonl', { tags: ['a/#'], nodes: [second, mean] });
  const messages = [1, 3].map((value, i) => ({ tag: 'a/x', value, timestamp: 1_000_000_000_000 + i }));
  const outputs = async (advance_ms?: number) => {
    const report = await call('tryFlow', { params, body: { document, messages, advance_ms } });
    return (report.outputs['mean.out'] ?? []).map(one => one.update!.value);
  };
  assert.deepEqual([await outputs(), await outputs(2_000)], [[], [2]]);
});

test('a draft is tried on what comes in now', async () => {
  const body = { from_live: { match: 'a/#', count: 2, within_ms: 60_000 } };
  let isDone = false;
  const tried = call('tryFlow', { params, body }).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await plant.send([update('a/live', 7), update('b', 1)]);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  const tags = (await tried).outputs['sum.out']!.map(one => one.update!.tag);
  assert.deepEqual(tags, ['a/live', 'a/live']);
});

test('golden tests of the draft and of a version; a deploy that asks for them is refused when one fails', async () => {
  const text = (value: number): string =>
    `input: [{ tag: a/x, value: 3 }]\nexpect: { scale.out: [{ tag: a/x, value: ${value} }] }\n`;
  const save = (value: number) =>
    call('saveDraft', {
      params,
      body: {
        document: lineTo('tried.jsonl', { name: 'tried', tags: ['a/#'], nodes: [SUM, scale(2)] }),
        tests: [{ name: 'doubles', text: text(value) }],
      },
      ifMatch: '*',
    });
  await call('changeFlow', { params, body: { test_before_deploy: true } });
  await save(7);
  const report = await call('testFlow', { params });
  assert.deepEqual([report.passed, report.failed, report.tests[0]!.name], [0, 1, 'doubles']);
  assert.ok(report.tests[0]!.failures.length > 0);
  const refused = await plant.ended(await call('deployFlow', { params }));
  assert.deepEqual([refused.state, refused.error!.code, refused.stage], ['failed', 'flow-refused', 'check']);
  assert.match(refused.diagnostics[0]!.where, /doubles/);
  assert.equal((await plant.flow('tried')).state, 'stopped');
  await save(6);
  assert.equal((await plant.flow('tried')).draft_differs, true, 'tests are part of a version');
  assert.deepEqual([(await call('testFlow', { params })).passed], [1]);
  assert.equal((await plant.deploy('tried')).version, 2);
  assert.equal((await call('testFlow', { params, body: { version: 1 } })).failed, 1);
  await assert.rejects(call('testFlow', { params, body: { version: 9 } }), fails('not-found'));
  await plant.act('stop', 'tried');
});
