import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs, { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { openRepository, REPOSITORY_LIMITS } from '#repository';
import { damage } from '../support/damage.ts';
import { seeded } from '../support/random.ts';
import { folder } from './store.ts';
import { addNode } from './things.ts';

const SEED = Number(process.env['REPOSITORY_SEED'] ?? 5);

test('bytes come back by their sha256, once however often they are put', () => {
  const store = openRepository(folder());
  const bytes = Buffer.from('a node');
  const hash = store.blobs.put(bytes);
  assert.equal(hash, createHash('sha256').update(bytes).digest('hex'));
  assert.equal(store.blobs.put(bytes), hash);
  assert.deepEqual(Buffer.from(store.blobs.get(hash)), bytes);
  assert.deepEqual(store.blobs.list(), [hash]);
  assert.ok(store.blobs.has(hash));
  store.blobs.delete(hash);
  store.blobs.delete(hash);
  assert.ok(!store.blobs.has(hash));
  assert.throws(() => store.blobs.get(hash), { code: 'not-found' });
  store.close();
});

test(`whatever happens to a file is seen when it is read, and mended when it is put again (seed ${SEED})`, () => {
  const random = seeded(SEED);
  const store = openRepository(folder());
  const bytes = Buffer.from(Array.from({ length: 3_000 }, () => random.int(256)));
  const hash = store.blobs.put(bytes);
  for (let round = 0; round < 100; round += 1) {
    const damaged = damage(bytes, random);
    if (damaged.equals(bytes)) continue;
    writeFileSync(store.blobs.path(hash), damaged);
    assert.throws(() => store.blobs.get(hash), { code: 'blob-damaged' });
    store.blobs.put(bytes);
    assert.deepEqual(Buffer.from(store.blobs.get(hash)), bytes);
  }
  store.close();
});

test('a path is made of a hash only, and too much is refused', () => {
  const store = openRepository(folder());
  for (const name of ['', '../fusewire.db', `${'a'.repeat(63)}/`, 'A'.repeat(64)])
    assert.throws(() => store.blobs.get(name), { code: 'not-found' });
  assert.throws(() => store.blobs.put(new Uint8Array(REPOSITORY_LIMITS.blob_bytes + 1)), { code: 'too-large' });
  store.close();
});

test('what a crash left is gone after the next open: half a blob, a blob that no row names', () => {
  const directory = folder();
  const store = openRepository(directory);
  const { hash } = addNode(store, 'passer');
  const orphan = store.blobs.put(Buffer.from('nobody names it'));
  store.close();
  writeFileSync(join(directory, 'blobs/incoming/half'), 'ha');
  const again = openRepository(directory);
  assert.ok(!existsSync(join(directory, 'blobs/incoming/half')));
  assert.deepEqual(again.blobs.list(), [hash]);
  assert.ok(!again.blobs.has(orphan));
  again.close();
});

test('a file that cannot be written is a failure of storage, and leaves nothing behind', () => {
  const directory = folder();
  const store = openRepository(directory);
  const bytes = Buffer.from('in the way');
  const hash = createHash('sha256').update(bytes).digest('hex');
  mkdirSync(join(directory, 'blobs', hash.slice(0, 2), hash, 'a folder'), { recursive: true });
  assert.throws(() => store.blobs.put(bytes), { code: 'storage-failed' });
  assert.deepEqual(readdirSync(join(directory, 'blobs/incoming')), []);
  store.close();
});

test('a disk that is full takes neither file nor row, and is used again when it has room', t => {
  const store = openRepository(folder());
  const full = t.mock.method(fs, 'writeFileSync', () => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  });
  syncBuiltinESMExports();
  try {
    assert.throws(() => addNode(store, 'passer'), { code: 'storage-full' });
  } finally {
    full.mock.restore();
    syncBuiltinESMExports();
  }
  assert.deepEqual([store.nodes.list().items, store.blobs.list()], [[], []]);
  addNode(store, 'passer');
  assert.equal(store.blobs.list().length, 1);
  store.close();
});
