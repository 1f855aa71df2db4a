import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openRepository, REPOSITORY_LIMITS, type Repository } from '#repository';
import { folder } from './store.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

function clocked(directory = folder()): { store: Repository; at: (time: number) => void } {
  let now = 0;
  const store = openRepository(directory, { clock: () => now });
  return {
    store,
    at: time => {
      now = time;
    },
  };
}
const ada = { name: 'ada', role: 'admin', password_hash: 'p' } as const;

test('users are created, changed, counted and removed, with their sessions and tokens', () => {
  const { store, at } = clocked();
  const { users, sessions, tokens } = store;
  users.create(ada);
  users.create({ name: 'bob', role: 'viewer', password_hash: 'q' });
  assert.throws(() => users.create(ada), { code: 'exists' });
  at(5);
  const changed = users.update('bob', { role: 'editor', disabled: true });
  assert.deepEqual(
    [changed.role, changed.disabled, changed.password_hash, changed.updated_at],
    ['editor', true, 'q', 5],
  );
  at(6);
  const seen = users.update('bob', { last_login_at: 6 });
  assert.deepEqual([seen.last_login_at, seen.updated_at], [6, 5], 'a login is no change');
  assert.ok(!users.update('bob', { disabled: false }).disabled);
  assert.deepEqual(
    [users.count(), users.count({ role: 'admin' }), users.count({ role: 'admin', disabled: true })],
    [2, 1, 0],
  );
  assert.deepEqual(users.list({ limit: 1 }), { items: [users.get('ada')], next: 'ada' });
  assert.deepEqual(
    users.list({ after: 'ada' }).items.map(one => one.name),
    ['bob'],
  );
  sessions.create({ hash: hash('s'), user: 'bob', csrf_hash: 'c', expires_at: 9, address: null });
  tokens.create({ name: 't', user: 'bob', hash: hash('t'), role: 'viewer', expires_at: null });
  users.remove('bob');
  assert.deepEqual([users.get('bob'), sessions.get(hash('s')), tokens.byHash(hash('t'))], [null, null, null]);
  assert.throws(() => users.remove('bob'), { code: 'not-found' });
  assert.throws(() => users.update('bob', {}), { code: 'not-found' });
  store.close();
});

test('sessions are seen, prolonged, ended, and bounded per user', () => {
  const { store, at } = clocked();
  store.users.create(ada);
  const open = (id: string) =>
    store.sessions.create({ hash: hash(id), user: 'ada', csrf_hash: 'c', expires_at: 100, address: '127.0.0.1' });
  assert.deepEqual(open('first'), store.sessions.get(hash('first')));
  at(10);
  store.sessions.touch(hash('first'));
  assert.deepEqual(
    [store.sessions.get(hash('first'))?.last_seen_at, store.sessions.get(hash('first'))?.expires_at],
    [10, 100],
  );
  store.sessions.touch(hash('first'), 200);
  assert.equal(store.sessions.get(hash('first'))?.expires_at, 200);
  store.sessions.touch(hash('unknown'));
  for (let i = 0; i < REPOSITORY_LIMITS.sessions_per_user; i += 1) {
    at(20 + i);
    open(`s${i}`);
  }
  assert.equal(store.sessions.get(hash('first')), null, 'the one seen longest ago went');
  assert.equal(store.sessions.listOf('ada').length, REPOSITORY_LIMITS.sessions_per_user);
  store.sessions.remove(hash('s1'));
  assert.equal(store.sessions.get(hash('s1')), null);
  assert.equal(store.sessions.purge(99), 0);
  assert.equal(store.sessions.purge(100), REPOSITORY_LIMITS.sessions_per_user - 1);
  open('last');
  assert.equal(store.sessions.removeOf('ada'), 1);
  assert.throws(
    () => store.sessions.create({ hash: hash('x'), user: 'eve', csrf_hash: 'c', expires_at: 1, address: null }),
    { code: 'not-found' },
  );
  store.close();
});

test('tokens are found by hash, listed, used, revoked once', () => {
  const { store, at } = clocked();
  store.users.create(ada);
  const make = (name: string) =>
    store.tokens.create({ name, user: 'ada', hash: hash(name), role: 'operator', expires_at: 50 });
  const first = make('first');
  assert.deepEqual(store.tokens.byHash(hash('first')), first);
  assert.deepEqual(store.tokens.get(first.id), first);
  at(3);
  store.tokens.touch(first.id);
  assert.equal(store.tokens.get(first.id)?.last_used_at, 3);
  assert.equal(store.tokens.revoke(first.id).revoked_at, 3);
  at(4);
  assert.equal(store.tokens.revoke(first.id).revoked_at, 3);
  for (let i = 1; i < REPOSITORY_LIMITS.tokens_per_user; i += 1) make(`t${i}`);
  assert.throws(() => make('more'), { code: 'storage-full' });
  assert.equal(
    store.tokens.list({ user: 'ada', limit: 7 }).items[0]?.name,
    `t${REPOSITORY_LIMITS.tokens_per_user - 1}`,
  );
  assert.deepEqual(store.tokens.list({ user: 'eve' }).items, []);
  assert.throws(() => store.tokens.revoke('no number'), { code: 'not-found' });
  at(3 + 31 * 24 * 3_600_000);
  make('more');
  assert.equal(store.tokens.get(first.id), null, 'what was revoked long ago makes room');
  store.close();
});

test('the audit grows only, is found by who, what, when, and keeps the newest', () => {
  const directory = folder();
  const { store, at } = clocked(directory);
  for (let i = 0; i < 20; i += 1) {
    at(i);
    store.audit.append({ actor: i % 2 ? 'ada' : 'bob', action: i % 3 ? 'flow.deploy' : 'login', details: { i } });
  }
  const { items } = store.audit.list({ actor: 'ada', action: 'flow.deploy', since: 5, until: 14 });
  assert.deepEqual(
    items.map(one => (one.details as { i: number }).i),
    [13, 11, 7, 5],
  );
  assert.deepEqual([items[0]!.target, items[0]!.address, items[0]!.time], [null, null, 13]);
  const page = store.audit.list({ limit: 15 });
  assert.equal(store.audit.list({ after: page.next! }).items.length, 5);
  store.close();
  const database = new DatabaseSync(join(directory, 'fusewire.db'));
  assert.throws(() => database.exec("UPDATE audit SET actor = 'eve'"), /grows only/);
  assert.throws(() => database.exec('DELETE FROM audit'), /grows only/);
  assert.throws(() => database.exec('DELETE FROM audit WHERE id = 1'), /grows only/);
  database.close();
});

test('beyond the limit the oldest entries of the audit go, and no others', () => {
  const { store } = clocked();
  const most = REPOSITORY_LIMITS.audit_entries;
  store.transaction(() => {
    for (let i = 0; i < most + 10; i += 1) store.audit.append({ actor: 'ada', action: 'test' });
  });
  const oldest = store.audit.list({ after: '12' }).items;
  assert.deepEqual(
    oldest.map(one => one.id),
    [11],
  );
  assert.equal(store.audit.list({ limit: 1 }).items[0]?.id, most + 10);
  store.close();
});

test('secrets are kept as they were encrypted; lists do not hold them', () => {
  const { store, at } = clocked();
  const secret = { name: 'broker', nonce: new Uint8Array([1, 2]), ciphertext: new Uint8Array([0, 255]), key_id: 'k1' };
  at(2);
  const summary = { name: 'broker', key_id: 'k1', updated_at: 2, updated_by: 'ada' };
  assert.deepEqual(store.secrets.put({ ...secret, by: 'ada' }), summary);
  assert.deepEqual(store.secrets.get('broker'), { ...secret, updated_at: 2, updated_by: 'ada' });
  assert.deepEqual(store.secrets.list(), [summary]);
  store.secrets.put({ ...secret, key_id: 'k2', by: 'bob' });
  assert.deepEqual(
    store.secrets.list().map(one => [one.key_id, one.updated_by]),
    [['k2', 'bob']],
  );
  const ciphertext = new Uint8Array(REPOSITORY_LIMITS.secret_bytes + 1);
  assert.throws(() => store.secrets.put({ ...secret, ciphertext, by: 'ada' }), { code: 'too-large' });
  store.secrets.remove('broker');
  assert.equal(store.secrets.get('broker'), null);
  assert.throws(() => store.secrets.remove('broker'), { code: 'not-found' });
  store.close();
});

test('the same request with the same key gets the same answer; another request is refused', () => {
  const directory = folder();
  const { store, at } = clocked(directory);
  const { idempotency } = store;
  assert.equal(idempotency.begin('deploy', 'k', 'r1'), null);
  assert.deepEqual(idempotency.begin('deploy', 'k', 'r1')?.status, null, 'the first is under way');
  assert.throws(() => idempotency.begin('deploy', 'k', 'r2'), { code: 'idempotency-mismatch' });
  assert.equal(idempotency.begin('stop', 'k', 'r2'), null, 'each scope has keys of its own');
  idempotency.forget('stop', 'k');
  assert.equal(idempotency.begin('stop', 'k', 'r3'), null);
  idempotency.finish('deploy', 'k', 202, '{"id":1}');
  const answer = { scope: 'deploy', key: 'k', request_hash: 'r1', status: 202, body: '{"id":1}', created_at: 0 };
  assert.deepEqual(idempotency.begin('deploy', 'k', 'r1'), answer);
  store.close();
  const again = clocked(directory);
  again.at(1);
  assert.deepEqual(again.store.idempotency.begin('deploy', 'k', 'r1'), answer);
  assert.equal(again.store.idempotency.begin('stop', 'k', 'r4'), null, 'what had not ended may be tried again');
  again.at(REPOSITORY_LIMITS.idempotency_ms);
  assert.equal(again.store.idempotency.begin('deploy', 'k', 'r9'), null, 'a day later the key is new');
  at(0);
  again.store.close();
});

test('keys are bounded: the oldest go', () => {
  const { store, at } = clocked();
  store.transaction(() => {
    for (let i = 0; i < REPOSITORY_LIMITS.idempotency_keys + 3; i += 1) {
      at(i);
      store.idempotency.begin('s', String(i), 'r');
    }
  });
  assert.equal(store.idempotency.begin('s', '2', 'other'), null, 'it was forgotten');
  assert.throws(() => store.idempotency.begin('s', '9', 'other'), { code: 'idempotency-mismatch' });
  assert.throws(() => store.idempotency.begin('s', 'x'.repeat(5_000), 'r'), { code: 'too-large' });
  store.close();
});
