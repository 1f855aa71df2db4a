/** A bad node costs its own record, and no more: what happens to it, to the state, and to what comes behind it. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BOARD_U64 } from '#abi';
import { fusedEngine, replayCapture } from '#engine';
import { readRecording } from '#gateway';
import { counter, lineArtifact, quiet, startLine, trigger } from '../support/line.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-contain-'));
after(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, 'line-'));
const TRAP = '(unreachable)';
const counted = (...seqs: number[]): { count: number; seq: number }[] => seqs.map((seq, i) => ({ count: i + 1, seq }));

for (const fused of [true, false]) {
  test(`a record that traps is a dead letter with node, reason and path; the state never knew it (${fused ? 'fused' : 'unfused'})`, async () => {
    const line = await startLine(await lineArtifact(counter(TRAP), 'counter', { fused }), folder());
    await line.send([quiet(1), trigger(2), quiet(3), trigger(4), quiet(5)]);
    await line.until(() => line.outputs().length === 3 && line.gateway.deadLetters().length === 2);
    assert.deepEqual(line.outputs(), counted(1, 3, 5));
    const [newest, oldest] = line.gateway.deadLetters();
    assert.deepEqual(
      [oldest!.kind, oldest!.node, oldest!.node_type, oldest!.path, oldest!.record],
      ['fault', 'victim', 'counter', ['first', 'victim'], 2],
    );
    assert.match(oldest!.reason, /victim.*unreachable/);
    assert.deepEqual(Buffer.from(line.gateway.deadLetter(newest!.id)!.message), Buffer.from(trigger(4)));
    await line.gateway.stop();
  });
}

test('dead letters can be dropped, and retried: a record that fails again is a letter again', async () => {
  const line = await startLine(await lineArtifact(counter(TRAP)), folder());
  await line.send([trigger(1)]);
  await line.until(() => line.gateway.deadLetters().length === 1);
  const [letter] = line.gateway.deadLetters();
  assert.equal(line.gateway.retryDeadLetter(letter!.id), null);
  await line.until(() => line.gateway.deadLetters().some(one => one.id !== letter!.id));
  const [again] = line.gateway.deadLetters();
  assert.equal(again!.record, 2);
  assert.ok(line.gateway.dropDeadLetter(again!.id));
  assert.deepEqual(line.gateway.deadLetters(), []);
  assert.match(line.gateway.retryDeadLetter(again!.id)!, /no dead letter/);
  await line.gateway.stop();
});

test('an error of a node is retried at that node alone', async () => {
  // Refuses the first long message it sees, takes the next.
  const moody = counter(`(if (i32.eqz (i32.load (i32.const 128))) (then
    (i32.store (i32.const 128) (i32.const 1))
    (i32.store8 (i32.const 48) (i32.const 1)) (i32.store (i32.const 52) (i32.const 200)) (i32.store (i32.const 56) (i32.const 2))
    (i32.store16 (i32.const 200) (i32.const 0x6f6e))
    (return (i32.const 48))))`);
  const line = await startLine(await lineArtifact(moody), folder());
  await line.send([trigger(1), quiet(2)]);
  await line.until(() => line.gateway.deadLetters().length === 1);
  const [letter] = line.gateway.deadLetters();
  assert.deepEqual([letter!.kind, letter!.node, letter!.port, letter!.reason], ['error', 'victim', 'in', 'no']);
  const before = line.gateway.stats().nodes.find(node => node.id === 'first')!.in;
  assert.equal(line.gateway.retryDeadLetter(letter!.id), null);
  await line.until(() => line.outputs().length === 2);
  assert.deepEqual(
    line.outputs().map(one => one.seq),
    [2, 1],
  );
  assert.equal(line.gateway.stats().nodes.find(node => node.id === 'first')!.in, before);
  assert.deepEqual(line.gateway.deadLetters(), []);
  await line.gateway.stop();
});

test('dead letters outlive the process', async () => {
  const directory = folder();
  const artifact = await lineArtifact(counter(TRAP));
  const line = await startLine(artifact, directory, { state: join(directory, 'state') });
  await line.send([trigger(1), quiet(2), trigger(3)]);
  await line.until(() => line.gateway.deadLetters().length === 2);
  line.gateway.dropDeadLetter(line.gateway.deadLetters()[1]!.id);
  const kept = line.gateway.deadLetters();
  await line.gateway.stop();
  const again = await startLine(artifact, directory, { state: join(directory, 'state') });
  assert.deepEqual(again.gateway.deadLetters(), kept);
  assert.deepEqual(Buffer.from(again.gateway.deadLetter(kept[0]!.id)!.message), Buffer.from(trigger(3)));
  await again.gateway.stop();
});

test('state goes on after a restart', async () => {
  const directory = folder();
  const artifact = await lineArtifact(counter(TRAP), 'counter', { fused: true });
  const options = { state: join(directory, 'state') };
  for (const [from, to] of [
    [1, 3],
    [4, 5],
    [6, 9],
  ] as const) {
    const line = await startLine(artifact, directory, options);
    await line.send(Array.from({ length: to - from + 1 }, (_, i) => quiet(from + i)));
    await line.until(() => line.outputs().length === to);
    await line.gateway.stop();
    assert.deepEqual(line.outputs(), counted(...Array.from({ length: to }, (_, i) => i + 1)));
  }
});

const LIMITS = { faults_max: 3, quarantine_ms: 300, quarantine_ms_max: 300 };
const storm = (from: number, count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => trigger(from + i));

test('a flow that keeps failing is set aside and comes back; meanwhile its drivers are held', async () => {
  const states: string[] = [];
  const line = await startLine(await lineArtifact(counter(TRAP)), folder(), LIMITS, {
    onQuarantined: (_fault, ms) => states.push(`aside ${ms}`),
    onReleased: () => states.push('back'),
  });
  await line.send([...storm(1, 5), quiet(6)]);
  await line.until(() => states.length === 2);
  assert.deepEqual(states, ['aside 300', 'back']);
  await line.until(() => line.outputs().length === 1);
  assert.deepEqual(line.outputs(), counted(6));
  assert.equal(line.gateway.deadLetters().length, 5);
  await line.gateway.stop();
});

test('while a flow is set aside, input waits on disk or is dropped and counted, as its policy says', async () => {
  for (const quarantine of ['spill', 'drop'] as const) {
    const directory = folder();
    const aside = Promise.withResolvers<void>();
    const line = await startLine(
      await lineArtifact(counter(TRAP)),
      directory,
      { ...LIMITS, quarantine_ms: 60_000, quarantine_ms_max: 60_000, quarantine, state: join(directory, 'state') },
      { onQuarantined: () => aside.resolve() },
    );
    await line.send(storm(1, 4));
    await aside.promise;
    assert.equal(line.gateway.stats().state, 'quarantined');
    await line.send([quiet(5), quiet(6)]);
    if (quarantine === 'spill') await line.until(() => line.gateway.stats().spilled_bytes > 0);
    else await line.until(() => line.gateway.stats().ingress_dropped === 2);
    await line.gateway.release();
    await line.send([quiet(7)]);
    await line.until(() => line.outputs().some(one => one.seq === 7));
    assert.deepEqual(line.outputs(), quarantine === 'spill' ? counted(5, 6, 7) : counted(7));
    await line.gateway.stop();
  }
});

test('a flow whose nodes take more memory together than it may have goes down and says so', async () => {
  const down = Promise.withResolvers<string>();
  const greedy = await lineArtifact(counter('(drop (memory.grow (i32.const 1)))', 40), 'greedy', {
    memory_bytes: 1_048_576,
  });
  const line = await startLine(greedy, folder(), {}, { onDown: error => down.resolve(error.message) });
  await line.send(storm(1, 3));
  await line.until(() => line.outputs().length === 3);
  await line.send(storm(4, 20));
  assert.match(await down.promise, /memory_limit/);
  await line.gateway.stop();
});

test('a fault leaves a recording with the module, the state before it, the input since, and the fault', async () => {
  const directory = folder();
  const recorded = Promise.withResolvers<string>();
  const artifact = await lineArtifact(counter(TRAP), 'counter', { fused: true });
  const line = await startLine(
    artifact,
    directory,
    { state: join(directory, 'state') },
    { onRecording: recorded.resolve },
  );
  await line.send([quiet(1), trigger(2)]);
  const file = await recorded.promise;
  const recording = await readRecording(file);
  assert.deepEqual([recording.fault?.node, recording.fault?.record, recording.flow], ['victim', '2', 'line']);
  assert.ok(artifact.code.kind === 'fused' && Buffer.from(recording.wasm).equals(artifact.code.wasm));
  assert.ok(Buffer.from(recording.capture.input).includes(Buffer.from(trigger(2))));
  assert.equal(readdirSync(join(directory, 'state', 'recordings')).length, 1);
  await line.gateway.stop();
});

test('a recording can be had without a fault: it runs to where the flow was', async () => {
  const directory = folder();
  const artifact = await lineArtifact(counter(), 'counter', { fused: true });
  const line = await startLine(artifact, directory, { state: join(directory, 'state') });
  await line.send([quiet(1), quiet(2), quiet(3)]);
  await line.until(() => line.outputs().length === 3);
  const { wasm, capture, fault } = await readRecording(await line.gateway.record());
  assert.equal(fault, null);
  const engine = fusedEngine(artifact.plan, new WebAssembly.Module(wasm as BufferSource));
  const steps = [...replayCapture(engine, artifact.plan, capture)];
  assert.ok(steps.every(step => step.fault === null));
  assert.equal(Number(new BigUint64Array(engine.board)[BOARD_U64.record / 8]!), 3);
  await line.gateway.stop();
});
