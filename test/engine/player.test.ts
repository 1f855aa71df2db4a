/** A recording that is gone to and fro in: every step is that of a run from the checkpoint. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { encodeTagBatch, type FlowPlan } from '#abi';
import {
  describeStep,
  fusedEngine,
  MEMORY_ROW_BYTES,
  type OpenRecording,
  openRecording,
  Player,
  packRecording,
  replayCapture,
  type StepReport,
  unpackRecording,
} from '#engine';
import { withPlan } from '../support/altered.ts';
import { counter, lineArtifact, quiet, trigger } from '../support/line.ts';
import { seeded } from '../support/random.ts';
import { recorded } from '../support/recorded.ts';

let open: OpenRecording;
/** What a run of all of it does. */
let fresh: StepReport[];

const readBack = async (bytes: Uint8Array): Promise<OpenRecording> =>
  openRecording(await unpackRecording(bytes, 'x.rec'), 'x.rec');

function scanned(recording: OpenRecording): Player {
  const player = new Player(recording);
  for (const share of player.scan()) assert.ok(share >= 0 && share <= 1);
  return player;
}

before(async () => {
  const artifact = await lineArtifact(counter('(unreachable)'), 'counter', { fused: true });
  const many = Array.from({ length: 400 }, (_, seq) => quiet(seq));
  const batch = encodeTagBatch([quiet(1_000), quiet(1_001)]);
  const spans = [many, [batch, Buffer.from('no message')], many, [quiet(6), trigger(7), quiet(8)]];
  open = await readBack(await packRecording(recorded(artifact, spans)));
  fresh = [...replayCapture(fusedEngine(open.plan, open.module), open.plan, open.recording.capture, true)].map(step =>
    describeStep(step, artifact),
  );
});

test('one run says how many steps there are, and how it ends', () => {
  const player = scanned(open);
  assert.equal(player.steps, fresh.length);
  assert.equal(player.steps, 400 + 2 + 1 + 400 + 2);
  assert.ok(player.same);
  assert.deepEqual(player.fault, open.recording.fault);
  assert.deepEqual([player.fault!.node, player.fault!.reason], ['victim', 'unreachable']);
  assert.equal(player.records!.last, Number(player.fault!.record));
  assert.equal(player.stepOf(player.records!.last), player.steps - 1);
  assert.equal(player.stepOf(player.records!.last + 1), null);
});

test('to and fro, wherever one jumps, a step is that of a run from the beginning', () => {
  const player = scanned(open);
  const random = seeded(5);
  for (let from = fresh.length - 1; from >= fresh.length - 5; from -= 1)
    assert.deepEqual(player.reports(from, 1), [fresh[from]]);
  for (let i = 0; i < 60; i += 1) {
    const from = random.int(fresh.length);
    const count = random.int(40);
    assert.deepEqual(player.reports(from, count), fresh.slice(from, from + count));
  }
  assert.deepEqual(player.reports(fresh.length, 5), []);
});

test('each kind of step is told: records, batches one by one, what is no message, the fault with its hops until then', () => {
  const malformed = fresh.find(step => step.what === 'malformed');
  assert.equal(atob(malformed!.malformed!.base64), 'no message');
  const records = fresh.filter(step => step.what === 'record');
  assert.ok(records.every((step, i) => i === 0 || step.record === records[i - 1]!.record + 1));
  const record = records.at(-2)!;
  assert.deepEqual(
    record.hops.map(({ node, port, payload }) => [node, port, payload.update?.tag ?? null]),
    [
      [null, 'in', 'q'],
      ['first', 'out', 'q'],
      ['victim', 'out', null],
      ['last', 'sink', null],
    ],
  );
  assert.equal(record.outputs[0]!.node, 'last');
  const last = fresh.at(-1)!;
  assert.deepEqual(
    last.hops.map(({ node, port }) => [node, port]),
    [
      [null, 'in'],
      ['first', 'out'],
    ],
  );
  assert.equal(last.fault!.node, 'victim');
});

test('a node’s memory after any step: what the step has changed, and the bytes', () => {
  const player = scanned(open);
  const victim = open.plan.nodes.findIndex(node => node.id === 'victim');
  const at = (index: number): { count: number; changed: readonly number[] } => {
    const { piece, changed, bytes } = player.memory(index, victim, 64, 4);
    assert.equal(bytes, 65_536);
    return { count: new DataView(piece.buffer).getUint32(0, true), changed };
  };
  const last = fresh.length - 1;
  const [then, before] = [at(last - 1), at(last - 2)];
  assert.equal(then.count, before.count + 1);
  assert.ok(then.changed.includes(64) && then.changed.every(row => row % MEMORY_ROW_BYTES === 0));
  assert.equal(at(0).count, then.count - records(1, last - 1));
  // The record that ended in the fault was counted before it did: nothing has undone that here.
  assert.equal(at(last).count, then.count + 1);
  assert.deepEqual(player.reports(last - 1, 1), [fresh[last - 1]]);
  assert.equal(player.memory(last, victim, 65_530, 100).piece.length, 6);
});
const records = (from: number, to: number): number =>
  fresh.slice(from, to + 1).filter(step => step.what === 'record').length;

test('a recording that says another end than the one that comes is not the same', async () => {
  const { recording } = open;
  const other = await packRecording({ ...recording, fault: { ...recording.fault!, node: 'first' } });
  assert.equal(scanned(await readBack(other)).same, false);
  const none = await packRecording({ ...recording, fault: null });
  assert.equal(scanned(await readBack(none)).same, false);
});

test('what is recorded without a fault ends without one', async () => {
  const artifact = await lineArtifact(counter(), 'counter', { fused: true });
  const player = scanned(await readBack(await packRecording(recorded(artifact, [[quiet(1), quiet(2)]]))));
  assert.ok(player.same);
  assert.deepEqual([player.fault, player.steps], [null, 2]);
});

test('a module whose memories are not as large as its plan says is no flow', () => {
  const refused = (change: (plan: FlowPlan) => object): void => {
    const wasm = withPlan(open.recording.wasm, change);
    assert.throws(() => openRecording({ ...open.recording, wasm }, 'x.rec'), /recording-invalid|no fused flow/);
  };
  assert.ok(openRecording({ ...open.recording, wasm: withPlan(open.recording.wasm, plan => plan) }, 'x.rec'));
  refused(plan => ({ ...plan, ingress_bytes: plan.ingress_bytes * 2 }));
  refused(plan => ({ ...plan, egress_bytes: 3 }));
  refused(plan => ({ ...plan, nodes: plan.nodes.map(node => ({ ...node, id: `${node.id}2` })) }));
  refused(plan => ({ ...plan, wires: [{ ...plan.wires[0]!, target_node: 99 }] }));
  refused(plan => ({ ...plan, sources: undefined }));
  refused(plan => ({ ...plan, nodes: plan.nodes.map(node => ({ ...node, memory_start: -8 })) }));
});
