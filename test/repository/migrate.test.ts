import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openRepository } from '#repository';
import { openDatabase } from '../../src/repository/open-database.ts';
import { SCHEMA_VERSION } from '../../src/repository/schema/index.ts';
import { dump, older, schemaOf, schemaVersion } from './older.ts';
import { folder } from './store.ts';

const VERSIONS = Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1);

test('there is a dump of every version of the schema', () => {
  const names = readdirSync(join(import.meta.dirname, 'schema'));
  assert.deepEqual(
    names.sort(),
    VERSIONS.map(version => `${version}.sql`),
  );
});

for (const version of VERSIONS) {
  test(`version ${version} of the schema is what it was when it was released`, () => {
    const file = join(folder(), 'fusewire.db');
    openDatabase(file, 1e9, version).close();
    const [made, released] = [new DatabaseSync(file), new DatabaseSync(':memory:')];
    released.exec(dump(version));
    assert.deepEqual(schemaOf(made), schemaOf(released));
    made.close();
    released.close();
  });

  test(`a data directory of version ${version} is opened with all that was in it`, () => {
    const directory = older(version);
    assert.equal(schemaVersion(directory), version);
    const store = openRepository(directory, { clock: () => 10_000 });
    assert.equal(schemaVersion(directory), SCHEMA_VERSION);
    const [node] = store.nodes.list().items;
    assert.equal(Buffer.from(store.nodes.catalog().bytes(node!.hash)).toString(), 'passer 1.0.0');
    assert.deepEqual(store.nodes.pinnedBy(node!.hash), [
      { flow: 'boiler', version: 1, deployed: true },
      { flow: 'boiler', version: 2, deployed: false },
    ]);
    const boiler = store.flows.get('boiler')!;
    assert.deepEqual(boiler.settings, { overload: 'drop', test_before_deploy: true, probation_ms: 5_000 });
    assert.deepEqual([boiler.desired, boiler.deployed_version], ['running', 1]);
    assert.equal(store.flows.get('pump')?.settings.overload, 'spill', 'what was not written has its default');
    assert.deepEqual(store.flows.draft('pump')?.tests, [{ name: 'a', text: 'b' }]);
    assert.deepEqual(store.flows.version('boiler', 2)?.document.layout, { a: 2 });
    assert.deepEqual(store.deploys.get(1)?.report, { bytes: 1 });
    assert.deepEqual(store.deploys.get(2)?.error, { code: 'gateway-ended', message: 'the gateway ended' });
    assert.equal(store.idempotency.begin('deploy', 'k1', 'h')?.status, 202);
    if (version >= 2) {
      assert.equal(store.users.get('ada')?.role, 'admin');
      assert.equal(store.sessions.get('a'.repeat(64))?.address, '127.0.0.1');
      assert.equal(store.tokens.byHash('c'.repeat(64))?.name, 'ci');
      assert.deepEqual(store.audit.list().items[0]?.details, { a: 1 });
      assert.deepEqual(Buffer.from(store.secrets.get('broker')!.ciphertext), Buffer.from([1, 2, 3]));
    }
    store.close();
  });
}
