/** A node that cannot give or take state at a deploy: said by name, and the old version is as it was. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { GatewayError } from '#diagnostic';
import { counter, type LineOptions, lineArtifact, quiet, startLine } from '../support/line.ts';
import { watNode } from '../support/nodes.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-hand-over-'));
after(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, 'line-'));

/** Counts as `counter` does; `save` and `load` are the bodies of its functions. */
const keeping = (save: string, load = '(i32.const 16)'): Uint8Array =>
  watNode({
    handle: `(i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (i32.const 1)))
      (i32.store (i32.sub (local.get $ptr) (i32.const 4)) (i32.load (i32.const 64)))
      (call $emit (i32.const 0) (i32.sub (local.get $ptr) (i32.const 4)) (i32.add (local.get $len) (i32.const 4)))`,
    parts: `(data (i32.const 200) "too old")
      (func (export "fusewire:node/node@1.0.0#save-state") (result i32) ${save})
      (func (export "fusewire:node/node@1.0.0#load-state") (param $ptr i32) (param $len i32) (result i32) ${load})`,
  });
const SPOIL = '(i32.store (i32.const 64) (i32.const 900))';
const TOO_OLD = `(i32.store8 (i32.const 48) (i32.const 1)) (i32.store (i32.const 52) (i32.const 200))
  (i32.store (i32.const 56) (i32.const 7)) (i32.const 48)`;

for (const fused of [true, false]) {
  const options: LineOptions = { fused };
  const engine = fused ? 'fused' : 'unfused';

  test(`a state that cannot be saved is lost by name, and the report says so (${engine})`, async () => {
    const line = await startLine(await lineArtifact(keeping(`${SPOIL} (unreachable)`), 'one', options), folder());
    await line.send([quiet(1)]);
    await line.until(() => line.outputs().length === 1);
    const report = await line.gateway.deploy(await lineArtifact(counter(), 'two', options), { probation_ms: 0 });
    const victim = report.nodes.find(one => one.node === 'victim')!;
    assert.equal(victim.fate, 'new');
    assert.match(victim.reason, /^save-state failed: unreachable/);
    assert.deepEqual(report.lost, [victim]);
    const said = new GatewayError('state-lost', 'victim', victim.reason).message;
    assert.ok(line.log.includes(`error: ${said}`), line.log.join('\n'));
    await line.send([quiet(2)]);
    await line.until(() => line.outputs().length === 2);
    assert.deepEqual(line.outputs()[1], { count: 1, seq: 2 });
    await line.gateway.stop();
  });

  for (const [what, more] of [
    ['', ''],
    [' and its memory has grown', '(drop (memory.grow (i32.const 1)))'],
  ] as const)
    test(`when the swap fails after a save that failed${what}, the old version has its state (${engine})`, async () => {
      const old = await lineArtifact(keeping(`${SPOIL} ${more} (unreachable)`), 'one', options);
      const line = await startLine(old, folder());
      await line.send([quiet(1), quiet(2)]);
      await line.until(() => line.outputs().length === 2);
      // Configured, then over its limit with the first checkpoint.
      const tooLarge = await lineArtifact(counter(), 'two', { ...options, memory_bytes: 1 });
      await assert.rejects(line.gateway.deploy(tooLarge), { code: 'flow-faulted' });
      await line.send([quiet(3)]);
      await line.until(() => line.outputs().length === 3);
      assert.deepEqual(line.outputs()[2], { count: 3, seq: 3 });
      assert.deepEqual(line.gateway.deadLetters(), []);
      await line.gateway.stop();
    });

  test(`a node that refuses the state is named, with its own words (${engine})`, async () => {
    const line = await startLine(await lineArtifact(counter(), 'one', options), folder());
    await line.send([quiet(1)]);
    await line.until(() => line.outputs().length === 1);
    const version = await lineArtifact(keeping('(i32.const 32)', TOO_OLD), 'two', options);
    await assert.rejects(line.gateway.deploy(version), (error: GatewayError) => {
      assert.deepEqual([error.code, error.where], ['configure-failed', 'victim']);
      assert.match(error.message, /the state of the version before: too old/);
      return true;
    });
    await line.send([quiet(2)]);
    await line.until(() => line.outputs().length === 2);
    assert.deepEqual(line.outputs()[1], { count: 2, seq: 2 });
    await line.gateway.stop();
  });
}
