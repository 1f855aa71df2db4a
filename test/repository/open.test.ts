import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openRepository } from '#repository';
import { damage } from '../support/damage.ts';
import { seeded } from '../support/random.ts';
import { folder } from './store.ts';
import { addFlow, addNode } from './things.ts';

const SEED = Number(process.env['REPOSITORY_SEED'] ?? 11);
const CHILD = join(import.meta.dirname, 'crash-child.ts');

test('what was stored is there after the next open', () => {
  const directory = join(folder(), 'made/by/it');
  const store = openRepository(directory);
  const node = addNode(store, 'passer');
  addFlow(store, 'boiler');
  store.close();
  const again = openRepository(directory);
  assert.equal(again.directory, directory);
  assert.deepEqual(again.nodes.get(node.hash), node);
  assert.equal(again.flows.get('boiler')?.name, 'boiler');
  again.close();
  assert.ok(!existsSync(join(directory, 'lock')));
  assert.equal(statSync(join(directory, 'fusewire.db')).mode & 0o077, 0, 'for its owner only');
});

test('a data directory that a living process has is refused by its number, and is as it was', () => {
  const directory = folder();
  openRepository(directory).close();
  writeFileSync(join(directory, 'lock'), String(process.ppid));
  const before = readFileSync(join(directory, 'fusewire.db'));
  assert.throws(() => openRepository(directory), { code: 'data-locked', message: new RegExp(String(process.ppid)) });
  assert.deepEqual(readFileSync(join(directory, 'fusewire.db')), before);
  writeFileSync(join(directory, 'lock'), '999999999');
  const store = openRepository(directory);
  assert.throws(() => openRepository(directory), { code: 'data-locked', message: /this process/ });
  store.close();
  openRepository(directory).close();
});

test('a database of a newer release is refused and not touched', () => {
  const directory = folder();
  openRepository(directory).close();
  const file = join(directory, 'fusewire.db');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA user_version = 999');
  database.close();
  const before = readFileSync(file);
  assert.throws(() => openRepository(directory), { code: 'data-newer', message: /version 999/ });
  assert.deepEqual(readFileSync(file), before);
  assert.ok(!existsSync(join(directory, 'lock')), 'the directory is free again');
});

test('the database of another program is refused', () => {
  const directory = folder();
  const database = new DatabaseSync(join(directory, 'fusewire.db'));
  database.exec('CREATE TABLE theirs (a)');
  database.close();
  assert.throws(() => openRepository(directory), { code: 'data-corrupt', message: /not a database of Fusewire/ });
});

test(`a damaged database is refused or reads what was written; its bytes stay (seed ${SEED})`, () => {
  const random = seeded(SEED);
  const directory = folder();
  const store = openRepository(directory);
  for (let i = 0; i < 50; i += 1) addNode(store, 'passer', `${i}.0.0`);
  store.close();
  const file = join(directory, 'fusewire.db');
  const whole = readFileSync(file);
  let refused = 0;
  for (let round = 0; round < 60; round += 1) {
    const damaged = damage(whole, random);
    writeFileSync(file, damaged);
    try {
      openRepository(directory).close();
    } catch (error) {
      refused += 1;
      // Among what may be damaged is the version.
      assert.match(String((error as { code?: string }).code), /^data-(corrupt|newer)$/, String(error));
      assert.deepEqual(readFileSync(file), damaged);
    }
    for (const rest of ['-wal', '-shm']) rmSync(file + rest, { force: true });
  }
  assert.ok(refused > 20, `${refused} were refused`);
});

test('a database that is gone while its files are there is not made anew over them', () => {
  const directory = folder();
  const store = openRepository(directory);
  const { hash } = addNode(store, 'passer');
  store.close();
  const file = join(directory, 'fusewire.db');
  for (const lose of [() => rmSync(file), () => truncateSync(file)]) {
    lose();
    assert.throws(() => openRepository(directory), { code: 'data-corrupt', message: /restore a backup/ });
    assert.ok(existsSync(join(directory, 'blobs', hash.slice(0, 2), hash)));
    writeFileSync(file, '');
  }
});

test('a directory that cannot be written says who must be able to', () => {
  const directory = folder();
  openRepository(directory).close();
  const parent = join(directory, '..');
  const modes = [parent, directory].map(path => [path, statSync(path).mode] as const);
  chmodSync(parent, 0o755);
  chmodSync(directory, 0o555);
  // Root may write everywhere: another user tries.
  const uid = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const flags = ['--conditions=fusewire-source', '--disable-warning=ExperimentalWarning', CHILD, 'open', directory];
  const { stdout, stderr } = spawnSync(process.execPath, flags, { ...uid, encoding: 'utf8', timeout: 60_000 });
  for (const [path, mode] of modes) chmodSync(path, mode);
  assert.match(stdout, /storage-failed .*must be able to write/, stderr);
});

test('a path that is a file is a failure of storage', () => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  assert.throws(() => openRepository(file), { code: 'storage-failed' });
  assert.throws(() => openRepository(join(file, 'below')), { code: 'storage-failed' });
});

test('a database that has reached its limit says so and keeps what it has', () => {
  const directory = folder();
  const store = openRepository(directory, { database_bytes: 400 * 1024 });
  let kept = 0;
  const fill = (): void => {
    for (; kept < 1_000; kept += 1)
      store.flows.create({ id: `f${kept}`, name: 'f', by: 'ada', document: JSON.stringify('x'.repeat(10_000)) });
  };
  assert.throws(fill, { code: 'storage-full' });
  assert.ok(kept > 5, `${kept} were kept`);
  assert.equal(store.flows.list().items.length, kept);
  assert.equal(store.flows.get(`f${kept}`), null, 'wholly or not at all');
  store.flows.remove('f0');
  addFlow(store, 'small');
  store.close();
  const again = openRepository(directory);
  assert.equal(again.flows.list().items.length, kept);
  again.close();
});

test('a restore that was broken off is not opened', () => {
  const directory = folder();
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'restoring'), '');
  assert.throws(() => openRepository(directory), { code: 'data-corrupt', message: /restore again/ });
});
