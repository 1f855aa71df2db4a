import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type BackupManifest, backup, openRepository, type Repository, restore } from '#repository';
import { sealed } from '../../src/repository/backup-manifest.ts';
import { damage } from '../support/damage.ts';
import { seeded } from '../support/random.ts';
import { folder } from './store.ts';
import { addFlow, addNode, pinned, versionOf } from './things.ts';

const SEED = Number(process.env['REPOSITORY_SEED'] ?? 31);
const HASH = 'e'.repeat(64);

/** A data directory with a flow that has state, and a key. */
function filled(): { directory: string; store: Repository } {
  const directory = folder();
  const store = openRepository(directory, { clock: () => 5_000 });
  const node = addNode(store, 'passer');
  addFlow(store, 'boiler');
  store.flows.cutVersion('boiler', versionOf(pinned(node)));
  const state = join(directory, 'flows/boiler');
  for (const name of ['snapshots', 'versions', 'journal', 'spill']) mkdirSync(join(state, name), { recursive: true });
  writeFileSync(join(state, 'identity.json'), '{}');
  writeFileSync(join(state, 'snapshots/0000000007.snap'), 'state');
  writeFileSync(join(state, 'snapshots/0000000008.snap.part'), 'half');
  writeFileSync(join(state, `versions/${HASH}.wasm`), 'module');
  writeFileSync(join(state, 'journal/0000000000000000.log'), 'much');
  writeFileSync(join(directory, 'secrets.key'), 'key', { mode: 0o600 });
  return { directory, store };
}

const paths = (manifest: BackupManifest): string[] => manifest.files.map(file => file.path);

test('a backup of a running service, restored, is the service as it was', async () => {
  const { directory, store } = filled();
  const target = join(folder(), 'copy');
  const manifest = await backup(directory, target, { clock: () => 9_000 });
  const { hash } = store.nodes.list().items[0]!;
  assert.deepEqual(paths(manifest), [
    `blobs/${hash.slice(0, 2)}/${hash}`,
    'flows/boiler/identity.json',
    'flows/boiler/snapshots/0000000007.snap',
    `flows/boiler/versions/${HASH}.wasm`,
    'fusewire.db',
  ]);
  assert.equal(manifest.created_at, 9_000);
  const version = store.flows.version('boiler', 1);
  store.close();
  const home = join(folder(), 'new/home');
  assert.deepEqual(await restore(target, home), manifest);
  assert.ok(!existsSync(join(home, 'restoring')) && !existsSync(join(home, 'lock')));
  assert.equal(statSync(join(home, 'fusewire.db')).mode & 0o077, 0);
  const again = openRepository(home);
  assert.deepEqual(again.flows.version('boiler', 1), version);
  assert.equal(Buffer.from(again.nodes.catalog().bytes(hash)).toString(), 'passer 1.0.0');
  again.close();
});

test('a service that does not run is backed up, too; the key only when asked for', async () => {
  const { directory, store } = filled();
  store.close();
  const target = join(folder(), 'copy');
  const before = readFileSync(join(directory, 'fusewire.db'));
  const manifest = await backup(directory, target, { withKey: join(directory, 'secrets.key') });
  assert.deepEqual(readFileSync(join(directory, 'fusewire.db')), before);
  assert.ok(manifest.with_key && paths(manifest).includes('secrets.key'));
  const home = folder();
  await restore(target, home);
  assert.equal(readFileSync(join(home, 'secrets.key'), 'utf8'), 'key');
  assert.equal(statSync(join(home, 'secrets.key')).mode & 0o777, 0o600);
  const missing = backup(directory, join(folder(), 'copy'), { withKey: join(directory, 'no.key') });
  await assert.rejects(missing, { code: 'not-found' });
});

test('places that are taken are refused and stay as they are', async () => {
  const { directory, store } = filled();
  const target = folder();
  await assert.rejects(backup(directory, target), { code: 'exists' });
  await assert.rejects(backup(join(target, 'nothing'), join(target, 'copy')), { code: 'not-found' });
  assert.deepEqual(readdirSync(target), []);
  const copy = join(target, 'copy');
  await backup(directory, copy);
  writeFileSync(join(target, 'mine'), 'mine');
  await assert.rejects(restore(copy, target), { code: 'exists' });
  await assert.rejects(restore(copy, directory), { code: /^(exists|data-locked)$/ });
  assert.deepEqual(readdirSync(target).sort(), ['copy', 'mine']);
  const home = folder();
  writeFileSync(join(home, 'lock'), String(process.ppid));
  await assert.rejects(restore(copy, home), { code: 'data-locked' });
  store.close();
});

test('a backup that cannot be made whole leaves nothing behind', async () => {
  const { directory, store } = filled();
  const { hash } = store.nodes.list().items[0]!;
  const place = folder();
  const file = store.blobs.path(hash);
  writeFileSync(file, 'changed');
  await assert.rejects(backup(directory, join(place, 'copy')), { code: 'blob-damaged' });
  rmSync(file);
  await assert.rejects(backup(directory, join(place, 'copy')), { code: 'blob-damaged' });
  await assert.rejects(backup(directory, join(place, 'no/such/\0')), Error);
  assert.deepEqual(readdirSync(place), []);
  store.close();
  appendFileSync(join(directory, 'fusewire.db'), 'x');
  const database = new DatabaseSync(join(directory, 'fusewire.db'));
  database.exec('PRAGMA user_version = 999');
  database.close();
  await assert.rejects(backup(directory, join(place, 'copy')), { code: 'data-newer' });
  assert.deepEqual(readdirSync(place), []);
});

test(`whatever is damaged in a backup, nothing is restored of it (seed ${SEED})`, async () => {
  const random = seeded(SEED);
  const { directory, store } = filled();
  const whole = join(folder(), 'copy');
  const manifest = await backup(directory, whole);
  store.close();
  for (let round = 0; round < 60; round += 1) {
    const copy = join(folder(), 'copy');
    cpSync(whole, copy, { recursive: true });
    const path = join(copy, random.pick([...paths(manifest), 'manifest.json', 'manifest.json']));
    const bytes = readFileSync(path);
    const damaged = damage(bytes, random);
    if (random.chance(0.1)) rmSync(path);
    else if (damaged.equals(bytes)) continue;
    else writeFileSync(path, damaged);
    const home = folder();
    // White space of the manifest means nothing; then all is restored.
    const ended = await restore(copy, home).then(
      () => 'restored',
      (error: { code?: string }) => error.code,
    );
    if (ended === 'restored') assert.deepEqual(await restore(copy, folder()), manifest);
    else {
      assert.equal(ended, 'backup-damaged', path);
      assert.deepEqual(readdirSync(home), []);
    }
  }
});

test('a manifest leads nowhere but into the data directory', async () => {
  const { directory, store } = filled();
  const copy = join(folder(), 'copy');
  const manifest = await backup(directory, copy);
  store.close();
  for (const path of ['../evil', '/tmp/evil', 'a/../../evil', '.hidden', 'a//b', 'a\\b\0']) {
    const { sha256: _, ...rest } = manifest;
    writeFileSync(
      join(copy, 'manifest.json'),
      JSON.stringify(sealed({ ...rest, files: [{ ...rest.files[0]!, path }] })),
    );
    await assert.rejects(restore(copy, folder()), { code: 'backup-damaged', message: /Invalid string/ });
  }
});

test(`a backup under writes is of one moment (seed ${SEED})`, async () => {
  const random = seeded(SEED);
  const directory = folder();
  const store = openRepository(directory);
  addFlow(store, 'boiler');
  let steps = 0;
  let going = true;
  const writes = (async (): Promise<void> => {
    for (; going; steps += 1) {
      // A node, a version that pins it, its removal or not: in a copy of one moment they fit together.
      store.transaction(() => {
        const node = addNode(store, 'passer', `${steps}.0.0`, 'x'.repeat(1 + random.int(20_000)) + steps);
        store.flows.cutVersion('boiler', versionOf(pinned(node), String(steps)));
        store.audit.append({ actor: 'ada', action: 'step', details: steps });
      });
      const { items } = store.nodes.list({ limit: 1_000 });
      if (items.length > 20) store.nodes.remove(random.pick(items).hash);
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  })();
  for (let round = 0; round < 3; round += 1) {
    const copy = join(folder(), 'copy');
    await backup(directory, copy);
    const home = folder();
    await restore(copy, home);
    const restored = openRepository(home);
    const { items } = restored.nodes.list({ limit: 1_000 });
    assert.deepEqual(restored.blobs.list(), items.map(node => node.hash).sort());
    for (const { hash, bytes } of items) assert.equal(restored.blobs.get(hash).length, bytes);
    const newest = restored.flows.versions('boiler', { limit: 1 }).items[0];
    const last = restored.audit.list({ limit: 1 }).items[0];
    assert.equal(newest?.message ?? null, last === undefined ? null : String(last.details));
    restored.close();
  }
  going = false;
  await writes;
  assert.ok(steps > 5, `${steps} steps`);
  store.close();
  const again = openRepository(directory);
  assert.equal(again.blobs.list().length, again.nodes.list({ limit: 1_000 }).items.length, 'what was held is gone');
  again.close();
});

test('blobs are held for backups of living processes only', () => {
  const { directory, store } = filled();
  const { hash } = store.nodes.list().items[0]!;
  const hold = (pid: number): string => join(directory, `blobs/hold.${pid}.1`);
  const other = addNode(store, 'other');
  writeFileSync(hold(process.ppid), '');
  store.nodes.remove(other.hash);
  assert.ok(store.blobs.has(other.hash));
  rmSync(hold(process.ppid));
  writeFileSync(hold(999_999_999), '');
  store.nodes.remove(hash);
  assert.ok(!store.blobs.has(hash) && !existsSync(hold(999_999_999)));
  store.close();
});
