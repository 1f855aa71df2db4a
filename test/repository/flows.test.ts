import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { DOCUMENT_LIMITS } from '#abi';
import { openRepository, REPOSITORY_LIMITS } from '#repository';
import { folder } from './store.ts';
import { addFlow, addNode, pinned, versionOf } from './things.ts';

test('a flow begins stopped, with a draft and default settings; what is changed stays changed', () => {
  const store = openRepository(folder(), { clock: () => 7 });
  const row = store.flows.create({
    id: 'boiler',
    name: 'Boiler',
    by: 'ada',
    document: '{}',
    settings: { overload: 'hold' },
  });
  assert.deepEqual(row, {
    id: 'boiler',
    name: 'Boiler',
    created_at: 7,
    created_by: 'ada',
    settings: { overload: 'hold', test_before_deploy: false, probation_ms: 10_000 },
    desired: 'stopped',
    deployed_version: null,
  });
  const settings = { overload: undefined, probation_ms: 5 };
  const changed = { ...row, name: 'B', settings: { ...row.settings, probation_ms: 5 }, desired: 'paused' };
  assert.deepEqual(store.flows.update('boiler', { name: 'B', settings, desired: 'paused' }), changed);
  assert.deepEqual(store.flows.update('boiler', {}), changed);
  assert.throws(() => addFlow(store, 'boiler'), { code: 'exists' });
  assert.throws(() => store.flows.update('pump', {}), { code: 'not-found' });
  for (const id of ['', 'Boiler', '../up', 'a'.repeat(65), '1a'])
    assert.throws(() => addFlow(store, id), TypeError, 'an id becomes a path');
  store.close();
});

test('of two editors with the same revision one wins, and the other is told', () => {
  const store = openRepository(folder());
  addFlow(store, 'boiler');
  assert.deepEqual(store.flows.saveDraft('boiler', 1, { document: '{"a":1}', by: 'ada' }).revision, 2);
  assert.throws(() => store.flows.saveDraft('boiler', 1, { document: '{"b":1}', by: 'bob' }), {
    code: 'conflict',
    message: /revision 2, not 1/,
  });
  const tests = [{ name: 'hot', text: 'input' }];
  const draft = store.flows.saveDraft('boiler', null, { tests, by: 'bob' });
  assert.deepEqual([draft.document, draft.tests, draft.revision, draft.updated_by], ['{"a":1}', tests, 3, 'bob']);
  assert.deepEqual(store.flows.draft('boiler'), draft);
  assert.throws(() => store.flows.saveDraft('pump', null, { by: 'ada' }), { code: 'not-found' });
  const long = 'x'.repeat(DOCUMENT_LIMITS.document_bytes + 1);
  assert.throws(() => store.flows.saveDraft('boiler', 3, { document: long, by: 'ada' }), { code: 'too-large' });
  assert.equal(store.flows.draft('boiler')?.revision, 3);
  store.close();
});

test('versions are numbered from 1, hold what was cut, and cannot be changed or deleted', () => {
  const directory = folder();
  const store = openRepository(directory, { clock: () => 9 });
  const node = addNode(store, 'passer');
  addFlow(store, 'boiler');
  addFlow(store, 'pump');
  const document = { ...pinned(node), layout: { n0: [1, 2] } };
  for (const message of ['first', 'second', 'third']) store.flows.cutVersion('boiler', versionOf(document, message));
  const { canonical } = versionOf(document);
  assert.deepEqual(store.flows.version('boiler', 2), {
    flow: 'boiler',
    number: 2,
    document,
    canonical,
    sha256: createHash('sha256').update(canonical).digest('hex'),
    tests: [],
    message: 'second',
    author: 'ada',
    created_at: 9,
  });
  const first = store.flows.versions('boiler', { limit: 2 });
  assert.deepEqual(
    first.items.map(one => one.number),
    [3, 2],
  );
  assert.deepEqual(
    store.flows.versions('boiler', { limit: 2, after: first.next! }).items.map(one => one.number),
    [1],
  );
  assert.throws(() => store.flows.versions('boiler', { after: 'x' }), { code: 'cursor-invalid' });
  assert.equal(store.flows.cutVersion('pump', versionOf(document)).number, 1, 'each flow has its own numbers');
  assert.equal(store.flows.version('boiler', 4), null);
  const gone = { ...node, hash: 'd'.repeat(64) };
  assert.throws(() => store.flows.cutVersion('boiler', versionOf(pinned(gone))), { code: 'not-found' });
  assert.equal(store.flows.version('boiler', 4), null, 'wholly or not at all');
  store.close();
  const database = new DatabaseSync(join(directory, 'fusewire.db'));
  assert.throws(() => database.exec("UPDATE versions SET message = 'x'"), /immutable/);
  assert.throws(() => database.exec('DELETE FROM versions'), /goes with its flow/);
  database.close();
});

test('a version whose row was changed from outside is not given out', () => {
  const directory = folder();
  const store = openRepository(directory);
  addFlow(store, 'boiler');
  store.flows.cutVersion('boiler', versionOf(pinned(addNode(store, 'passer'))));
  store.close();
  for (const change of ["canonical = '{}'", "document = '{}'", "tests = '{}'"]) {
    const database = new DatabaseSync(join(directory, 'fusewire.db'));
    const trigger = String(
      database.prepare("SELECT sql FROM sqlite_schema WHERE name = 'versions_stay'").get()!['sql'],
    );
    database.exec(`DROP TRIGGER versions_stay; SAVEPOINT a; UPDATE versions SET ${change}; RELEASE a; ${trigger}`);
    database.close();
    const again = openRepository(directory);
    assert.throws(() => again.flows.version('boiler', 1), { code: 'data-corrupt' });
    again.close();
  }
});

test('a flow that runs is not removed; one that is stopped goes with all but the audit', () => {
  const store = openRepository(folder());
  const node = addNode(store, 'passer');
  addFlow(store, 'boiler');
  store.flows.cutVersion('boiler', versionOf(pinned(node)));
  store.audit.append({ actor: 'ada', action: 'flow.create', target: 'boiler' });
  const job = store.deploys.create({ flow: 'boiler', version: 1, kind: 'deploy', by: 'ada' });
  assert.throws(() => store.flows.remove('boiler'), { code: 'in-use', message: /deploy is under way/ });
  store.deploys.start(job.id);
  store.deploys.commit(job.id, 'boiler', 1, 'running', null);
  assert.throws(() => store.flows.remove('boiler'), { code: 'in-use', message: /stop it first/ });
  store.flows.update('boiler', { desired: 'stopped' });
  store.flows.remove('boiler');
  assert.throws(() => store.flows.remove('boiler'), { code: 'not-found' });
  assert.deepEqual(
    [
      store.flows.get('boiler'),
      store.flows.draft('boiler'),
      store.flows.version('boiler', 1),
      store.deploys.get(job.id),
    ],
    [null, null, null, null],
  );
  assert.deepEqual(store.nodes.pinnedBy(node.hash), []);
  assert.equal(store.audit.list({ target: 'boiler' }).items.length, 1);
  addFlow(store, 'boiler');
  assert.equal(store.flows.cutVersion('boiler', versionOf(pinned(node))).number, 1);
  store.close();
});

test('flows are listed by id, page by page, and not more than the limit are taken', () => {
  const store = openRepository(folder());
  const ids = Array.from({ length: REPOSITORY_LIMITS.flows }, (_, index) => `f${String(index).padStart(4, '0')}`);
  store.transaction(() => ids.forEach(id => addFlow(store, id)));
  assert.throws(() => addFlow(store, 'more'), { code: 'storage-full', message: /1000/ });
  const first = store.flows.list();
  assert.deepEqual(
    first.items.map(one => one.id),
    ids.slice(0, REPOSITORY_LIMITS.page_rows),
  );
  const next = store.flows.list({ after: first.next!, limit: 1_000_000 });
  assert.deepEqual(
    next.items.map(one => one.id),
    ids.slice(REPOSITORY_LIMITS.page_rows),
  );
  assert.equal(next.next, null);
  store.flows.update(ids[5]!, { desired: 'running' });
  assert.deepEqual(
    store.flows.list({ desired: 'running' }).items.map(one => one.id),
    [ids[5]],
  );
  store.close();
});
