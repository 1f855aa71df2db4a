/** Access and secrets on the storage of the service, with nothing in between. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Access, type AccessStore, localIdentity, Secrets } from '#access';
import { openRepository } from '#repository';
import type { Access as AskedAccess } from '#server';
import { Clock } from './memory-store.ts';
import { ADDRESS, CHEAP, failsWith, PASSWORD, request } from './support.ts';

const root = mkdtempSync(join(tmpdir(), 'fusewire-access-'));
after(() => rmSync(root, { recursive: true, force: true }));
const OPTIONS = {
  enabled: true,
  session_hours: 12,
  session_idle_minutes: 60,
  password_chars_min: 12,
  login_failures: 5,
  login_wait_ms_max: 900_000,
  secure: true,
  password_cost: CHEAP,
};
const MINUTE_MS = 60_000;

function open(directory: string, clock = new Clock()) {
  const repository = openRepository(directory, { clock: clock.now });
  const store: AccessStore = repository;
  const access = new Access(store, { ...OPTIONS, now: clock.now });
  const asked: AskedAccess = access;
  return { repository, access, asked, clock, secrets: new Secrets(store, join(directory, 'secrets.key')) };
}

test('users, sessions and tokens outlive a restart; nothing on the disk lets anybody in', async () => {
  const directory = mkdtempSync(join(root, 'data-'));
  const first = open(directory);
  const boss = await first.access.setup(first.access.setupToken()!, 'boss', PASSWORD, ADDRESS);
  await first.access.users.create(boss.identity, { name: 'robot', role: 'operator', password: `${PASSWORD}!` });
  const login = await first.access.login('robot', `${PASSWORD}!`, ADDRESS);
  const { token, row } = first.access.tokens.create(login.identity, { name: 'ci', role: 'viewer' });
  first.repository.close();

  const { access, asked, clock, repository } = open(directory, first.clock);
  const who = await asked.authenticate({ ...request(login, { method: 'POST', csrf: login.csrf }), address: ADDRESS });
  assert.ok(who.name === 'robot' && asked.can(who, 'deploy') && !asked.can(who, 'admin'));
  assert.equal(access.authenticate(request(null, { authorization: `Bearer ${token}` })).role, 'viewer');
  clock.pass(30 * MINUTE_MS);
  access.authenticate(request(login));
  clock.pass(59 * MINUTE_MS);
  access.authenticate(request(login));
  clock.pass(61 * MINUTE_MS);
  assert.throws(() => access.authenticate(request(login)), failsWith('unauthenticated'));
  access.tokens.revoke(boss.identity, row.id);
  assert.throws(
    () => access.authenticate(request(null, { authorization: `Bearer ${token}` })),
    failsWith('unauthenticated'),
  );
  assert.throws(() => access.users.remove(boss.identity, 'boss'), failsWith('last-admin'));
  assert.equal(access.users.get(boss.identity, 'boss')!.role, 'admin');
  assert.deepEqual(
    repository.audit
      .list()
      .items.map(({ actor, action }) => `${actor} ${action}`)
      .reverse(),
    ['setup user.create', 'boss user.create', 'robot login', 'robot token.create', 'boss token.revoke'],
  );
  repository.close();
  const [session] = login.cookies[0]!.split(';')[0]!.split('=').slice(1);
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (!statSync(path).isFile()) continue;
    for (const text of [session!, login.csrf, token.split('_').slice(2).join('_'), PASSWORD])
      assert.ok(!readFileSync(path).includes(text), name);
  }
});

test('secrets outlive a restart and a change of keys; rows that were swapped do not open', () => {
  const directory = mkdtempSync(join(root, 'data-'));
  const first = open(directory);
  const admin = localIdentity();
  for (const name of ['a', 'b', 'c']) first.secrets.put(admin, name, `value of ${name}`);
  first.secrets.rotate(admin);
  first.repository.close();
  const { secrets, repository } = open(directory);
  assert.deepEqual(
    ['a', 'b', 'c'].map(name => secrets.resolve(name)),
    ['value of a', 'value of b', 'value of c'],
  );
  const { nonce, ciphertext, key_id } = repository.secrets.get('a')!;
  repository.secrets.put({ name: 'b', nonce, ciphertext, key_id, by: 'gateway' });
  assert.throws(() => secrets.resolve('b'), failsWith('secret-unreadable'));
  assert.throws(() => secrets.rotate(admin), failsWith('secret-unreadable'));
  assert.equal(secrets.resolve('c'), 'value of c');
  repository.close();
});
