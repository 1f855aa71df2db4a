/** A new version takes over between two records: nothing lost, nothing doubled, order and state kept; or it is rolled back. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { dialPush } from '#connectors';
import { frames } from '../support/generate.ts';
import { counter, type Line, lineArtifact, quiet, startLine, trigger } from '../support/line.ts';
import { watNode } from '../support/nodes.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-swap-'));
after(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, 'line-'));
const TRAP = '(unreachable)';

/** Sends numbered messages in small writes until told to stop. @returns how many were sent */
function pour(line: Line, message: (seq: number) => Uint8Array): () => Promise<number> {
  let going = true;
  const sent = (async () => {
    const push = await dialPush(line.gateway.addresses[0]!);
    let seq = 0;
    while (going) {
      const from = seq + 1;
      seq += 500;
      const some = Array.from({ length: 500 }, (_, i) => message(from + i));
      await push.write(frames(some, true));
    }
    await push.close();
    return seq;
  })();
  return () => {
    going = false;
    return sent;
  };
}

for (const fused of [true, false]) {
  test(`versions change under load: kept, migrated, with other props (${fused ? 'fused' : 'unfused'})`, async () => {
    const line = await startLine(await lineArtifact(counter(), 'one', { fused }), folder());
    const versions = [
      ['kept', await lineArtifact(counter(), 'one', { fused })],
      ['migrated', await lineArtifact(counter(TRAP), 'two', { fused })],
      ['migrated', await lineArtifact(counter(TRAP), 'two', { fused, props: { other: 1 } })],
      ['kept', await lineArtifact(counter(TRAP), 'two', { fused, props: { other: 1 } })],
    ] as const;
    const stop = pour(line, quiet);
    for (const [fate, version] of versions) {
      const before = line.gateway.stats().records;
      await line.until(() => line.gateway.stats().records > before + 2_000);
      const report = await line.gateway.deploy(version, { probation_ms: 0 });
      assert.equal(report.nodes.find(node => node.node === 'victim')!.fate, fate);
      assert.ok(report.record >= before);
    }
    const sent = await stop();
    await line.until(() => line.gateway.stats().records === sent);
    await line.gateway.stop();
    const outputs = line.outputs();
    assert.equal(outputs.length, sent);
    outputs.forEach(({ count, seq }, i) => {
      assert.deepEqual({ count, seq }, { count: i + 1, seq: i + 1 });
    });
    assert.deepEqual(line.gateway.stats().nodes.find(node => node.id === 'victim')!.in, sent);
  });
}

test('the version that runs is deployed once more: its sinks stay open', async () => {
  const version = await lineArtifact(counter());
  const line = await startLine(version, folder());
  for (let seq = 1; seq <= 3; seq += 1) {
    await line.send([quiet(seq)]);
    await line.until(() => line.outputs().length === seq);
    await line.gateway.deploy(version, { probation_ms: 0 });
  }
  await line.send([quiet(4)]);
  await line.until(() => line.outputs().length === 4);
  assert.deepEqual(
    line.outputs().map(one => one.count),
    [1, 2, 3, 4],
  );
  await line.gateway.stop();
});

test('a version that refuses its props changes nothing', async () => {
  const refusing = watNode({
    handle: '',
    parts: `(data (i32.const 200) "never")
      (func (export "fusewire:node/node@1.0.0#configure") (param i32 i32) (result i32)
        (i32.store8 (i32.const 48) (i32.const 1)) (i32.store (i32.const 52) (i32.const 200)) (i32.store (i32.const 56) (i32.const 5))
        (i32.const 48))`,
  });
  const line = await startLine(await lineArtifact(counter()), folder());
  await line.send([quiet(1)]);
  await line.until(() => line.outputs().length === 1);
  const version = await lineArtifact(refusing, 'refusing');
  await assert.rejects(() => line.gateway.deploy(version), { code: 'configure-failed', message: /never/ });
  await line.send([quiet(2)]);
  await line.until(() => line.outputs().length === 2);
  assert.deepEqual(line.outputs()[1], { count: 2, seq: 2 });
  await line.gateway.stop();
});

test('a version that refuses the state of the one before it is not put in service', async () => {
  const refusing = watNode({
    handle: '',
    parts: `(func (export "fusewire:node/node@1.0.0#load-state") (param i32 i32) (result i32) (unreachable))`,
  });
  const line = await startLine(await lineArtifact(counter()), folder());
  await line.send([quiet(1)]);
  await line.until(() => line.outputs().length === 1);
  await assert.rejects(async () => line.gateway.deploy(await lineArtifact(refusing, 'refusing')), {
    code: 'flow-faulted',
  });
  await line.send([quiet(2)]);
  await line.until(() => line.outputs().length === 2);
  assert.deepEqual(line.outputs()[1], { count: 2, seq: 2 });
  await line.gateway.stop();
});

test('a version that keeps failing is rolled back with its reason, and what failed in it runs in the old one', async () => {
  const back = Promise.withResolvers<string>();
  const line = await startLine(await lineArtifact(counter()), folder(), {}, { onRolledBack: back.resolve });
  await line.send([quiet(1), trigger(2)]);
  await line.until(() => line.outputs().length === 2);
  await line.gateway.deploy(await lineArtifact(counter(TRAP), 'worse'), { probation_faults: 2 });
  await line.send([quiet(3), trigger(4), trigger(5), trigger(6), quiet(7)]);
  assert.match(await back.promise, /victim.*unreachable/);
  await line.send([quiet(8)]);
  await line.until(() => line.outputs().length === 8);
  const outputs = line.outputs();
  assert.deepEqual(outputs.map(one => one.seq).sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(
    outputs.map(one => one.count),
    [1, 2, 3, 4, 5, 6, 7, 8],
    'the state went there and back',
  );
  assert.deepEqual(line.gateway.deadLetters(), []);
  await line.gateway.stop();
});

test('a flow that was set aside goes on with the version that is deployed then', async () => {
  const aside = Promise.withResolvers<void>();
  const line = await startLine(
    await lineArtifact(counter(TRAP)),
    folder(),
    { faults_max: 2, quarantine_ms: 600_000, quarantine_ms_max: 600_000 },
    { onQuarantined: () => aside.resolve() },
  );
  await line.send([quiet(1), trigger(2), trigger(3), trigger(4), trigger(5), quiet(6)]);
  await aside.promise;
  await line.gateway.deploy(await lineArtifact(counter(), 'mended'));
  await line.until(() => line.outputs().some(one => one.seq === 6));
  const outputs = line.outputs();
  assert.deepEqual(
    outputs.map(one => one.count),
    outputs.map((_, i) => i + 1),
  );
  assert.equal(line.gateway.stats().state, 'running');
  await line.gateway.stop();
});
