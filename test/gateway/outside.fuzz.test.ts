/** Files that come from outside or were left on a disk, damaged at random: what is read is what was written, or it is refused. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { GatewayError } from '#diagnostic';
import { packRecording, type Recording, unpackRecording } from '#engine';
import { DeadLetters, readDeadLetters } from '#gateway';
import { readLog, SegmentLog, SnapshotStore } from '#storage';
import { damage, damageFiles } from '../support/damage.ts';
import { type Random, seeded } from '../support/random.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 150);
const root = mkdtempSync(join(tmpdir(), 'fusewire-outside-'));
after(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, 'one-'));
const noise = (random: Random, most: number): Buffer =>
  Buffer.from(Array.from({ length: random.int(most) }, () => random.int(random.pick([2, 256]))));

/** One test of many rounds, each with its own seed. */
function fuzz(name: string, round: (random: Random) => void | Promise<void>): void {
  test(`${name} (FUZZ_SEED=${SEED} FUZZ_ROUNDS=${ROUNDS})`, async () => {
    for (let i = 0; i < ROUNDS; i += 1) {
      try {
        await round(seeded(SEED + i));
      } catch (error) {
        throw new Error(`FUZZ_SEED=${SEED + i} FUZZ_ROUNDS=1: ${(error as Error).message}`, { cause: error });
      }
    }
  });
}

fuzz('a damaged recording is refused, or is the recording', async random => {
  const recording: Recording = {
    fuser: '1',
    time: new Date(0).toISOString(),
    flow: 'line',
    fault: null,
    wasm: noise(random, 5_000),
    capture: { checkpoint: noise(random, 20_000), position: random.int(1e6), input: noise(random, 500) },
  };
  const bytes = damage(Buffer.from(await packRecording(recording)), random);
  let read: Recording;
  try {
    read = await unpackRecording(bytes, 'x.rec');
  } catch (error) {
    assert.ok(error instanceof GatewayError && error.code === 'recording-invalid', String(error));
    return;
  }
  const { wasm, capture, ...head } = recording;
  const { wasm: readWasm, capture: readCapture, ...readHead } = read;
  assert.deepEqual(readHead, head);
  assert.ok(Buffer.from(readWasm).equals(wasm) && readCapture.position === capture.position);
  assert.ok(Buffer.from(readCapture.checkpoint).equals(capture.checkpoint));
  assert.ok(Buffer.from(readCapture.input).equals(capture.input));
});

fuzz('of damaged snapshots the newest that is whole is found, or none', async random => {
  const directory = folder();
  const store = new SnapshotStore<{ record: number }>(directory);
  const bodies = Array.from({ length: 1 + random.int(3) }, () => noise(random, 3_000));
  for (const [record, body] of bodies.entries()) await store.write({ record }, body);
  damageFiles(directory, random);
  try {
    const again = new SnapshotStore<{ record: number }>(directory);
    const { snapshot } = again.load();
    if (snapshot) assert.ok(Buffer.from(snapshot.body).equals(bodies[snapshot.header.record]!));
    await again.write({ record: -1 }, Buffer.of(7));
    assert.deepEqual(again.load().snapshot?.header, { record: -1 });
  } catch (error) {
    assert.ok(error instanceof GatewayError && error.code === 'storage-failed', String(error));
  }
});

fuzz('of a damaged log come entries that were written, each once, in order; and it goes on', random => {
  const directory = folder();
  const limits = { segment_bytes: 300 + random.int(3_000), bytes: 1e6 };
  const log = new SegmentLog(directory, limits);
  const written = Array.from({ length: 1 + random.int(60) }, () => noise(random, 200));
  for (const body of written) log.append([body]);
  log.close();
  damageFiles(directory, random);
  const inOrder = (entries: readonly { index: number; body: Buffer }[]): void => {
    entries.forEach(({ index, body }, i) => {
      assert.ok(i === 0 || index > entries[i - 1]!.index, 'in order, each once');
      assert.ok(body.equals(written[index]!), `entry ${index} is as it was`);
    });
  };
  const again = new SegmentLog(directory, limits);
  inOrder([...again.read(0)]);
  inOrder([...readLog(directory)]);
  const next = again.append([Buffer.from('more')]);
  assert.ok(next <= written.length);
  assert.deepEqual(
    [...again.read(next)].map(({ index, body }) => [index, body.toString()]),
    [[next, 'more']],
  );
  again.close();
  const last = new SegmentLog(directory, limits);
  assert.equal(last.next, next + 1);
  last.close();
});

fuzz('of a damaged folder of dead letters come letters that were written; and it takes more', random => {
  const directory = folder();
  const letters = new DeadLetters(directory);
  const head = { kind: 'error', node: 'n', node_type: 't', port: 'in', reason: 'no', path: [] } as const;
  const messages = Array.from({ length: 1 + random.int(20) }, () => noise(random, 3_000));
  const added = messages.map((message, i) => letters.add({ ...head, record: i, sequence: i }, message)!);
  for (const { id } of added) if (random.chance(0.2)) letters.drop(id);
  letters.close();
  damageFiles(directory, random);
  const right = (found: ReturnType<typeof readDeadLetters>): void => {
    for (const { id, record, message } of found) {
      assert.equal(added[record]!.id, id);
      assert.ok(Buffer.from(message).equals(messages[record]!));
    }
  };
  right(readDeadLetters(directory));
  const again = new DeadLetters(directory);
  right(again.list().map(one => again.get(one.id)!));
  const more = again.add({ ...head, record: 1_000, sequence: 1_000 }, Buffer.from('more'))!;
  assert.equal(Buffer.from(again.get(more.id)!.message).toString(), 'more');
  assert.ok(again.drop(more.id));
  again.close();
});
