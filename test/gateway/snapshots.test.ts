/** A snapshot keeps the code whose state it holds, whatever runs when it gets to the disk. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowArtifact } from '#engine';
import type { FlowRunner } from '#runtime';
import { artifactId, type FlowState } from '../../src/gateway/flow-state.ts';
import { SNAPSHOT_DEFAULTS, Snapshots } from '../../src/gateway/snapshots.ts';
import { counter, lineArtifact } from '../support/line.ts';

test('a snapshot that waits until its outputs are settled is written with its own version', async () => {
  const [old, fresh] = [await lineArtifact(counter(), 'one'), await lineArtifact(counter(), 'two')];
  const head = { record: 1, blocks: 1 };
  const checkpoint = (): Uint8Array => new Uint8Array(4_096).fill(1, 8);
  const runner = { artifact: old, records: 0, checkpoint, checkpointed: () => head };
  const kept: FlowArtifact[] = [];
  const written: string[] = [];
  const state = {
    journal: null,
    keepArtifact: (artifact: FlowArtifact) => kept.push(artifact),
    forgetOthers: () => undefined,
    snapshots: { write: async ({ artifact }: { artifact: string }) => written.push(artifact) },
  };
  let settled = 0;
  const snapshots = new Snapshots(
    state as unknown as FlowState,
    runner as unknown as FlowRunner,
    null,
    () => settled,
    SNAPSHOT_DEFAULTS,
    { onProblem: error => assert.fail(error), onRoom: () => undefined },
  );
  const taken = snapshots.take();
  await new Promise(resolve => setImmediate(resolve));
  runner.artifact = fresh;
  settled = Number.POSITIVE_INFINITY;
  await taken;
  assert.deepEqual(kept, [old]);
  assert.deepEqual(written, [artifactId(old)]);
});
