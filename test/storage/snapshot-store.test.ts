import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { lockDirectory, SnapshotStore } from '#storage';

const root = mkdtempSync(join(tmpdir(), 'fusewire-snapshots-'));
after(() => rmSync(root, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(root, 'store-'));
interface Header {
  readonly record: number;
}
const body = (fill: number): Uint8Array => new Uint8Array(100_000).fill(fill);

test('the last snapshot comes back, the two newest are kept', async () => {
  const directory = folder();
  const store = new SnapshotStore<Header>(directory);
  assert.deepEqual(store.load(), { snapshot: null, damaged: [] });
  for (let record = 1; record <= 5; record += 1) {
    const bytes = await store.write({ record }, body(record));
    assert.ok(bytes < 1_000, 'mostly equal bytes take little room');
  }
  assert.equal(readdirSync(directory).length, 2);
  const { snapshot } = new SnapshotStore<Header>(directory).load();
  assert.deepEqual(snapshot?.header, { record: 5 });
  assert.deepEqual(new Uint8Array(snapshot!.body), body(5));
});

test('whatever byte is wrong or missing, the one before is used and the damage is told', async () => {
  const directory = folder();
  const store = new SnapshotStore<Header>(directory);
  await store.write({ record: 1 }, body(1));
  await store.write({ record: 2 }, body(2));
  const path = join(directory, readdirSync(directory).sort()[1]!);
  const whole = readFileSync(path);
  for (let at = 0; at < whole.length; at += 1) {
    const torn = Buffer.from(whole);
    torn[at]! ^= 0x40;
    for (const bytes of [torn, whole.subarray(0, at)]) {
      writeFileSync(path, bytes);
      const { snapshot, damaged } = new SnapshotStore<Header>(directory).load();
      assert.deepEqual(snapshot?.header, { record: 1 }, `byte ${at}`);
      assert.deepEqual(damaged, [path]);
    }
  }
});

test('what was left half written is swept away and not taken for a snapshot', async () => {
  const directory = folder();
  writeFileSync(join(directory, '0000000001.snap.part'), 'half');
  const store = new SnapshotStore<Header>(directory);
  assert.deepEqual(readdirSync(directory), []);
  await store.write({ record: 1 }, body(1));
  assert.equal(store.load().snapshot?.header.record, 1);
});

test('a folder that another living process has is refused by name, one of a dead process is taken', () => {
  const directory = folder();
  const free = lockDirectory(directory);
  free();
  writeFileSync(join(directory, 'lock'), String(process.ppid));
  assert.throws(() => lockDirectory(directory), { code: 'storage-failed', message: new RegExp(String(process.ppid)) });
  writeFileSync(join(directory, 'lock'), '999999999');
  lockDirectory(directory)();
  assert.deepEqual(readdirSync(directory), []);
});
